"""Tables of audit. Ids and words of ours alone: never a body, never a text of a patient."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, one_of

OUTCOMES: Final = ("done", "denied", "refused")
ACTORS: Final = ("patient", "therapist", "admin", "operator", "system")
SCOPES: Final = ("patient", "self", "caseload", "clinic")
PURPOSES: Final = ("care", "emergency", "self", "administration", "operations")
HASH_BYTES: Final = 32
_IDS = ARRAY(PG_UUID(as_uuid=True))


class Event(ClinicOwned, Base):
    """One request or job. No foreign keys beside the clinic: it names also what does not exist, and stays
    as it is when what it names is gone."""

    __tablename__ = "audit_events"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-10)
    at: Mapped[datetime]
    request_id: Mapped[UUID]
    action: Mapped[str]
    outcome: Mapped[str]
    role: Mapped[str]
    account_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    patient_ids: Mapped[list[UUID]] = mapped_column(_IDS)
    scope: Mapped[str]
    purpose: Mapped[str]
    # For whom the actor stood in.
    covering_ids: Mapped[list[UUID]] = mapped_column(_IDS)
    emergency_id: Mapped[UUID | None]
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_counts"),
        CheckConstraint("action ~ '^[a-z_]+:[a-z_]+:[a-z_]+$'", name="action"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(one_of("role", ACTORS), name="role"),
        CheckConstraint(one_of("scope", SCOPES), name="scope"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(f"length(hash) = {HASH_BYTES}", name="hash_length"),
        CheckConstraint("(role = 'system') = (account_id is null)", name="has_actor"),
        Index("ix_audit_events_patient_ids", "patient_ids", postgresql_using="gin"),
        Index(
            "ix_audit_events_of_staff",
            "clinic_id",
            "account_id",
            "at",
            postgresql_where=text("role in ('therapist', 'admin')"),
        ),
    )


class Head(ClinicOwned, Base):
    """The last link of a clinic's chain. Whoever adds one holds this row until their commit."""

    __tablename__ = "audit_heads"

    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("seq >= 0", name="seq_counts"),
        CheckConstraint(f"length(hash) = {HASH_BYTES}", name="hash_length"),
    )
