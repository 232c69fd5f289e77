"""Web servers that are killed while phones send entries, again and again (AL-1)."""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Literal, Protocol
from uuid import UUID

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from sqlalchemy import Row, event, select
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import app as web
from glidepath import server, trends
from glidepath.alerts import writing
from glidepath.alerts.raising import evaluate
from glidepath.audit import store
from glidepath.audit.models import Head
from glidepath.database import jobs, trouble
from glidepath.database.engine import Database
from glidepath.diary import store as diary
from glidepath.diary.service import Intake
from glidepath.identity import store as identity
from glidepath.settings import Settings, load_settings
from glidepath.web import places
from tests.mail_servers import free_port

# What a web server may be that does it wrong.
Mutant = Literal["answers before it commits", "judges after the commit", "defers after the commit"]
Stopping = Literal["waits for its streams", "ends at once", "answers in order"]
# And what does nothing wrong, but lets most kills fall between the commit and the answer; what does something
# wrong with the trail or with sign-ins alone; what takes whatever comes for new, where no key in the database stands against it; and
# what takes trouble with the database for a defect, or does not remember it.
Way = (
    Mutant
    | Literal[
        "answers late",
        "does not hold the head",
        "knows no entry",
        "blames itself",
        "forgets that it was full",
        "remembers sign-ins",
    ]
    | Stopping
)
Work = Callable[[AsyncSession], Awaitable[None]]
HERE: Final = "127.0.0.1"
# Seconds between what follows on each other, so that a few kills fall in between.
LATE: Final = 0.02
# Seconds for a start where the machine has other work: several of these begin together.
PATIENCE: Final = 180


class Killable(Protocol):
    url: str

    async def start(self) -> int: ...
    async def kill(self) -> None: ...


