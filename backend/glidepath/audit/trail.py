"""What a request or a job is found to concern, gathered on its way and written down at its end."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.identity.actor import Actor

TRAIL: Final = "glidepath.audit"
# Of a list with more, its reach is written down and no names.
NAMED_AT_MOST: Final = 25

_SCOPES: Final = {
    "own": "self",
    "clinic": "clinic",
    "patient": "patient",
    "system": "clinic",
    "installation": "clinic",
}
_PURPOSES: Final = {
    "own": "self",
    "clinic": "administration",
    "installation": "administration",
    "system": "operations",
}


@dataclass(slots=True)
class Trail:
    action: Action
    at: datetime
    request_id: UUID
    key: bytes
    # None until it is known who asks, and of the worker always.
    actor: Actor | None = None
    clinic_id: UUID | None = None
    patient_ids: set[UUID] = field(default_factory=set)
    covering_ids: set[UUID] = field(default_factory=set)
    emergency_id: UUID | None = None
    # Whether somebody's record was opened to the actor.
    opened: bool = False
    # How many the actor had opened in the hour before; counted where there is a bound to it (`pace`).
    records_lately: int = 0

    def row(self, outcome: str) -> dict[str, Any]:
        """The event, without its place in a chain."""
        actor, area = self.actor, self.action.area
        role = "system" if actor is None else actor.role
        purpose = "emergency" if self.emergency_id else _PURPOSES.get(area, "care")
        listed = "clinic" if role == "admin" else "caseload"
        return {
            "clinic_id": self.clinic_id if actor is None else actor.clinic_id,
            "at": self.at,
            "request_id": self.request_id,
            "action": self.action.value,
            "outcome": outcome,
            "role": role,
            "account_id": actor and actor.account_id,
            "session_id": actor and actor.session_id,
            "patient_ids": sorted(self.patient_ids),
            "scope": _SCOPES.get(area, listed),
            "purpose": purpose,
            "covering_ids": sorted(self.covering_ids),
            "emergency_id": self.emergency_id,
        }


def of(session: AsyncSession) -> Trail | None:
    return cast("Trail | None", session.info.get(TRAIL))


def begins(session: AsyncSession, actor: Actor) -> None:
    """Who asks, whether or not they will be let in."""
    trail = of(session)
    if trail is not None:
        trail.actor = actor


def asks_for(session: AsyncSession, *patient_ids: UUID) -> None:
    """Whom a request is about, whether or not it will be let in."""
    trail = of(session)
    if trail is not None:
        trail.patient_ids.update(patient_ids)


def opens(
    session: AsyncSession,
    *patient_ids: UUID,
    covering: Collection[UUID] = (),
    emergency_id: UUID | None = None,
) -> None:
    """That these records are open to who asks, and how that comes where it is not for their own sake."""
    trail = of(session)
    if trail is not None:
        trail.patient_ids.update(patient_ids)
        trail.covering_ids.update(covering)
        trail.emergency_id = emergency_id or trail.emergency_id
        trail.opened = True


def lists(session: AsyncSession, patient_ids: Collection[UUID]) -> None:
    """Who stands in a list that somebody was shown."""
    if len(patient_ids) <= NAMED_AT_MOST:
        opens(session, *patient_ids)
