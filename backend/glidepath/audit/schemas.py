"""What crosses the wire of the audit trail."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Outcome = Literal["done", "denied", "refused"]
Role = Literal["patient", "therapist", "admin", "system"]


class Look(Struct):
    """One event that names the patient. `by` is null for whoever is not of this clinic any more."""

    seq: int
    at: datetime
    action: str
    outcome: Outcome
    role: Role
    account_id: UUID | None
    by: str | None
    covering: list[str]
    emergency: bool


class Looks(Struct):
    """The newest first; `more` are older than the last of them."""

    patient: str
    looks: list[Look]
    more: bool


class OwnLook(Struct):
    """On one day, as its clinic counts days, somebody of the clinic had my record open."""

    day: str
    by: str
    role: Role
    emergency: bool


class OwnLooks(Struct):
    looks: list[OwnLook]
