"""The web server: it answers once before it is called ready, and it ends by returning."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

# What is still being answered at a stop gets so long; live streams are ended at once.
SECONDS_TO_FINISH = 8


def serve(
    application: Any,
    reserved: socket.socket,
    while_serving: Callable[[], Awaitable[None]] | None = None,
    *,
    trusted_proxies: str = "",
) -> None:
    """Serve until SIGINT or SIGTERM, or until `while_serving` ends.

    `while_serving` begins when the first request has been answered; what it raises is raised here
    once the server has shut down.
    """
    config = configured(application, trusted_proxies)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(Server(config), reserved, while_serving))


def configured(application: Any, trusted_proxies: str) -> uvicorn.Config:
    """Only what comes from the trusted ones may say for whom it was passed on."""
    return uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Unless we say so it believes its own environment variable, and whoever connects from this machine.
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies.split(),
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


class Server(uvicorn.Server):
    """Of our application: at a stop it ends the live streams first."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._application: Any = config.app
        self.answering = asyncio.Event()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._application.state.live.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own would raise the signal again when it is done, past our clean-up.
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await _first_answer(self.servers[0].sockets[0])
        self.answering.set()


async def _first_answer(listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    reader, writer = await asyncio.open_connection(here, port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    await reader.read()
    writer.close()


async def _serve(
    server: Server,
    reserved: socket.socket,
    while_serving: Callable[[], Awaitable[None]] | None,
) -> None:
    async def accompany() -> None:
        await server.answering.wait()
        await (while_serving() if while_serving else asyncio.Event().wait())

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, server.handle_exit, each, None)
    serving = asyncio.create_task(server.serve(sockets=[reserved]))
    companion = asyncio.create_task(accompany())
    await asyncio.wait({serving, companion}, return_when=asyncio.FIRST_COMPLETED)
    # Ctrl-C reaches the children too: that a companion ends after it is no fault of theirs.
    told_to_stop = server.should_exit
    server.should_exit = True
    companion.cancel()
    await serving
    (ended,) = await asyncio.gather(companion, return_exceptions=True)
    if isinstance(ended, Exception) and not told_to_stop:
        raise ended
