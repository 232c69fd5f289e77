"""What crosses the wire about pauses."""

from datetime import date
from uuid import UUID

from msgspec import Struct


class PauseBody(Struct, forbid_unknown_fields=True):
    """The first and the last day of a pause, in the patient's own days."""

    first_on: date
    last_on: date


class PauseView(Struct):
    """A pause as it came to be: `last_on` is the day before it was ended. `by` is who entered it."""

    id: UUID
    first_on: date
    last_on: date
    by: str
    over: bool
