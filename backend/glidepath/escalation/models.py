"""Tables of escalation: the clinic's policies, every step that was taken, and what comes next."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic

LEVELS: Final = ("team", "admins", "everyone", "nobody")
WHYS: Final = ("unseen", "nobody_there")
STATES: Final = ("waiting", "looked", "resting", "spent", "unowned", "over")


class AlertPolicy(ClinicOwned, Base):
    """A policy is never changed: the latest version holds."""

    __tablename__ = "alert_policies"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-10)
    # A `PolicyBody`.
    rules: Mapped[dict[str, Any]]
    saved_by: Mapped[UUID]
    saved_at: Mapped[datetime]

    __table_args__ = (within_clinic("accounts", "saved_by"),)


class AlertStep(ClinicOwned, Base):
    """To whom an alert went next, when and why; append-only."""

    __tablename__ = "alert_steps"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    alert_id: Mapped[UUID]
    # The version with which the alert began to wait: after a look it begins anew.
    round: Mapped[int] = mapped_column(Integer)
    step: Mapped[int]
    level: Mapped[str]
    why: Mapped[str]
    # How long it had waited is told from it, whatever becomes of the alert.
    since: Mapped[datetime]
    at: Mapped[datetime]
    # 0: the clinic had none of its own.
    policy_version: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("alerts", "alert_id"),
        CheckConstraint(one_of("level", LEVELS), name="level"),
        CheckConstraint(one_of("why", WHYS), name="why"),
        UniqueConstraint("clinic_id", "alert_id", "round", "step"),
    )


class AlertStepPerson(ClinicOwned, Base):
    """Who was told by a step; of a step to nobody there is none. Append-only."""

    __tablename__ = "alert_step_people"

    step_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)

    __table_args__ = (
        within_clinic("alert_steps", "step_id"),
        within_clinic("accounts", "account_id"),
    )


class AlertClimb(ClinicOwned, Base):
    """Where an alert is on its way, and when there is something to decide next."""

    __tablename__ = "alert_climbs"

    alert_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    round: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    due_at: Mapped[datetime | None]
    look_by: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("alerts", "alert_id"),
        CheckConstraint(one_of("state", STATES), name="state"),
        Index(
            "ix_alert_climbs_due",
            "clinic_id",
            "due_at",
            postgresql_where=text("due_at is not null"),
        ),
    )
