"""Tables of privacy. Both are histories: nothing of them is changed or removed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic

DEEDS = ("agreed", "withdrawn")
MOST_YEARS = 40


class Consent(ClinicOwned, Base):
    """That a patient agreed to a version of the text, or took that back."""

    __tablename__ = "consents"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    # The version that was read; of a withdrawal the one that was agreed to.
    version: Mapped[int]
    deed: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "by"),
        CheckConstraint(one_of("deed", DEEDS), name="deed"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_consents_patient_id", "clinic_id", "patient_id"),
    )


class RetentionChange(ClinicOwned, Base):
    """That the clinic chose for how many years after discharge it keeps a record, numbered from 1; null, as
    before the first, is without an end."""

    __tablename__ = "retention_changes"

    version: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    at: Mapped[datetime]
    by: Mapped[UUID]
    before: Mapped[int | None]
    after: Mapped[int | None]

    __table_args__ = (
        within_clinic("accounts", "by"),
        CheckConstraint(f"after between 1 and {MOST_YEARS}", name="after"),
        CheckConstraint("before is distinct from after", name="is_a_change"),
    )
