"""What crosses the wire about reminders."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

WallTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Reminder(Struct, forbid_unknown_fields=True):
    """A daily time, or none, and the hours in which nothing may remind. Times are "08:30", the
    patient's own; quiet hours may run over midnight."""

    at: WallTime | None
    quiet_from: WallTime | None
    quiet_until: WallTime | None


class Changed(Struct):
    """For whom something changed; what it was, is asked for."""

    patients: list[UUID]
