"""Tables of who looks after a patient, and of who stands in for whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic

TEAM_ROLES = ("lead", "member")
TEAM_EVENTS = ("lead", "member", "left")


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
        Index(
            "uq_care_team_lead",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("role = 'lead'"),
        ),
    )


class CareTeamEvent(ClinicOwned, Base):
    """What somebody became in a patient's team, or that they left it; append-only."""

    __tablename__ = "care_team_events"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    account_id: Mapped[UUID]
    kind: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "account_id"),
        within_clinic("accounts", "by"),
        CheckConstraint(one_of("kind", TEAM_EVENTS), name="kind"),
        Index("ix_care_team_events_patient_id", "clinic_id", "patient_id"),
    )


class Cover(ClinicOwned, Base):
    """A colleague stands in for an absent one. Days are the clinic's, the first and last included."""

    __tablename__ = "covers"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    absent_id: Mapped[UUID]
    cover_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    # Called off, before its time or during it.
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        within_clinic("accounts", "absent_id"),
        within_clinic("accounts", "cover_id"),
        within_clinic("accounts", "made_by"),
        within_clinic("accounts", "ended_by"),
        CheckConstraint("absent_id <> cover_id", name="somebody_else"),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_by_somebody"),
        Index("ix_covers_cover_id", "clinic_id", "cover_id", "ends_on"),
        Index("ix_covers_absent_id", "clinic_id", "absent_id", "ends_on"),
    )
