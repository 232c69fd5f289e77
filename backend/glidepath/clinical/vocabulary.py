"""The words that the diary, the plans and the rules share; the values cross the wire as they are."""

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Place(StrEnum):
    """Where it is felt, in order from the spine down the leg (anatomy.path).

    The order is meaning: a symptom that reaches a later place has spread. A place alone does not
    tell muscle from nerve (anatomy.same_place).
    """

    BACK = "back"
    BUTTOCK = "buttock"
    THIGH = "thigh"
    CALF = "calf"
    FOOT = "foot"


class Sensation(StrEnum):
    """How it feels (differentiate.quality). An empty list is the answer "none of these"."""

    DULL_STRETCH = "dull_stretch"
    TIGHTNESS = "tightness"
    PULLING = "pulling"
    TINGLING = "tingling"
    BURNING = "burning"
    SHOOTING = "shooting"
    NUMBNESS = "numbness"
    WEAKNESS = "weakness"


class RedFlag(StrEnum):
    """Signs that need a doctor the same day. An empty list means asked, and none of them."""

    SADDLE_NUMBNESS = "saddle_numbness"
    BLADDER_BOWEL = "bladder_bowel"
    BOTH_LEGS = "both_legs"
    LEG_WEAKNESS_WORSENING = "leg_weakness_worsening"


class ChangesWith(StrEnum):
    """Moving only this joint changes the sensation (differentiate.position).

    An empty list means tested, and neither changes it; null means not tested.
    """

    ANKLE = "ankle"
    NECK = "neck"


class ExerciseKind(StrEnum):
    STATIC_STRETCH = "static_stretch"
    NERVE_GLIDE = "nerve_glide"
    STRENGTH = "strength"
    CONTROL = "control"
    MOBILITY = "mobility"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Condition(StrEnum):
    """What the therapist found. "Unclear" is a finding, too (differentiate.unsure)."""

    HAMSTRING = "hamstring"
    SCIATIC = "sciatic"
    BOTH = "both"
    UNCLEAR = "unclear"


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """One text in every language we speak; the same object on the wire and in the data files."""

    en: str
    es: str


# Felt in a stretch, these mean that the nerve is being pulled (safety.stop_and_switch). They are
# also what the one-tap button "It tingles, burns or shoots" stands for.
STRETCH_STOPPERS: Final = frozenset(
    {Sensation.TINGLING, Sensation.BURNING, Sensation.SHOOTING},
)
# Signs that a nerve passes on less than it should. They never lead to another exercise.
NERVE_LOSS: Final = frozenset({Sensation.NUMBNESS, Sensation.WEAKNESS})
# Counted per day, 0-4. Weakness is not among them: it is followed on its own.
NERVE_SENSATIONS: Final = STRETCH_STOPPERS | {Sensation.NUMBNESS}
