"""Alerts that nobody looked at in time, for whoever has to see to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.alerts.service import Stands
from glidepath.care import service as care
from glidepath.escalation import rules, store
from glidepath.escalation.deciding import look_by
from glidepath.escalation.models import AlertClimb
from glidepath.escalation.policy import Policy
from glidepath.escalation.service import standing
from glidepath.identity import service as identity

Lateness = Literal["unowned", "spent", "overdue"]
WORST_FIRST: Final[tuple[Lateness, ...]] = ("unowned", "spent", "overdue")


@dataclass(frozen=True, slots=True)
class Late:
    """ "unowned": there is nobody who could be told; "spent": everybody was told as often as the policy says;
    "overdue": it still climbs. `told`: whom its last step to somebody told, by name, and `told_at` when."""

    alert_id: UUID
    patient_id: UUID
    state: Lateness
    severity: str
    since: datetime
    look_by: datetime | None
    told: tuple[str, ...]
    told_at: datetime | None


async def late(session: AsyncSession, now: datetime) -> list[Late]:
    """The worst first, of those the one that waits longest. A constant number of statements."""
    waiting = await alerts.standing(session)
    if not waiting:
        return []
    patients = {one.patient_id for one in waiting}
    zones, cared_for = (
        await care.zones_of(session, patients),
        await care.with_somebody(session, patients),
    )
    policy, climbs = await rules.present(session), await store.climbs(session)
    states = {
        one.id: state
        for one in waiting
        if (state := _state(one, zones[one.patient_id], policy, climbs, cared_for, now))
    }
    told = await _told(session, states)
    found = [
        Late(
            one.id,
            one.patient_id,
            states[one.id],
            one.severity,
            one.at,
            look_by(standing(one, zones[one.patient_id], policy, now), policy),
            *told.get(one.id, ((), None)),
        )
        for one in waiting
        if one.id in states
    ]
    return sorted(found, key=lambda one: (WORST_FIRST.index(one.state), one.since))


def _state(
    one: Stands,
    timezone: str,
    policy: Policy,
    climbs: Mapping[UUID, AlertClimb],
    cared_for: Collection[UUID],
    now: datetime,
) -> Lateness | None:
    """As the worker last found it, absences counted in, and as accounts and times stand now, should no
    worker look."""
    climb = climbs.get(one.id)
    found = climb.state if climb is not None and climb.round == one.version else None
    if found == "unowned" or one.patient_id not in cared_for:
        return "unowned"
    if found == "spent":
        return "spent"
    by = look_by(standing(one, timezone, policy, now), policy)
    return "overdue" if by is not None and by < now else None


async def _told(
    session: AsyncSession, alert_ids: Collection[UUID]
) -> dict[UUID, tuple[tuple[str, ...], datetime]]:
    taken = await store.steps(session, alert_ids)
    people = await store.people(session, [step.id for steps in taken.values() for step in steps])
    # In their order, so that the last one stays.
    last = {step.alert_id: step for steps in taken.values() for step in steps if step.id in people}
    names = await identity.names(
        session, {who for step in last.values() for who in people[step.id]}
    )
    return {
        alert_id: (tuple(sorted(names[who] for who in people[step.id])), step.at)
        for alert_id, step in last.items()
    }
