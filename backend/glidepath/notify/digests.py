"""The day's one message to each of the staff for whom something waits."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.identity import service as identity
from glidepath.notify import choices, delivering, mail, store, waiting
from glidepath.notify.models import Delivery
from glidepath.settings import Settings


async def make_due(
    session: AsyncSession, clinic_id: UUID, settings: Settings, now: datetime
) -> int:
    """Makes the digests whose hour has come; how many. Asked again, or at the same time, it makes none twice.

    A digest tells of what waited at its hour: what comes later is for the next day's.
    """
    waits = await waiting.people(session, now)
    if not waits:
        return 0
    zone = ZoneInfo(await identity.clinic_timezone(session))
    chosen = await store.choices(session, set(waits))
    browsers = await store.with_browser(session, set(waits))
    made = 0
    due = {
        person: found
        for person in sorted(waits)
        if (found := choices.digest_due(chosen.get(person, choices.DEFAULT), zone, now))
    }
    told = await store.digests(session, set(due), {day for day, _ in due.values()})
    for person, (day, moment) in due.items():
        if waits[person].since > moment or (person, day) in told:
            continue
        channel = choices.digest_channel(
            chosen.get(person, choices.DEFAULT),
            has_browser=person in browsers,
            mail_works=mail.way(settings) != "off",
        )
        delivery = Delivery(
            clinic_id=clinic_id,
            id=uuid7(),
            cause="digest",
            channel=channel,
            recipient_id=person,
            step=0,
            day=day,
            state="waiting",
            tries=0,
            made_at=now,
            due_at=now,
        )
        made += await delivering.make(session, delivery, urgent=False)
    return made
