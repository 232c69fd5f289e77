"""What crosses the wire about patients, episodes and plans."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.exercises import Exercise
from glidepath.clinical.own_exercises import OwnExercise
from glidepath.clinical.progression import Criterion
from glidepath.clinical.screening import Answer
from glidepath.clinical.vocabulary import Condition, ExerciseKind, Side, Text
from glidepath.identity.schemas import Locale

Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Zone = Annotated[str, Meta(min_length=1, max_length=64)]
Key = Annotated[str, Meta(min_length=1, max_length=60)]
Weekdays = Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]
ProposalState = Literal["open", "approved", "dismissed", "withdrawn"]
# Not blank. PostgreSQL text holds no NUL.
Reason = Annotated[str, Meta(max_length=500, pattern=r"^\s*[^\s\x00][^\x00]*$")]
# Neither blank nor with spaces around it.
TemplateName = Annotated[
    str, Meta(max_length=80, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$")
]
Note = Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*$")]


class PlanItemBody(Struct, forbid_unknown_fields=True):
    """One exercise of a plan. A nerve glide has no hold: one that has is refused.

    `weekdays`, from 1, Monday, are as many as `days_per_week`; null is any days. `on_nerve_flag` is the
    key of the plan's nerve glide that takes the place of this stretch when it tingles, burns or shoots;
    "rest"; or null for any glide that the plan has for the leg.
    """

    exercise_key: Key
    side: Side
    sets: int
    repetitions: int | None
    hold_seconds: int | None
    rest_seconds: int
    days_per_week: int
    weekdays: Weekdays | None = None
    on_nerve_flag: Key | None = None


class OwnExerciseBody(Struct, forbid_unknown_fields=True):
    """`version` is the one that was changed, null for a new exercise."""

    version: Annotated[int, Meta(ge=1)] | None
    exercise: OwnExercise


class OwnExerciseView(Struct):
    id: UUID
    key: str
    version: int
    retired: bool
    exercise: OwnExercise


class Retirement(Struct, forbid_unknown_fields=True):
    retired: bool


class OfferedExercise(Exercise, frozen=True, kw_only=True):
    """`own`: written by the clinic. `retired`: for plans that have it, and no others."""

    own: bool
    retired: bool


class CriterionBody(Criterion, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When it is fulfilled, `item` is proposed: in place of the plan's item with that exercise and
    side, or added where the plan has none."""

    item: PlanItemBody


class PlanContent(Struct, kw_only=True, forbid_unknown_fields=True):
    """`note` is for the patient; it also gives the reason for a dose outside the usual."""

    note: Note | None
    items: Annotated[list[PlanItemBody], Meta(min_length=1, max_length=8)]
    criteria: Annotated[list[CriterionBody], Meta(max_length=4)] = []


class PlanBody(PlanContent, kw_only=True, forbid_unknown_fields=True):
    starts_on: date


class TemplateBody(PlanContent, kw_only=True, forbid_unknown_fields=True):
    """A plan to begin from. A left or a right leg in it stands for the leg of whoever gets it."""

    name: TemplateName


class TemplateView(Struct):
    id: UUID
    name: str
    note: str | None
    items: list[PlanItemBody]
    criteria: list[CriterionBody]
    by: str
    made_at: datetime


class Renaming(Struct, forbid_unknown_fields=True):
    """`was` is the name that the caller saw."""

    name: TemplateName
    was: str


class NextPlan(PlanBody, kw_only=True, forbid_unknown_fields=True):
    """`based_on` is the number of the version that was changed, null where there was none;
    `approves` is the proposal that the therapist follows with it."""

    based_on: Annotated[int, Meta(ge=1)] | None
    approves: UUID | None = None


class FirstPlan(PlanBody, kw_only=True, forbid_unknown_fields=True):
    id: UUID


class EpisodeBody(Struct, forbid_unknown_fields=True):
    id: UUID
    condition: Condition
    side: Side
    started_on: date


class ScreeningBody(Struct, kw_only=True, forbid_unknown_fields=True):
    """Answers by the keys of the list of that version. What was not asked is left out; it is not "no"."""

    version: Annotated[int, Meta(ge=1, le=1000)]
    answers: Annotated[dict[Key, Answer], Meta(max_length=50)]
    note: Note | None


class FirstScreening(ScreeningBody, kw_only=True, forbid_unknown_fields=True):
    id: UUID


class PatientBody(Struct, forbid_unknown_fields=True):
    """Where the screening leaves no room for a home programme, a plan is refused."""

    name: Name
    timezone: Zone
    locale: Locale
    episode: EpisodeBody
    plan: FirstPlan | None
    screening: FirstScreening | None = None


class PlanItemView(Struct):
    id: UUID
    exercise_key: str
    kind: ExerciseKind
    side: Side
    sets: int
    repetitions: int | None
    hold_seconds: int | None
    rest_seconds: int
    days_per_week: int
    weekdays: list[int] | None
    on_nerve_flag: str | None


class PlanView(Struct):
    """`changes` says what is new against the version before; the first one has none."""

    id: UUID
    number: int
    starts_on: date
    note: str | None
    items: list[PlanItemView]
    criteria: list[CriterionBody]
    changes: list[Text]


class Dismissal(Struct, forbid_unknown_fields=True):
    reason: Reason


class ProposalView(Struct):
    """A next step that the plan's criteria allow. `changes` says what it changes in the plan of that
    number; `reason` is why it was dismissed or, where nobody did, "data", "plan_changed" or "discharged"."""

    id: UUID
    state: ProposalState
    plan_number: int
    criterion: int
    item: PlanItemBody
    why: Text
    changes: list[Text]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    reason: str | None


class PlanMark(Struct):
    """Where a plan began and what it changed, for the chart and for telling the patient."""

    id: UUID
    number: int
    starts_on: date
    changes: list[Text]


class EpisodeView(Struct):
    """`ended_on` is the last day of care; null while it runs."""

    id: UUID
    condition: Condition
    side: Side
    started_on: date
    ended_on: date | None


class PatientView(Struct):
    id: UUID
    name: str
    timezone: str
    locale: Locale
    joined: bool
