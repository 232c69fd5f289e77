"""What crosses the wire for screens."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.alerts.schemas import AlertView, Kind, Looked, Severity
from glidepath.alerts.schemas import State as AlertState
from glidepath.assessments.schemas import AssessmentView
from glidepath.care.emergency_schemas import EmergencyView
from glidepath.care.episode_schemas import EpisodeEventView, ScreeningView
from glidepath.care.pause_schemas import PauseView
from glidepath.care.schemas import EpisodeView, PatientView, PlanMark, PlanView, ProposalView
from glidepath.clinical.exercises import Exercise
from glidepath.clinical.vocabulary import ChangesWith, Place, RedFlag, Sensation, Text
from glidepath.escalation.schemas import ClimbView
from glidepath.insight.pointing import Pointing
from glidepath.messages.schemas import MessageView
from glidepath.outcomes.schemas import OwnMeasure, UsedMeasure
from glidepath.privacy.erasure_schemas import OwnErasure
from glidepath.privacy.schemas import ConsentView

Need = Literal["urgent", "worsening", "quiet", "not_improving", "steady"]


class Spark(Struct):
    """The last 28 days up to the patient's today, a character each, oldest first; "-" is "not said"."""

    pain: Annotated[str, Meta(pattern="^[0-9a-]{28}$", description="0-9, a for ten")]
    nerve: Annotated[str, Meta(pattern="^[0-4-]{28}$", description="nerve sensations named")]
    place: Annotated[str, Meta(pattern="^[0-4-]{28}$", description="from 0, back, to 4, foot")]


class RowAlert(Struct):
    """`look_by`: by when somebody is to look, null where that is not pressing or was done. `climbed`: how
    many steps up it went since it waits, the last one to the people `told`: none if nobody was there."""

    id: UUID
    version: int
    kind: Kind
    state: AlertState
    snoozed_until: date | None
    severity: Severity
    opened_at: datetime
    count: int
    look_by: datetime | None
    climbed: int
    told: list[str]


class TriageRow(Struct):
    patient_id: UUID
    name: str
    # Whether I look after them, for myself or standing in: an admin sees everybody.
    mine: bool
    # The absent colleague for whom I am there.
    cover_for: str | None
    # The last day of care, of somebody discharged for whom an alert waits all the same.
    ended_on: date | None
    # The last day of the pause that holds today: nobody expects an entry until then.
    paused_until: date | None
    need: Need
    reason: Text
    since: date | None
    alert: RowAlert | None
    today: date
    spark: Spark
    days_logged_7: int
    # Whether the plan proposes its next step, and nobody has decided.
    next_step: bool
    # Messages of the patient that nobody of the staff has read.
    unread: int
    last_entry_on: date | None


class Triage(Struct):
    """Who needs somebody, most first."""

    as_of: datetime
    rows: list[TriageRow]


class Search(Struct, forbid_unknown_fields=True):
    """`name` is a part of it; blank finds everybody."""

    state: Literal["discharged", "not_joined"]
    name: Annotated[str, Meta(max_length=120, pattern=r"^[^\x00]*$")]


class FoundPatient(Struct):
    """`on` is the last day of care, or the day of admission; `alert`: one waits."""

    id: UUID
    name: str
    on: date
    alert: bool


class Found(Struct):
    """By name; `more` than these fit the search."""

    patients: list[FoundPatient]
    more: bool


class DayView(Struct):
    """One calendar day; nulls where nobody said anything."""

    date: date
    pain: float | None
    pain_worst: int | None
    nerve: int | None
    place: Place | None
    sensations: list[Sensation] | None
    red_flags: list[RedFlag] | None
    sessions: int
    stopped_early: int
    notes: list[str]
    changes_with: list[ChangesWith] | None
    edited: bool
    late: bool
    clock_wrong: bool
    imported: bool


class PatientPage(Struct):
    """`today` is the patient's own day. `episode` is the one that was asked for, else the running or the
    last one; what follows is of it. `episodes` are all of the patient's, newest first."""

    patient: PatientView
    today: date
    episode: EpisodeView
    episodes: list[EpisodeView]
    events: list[EpisodeEventView]
    screening: ScreeningView
    summary: Text
    days: list[DayView]
    pointing: Pointing
    plans: list[PlanView]
    alerts: list[AlertView]
    # One for each alert, in the same order.
    climbs: list[ClimbView]
    assessments: list[AssessmentView]
    measures: list[UsedMeasure]
    messages: list[MessageView]
    proposals: list[ProposalView]
    pauses: list[PauseView]
    consent: ConsentView
    # From when on the whole record is erased; null where that is not planned.
    erased_from: datetime | None
    # The reader's own that runs, if there is one.
    emergency: EmergencyView | None


class PatientName(Struct):
    id: UUID
    name: str


class Reached(Struct):
    """How far it came at the clinic what some entries of mine told at once. `told_at`: when the first
    message about it had really left for somebody. `as_of`: of when this is, until somebody has looked."""

    entry_ids: list[UUID]
    received_at: datetime
    told_at: datetime | None
    looked_at: datetime | None
    looked_by: str | None
    as_of: datetime | None


class CarePage(Struct):
    """All that a phone needs to work on its own until it is online again.

    When care has ended, or the exercises are on hold, there is no plan to follow.
    `opens_at`: when the clinic reads again, null while it does.
    """

    patient: PatientName
    episode: EpisodeView
    plan: PlanView | None
    on_hold: bool
    exercises: list[Exercise]
    plan_history: list[PlanMark]
    looked: list[Looked]
    reached: list[Reached]
    opens_at: datetime | None
    messages: list[MessageView]
    pauses: list[PauseView]
    consent: ConsentView
    erasure: OwnErasure
    measures: list[OwnMeasure]