class WebServer:
    """One at a time, on one port, each in a process of its own that is forked from a warm one."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.url = f"http://{HERE}:{port}"
        self._pipe = pipe

    async def start(self) -> int:
        """Returns when it answers; the number of its process."""
        return await self._ask("start")

    async def kill(self) -> None:
        """Returns when it is dead."""
        await self._ask("kill")

    async def stop(self) -> None:
        """As a service manager does it; returns when it has ended by itself."""
        await self._ask("stop")

    async def _ask(self, what: str) -> int:
        def ask() -> int:
            self._pipe.send(what)
            assert self._pipe.poll(PATIENCE), f"the web server does not {what}"
            number: int = self._pipe.recv()
            return number

        return await asyncio.to_thread(ask)


@contextmanager
def web_server(settings: Settings, folder: Path, way: Way | None) -> Iterator[WebServer]:
    assert settings.database_url is not None
    environ = {
        "GLIDEPATH_DATABASE_URL": settings.database_url,
        "GLIDEPATH_BASE_URL": settings.base_url,
        "GLIDEPATH_AUDIT_KEY": settings.audit_key or "",
        "GLIDEPATH_FIELD_KEYS": settings.field_keys or "",
        "GLIDEPATH_LOG_LEVEL": "error",
    }
    port, (ours, theirs) = free_port(), multiprocessing.Pipe()
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=_keep, args=(environ, folder, port, theirs, way))
    process.start()
    theirs.close()
    try:
        yield WebServer(port, ours)
    finally:
        # It takes its server with it.
        ours.close()
        process.join(30)


def _keep(
    environ: Mapping[str, str], folder: Path, port: int, pipe: Connection, way: Way | None
) -> None:
    """Forks a server whenever one is asked for; what all of them need is there by then."""
    _take(way)
    application = web.create_app(load_settings(environ), folder)
    _Afterwards.database = application.state.database
    trends.warm_up()
    pid = 0
    while True:
        try:
            asked = pipe.recv()
        except EOFError:
            asked = "end"
        if asked == "start":
            pid = os.fork()
            if pid == 0:
                _serve(application, port, pipe)
            continue
        was, pid = pid, 0
        if was:
            os.kill(was, signal.SIGTERM if asked == "stop" else signal.SIGKILL)
            os.waitpid(was, 0)
        if asked == "end":
            return
        pipe.send(was)


def _serve(application: Litestar, port: int, pipe: Connection) -> None:
    async def ready() -> None:
        pipe.send(os.getpid())
        await asyncio.Event().wait()

    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((HERE, port))
    try:
        server.serve(application, reserved, ready)
    finally:
        sys.stderr.flush()
        os._exit(1)


def _take(way: Way | None) -> None:
    if way == "answers before it commits":
        web.provide_session = _commit_afterwards
    elif way in ("answers late", "knows no entry"):
        web.provide_session = _answer_late
        if way == "knows no entry":
            diary.by_ids = _know_nothing  # type: ignore[assignment]
    elif way == "judges after the commit":
        web.evaluate = _judge_afterwards  # type: ignore[attr-defined]
    elif way == "defers after the commit":
        writing.jobs = SimpleNamespace(defer=_defer_afterwards)  # type: ignore[assignment, attr-defined]
    elif way == "blames itself":
        trouble.DATABASE_TROUBLE = ()
        trouble.TROUBLE_STATES = ()
    elif way == "forgets that it was full":
        trouble.NO_ROOM_STATES = ()
    elif way == "remembers sign-ins":
        identity.session_by_token = _remember(identity.session_by_token)  # type: ignore[assignment]
    elif way == "does not hold the head":
        store.hold_head = _look_at_head
    else:
        _stop(way)


def _stop(way: Way | None) -> None:
    if way == "waits for its streams":
        server.Server.shutdown = uvicorn.Server.shutdown  # type: ignore[method-assign]
        server.SECONDS_TO_FINISH = None  # type: ignore[assignment]
    elif way == "ends at once":
        server.Server.handle_exit = _end  # type: ignore[assignment, method-assign]
    elif way == "answers in order":
        places.line_of = _no_line  # type: ignore[assignment]


class _Afterwards:
    """What a mutant does in a transaction of its own once another is committed and its answer is out."""

    database: Database
    doing: Final = set[asyncio.Task[None]]()

    @classmethod
    def do(cls, first: AsyncSession, clinic_id: UUID, work: Work) -> None:
        async def do() -> None:
            await asyncio.sleep(LATE)
            async with cls.database.writing(clinic_id) as session:
                await work(session)

        def committed(_: Any) -> None:
            cls.doing.add(asyncio.get_running_loop().create_task(do()))

        event.listen(first.sync_session, "after_commit", committed, once=True)


# As it is before a server is made to do otherwise.
_unit = asynccontextmanager(web.provide_session)


async def _answer_late(request: web.AnyRequest, state: State) -> AsyncGenerator[AsyncSession]:
    async with _unit(request, state) as session:
        yield session
    await asyncio.sleep(LATE)


def _no_line(*_: Any) -> None:
    return None


def _end(*_: Any) -> None:
    os._exit(1)


async def _know_nothing(*_: Any) -> dict[UUID, Any]:
    return {}


def _remember(find: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    known: dict[bytes, Any] = {}

    async def found(session: AsyncSession, token_hash: bytes) -> Any:
        if token_hash not in known:
            known[token_hash] = await find(session, token_hash)
        return known[token_hash]

    return found


async def _commit_afterwards(request: web.AnyRequest, state: State) -> AsyncGenerator[AsyncSession]:
    unit = _unit(request, state)
    yield await unit.__aenter__()

    async def commit() -> None:
        await asyncio.sleep(LATE)
        await unit.__aexit__(None, None, None)

    _Afterwards.doing.add(asyncio.create_task(commit()))


async def _look_at_head(
    session: AsyncSession,
    clinic_id: UUID,
    at: datetime,
) -> Row[int, bytes]:
    wanted = select(Head.seq, Head.hash).where(Head.clinic_id == clinic_id)
    return (await session.execute(wanted)).one()


async def _judge_afterwards(session: AsyncSession, intake: Intake) -> None:
    _Afterwards.do(session, intake.clinic_id, lambda another: evaluate(another, intake))


async def _defer_afterwards(session: AsyncSession, task: str, **arguments: Any) -> None:
    _Afterwards.do(
        session, arguments["clinic_id"], lambda another: jobs.defer(another, task, **arguments)
    )
