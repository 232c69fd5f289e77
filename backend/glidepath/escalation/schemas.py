"""What crosses the wire about escalation."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text
from glidepath.escalation.deciding import Level, State, Why

Opens = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Closes = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Minutes = Annotated[int, Meta(ge=5, le=1440)]
Days = Annotated[int, Meta(ge=1, le=10)]


class SpanBody(Struct, forbid_unknown_fields=True):
    """From when to when, "09:00" to "17:00"; to the end of the day is "24:00"."""

    opens: Opens
    closes: Closes


Spans = Annotated[list[SpanBody], Meta(max_length=4)]


class UrgentBody(Struct, forbid_unknown_fields=True):
    """Minutes count while the clinic is open, unless somebody is there round the clock."""

    round_the_clock: bool
    first_minutes: Minutes
    second_minutes: Minutes
    again_minutes: Annotated[int, Meta(ge=15, le=1440)]
    look_holds_hours: Annotated[int, Meta(ge=1, le=168)]


class OthersBody(Struct, forbid_unknown_fields=True):
    """Days on which the clinic is open."""

    first_days: Days
    second_days: Days
    again_days: Days
    look_holds_days: Annotated[int, Meta(ge=1, le=30)]


class PolicyBody(Struct, forbid_unknown_fields=True):
    """`week`: the spans of seven days, Monday first, in the clinic's zone; `closed_on`: single days on
    which it is closed."""

    week: Annotated[list[Spans], Meta(min_length=7, max_length=7)]
    closed_on: Annotated[list[date], Meta(max_length=100)]
    urgent: UrgentBody
    others: OthersBody
    repeats: Annotated[int, Meta(ge=0, le=9)]


class PolicyView(Struct):
    """`version` is what `If-Match` names; 0 with nulls as long as nobody saved one. `hours` is what
    patients are told of when their clinic reads."""

    version: int
    policy: PolicyBody
    hours: Text
    timezone: str
    saved_by: str | None
    saved_at: datetime | None


class StepView(Struct):
    """To whom an alert went next: it had waited since `since`, or nobody was there before."""

    at: datetime
    level: Level
    why: Why
    since: datetime
    told: list[str]


class ClimbView(Struct):
    """`look_by`: by when somebody is to look, null where that is not pressing or was done. The steps of
    this and earlier waits, oldest first."""

    alert_id: UUID
    state: State
    look_by: datetime | None
    steps: list[StepView]
