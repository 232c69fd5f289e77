"""How the demo clinic shares its patients: a second therapist in a team, and an absence to come."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import covers, team
from glidepath.care.team_schemas import CoverBody
from glidepath.demo.cast import CAST, CLINIC, STAFF
from glidepath.identity.actor import StaffActor

ADMIN = StaffActor(CLINIC, STAFF[2].id, "admin", STAFF[2].id)
# Mateo's worsening is looked at by two.
SHARED = CAST[1]


async def organise(session: AsyncSession, zone: ZoneInfo, now: datetime) -> None:
    today = now.astimezone(zone).date()
    irene, martin = STAFF[0], STAFF[1]
    await team.add(session, ADMIN, SHARED.patient_id, martin.id, now - timedelta(days=9))
    absence = CoverBody(
        absent_id=irene.id,
        cover_id=martin.id,
        starts_on=today + timedelta(days=12),
        ends_on=today + timedelta(days=19),
    )
    await covers.put(session, ADMIN, uuid7(), absence, now - timedelta(days=2))
