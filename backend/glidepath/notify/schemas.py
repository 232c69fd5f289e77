"""What crosses the wire about reminders, pushes and what is told live."""

from datetime import datetime
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


class Keys(Struct):
    """As the browser made them, in base64url."""

    p256dh: Annotated[str, Meta(min_length=80, max_length=100)]
    auth: Annotated[str, Meta(min_length=16, max_length=32)]


class Subscribing(Struct):
    """A browser's push subscription, as it writes itself as JSON."""

    endpoint: Annotated[str, Meta(max_length=2048)]
    keys: Keys


class BrowserView(Struct):
    """One that takes pushes; `sent_at` is when a push service last took one for it."""

    id: UUID
    made_at: datetime
    sent_at: datetime | None


class PushView(Struct):
    """`key` is what a browser subscribes with; null while pushes are not set up."""

    key: str | None
    browsers: list[BrowserView]


class Where(Struct):
    """A path within the application."""

    path: str
