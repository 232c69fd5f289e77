"""Tables of notify."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, within_clinic


class PatientReminder(ClinicOwned, Base):
    """When a patient wants to be reminded of the diary. Times are those of the patient's own zone."""

    __tablename__ = "patient_reminders"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    at: Mapped[time | None]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    changed_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet_pair"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_lasts"),
    )
