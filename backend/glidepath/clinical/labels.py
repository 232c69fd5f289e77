"""What things are called, read from `data/labels.json`; the front end imports the same file."""

from functools import cache

from msgspec import Struct

from glidepath.clinical.tables import TableError, read
from glidepath.clinical.vocabulary import (
    ChangesWith,
    Condition,
    ExerciseKind,
    Place,
    RedFlag,
    Sensation,
    Side,
    Text,
)


class Questions(Struct, frozen=True, forbid_unknown_fields=True):
    place: Text
    sensations: Text
    red_flags: Text
    changes_with: Text


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """Every value of every enum has its words.

    `red_flags` names a sign to the therapist; `red_flag_questions` lets the patient say it.
    """

    places: dict[Place, Text]
    sensations: dict[Sensation, Text]
    red_flags: dict[RedFlag, Text]
    changes_with: dict[ChangesWith, Text]
    exercise_kinds: dict[ExerciseKind, Text]
    sides: dict[Side, Text]
    conditions: dict[Condition, Text]
    none_of_these: Text
    questions: Questions
    red_flag_questions: dict[RedFlag, Text]

    def __post_init__(self) -> None:
        for words, enum in (
            (self.places, Place),
            (self.sensations, Sensation),
            (self.red_flags, RedFlag),
            (self.changes_with, ChangesWith),
            (self.exercise_kinds, ExerciseKind),
            (self.sides, Side),
            (self.conditions, Condition),
            (self.red_flag_questions, RedFlag),
        ):
            if words.keys() != set(enum):
                raise TableError(f"a {enum.__name__} has no words")


@cache
def labels() -> Labels:
    return read("labels.json", Labels)
