"""For whom something waits that nobody has looked at yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.care import covers
from glidepath.identity import service as identity


async def people(session: AsyncSession, now: datetime) -> dict[UUID, datetime]:
    """Of the clinic's staff those who look after somebody with such an alert, and since when the earliest
    of theirs waits."""
    unseen = await alerts.unseen_since(session, now)
    if not unseen:
        return {}
    here = {one.id for one in await identity.staff(session)}
    earliest: dict[UUID, datetime] = {}
    for patient_id, team in (await covers.looking_after_each(session, unseen.keys(), now)).items():
        since = unseen[patient_id]
        for person in team & here:
            earliest[person] = min(since, earliest.get(person, since))
    return earliest
