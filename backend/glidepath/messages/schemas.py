"""What crosses the wire about messages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]
# As a note, and not blank. PostgreSQL text holds no NUL.
Written = Annotated[str, Meta(max_length=2000, pattern=r"^\s*[^\s\x00][^\x00]*$")]


class MessageBody(Struct, forbid_unknown_fields=True):
    text: Written


class MessageView(Struct):
    """`by` is the author's name; `read_at` null: the patient has not read it."""

    id: UUID
    by: str
    text: str
    sent_at: datetime
    read_at: datetime | None


class Reading(Struct, forbid_unknown_fields=True):
    """A message that was read, and when by the phone's clock."""

    id: UUID
    read_at: Moment


class Readings(Struct, forbid_unknown_fields=True):
    """From one phone. `account_id` is who has read, as the phone knows it."""

    account_id: UUID
    read: Annotated[list[Reading], Meta(max_length=100)]
