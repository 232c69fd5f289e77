"""Tables of messages. What was written stays as it is; that it was read, and what came of it, is added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of, within_clinic
from glidepath.database.encryption import Sealed

DEEDS = ("answered", "called", "plan_changed", "advice_given", "appointment", "no_action")
FROM_PATIENT = "author_id = patient_id"


class Message(ClinicOwned, Base):
    """One message between a patient and the clinic's staff; one of the patient's has them as author."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(Sealed("messages.text"))
    # When the server got it.
    sent_at: Mapped[datetime]
    # When a patient wrote it, by the phone's clock; null where that clock cannot be right.
    written_at: Mapped[datetime | None]
    # By the clock of the patient's phone, which may have been offline: never before it was sent or after
    # it was told. By the server's, for what the patient wrote.
    read_at: Mapped[datetime | None]
    # Who of the staff was first to read what the patient wrote.
    read_by: Mapped[UUID | None]

    __table_args__ = (
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "author_id"),
        within_clinic("accounts", "read_by"),
        CheckConstraint("read_at >= sent_at", name="read_after_sent"),
        CheckConstraint(
            f"(read_by is not null) = ({FROM_PATIENT} and read_at is not null)", name="read_by"
        ),
        CheckConstraint(f"{FROM_PATIENT} or written_at is null", name="written_at"),
        Index("ix_messages_patient_id", "clinic_id", "patient_id", "sent_at"),
        Index(
            "ix_messages_unread",
            "clinic_id",
            "patient_id",
            postgresql_where=sql(f"{FROM_PATIENT} and read_at is null"),
        ),
    )

    @property
    def from_patient(self) -> bool:
        return self.author_id == self.patient_id


class MessageDeed(ClinicOwned, Base):
    """What somebody did about a message of the patient's; the last one counts. Append-only."""

    __tablename__ = "message_deeds"

    message_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    # From 1 for each message, so that of two at once one fails.
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    patient_id: Mapped[UUID]
    # Null takes back what was said before.
    what: Mapped[str | None]
    by: Mapped[UUID]
    # The absent colleague in whose place it was done.
    cover_for: Mapped[UUID | None]
    at: Mapped[datetime]

    __table_args__ = (
        within_clinic("messages", "message_id"),
        within_clinic("patients", "patient_id"),
        within_clinic("accounts", "by"),
        within_clinic("accounts", "cover_for"),
        CheckConstraint(one_of("what", DEEDS), name="what"),
        CheckConstraint("number >= 1", name="number"),
    )


class MessageTemplate(ClinicOwned, Base):
    """Words to begin a message with, of the whole clinic."""

    __tablename__ = "message_templates"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    name: Mapped[str]
    en: Mapped[str | None]
    es: Mapped[str | None]
    version: Mapped[int]
    # Of the words as they are now.
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "author_id"),
        CheckConstraint("en is not null or es is not null", name="has_words"),
    )
