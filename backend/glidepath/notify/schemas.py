"""What crosses the wire about reminders, pushes, what is told live, and how staff are told."""

from datetime import datetime
from typing import Annotated, Literal
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


# Of urgent alerts everybody is told at once.
CanWait = Literal["high", "moderate", "low"]


class NoticeBody(Struct, forbid_unknown_fields=True):
    """How I want to be told of alerts. Times are "07:30", the clinic's; quiet hours may run over midnight and
    hold back everything but what is urgent. `at_once` are severities told at once beside the urgent ones;
    of the others the digest tells at `digest_at`."""

    push: bool
    email: bool
    digest_at: WallTime
    quiet_from: WallTime | None
    quiet_until: WallTime | None
    at_once: Annotated[list[CanWait], Meta(max_length=3)]


class Notices(Struct):
    """What I chose, as version `version`, 0 while it is what everybody has who never chose; and what it can
    rest on: how many browsers of mine take pushes, where my mail goes, and whether there is mail here at all
    (`kept`: it is only shown to the clinic's admins)."""

    version: int
    push: bool
    email: bool
    digest_at: WallTime
    quiet_from: WallTime | None
    quiet_until: WallTime | None
    at_once: list[CanWait]
    browsers: int
    email_to: str
    mail: Literal["on", "kept", "off"]
    timezone: str


class TryView(Struct):
    """A message that I had sent to me to try it. `code` is why the last try failed."""

    id: UUID
    channel: Literal["push", "email", "webhook"]
    state: Literal["waiting", "sent", "skipped", "failed", "kept"]
    tries: int
    code: str | None
    made_at: datetime
    ended_at: datetime | None


MailCause = Literal[
    "raised",
    "escalated",
    "digest",
    "test",
    "new_device",
    "invitation",
    "reset",
    "new_address",
    "address_changed",
    "passphrase_changed",
    "second_factor_reset",
    "emergency_opened",
    "many_records",
    "second_factor_changed",
    "recovery_code_used",
]


class KeptMailView(Struct):
    """A mail that was not sent, since this installation sends none."""

    id: UUID
    to: str
    subject: str
    text: str
    cause: MailCause
    kept_at: datetime


class KeptMails(Struct):
    """The newest first; `mail` says whether mail is sent from here."""

    mail: Literal["on", "kept", "off"]
    mails: list[KeptMailView]


class WebhookBody(Struct, forbid_unknown_fields=True):
    """Where messages of what is urgent go, and whether the secret is to be a new one."""

    url: Annotated[str, Meta(min_length=1, max_length=2048)]
    new_secret: bool = False


class WebhookTried(Struct):
    """How the last message ended; `code` is a word of ours."""

    cause: str
    state: str
    code: str | None
    at: datetime


class WebhookView(Struct):
    """`secret` is there in the answer to the request that made it, and never again."""

    url: str | None
    changed_at: datetime | None
    last: WebhookTried | None
    secret: str | None = None
