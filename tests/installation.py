"""A whole installation within one process: web server, worker and watchdog, by a clock that is held in
hand."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import psycopg
import uvicorn

from glidepath.app import create_app
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.database.jobs import QUEUE
from glidepath.database.work import Tools
from glidepath.settings import Settings
from glidepath.watch import standing
from glidepath.watch.round import Rounds
from glidepath.watch.sink import Sink
from glidepath.watch.telling import Operator
from glidepath.watch.watchdog import Watchdog
from glidepath.worker import create_worker

PERIOD = timedelta(minutes=15)
PROMISE = standing.Promise(PERIOD, None)
# Real seconds that the first waits take, and the others: what goes well needs some time, what does not
# need not have all of it.
WAITS = [0.2] * 12 + [0.03] * 60
HURRIED = 0.001


class HeldClock:
    """Waiting costs next to nothing."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)
        self._waits = 0

    def now(self) -> datetime:
        return self._now

    async def sleep(self, pause: timedelta) -> None:
        self._now += pause
        self._waits = self._waits + 1 if pause < timedelta(minutes=1) else 0
        await asyncio.sleep(WAITS[self._waits] if self._waits < len(WAITS) else HURRIED)


class Outside:
    """What the operator and whoever counts heartbeats hear, and when by the held clock."""

    def __init__(self, clock: HeldClock) -> None:
        self._clock = clock
        self.beats: list[datetime] = []
        self.told: list[tuple[datetime, str | None]] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            self.beats.append(self._clock.now())
        else:
            self.told.append((self._clock.now(), msgspec.json.decode(request.content)["failure"]))
        return httpx.Response(200)


class Installation:
    def __init__(self, postgres: EmbeddedPostgres, name: str, settings: Settings) -> None:
        self._postgres = postgres
        self._name = name
        self.settings = msgspec.structs.replace(
            settings,
            watchdog_port=free_port(),
            heartbeat_url="https://beats.example/",
            operator_hook="https://operator.example/",
        )
        self.clock = HeldClock()
        self.outside = Outside(self.clock)

    @asynccontextmanager
    async def running(self, web: Path) -> AsyncIterator["Installation"]:
        settings, url = self.settings, self.settings.database_url
        assert url is not None
        async with AsyncExitStack() as stack:
            self.database = Database(url, pool_size=4)
            stack.push_async_callback(self.database.close)
            self.app = create_app(settings, web=web)
            config = uvicorn.Config(self.app, log_config=None, lifespan="on")
            config.timeout_graceful_shutdown = 1
            self.server = uvicorn.Server(config)
            listening = socket.create_server(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            self.web = asyncio.create_task(self.server.serve(sockets=[listening]))
            stack.push_async_callback(self.stop_web)
            await self.start_worker()
            stack.push_async_callback(self.stop_worker)
            self.sink = await stack.enter_async_context(Sink(settings.watchdog_port))
            self.client = httpx.AsyncClient(base_url=address, timeout=20)
            await stack.enter_async_context(self.client)
            await stack.enter_async_context(self.outside.client)
            while not self.server.started:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0.01)
            self.dog = Watchdog(
                self.database,
                Rounds(self.database, self.client, self.sink, self.clock),
                Operator(settings, self.outside.client),
                self.clock,
                PERIOD,
            )
            yield self

    async def start_worker(self) -> None:
        self.worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        url = self.settings.database_url
        assert url is not None
        tools = Tools(self.database, self.settings)
        async with create_worker(url).open_async() as worker:
            await worker.run_worker_async(
                queues=[QUEUE],
                install_signal_handlers=False,
                additional_context={"tools": tools},
                shutdown_graceful_timeout=0.1,
                update_heartbeat_interval=5,
            )

    async def stop_web(self) -> None:
        self.app.state.live.close()
        self.server.should_exit = True
        await self.web

    async def stop_worker(self) -> None:
        self.worker.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self.worker

    def shut_the_database(self, *, to: bool) -> None:
        with psycopg.connect(self._postgres.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f"alter database {self._name} allow_connections {not to}".encode())
            if to:
                cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
                admin.execute(cut, [self._name])

    @asynccontextmanager
    async def locked_queue(self) -> AsyncIterator[None]:
        url = self._postgres.url("postgres", self._name)
        async with await psycopg.AsyncConnection.connect(url) as holder:
            await holder.execute("lock table procrastinate_jobs in access exclusive mode")
            yield
            await holder.rollback()

    async def round(self) -> str | None:
        """Waits for the next one."""
        await self.clock.sleep(PERIOD)
        return await self.dog.round()

    async def standing(self) -> standing.Watchdog:
        """What the admin's page says of the watchdog by the held clock."""
        async with self.database.reading() as session:
            return await standing.watchdog(session, PROMISE, self.clock.now())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
