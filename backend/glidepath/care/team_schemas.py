"""What crosses the wire about care teams and cover."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

TeamRole = Literal["lead", "member"]
TeamEventKind = Literal["lead", "member", "left"]
CoverState = Literal["coming", "running", "over", "ended"]


class Colleague(Struct):
    """A therapist or an admin of the clinic. `leads` is how many patients they lead."""

    id: UUID
    name: str
    leads: int


class TeamMemberView(Struct):
    account_id: UUID
    name: str
    role: TeamRole
    added_at: datetime


class TeamEventView(Struct):
    """Who became the lead or a member, or left, and by whom; `who` and `by` are names."""

    at: datetime
    kind: TeamEventKind
    who: str
    by: str


class CoverView(Struct):
    """A colleague stands in. Days are the clinic's, first and last included; "ended" was called off."""

    id: UUID
    absent_id: UUID
    absent: str
    cover_id: UUID
    cover: str
    starts_on: date
    ends_on: date
    state: CoverState
    made_by: str
    made_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class TeamView(Struct):
    """`covers` are those, running or coming, of anybody in the team. `may_change` is whether I may."""

    members: list[TeamMemberView]
    covers: list[CoverView]
    events: list[TeamEventView]
    may_change: bool


class HandOver(Struct, forbid_unknown_fields=True):
    """From the lead as I see it to a colleague. `stays` keeps the former lead in the team."""

    from_id: UUID
    to_id: UUID
    stays: bool


class CaseloadHandOver(Struct, forbid_unknown_fields=True):
    from_id: UUID
    to_id: UUID


class HandedOver(Struct):
    patients: int


class CoverBody(Struct, forbid_unknown_fields=True):
    absent_id: UUID
    cover_id: UUID
    starts_on: date
    ends_on: date
