"""Tables of care. A plan is never changed: a new version takes its place, and entries name theirs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.clinical.vocabulary import Condition, ExerciseKind, Side
from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic
from glidepath.database.encryption import Sealed

SIDES = tuple(side.value for side in Side)
CONDITIONS = tuple(condition.value for condition in Condition)
EPISODE_EVENTS = ("opened", "discharged", "reopened")
DISCHARGE_REASONS = (
    "goals_met",
    "no_further_need",
    "patients_wish",
    "referred_on",
    "moved_away",
    "other",
)
PROPOSAL_STATES = ("open", "approved", "dismissed", "withdrawn")
KINDS = tuple(kind.value for kind in ExerciseKind)


class Patient(ClinicOwned, Base):
    __tablename__ = "patients"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    # The zone in which the clinic's pages decide what "today" is for this patient.
    timezone: Mapped[str]
    created_at: Mapped[datetime]
    discharged_at: Mapped[datetime | None]

    __table_args__ = (within_clinic("accounts", "id"),)


class Episode(ClinicOwned, Base):
    """One bout of trouble in one leg or both, from its start to its end; of a patient one runs at most."""

    __tablename__ = "episodes"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    condition: Mapped[str]
    side: Mapped[str]
    # When the trouble began; since when it is cared for here says `opened_at`.
    started_on: Mapped[date]
    opened_at: Mapped[datetime]
    # The last day of care. Entries of later days belong to no episode.
    ended_on: Mapped[date | None]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        # What lets other tables say "an episode of this very patient".
        UniqueConstraint("clinic_id", "patient_id", "id"),
        CheckConstraint(one_of("condition", CONDITIONS), name="condition"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint("started_on <= ended_on", name="in_order"),
        Index(
            "uq_episodes_running",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("ended_on is null"),
        ),
    )


class EpisodeEvent(ClinicOwned, Base):
    """That an episode was opened, ended or went on again, by whom and why; append-only."""

    __tablename__ = "episode_events"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    kind: Mapped[str]
    # Of a discharge.
    ended_on: Mapped[date | None]
    reason: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(Sealed("episode_events.note"))
    by: Mapped[UUID]
    # The absent colleague for whom it was done.
    cover_for: Mapped[UUID | None]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        within_clinic("accounts", "by"),
        within_clinic("accounts", "cover_for"),
        CheckConstraint(one_of("kind", EPISODE_EVENTS), name="kind"),
        CheckConstraint(one_of("reason", DISCHARGE_REASONS), name="reason"),
        CheckConstraint(
            "(kind = 'discharged') = (ended_on is not null) "
            "and (kind = 'discharged') = (reason is not null)",
            name="discharge_says_why",
        ),
        Index("ix_episode_events_episode_id", "clinic_id", "episode_id"),
    )


class Screening(ClinicOwned, Base):
    """What a patient was asked before exercising, and answered; append-only."""

    __tablename__ = "screenings"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    # The one for which they were asked; what they answered stays true of the patient.
    episode_id: Mapped[UUID]
    list_version: Mapped[int]
    # "yes" or "no" by the question's key. What was not asked is not there.
    answers: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(Sealed("screenings.note"))
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        within_clinic("accounts", "author_id"),
        Index("ix_screenings_patient_id", "clinic_id", "patient_id"),
    )


class Exercise(ClinicOwned, Base):
    """An exercise that the clinic offers. Its text is the library's unless the clinic wrote its own."""

    __tablename__ = "exercises"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    key: Mapped[str]
    kind: Mapped[str]
    # A `clinical.own_exercises.OwnExercise`; null for one of the library.
    custom: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(server_default="1")
    # Offered for new plans no more.
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("clinic_id", "key"),
        UniqueConstraint("clinic_id", "id", "kind"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
    )


class PlanVersion(ClinicOwned, Base):
    __tablename__ = "plan_versions"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    number: Mapped[int]
    author_id: Mapped[UUID]
    created_at: Mapped[datetime]
    starts_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Sealed("plan_versions.note"))
    # Each a `schemas.CriterionBody`.
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        within_clinic("accounts", "author_id"),
        UniqueConstraint("clinic_id", "episode_id", "number"),
        UniqueConstraint("clinic_id", "patient_id", "id"),
        CheckConstraint("number >= 1", name="number"),
    )


