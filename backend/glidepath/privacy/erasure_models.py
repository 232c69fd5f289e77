"""Tables of erasure. What a patient's record keeps of it goes with the record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, within_clinic
from glidepath.database.encryption import Sealed


class Hold(ClinicOwned, Base):
    """That a record must be kept, and why; of a patient one stands at most. Only its end is added to it."""

    __tablename__ = "erasure_holds"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Sealed("erasure_holds.reason"))
    set_at: Mapped[datetime]
    set_by: Mapped[UUID]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_why: Mapped[str | None] = mapped_column(Sealed("erasure_holds.lifted_why"))

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "set_by"),
        within_clinic("accounts", "lifted_by"),
        CheckConstraint(
            "(lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_why is null)",
            name="lifted",
        ),
        Index("ix_erasure_holds_patient_id", "clinic_id", "patient_id"),
        Index(
            "uq_erasure_holds_open",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("lifted_at is null"),
        ),
    )


class Erasure(ClinicOwned, Base):
    """That a record is to be erased, from `due_at` on; until then it can be taken back."""

    __tablename__ = "erasures"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Sealed("erasures.reason"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID]
    due_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "asked_by"),
        within_clinic("accounts", "taken_back_by"),
        CheckConstraint("due_at >= asked_at + interval '24 hours'", name="waits"),
        CheckConstraint("(taken_back_at is null) = (taken_back_by is null)", name="taken_back"),
        Index("ix_erasures_patient_id", "clinic_id", "patient_id"),
        Index(
            "uq_erasures_open",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("taken_back_at is null"),
        ),
    )


class ErasureWish(ClinicOwned, Base):
    """That a patient asked to be erased. It ends by the patient, who takes it back, or by the clinic, which
    declines with words."""

    __tablename__ = "erasure_wishes"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    wished_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    answer: Mapped[str | None] = mapped_column(Sealed("erasure_wishes.answer"))

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "ended_by"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended"),
        CheckConstraint("(ended_by <> patient_id) = (answer is not null)", name="answer"),
        Index("ix_erasure_wishes_patient_id", "clinic_id", "patient_id"),
        Index(
            "uq_erasure_wishes_open",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )
