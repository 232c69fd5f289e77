"""For whom something waits that nobody has looked at yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.care import covers
from glidepath.identity import service as identity
from glidepath.messages import service as messages


@dataclass(slots=True)
class Waits:
    """What waits for one of the staff, and since when the first of it."""

    since: datetime
    alerts: bool = False
    # What patients wrote.
    messages: int = 0


async def people(session: AsyncSession, now: datetime) -> dict[UUID, Waits]:
    """Of the clinic's staff those who look after somebody with such an alert or message."""
    unseen = await alerts.unseen_since(session, now)
    unread = await messages.unread_by_patient(session)
    if not unseen and not unread:
        return {}
    here = {one.id for one in await identity.staff(session)}
    teams = await covers.looking_after_each(session, unseen.keys() | unread.keys(), now)
    found: dict[UUID, Waits] = {}
    for patient_id, team in teams.items():
        count, written = unread.get(patient_id, (0, now))
        first = min(unseen.get(patient_id, now), written)
        for person in team & here:
            waits = found.setdefault(person, Waits(first))
            waits.since = min(waits.since, first)
            waits.alerts |= patient_id in unseen
            waits.messages += count
    return found