class PlanItem(ClinicOwned, Base):
    __tablename__ = "plan_items"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    plan_version_id: Mapped[UUID]
    position: Mapped[int]
    exercise_id: Mapped[UUID]
    # The exercise's kind, held equal to it by the key, so that the check below can read it.
    kind: Mapped[str]
    side: Mapped[str]
    sets: Mapped[int]
    repetitions: Mapped[int | None]
    hold_seconds: Mapped[int | None]
    rest_seconds: Mapped[int]
    days_per_week: Mapped[int]
    # 1, Monday, to 7; null is any days.
    weekdays: Mapped[list[int] | None]
    # The key of the plan's glide that takes a stretch's place, "rest", or null: any of the leg.
    on_nerve_flag: Mapped[str | None]

    __table_args__ = (
        within_clinic("plan_versions", "plan_version_id"),
        within_clinic("exercises", "exercise_id", "kind", to=("id", "kind")),
        UniqueConstraint("clinic_id", "plan_version_id", "position"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        # safety.glide_never_static: the database refuses it too.
        CheckConstraint("kind <> 'nerve_glide' or hold_seconds is null", name="glide_never_static"),
        CheckConstraint("sets between 1 and 20", name="sets"),
        CheckConstraint("repetitions between 1 and 100", name="repetitions"),
        CheckConstraint("hold_seconds between 1 and 600", name="hold_seconds"),
        CheckConstraint("rest_seconds between 0 and 600", name="rest_seconds"),
        CheckConstraint("days_per_week between 1 and 7", name="days_per_week"),
        CheckConstraint(
            "weekdays <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[]"
            " and cardinality(weekdays) = days_per_week",
            name="weekdays",
        ),
        CheckConstraint(
            "kind = 'static_stretch' or on_nerve_flag is null", name="replaces_a_stretch"
        ),
    )


class Proposal(ClinicOwned, Base):
    """That a criterion of a plan was fulfilled, and what a therapist decided."""

    __tablename__ = "plan_proposals"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    plan_version_id: Mapped[UUID]
    # The place among the plan's criteria, from 0.
    criterion: Mapped[int]
    state: Mapped[str]
    # The rule, its version and the days it read: enough to judge again.
    basis: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # Who decided; nobody where the data or a new plan withdrew it.
    closed_by: Mapped[UUID | None]
    # What the therapist wrote; of a withdrawn one "data", "plan_changed" or "discharged".
    reason: Mapped[str | None] = mapped_column(Sealed("plan_proposals.reason"))
    approved_plan_id: Mapped[UUID | None]

    __table_args__ = (
        within_clinic("plan_versions", "patient_id", "plan_version_id", to=("patient_id", "id")),
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        within_clinic("plan_versions", "approved_plan_id"),
        within_clinic("accounts", "closed_by"),
        CheckConstraint(one_of("state", PROPOSAL_STATES), name="state"),
        CheckConstraint("(state = 'open') = (closed_at is null)", name="closed"),
        # One waits at a time; two looks at once do not both propose.
        Index(
            "uq_plan_proposals_open",
            "clinic_id",
            "plan_version_id",
            "criterion",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_plan_proposals_episode_id", "clinic_id", "episode_id"),
    )


class PlanTemplate(ClinicOwned, Base):
    """A plan to begin from, of the whole clinic."""

    __tablename__ = "plan_templates"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    name: Mapped[str]
    # Each a `schemas.PlanItemBody`, and a `schemas.CriterionBody`.
    items: Mapped[list[dict[str, Any]]]
    criteria: Mapped[list[dict[str, Any]]]
    note: Mapped[str | None]
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (within_clinic("accounts", "author_id"),)


class EmergencyOpening(ClinicOwned, Base):
    """A colleague's patient, open to an account for some hours."""

    __tablename__ = "emergency_openings"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    account_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Sealed("emergency_openings.reason"))
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "account_id"),
        within_clinic("accounts", "ended_by"),
        CheckConstraint(
            "until > opened_at and until <= opened_at + interval '4 hours'", name="hours"
        ),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_by_somebody"),
        Index("ix_emergency_openings_account_id", "clinic_id", "account_id", "patient_id"),
    )


class EpisodePause(ClinicOwned, Base):
    """Days on which nobody expects an entry; or that such a pause ends early. Append-only.

    Days are the patient's. Of a pause `first_on` and `last_on` are its first and last; of an end `first_on` is
    the first day on which entries are expected again.
    """

    __tablename__ = "episode_pauses"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    # The pause that this row ends; null for a pause.
    ends: Mapped[UUID | None]
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    by: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        within_clinic("episode_pauses", "ends"),
        within_clinic("accounts", "by"),
        UniqueConstraint("clinic_id", "ends"),
        CheckConstraint("(ends is null) = (last_on is not null)", name="pause_or_end"),
        CheckConstraint("first_on <= last_on", name="in_order"),
        Index("ix_episode_pauses_episode_id", "clinic_id", "episode_id"),
    )
