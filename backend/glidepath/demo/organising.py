"""How the demo clinic is run: a second therapist in a team, an absence to come, and a level once tried."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import sensitivity
from glidepath.care import covers, team
from glidepath.care.team_schemas import CoverBody
from glidepath.demo.cast import CAST, CLINIC, STAFF
from glidepath.identity.actor import StaffActor
from glidepath.trends import Sensitivity

ADMIN = StaffActor(CLINIC, STAFF[2].id, "admin", STAFF[2].id)
# Mateo's worsening is looked at by two.
SHARED = CAST[1]
TRIED: Final[tuple[tuple[int, Sensitivity], ...]] = ((190, "early"), (162, "standard"))


async def organise(session: AsyncSession, zone: ZoneInfo, now: datetime) -> None:
    # Before the first diary: the clinic tried another level and went back.
    for version, (days_ago, level) in enumerate(TRIED):
        at = now - timedelta(days=days_ago)
        await sensitivity.change(session, ADMIN, version, level, at)
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
