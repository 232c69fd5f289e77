"""What a symptom leads to: the safety table (safety.* facts), read from `data/safety.json`.

The phone reads the same file (frontend/src/domain/safety.ts) and decides offline; the server
decides again when the entry arrives. The cases in the file hold for both.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Annotated, Final

from msgspec import Meta, Struct, structs

from glidepath.clinical.tables import (
    NONE_OF_THESE,
    Clause,
    TableError,
    Value,
    check_words,
    holds,
    read,
)
from glidepath.clinical.vocabulary import (
    NERVE_LOSS,
    ExerciseKind,
    Place,
    RedFlag,
    Sensation,
    Side,
    Text,
)

# What a plan says of a stretch that no glide is to take the place of.
REST: Final = "rest"

# The day of an entry, and what it said about sensations.
DaySensations = tuple[date, Collection[Sensation] | None]


class Action(StrEnum):
    """From the mildest to the most severe."""

    CONTINUE = "continue"
    STOP_AND_SWITCH = "stop_and_switch"
    STOP_AND_TELL = "stop_and_tell"
    EMERGENCY = "emergency"

    @property
    def severity(self) -> int:
        """0 for continue to 3 for emergency."""
        return list(Action).index(self)


class AlertKind(StrEnum):
    """The alerts that a single entry raises; a worsening takes many (the detector's business)."""

    RED_FLAG = "red_flag"
    NERVE_LOSS = "nerve_loss"
    # These two are read from a whole day, by the server alone.
    NERVE_BELOW_KNEE = "nerve_below_knee"
    SEVERE_PAIN = "severe_pain"


class Situation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known when a symptom is reported. None is "not answered" or "not asked".

    `exercise` is None at a check-in. `worse`: the symptoms grew during the exercise.
    `loss_is_new`: the numbness or weakness named here is not known from earlier entries; None
    counts as new. `glide_in_plan`: the current plan has a nerve glide to offer (`glide_for`).
    """

    exercise: ExerciseKind | None = None
    sensations: Collection[Sensation] | None = None
    worse: bool | None = None
    loss_is_new: bool | None = None
    red_flags: Collection[RedFlag] | None = None
    glide_in_plan: bool = False


class Outcome(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`body` of an emergency holds the placeholder {number} for the emergency number.

    `stops_today`: no more exercise today. `offers_glide`: only the nerve glide is left today.
    `tells_therapist`: the therapist gets to see it; `alert` names what is raised at once.
    """

    action: Action
    stops_today: bool
    offers_glide: bool
    tells_therapist: bool
    asks_red_flags: bool
    alert: AlertKind | None
    title: Text
    body: Text


class Decision(Outcome, frozen=True, kw_only=True):
    """An outcome, and the keys of the rule and the outcome that it came from."""

    rule: str
    outcome: str


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    why: str
    when: tuple[Clause, ...]
    outcome: str


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """`facts` names what is true of the outcome; the other facts are false."""

    name: str
    given: Situation
    rule: str
    action: Action
    facts: tuple[str, ...]


class NewnessCase(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    sensations: Collection[Sensation] | None
    on: date
    earlier: tuple[DaySensations, ...]
    is_new: bool


class Movement(Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise of a plan, as far as it can take the place of another."""

    exercise_key: str
    kind: ExerciseKind
    side: Side


class GlideCase(Struct, frozen=True, forbid_unknown_fields=True):
    """`offered` is the place in `items`, from 0."""

    name: str
    items: tuple[Movement, ...]
    side: Side
    named: str | None
    offered: int | None


class DaySymptoms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the entries of one day say together; None is "nobody said".

    `pain` is the day's worst rating, 0-10; `nerve` whether any of NERVE_SENSATIONS was named;
    `place` the most distal one.
    """

    date: date
    pain: Annotated[int, Meta(ge=0, le=10)] | None
    nerve: bool | None
    place: Place | None


class Sign(Struct, frozen=True, forbid_unknown_fields=True):
    """`known_days`: for so long a sign that was there counts as known."""

    why: str
    source: str
    known_days: Annotated[int, Meta(ge=1)]

    def shown(self, day: DaySymptoms) -> bool | None:
        """Whether the day shows the sign; None where its entries do not say."""
        raise NotImplementedError


class NerveSign(Sign, frozen=True, forbid_unknown_fields=True):
    places: tuple[Place, ...]

    def shown(self, day: DaySymptoms) -> bool | None:
        if day.nerve is False or (day.place is not None and day.place not in self.places):
            return False
        return None if day.nerve is None or day.place is None else True


class PainSign(Sign, frozen=True, forbid_unknown_fields=True):
    least: Annotated[int, Meta(ge=1, le=10)]

    def shown(self, day: DaySymptoms) -> bool | None:
        return None if day.pain is None else day.pain >= self.least


class NewSigns(Struct, frozen=True, forbid_unknown_fields=True):
    """Signs of a whole day that are told at once when they are new."""

    about: str
    nerve_below_knee: NerveSign
    severe_pain: PainSign

    def of(self, kind: AlertKind) -> Sign:
        return {
            AlertKind.NERVE_BELOW_KNEE: self.nerve_below_knee,
            AlertKind.SEVERE_PAIN: self.severe_pain,
        }[kind]


class SafetyTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`loss_known_days`: for so long numbness or weakness counts as known; four weeks is ours."""

    about: str
    loss_known_days: Annotated[int, Meta(ge=1)]
    new_signs: NewSigns
    actions: tuple[Action, ...]
    rules: tuple[Rule, ...]
    outcomes: dict[str, Outcome]
    cases: tuple[Case, ...]
    newness_cases: tuple[NewnessCase, ...]
    glide_cases: tuple[GlideCase, ...]

    def __post_init__(self) -> None:
        for rule in self.rules:
            check_words(rule.when, _WORDS)
        if unknown := {rule.outcome for rule in self.rules} ^ self.outcomes.keys():
            raise TableError(f"rules and outcomes do not meet in {sorted(unknown)}")
        severities = [self.outcomes[rule.outcome].action.severity for rule in self.rules]
        if severities != sorted(severities, reverse=True):
            raise TableError("a milder rule stands before a more severe one")
        if self.actions != tuple(Action) or not self.rules or self.rules[-1].when:
            raise TableError("the last rule must hold for every situation")


_WORDS: Final[dict[str, Collection[Value]]] = {
    "exercise": (*ExerciseKind, None),
    "sensations": (*Sensation, NONE_OF_THESE, None),
    "worse": (True, False, None),
    "loss_is_new": (True, False, None),
    "red_flags": (*RedFlag, NONE_OF_THESE, None),
    "glide_in_plan": (True, False),
}


@cache
def safety_table() -> SafetyTable:
    return read("safety.json", SafetyTable)


def decide(situation: Situation) -> Decision:
    """The most severe rule that holds. There always is one."""
    table = safety_table()
    rule = next(rule for rule in table.rules if holds(rule.when, situation))
    outcome = table.outcomes[rule.outcome]
    return Decision(**structs.asdict(outcome), rule=rule.key, outcome=rule.outcome)


def glide_for(items: Sequence[Movement], side: Side, named: str | None) -> Movement | None:
    """The nerve glide that takes the place of an exercise in which the nerve of that leg was felt.

    `named` is what the plan says of the exercise: the key of the glide, REST, or None, which
    leaves it to the first glide for that leg. A glide for the other leg is none.
    """
    return next(
        (
            item
            for item in items
            if item.kind is ExerciseKind.NERVE_GLIDE
            and item.side in (side, Side.BOTH)
            and named in (item.exercise_key, None)
        ),
        None,
    )


def loss_is_new(
    sensations: Collection[Sensation] | None, on: date, earlier: Iterable[DaySensations]
) -> bool:
    """Whether any numbness or weakness named on that day is not known from the entries before it.

    `earlier` in any order; entries after `on` or beyond `loss_known_days` make nothing known.
    """
    first_day = on - timedelta(days=safety_table().loss_known_days)
    known = {
        sensation
        for day, named in earlier
        if named is not None and first_day <= day <= on
        for sensation in named
    }
    return bool(NERVE_LOSS.intersection(sensations or ()) - known)


def sign_is_new(kind: AlertKind, day: DaySymptoms, earlier: Iterable[DaySymptoms]) -> bool:
    """Whether a sign (NERVE_BELOW_KNEE or SEVERE_PAIN) shows on the day and is new to the patient:
    an earlier day said that it was not there, and none within `known_days` said that it was.

    `earlier` are days of the same episode in any order; those from `day` on make nothing known.
    """
    sign = safety_table().new_signs.of(kind)
    if not sign.shown(day):
        return False
    before = [(other.date, sign.shown(other)) for other in earlier if other.date < day.date]
    first_known = day.date - timedelta(days=sign.known_days)
    return any(shown is False for _, shown in before) and not any(
        shown and on >= first_known for on, shown in before
    )
