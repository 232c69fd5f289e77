"""What crosses the wire for emergencies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Reason = Annotated[
    str, Meta(min_length=10, max_length=500, description="why it cannot wait, in words")
]


class EmergencyBody(Struct, forbid_unknown_fields=True):
    reason: Reason
    hours: Annotated[int, Meta(ge=1, le=4)] = 1


class WholeName(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=3, max_length=200)]


class Namesake(Struct):
    """Nothing of a record: only that there is one of this name, admitted in that year."""

    id: UUID
    name: str
    admitted_in: int


class EmergencyView(Struct):
    id: UUID
    patient_id: UUID
    patient: str
    account_id: UUID
    by: str
    reason: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_by: str | None
    running: bool
