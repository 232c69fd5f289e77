"""The application as `glidepath serve` serves it, with a watch on each request."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from litestar.types import Message, Receive, Scope, Send
from sqlalchemy import event

from caseload.signing_in import FIELD_KEY
from glidepath.server import serve
from glidepath.settings import load_settings

# A server that takes less than a twentieth of so many seconds has nothing to do, not even begun to load the
# detector, which it does one second after its start.
QUIET = 2.0


class Watched:
    """Adds to each answer how long it took from the request's arrival to the first byte, all of it
    packed by then; how much of that was work of this process; and how many statements were sent."""

    def __init__(self, app: Litestar) -> None:
        self._app, self.state, self._statements = app, app.state, 0
        engine = app.state.database._engine.sync_engine  # noqa: SLF001
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self._statements += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, worked, before = time.perf_counter(), time.process_time(), self._statements

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                took, work = time.perf_counter() - began, time.process_time() - worked
                count = self._statements - before
                told = f"total;dur={took * 1000:.3f}, work;dur={work * 1000:.3f}, sql;dur={count}"
                message["headers"] = [*message["headers"], (b"server-timing", told.encode())]
            await send(message)

        await self._app(scope, receive, timed)


def newest_pid() -> int:
    """Of the process that was begun last, which serves."""
    return max(child.pid or 0 for child in active_children())


def worked(pid: int) -> float:
    """Seconds of the processor that a process took so far."""
    said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def settle(pid: int) -> None:
    """Waits until a server has nothing more to do: the detector is loaded beside the first requests."""
    taken = QUIET
    while taken > QUIET / 20:
        before = worked(pid)
        time.sleep(QUIET)
        taken = worked(pid) - before


def settings_of(database_url: str, base_url: str = "http://127.0.0.1") -> dict[str, str]:
    return {
        "GLIDEPATH_DATABASE_URL": database_url,
        "GLIDEPATH_BASE_URL": base_url,
        "GLIDEPATH_LOG_LEVEL": "error",
        "GLIDEPATH_FIELD_KEYS": FIELD_KEY,
    }


def _serve(database_url: str, port: int, watched: bool) -> None:
    from glidepath.app import create_app  # noqa: PLC0415 (in the server's process alone)

    settings = load_settings(settings_of(database_url, f"http://127.0.0.1:{port}"))
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", port))
    app = create_app(settings)
    serve(Watched(app) if watched else app, reserved)


@contextmanager
def serving(database_url: str, *, watched: bool = True) -> Iterator[str]:
    """A server in a process of its own; its address. Without the watch it works for its answers alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = get_context("spawn").Process(target=_serve, args=(database_url, port, watched))
    process.start()
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{address}/livez")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert process.pid is not None
        settle(process.pid)
        yield address
    finally:
        process.terminate()
        process.join(30)
