"""Tables of messages. What was written stays as it is; that it was read is all that is ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, within_clinic


class Message(ClinicOwned, Base):
    """One message of the clinic's staff to one patient."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str]
    sent_at: Mapped[datetime]
    # By the phone's clock, which may have been offline: never before it was sent or after it was told.
    read_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "author_id"),
        CheckConstraint("read_at >= sent_at", name="read_after_sent"),
        Index("ix_messages_patient_id", "clinic_id", "patient_id", "sent_at"),
    )
