"""Minutes: started and stopped by hand, one clock a person, cut where nothing was done; never begun by itself."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import setting, store
from glidepath.monitoring.models import MonitoringTimer, MonitoringWork
from glidepath.monitoring.schemas import OwnClock, StopBody, TimerView, WorkBody
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound

# After so long without anything done the page asks, and after so long without an answer nothing more is counted.
IDLE: Final = timedelta(minutes=5)
ANSWER: Final = timedelta(minutes=1)


async def start(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, timer_id: UUID, now: datetime
) -> tuple[TimerView, bool]:
    """The clock that runs then, and whether it is new."""
    await setting.require_on(session)
    episode = await care.requires_episode(session, actor, episode_id)
    running = await store.timer(session, actor.account_id)
    if running is not None and running.id == timer_id:
        return _view(running, now), False
    if running is not None:
        raise Conflict("Another clock runs for you. Stop that one first.", code="timer_running")
    if episode.ended_on is not None:
        raise Conflict("This episode has ended. Reopen it first.", code="episode_ended")
    if await store.of_timer(session, timer_id):
        raise Conflict("This clock was stopped already.", code="timer_stopped")
    licence = await setting.licence_of(session, actor.account_id)
    if licence is None:
        raise Conflict(
            "Only the time of licensed therapists and assistants counts. Ask an admin to enter your licence.",
            code="no_licence",
        )
    row = {
        "clinic_id": actor.clinic_id,
        "account_id": actor.account_id,
        "id": timer_id,
        "patient_id": episode.patient_id,
        "episode_id": episode_id,
        "licence": licence,
        "started_at": now,
        "active_at": now,
    }
    is_new = await store.begin_timer(session, row)
    made = await store.timer(session, actor.account_id)
    if not is_new or made is None:
        raise Conflict("Another clock runs for you. Stop that one first.", code="timer_running")
    return _view(made, now), True


async def own(session: AsyncSession, actor: StaffActor, now: datetime) -> OwnClock:
    await setting.require_on(session)
    running = await store.timer(session, actor.account_id)
    licence = await setting.licence_of(session, actor.account_id)
    return msgspec.convert(
        {"licence": licence, "timer": None if running is None else _view(running, now)}, OwnClock
    )


async def active(
    session: AsyncSession, actor: StaffActor, timer_id: UUID, now: datetime
) -> TimerView:
    """That somebody did something on the page. A clock that was cut stays cut."""
    await setting.require_on(session)
    running = await _required(session, actor, timer_id)
    if not _is_cut(running, now):
        await store.touch_timer(session, timer_id, now)
        await session.refresh(running)
    return _view(running, now)


async def stop(
    session: AsyncSession, actor: StaffActor, timer_id: UUID, body: StopBody, now: datetime
) -> list[MonitoringWork]:
    """What it counted, a row for each day of the clinic; nothing where it is thrown away. Sent again after a lost
    answer it is the same."""
    await setting.require_on(session)
    counted = await store.of_timer(session, timer_id)
    if counted and counted[0].account_id == actor.account_id:
        await care.requires_episode(session, actor, counted[0].episode_id)
        return counted
    running = await _required(session, actor, timer_id)
    if body.note is None:
        # Also for who may not see the patient any more: else they could never start another.
        await store.end_timer(session, timer_id)
        return []
    await care.requires_episode(session, actor, running.episode_id, lock=True)
    if not await store.end_timer(session, timer_id):
        return await store.of_timer(session, timer_id)
    zone = ZoneInfo(await identity.clinic_timezone(session))
    for number, (begun, ended) in enumerate(days(running.started_at, _end(running, now), zone)):
        row = {
            "clinic_id": actor.clinic_id,
            "id": timer_id if number == 0 else uuid7(),
            "episode_id": running.episode_id,
            "timer_id": timer_id,
            "withdrawn": False,
            "account_id": actor.account_id,
            "licence": running.licence,
            "day": begun.astimezone(zone).date(),
            "started_at": begun,
            "ended_at": ended,
            "seconds": int((ended - begun).total_seconds()),
            "how": "idle" if _is_cut(running, now) else "by_hand",
            "note": body.note,
            "by": actor.account_id,
            "made_at": now,
        }
        await store.add(session, MonitoringWork, row)
    return await store.of_timer(session, timer_id)


async def correct(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    work_id: UUID,
    body: WorkBody,
    now: datetime,
) -> tuple[MonitoringWork, bool]:
    """The correction, and whether it is new. Nobody is given more than the clock had; another's is corrected by admins alone."""
    await setting.require_on(session)
    await care.requires_episode(session, actor, episode_id, lock=True)
    original = await store.one(session, MonitoringWork, body.revises)
    if original is None or original.episode_id != episode_id:
        raise NotFound
    if original.account_id != actor.account_id and not actor.is_admin:
        raise Forbidden("Somebody else's time is theirs to correct.", code="not_yours")
    if original.revises is not None or body.revises == work_id:
        raise Invalid("A correction names the first record.", code="revises_a_revision")
    if body.seconds > original.seconds:
        raise Invalid("A correction takes time away. It never adds any.", code="more_than_clocked")
    row: dict[str, Any] = {
        name: getattr(original, name)
        for name in ("clinic_id", "episode_id", "timer_id", "account_id", "licence", "day")
    } | {
        "id": work_id,
        "revises": original.id,
        "withdrawn": body.withdrawn,
        "started_at": original.started_at,
        "ended_at": original.ended_at,
        "seconds": body.seconds,
        "how": original.how,
        "note": body.note,
        "by": actor.account_id,
        "made_at": now,
    }
    is_new = await store.add(session, MonitoringWork, row)
    kept = await store.one(session, MonitoringWork, work_id)
    if kept is None or any(
        getattr(kept, name) != value for name, value in row.items() if name != "made_at"
    ):
        raise Conflict("Nothing is overwritten. Send a correction of it.", code="work_exists")
    return kept, is_new


