"""What crosses the wire about outcome measures. Every field that a client can fill has its bound here."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.measures import (
    Direction,
    Item,
    Key,
    Named,
    Number,
    Occasion,
    Scale,
    Size,
)
from glidepath.clinical.vocabulary import Condition, Text
from glidepath.views import Moment

Zone = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$")]
# What a patient calls an activity: neither blank nor with spaces around it.
Name = Annotated[
    str, Meta(max_length=120, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$")
]


class MeasureAnswer(Struct, kw_only=True, forbid_unknown_fields=True):
    """`ratings` by the items' keys: what was not answered is left out, and what was not ticked, too.

    `names`: of what was rated, in order, where the patient gave them. `week` is 0 but for the occasion "week".
    """

    id: UUID
    episode_id: UUID
    measure: Key
    version: Annotated[int, Meta(ge=1, le=1000)]
    occasion: Occasion
    week: Annotated[int, Meta(ge=0, le=104)]
    local_date: date
    happened_at: Moment
    zone: Zone
    made_at: Moment
    ratings: Annotated[dict[Key, Number], Meta(max_length=120)]
    names: Annotated[list[Name], Meta(min_length=1, max_length=10)] | None


class LicenceView(Struct):
    status: Literal["free", "notice", "own"]
    holder: str
    notice: str
    source: str
    unverified: bool


class OfferedMeasure(Struct):
    """What an episode can use. `own`: a form of the clinic's. `usual_for`: proposed for these conditions.
    `weeks` after the intake at which it is asked again. `own_translations`: in these languages no study has
    looked at the words."""

    key: str
    version: int
    short: str
    title: Text
    own: bool
    licence: LicenceView
    own_translations: list[Literal["en", "es"]]
    at_intake: bool
    weeks: list[int]
    at_discharge: bool
    usual_for: list[Condition]


class AssignmentBody(Struct, forbid_unknown_fields=True):
    measure: Key


class AssignmentView(Struct):
    id: UUID
    measure: str
    begins_on: date
    by: str
    at: datetime
    stopped_by: str | None
    stopped_at: datetime | None


class DueView(Struct):
    """`until` is the last day on which it is asked; null: until it is answered."""

    occasion: Occasion
    week: int
    on: date
    until: date | None


class Point(Struct):
    """`value` null: too little was answered. `change` is from the first score, in words."""

    answer_id: UUID
    day: date
    occasion: Occasion
    week: int
    value: float | None
    said: Text | None
    change: Text | None
    direction: Direction | None


class ChangeMark(Struct):
    """From this score on, a change from the first one is of that size."""

    size: Size
    value: float
    direction: Direction
    unverified: bool


class Figure(Struct):
    """What a size or an error of measurement rests on."""

    what: Text
    source: str
    unverified: bool


class ScoreView(Struct):
    """Oldest first. `course` is from the first to the last score in words."""

    key: str
    title: Text
    least: float
    most: float
    better: Literal["lower", "higher"]
    points: list[Point]
    marks: list[ChangeMark]
    course: Text | None
    figures: list[Figure]


class UsedMeasure(Struct):
    """A measure that an episode uses or used. `waiting` is asked now, `overdue` for more than a week; `next`
    will be; one that runs with `at_discharge` is asked once more when the care ends. `assignments`: newest first."""

    key: str
    short: str
    title: Text
    own: bool
    licence: LicenceView
    own_translations: list[Literal["en", "es"]]
    at_discharge: bool
    running: UUID | None
    assignments: list[AssignmentView]
    waiting: DueView | None
    overdue: bool
    next: DueView | None
    scores: list[ScoreView]


class AnsweredItem(Struct):
    """`rating` null: not answered. `said`: what the scale calls that number, where it has words for it."""

    ask: Text
    rating: int | None
    said: Text | None


class AnswerView(Struct):
    """What was answered on one occasion, word by word."""

    id: UUID
    measure: str
    version: int
    short: str
    instructions: Text
    occasion: Occasion
    week: int
    day: date
    made_at: datetime
    received_at: datetime
    ticks: bool
    items: list[AnsweredItem]


class Form(Struct):
    """What a phone needs to ask."""

    key: str
    version: int
    short: str
    title: Text
    notice: str
    instructions: Text
    scale: Scale
    items: list[Item]
    named: Named | None
    ticks: bool


class Answered(Struct):
    occasion: Occasion
    week: int


class OwnPoint(Struct):
    day: date
    value: float | None
    said: Text | None


class OwnScore(Struct):
    """Oldest first. `words`: what became of it since the first, in plain ones."""

    key: str
    title: Text
    least: float
    most: float
    better: Literal["lower", "higher"]
    points: list[OwnPoint]
    words: Text | None


class OwnMeasure(Struct):
    """A measure that the patient's episode uses or used. `dues`: none where it was stopped. `names`: what the
    patient named at first."""

    form: Form
    dues: list[DueView]
    answered: list[Answered]
    names: list[str] | None
    scores: list[OwnScore]


class FormFile(Struct, forbid_unknown_fields=True):
    """The file as it is: JSON of the same shape as the measures that come with the product."""

    file: Annotated[str, Meta(min_length=1, max_length=200_000)]


class FormRetirement(Struct, forbid_unknown_fields=True):
    retired: bool


class FormVersion(Struct):
    version: int
    by: str
    at: datetime


class OwnFormView(Struct):
    """`versions`: newest first. Retired, it is offered no more; episodes that use it go on."""

    key: str
    short: str
    title: Text
    licence: LicenceView
    questions: int
    at_intake: bool
    weeks: list[int]
    at_discharge: bool
    retired: bool
    versions: list[FormVersion]
