"""Tables of care. A plan is never changed: a new version takes its place, and entries name theirs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.clinical.vocabulary import Condition, ExerciseKind, Side
from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic

TEAM_ROLES = ("lead", "member")
SIDES = tuple(side.value for side in Side)
CONDITIONS = tuple(condition.value for condition in Condition)
KINDS = tuple(kind.value for kind in ExerciseKind)


class Patient(ClinicOwned, Base):
    __tablename__ = "patients"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    # The zone in which the clinic's pages decide what "today" is for this patient.
    timezone: Mapped[str]
    created_at: Mapped[datetime]
    discharged_at: Mapped[datetime | None]

    __table_args__ = (within_clinic("accounts", "id"),)


class CareTeamMember(ClinicOwned, Base):
    __tablename__ = "care_team"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    role: Mapped[str]
    added_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "account_id"),
        CheckConstraint(one_of("role", TEAM_ROLES), name="role"),
    )


class Episode(ClinicOwned, Base):
    """One bout of trouble in one leg or both, from its start to its end."""

    __tablename__ = "episodes"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    condition: Mapped[str]
    side: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        # What lets other tables say "an episode of this very patient".
        UniqueConstraint("clinic_id", "patient_id", "id"),
        CheckConstraint(one_of("condition", CONDITIONS), name="condition"),
        CheckConstraint(one_of("side", SIDES), name="side"),
    )


class Exercise(ClinicOwned, Base):
    """An exercise that the clinic offers. Its text is the library's unless the clinic wrote its own."""

    __tablename__ = "exercises"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    key: Mapped[str]
    kind: Mapped[str]
    custom: Mapped[dict[str, Any] | None]

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
    note: Mapped[str | None]

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
