"""Tables of outcome measures. An answer is added and never changed; which measures are asked keeps its history."""

from datetime import date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.clinical.measures import Occasion
from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic
from glidepath.database.encryption import Sealed

OCCASIONS = get_args(Occasion)


class OwnForm(ClinicOwned, Base):
    """A version of a form that the clinic brought itself. What somebody answered stays as it was answered."""

    __tablename__ = "own_forms"

    key: Mapped[str] = mapped_column(primary_key=True, sort_order=-20)
    version: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    # A `clinical.measures.Measure`.
    definition: Mapped[dict[str, Any]]
    by: Mapped[UUID]
    at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "by"),
        CheckConstraint("version between 1 and 1000", name="version"),
    )


class Assignment(ClinicOwned, Base):
    """A measure that an episode uses, from when to when: its newest version is asked."""

    __tablename__ = "measure_assignments"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    measure: Mapped[str]
    # The patient's day that counts as intake: that of the first time, where it was stopped meanwhile.
    begins_on: Mapped[date]
    assigned_by: Mapped[UUID]
    assigned_at: Mapped[datetime]
    stopped_by: Mapped[UUID | None]
    stopped_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        within_clinic("accounts", "assigned_by"),
        within_clinic("accounts", "stopped_by"),
        CheckConstraint("(stopped_at is null) = (stopped_by is null)", name="stopped_by_somebody"),
        Index("ix_measure_assignments_episode_id", "clinic_id", "episode_id"),
        Index(
            "uq_measure_assignments_running",
            "clinic_id",
            "episode_id",
            "measure",
            unique=True,
            postgresql_where=text("stopped_at is null"),
        ),
    )


class Answer(ClinicOwned, Base):
    """What a patient answered on one occasion, with the four times of an entry of the diary.

    The key leads with the patient, as the diary's does.
    """

    __tablename__ = "measure_answers"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    episode_id: Mapped[UUID]
    measure: Mapped[str]
    version: Mapped[int]
    occasion: Mapped[Occasion] = mapped_column(Text)
    week: Mapped[int]
    local_date: Mapped[date]
    happened_at: Mapped[datetime]
    utc_offset_minutes: Mapped[int]
    zone: Mapped[str]
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_error: Mapped[timedelta]
    day: Mapped[date]
    # Numbers by the items' keys.
    ratings: Mapped[dict[str, Any]]
    # The names of what was rated, where the patient gave them: a list, as JSON.
    names: Mapped[str | None] = mapped_column(Sealed("measure_answers.names"))

    __table_args__ = (
        within_clinic("episodes", "patient_id", "episode_id", to=("patient_id", "id")),
        UniqueConstraint("clinic_id", "episode_id", "id"),
        CheckConstraint(one_of("occasion", OCCASIONS), name="occasion"),
        CheckConstraint("(week > 0) = (occasion = 'week')", name="week"),
    )