def standing(rows: Iterable[MonitoringWork]) -> list[tuple[MonitoringWork, MonitoringWork]]:
    """Of each its last revision, unless that one withdraws it, beside what the clock had; in the order of time.
    `rows` in the order in which they were made."""
    first, last = dict[UUID, MonitoringWork](), dict[UUID, MonitoringWork]()
    for row in rows:
        last[row.revises or row.id] = row
        first.setdefault(row.revises or row.id, row)
    found = [(row, first[root]) for root, row in last.items() if not row.withdrawn]
    return sorted(found, key=lambda one: one[0].started_at)


def days(begun: datetime, ended: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Parted at each midnight of the zone; parts of less than a second are left out."""
    parts = []
    while begun < ended:
        tomorrow = begun.astimezone(zone).date() + timedelta(days=1)
        # In UTC, since a difference within one zone would forget that its clocks change.
        until = min(ended, datetime.combine(tomorrow, time(), zone).astimezone(UTC))
        if until - begun >= timedelta(seconds=1):
            parts.append((begun, until))
        begun = until
    return parts


async def _required(session: AsyncSession, actor: StaffActor, timer_id: UUID) -> MonitoringTimer:
    running = await store.timer(session, actor.account_id)
    if running is None or running.id != timer_id:
        raise NotFound
    return running


def _is_cut(running: MonitoringTimer, now: datetime) -> bool:
    return now - running.active_at > IDLE + ANSWER


def _end(running: MonitoringTimer, now: datetime) -> datetime:
    return running.active_at if _is_cut(running, now) else now


def _view(running: MonitoringTimer, now: datetime) -> TimerView:
    return TimerView(
        id=running.id,
        patient_id=running.patient_id,
        started_at=running.started_at,
        active_at=running.active_at,
        now=now,
        stopped=_is_cut(running, now),
        idle_seconds=int(IDLE.total_seconds()),
        answer_seconds=int(ANSWER.total_seconds()),
    )
