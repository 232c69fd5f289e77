"""The day's reminder to patients whose browser takes pushes: at their time of day, once, and not where it
would be noise."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import service as care
from glidepath.care.service import Running
from glidepath.database import jobs
from glidepath.diary import service as diary
from glidepath.notify import push_store, store
from glidepath.notify.choices import is_between
from glidepath.notify.models import Delivery
from glidepath.outcomes import service as outcomes

# Later than this it is none any more: the app's own reminder is there when it is opened.
LATEST: Final = timedelta(minutes=30)
DELIVER: Final = "notify:deliver"


def is_due(
    at: time, quiet_from: time | None, quiet_until: time | None, zone: ZoneInfo, now: datetime
) -> bool:
    """Whether the time of day has come, a little while ago at most, and nobody asked for quiet.

    Where the clock goes back it is the first of the two; where it leaps over it, the same while after.
    """
    local = now.astimezone(zone)
    moment = datetime.combine(local.date(), at, tzinfo=zone).astimezone(now.tzinfo)
    if not moment <= now < moment + LATEST:
        return False
    if quiet_from is None or quiet_until is None:
        return True
    return not is_between(local.time().replace(second=0, microsecond=0), quiet_from, quiet_until)


async def make_due(session: AsyncSession, clinic_id: UUID, now: datetime) -> int:
    """Makes the reminders whose time has come; how many. Asked again it makes none twice.

    Patients without a running episode or on a pause, and those who have written something today, have none;
    but whom a measure waits for is reminded all the same, in the same words.
    """
    wanted = await push_store.wanted_reminders(session)
    if not wanted:
        return 0
    running = {one.patient_id: one for one in await care.running_episodes(session)}
    due: list[Running] = []
    for one in wanted:
        episode = running.get(one.patient_id)
        if episode is None or one.at is None:
            continue
        if is_due(one.at, one.quiet_from, one.quiet_until, ZoneInfo(episode.timezone), now):
            due.append(episode)
    done = await _done(session, {one.episode_id: one.today(now) for one in due})
    paused = await care.paused(session, [one.episode_id for one in due])
    made = 0
    for episode in due:
        if episode.today(now) in paused.get(episode.episode_id, ()):
            continue
        if episode.episode_id not in done:
            made += await _make(session, clinic_id, episode.patient_id, episode.today(now), now)
    return made


async def _done(session: AsyncSession, days: Mapping[UUID, date]) -> set[UUID]:
    """Of these episodes those that nothing is left to do in on their day."""
    logged = await diary.logged_on(session, days)
    return logged - await outcomes.awaited(session, {one: days[one] for one in logged})


async def _make(
    session: AsyncSession, clinic_id: UUID, patient_id: UUID, day: date, now: datetime
) -> bool:
    delivery = Delivery(
        clinic_id=clinic_id,
        id=uuid7(),
        cause="reminder",
        channel="push",
        recipient_id=patient_id,
        step=0,
        day=day,
        state="waiting",
        tries=0,
        made_at=now,
        due_at=now,
    )
    if not await store.add_delivery(session, delivery):
        return False
    await jobs.defer(
        session, DELIVER, clinic_id=clinic_id, delivery_id=delivery.id, tries=delivery.tries
    )
    return True


async def is_over(session: AsyncSession, delivery: Delivery, now: datetime) -> bool:
    """Whether it is too late for it, or its patient has done what there was to do meanwhile."""
    if now - delivery.made_at >= LATEST:
        return True
    assert delivery.recipient_id is not None
    running = await care.running_episodes(session, [delivery.recipient_id])
    episode = running[0] if running else None
    if episode is None or delivery.day is None:
        return True
    return bool(await _done(session, {episode.episode_id: delivery.day}))
