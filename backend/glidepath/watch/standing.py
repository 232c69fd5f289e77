"""How the whole installation stands: every clinic's queue and deliveries in numbers, and the watchdog."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.database.engine import Database, enter_clinic
from glidepath.escalation import lateness
from glidepath.escalation.lateness import Lateness
from glidepath.identity import service as identity
from glidepath.notify import overview
from glidepath.watch import store
from glidepath.watch.models import WatchdogRound
from glidepath.watch.schemas import Red, WatchdogState

# An alert of the watchdog that takes longer than this after its time has not arrived.
GRACE: Final = timedelta(minutes=5)
# A watchdog makes its first round at once; one that is to run and was not heard of for so long does not.
FIRST_WITHIN: Final = timedelta(minutes=20)
# A worker says that it lives every five seconds.
WORKER_SILENT: Final = timedelta(minutes=1)
QUEUE_LATE: Final = timedelta(minutes=5)
DELIVERY_LATE: Final = timedelta(minutes=30)
DAY: Final = timedelta(days=1)
# Entries older than this had their judgement counted before.
JUDGED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """Every `period` the watchdog tries the way. `since`: since when one is to run here; None where the
    installation has none, which is no fault."""

    period: timedelta
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Watchdog:
    """`failure` is where the last alert got lost, "never" where no round ended though one was to and
    "stopped" when none ended in time; None while the last one arrived, or none was to be expected yet."""

    arrived_at: datetime | None
    took: timedelta | None
    failure: str | None
    # Whether any round ever ended, or one is to come.
    state: WatchdogState


@dataclass(slots=True)
class Standing:
    """`queue` is None where the queue does not answer; counts are those of all clinics where people are
    treated."""

    queue: store.Queue | None
    watchdog: Watchdog
    dead_letters: int = 0
    late_alerts: Counter[Lateness] = field(default_factory=Counter)
    behind: int = 0
    waiting: int = 0
    oldest: datetime | None = None
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)


async def find(database: Database, promise: Promise, now: datetime) -> Standing:
    async with database.reading() as session:
        standing = Standing(await queue(session, now), await watchdog(session, promise, now))
        clinics = await identity.clinic_ids(session)
    for clinic_id in clinics:
        async with database.reading() as session:
            await enter_clinic(session, clinic_id)
            await _add_clinic(session, standing, now)
    return standing


async def queue(session: AsyncSession, now: datetime) -> store.Queue | None:
    """None where it does not answer within a second; DBAPIError where the connection was lost over it."""
    try:
        async with session.begin_nested():
            return await store.queue(session, now)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return None


async def watchdog(session: AsyncSession, promise: Promise, now: datetime) -> Watchdog:
    last, well = await store.last_rounds(session)
    return _watchdog(last, well, promise, now)


def _watchdog(
    last: WatchdogRound | None, well: WatchdogRound | None, promise: Promise, now: datetime
) -> Watchdog:
    arrived_at = well.ended_at if well else None
    took = well.ended_at - well.began_at if well else None
    if last is None:
        if promise.since is None:
            return Watchdog(None, None, None, "not_set_up")
        if now - promise.since <= FIRST_WITHIN:
            return Watchdog(None, None, None, "starting")
        return Watchdog(None, None, "never", "lost")
    # Who was seen once and is silent is missed, whatever the installation says of itself.
    failure = "stopped" if now - last.ended_at > promise.period + GRACE else last.failure
    return Watchdog(arrived_at, took, failure, "well" if failure is None else "lost")


async def _add_clinic(session: AsyncSession, standing: Standing, now: datetime) -> None:
    standing.dead_letters += len(await overview.dead(session, now))
    standing.late_alerts.update(one.state for one in await lateness.late(session, now))
    standing.behind += await alerts.behind(session, now - JUDGED)
    waiting = await overview.waiting(session, now)
    standing.waiting += waiting.count
    if waiting.oldest is not None:
        standing.oldest = min(waiting.oldest, standing.oldest or waiting.oldest)
    standing.ends.update(await overview.ends(session, now - DAY))


def lag(queue: store.Queue, now: datetime) -> timedelta:
    """How long the oldest job waits that could be done."""
    return max(now - queue.since, timedelta()) if queue.since else timedelta()


def red(
    queue: store.Queue | None, watchdog: Watchdog, oldest: datetime | None, now: datetime
) -> Iterator[Red]:
    """What somebody has to mend, beside what a clinic's own numbers say."""
    if queue is None or lag(queue, now) > QUEUE_LATE:
        yield "queue"
    if queue is not None and (queue.heartbeat is None or now - queue.heartbeat > WORKER_SILENT):
        yield "worker"
    if watchdog.failure is not None:
        yield "watchdog"
    if oldest is not None and now - oldest > DELIVERY_LATE:
        yield "late_delivery"


def all_red(standing: Standing, now: datetime) -> list[Red]:
    found = list(red(standing.queue, standing.watchdog, standing.oldest, now))
    if standing.dead_letters:
        found.append("dead_letters")
    return [*found, *red_alerts(standing.late_alerts)]


def red_alerts(late: Counter[Lateness]) -> list[Red]:
    """An alert that nobody looked at is red, whatever becomes of it."""
    names: dict[Lateness, Red] = {
        "unowned": "unowned_alerts",
        "spent": "spent_alerts",
        "overdue": "overdue_alerts",
    }
    return [name for state, name in names.items() if late[state]]
