"""All SQL of watch."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import enter_as_worker
from glidepath.watch.models import WatchdogRound

# Since when the oldest job waits that could be done: deferred, or due, whichever came later.
_QUEUE = text(
    """
    select count(*) as waiting, min(greatest(
        coalesce(jobs.scheduled_at, events.at), coalesce(events.at, jobs.scheduled_at)
    )) as since
    from procrastinate_jobs jobs
    left join procrastinate_events events
        on events.job_id = jobs.id and events.type = 'deferred'
    where jobs.status = 'todo' and coalesce(jobs.scheduled_at, :now) <= :now
    """
)
_FAILED_JOBS = text("select count(*) from procrastinate_jobs where status = 'failed'")
_HEARTBEAT = text("select max(last_heartbeat) from procrastinate_workers")
_PRUNE = text("select prune_synthetic_clinic(:before)")


class Queue(NamedTuple):
    waiting: int
    since: datetime | None
    failed: int
    heartbeat: datetime | None


async def queue(session: AsyncSession, now: datetime) -> Queue:
    await enter_as_worker(session)
    waiting = (await session.execute(_QUEUE, {"now": now})).one()
    return Queue(
        waiting.waiting,
        waiting.since,
        (await session.execute(_FAILED_JOBS)).scalar_one(),
        (await session.execute(_HEARTBEAT)).scalar_one(),
    )


async def last_rounds(session: AsyncSession) -> tuple[WatchdogRound | None, WatchdogRound | None]:
    """The last round, and the last in which the alert arrived."""
    newest = select(WatchdogRound).order_by(WatchdogRound.ended_at.desc()).limit(1)
    last = (await session.execute(newest)).scalar_one_or_none()
    well = newest.where(WatchdogRound.failure.is_(None))
    return last, (await session.execute(well)).scalar_one_or_none()


async def add_round(session: AsyncSession, row: dict[str, Any], keep_since: datetime) -> None:
    await session.execute(insert(WatchdogRound).values(row))
    await session.execute(delete(WatchdogRound).where(WatchdogRound.ended_at < keep_since))


async def prune(session: AsyncSession, before: datetime) -> int:
    """Removes the synthetic clinic's entries and alerts from before then. An error in any other clinic."""
    found = await session.execute(_PRUNE, {"before": before})
    return int(found.scalar_one())
