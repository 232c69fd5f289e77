"""`glidepath watchdog`: a process of its own, with a timer of its own, that sends an alert the whole way
and notices when it does not arrive."""

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.logs import configure
from glidepath.settings import Settings
from glidepath.watch import store
from glidepath.watch.round import ANSWERED_WITHIN, Clock, Rounds
from glidepath.watch.sink import Sink
from glidepath.watch.standing import GRACE
from glidepath.watch.telling import Operator

log = structlog.get_logger()

KEPT: Final = timedelta(days=90)
FIRST_AFTER: Final = timedelta(seconds=15)


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, pause: timedelta) -> None:
        await asyncio.sleep(pause.total_seconds())


class Watchdog:
    """A round every period, and what follows from its end."""

    def __init__(
        self,
        database: Database,
        rounds: Rounds,
        operator: Operator,
        clock: Clock,
        period: timedelta,
    ) -> None:
        self._database = database
        self._rounds = rounds
        self._operator = operator
        self._clock = clock
        self._period = period

    async def run(self) -> None:
        """Until it is cancelled; what is started with it gets a moment to be there."""
        await self._clock.sleep(FIRST_AFTER)
        while True:
            began = self._clock.now()
            await self.round()
            left = began + self._period - self._clock.now()
            await self._clock.sleep(max(left, timedelta()))

    async def round(self) -> str | None:
        began = self._clock.now()
        failure = await self._rounds.make(GRACE)
        ended = self._clock.now()
        log.info("watchdog_round", failure=failure, took=(ended - began).total_seconds())
        await self._operator.hear(failure, ended)
        await self._write(began, ended, failure)
        return failure

    async def _write(self, began: datetime, ended: datetime, failure: str | None) -> None:
        """Where it cannot be written, its absence tells: who reads it goes by the time of the last one."""
        row = {"id": uuid7(), "began_at": began, "ended_at": ended, "failure": failure}
        try:
            async with asyncio.timeout(ANSWERED_WITHIN), self._database.writing() as session:
                await store.add_round(session, row, ended - KEPT)
        except (OSError, TimeoutError, SQLAlchemyError) as error:
            log.warning("watchdog_round_lost", error=type(error).__name__)


async def watch(settings: Settings) -> None:
    """Runs until a SIGINT or SIGTERM."""
    assert settings.database_url is not None
    configure(settings.log_level, "watchdog")
    clock = RealClock()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, pool_size=2)
        stack.push_async_callback(database.close)
        sink = await stack.enter_async_context(Sink(settings.watchdog_port))
        web = await stack.enter_async_context(
            httpx.AsyncClient(base_url=settings.watchdog_url, timeout=ANSWERED_WITHIN)
        )
        outside = await stack.enter_async_context(httpx.AsyncClient(timeout=ANSWERED_WITHIN))
        dog = Watchdog(
            database,
            Rounds(database, web, sink, clock),
            Operator(settings, outside),
            clock,
            timedelta(minutes=settings.watchdog_minutes),
        )
        running = asyncio.create_task(dog.run())
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, running.cancel)
        await asyncio.wait({running})
        if not running.cancelled():
            running.result()
