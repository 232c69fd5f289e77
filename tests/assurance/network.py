"""A network that breaks: a proxy between a browser and the server, which spoils what phones send."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

SYNC: Final = b"POST /api/sync "
HEAD_END: Final = b"\r\n\r\n"
# A hotel's sign-in page answers 200 to everything.
CAPTIVE: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 29\r\n"
    b"connection: close\r\n\r\n<h1>Welcome to our Wi-Fi</h1>"
)
BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    b"connection: close\r\n\r\n"
)
# About 50 kbit a second.
SLOW_BYTES: Final = 256
SLOW_SECONDS: Final = 0.04


class Exchange:
    """One request on its way: what the browser sent, and how to get the server's answer."""

    def __init__(
        self, request: bytes, phone: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        self.request = request
        # Whether the server took the request.
        self.heard = False
        self._phone, self._writer, self._port = phone, writer, port

    async def ask(self) -> bytes:
        """The server's whole answer."""
        reader, writer = await self._connect(self.request)
        try:
            answer = await reader.read(-1)
        finally:
            writer.close()
        self.heard = answer.startswith(b"HTTP/1.1 200 ")
        return answer

    async def ask_half(self) -> None:
        """The server gets the head and half of the body, and then a reset."""
        body = self.request.index(HEAD_END) + len(HEAD_END)
        _, writer = await self._connect(self.request[: (body + len(self.request)) // 2])
        reset(writer)

    async def _connect(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(data)
        await writer.drain()
        return reader, writer

    async def answer(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hung_up(self) -> None:
        """Returns when the browser has given up."""
        await self._phone.read(-1)

    def reset(self) -> None:
        reset(self._writer)

    def end(self) -> None:
        """Half-closes: nothing more comes, and the connection stays."""
        self._writer.write_eof()


def reset(writer: asyncio.StreamWriter) -> None:
    """A real RST: without the option a socket whose input was read says goodbye in order."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def latency(exchange: Exchange, seconds: float = 0.2) -> None:
    await asyncio.sleep(seconds)
    await exchange.answer(await exchange.ask())


async def long_latency(exchange: Exchange) -> None:
    await latency(exchange, 2)


async def jitter(exchange: Exchange) -> None:
    await latency(exchange, random.uniform(0, 1.5))


async def trickle(exchange: Exchange) -> None:
    await asyncio.sleep(len(exchange.request) / SLOW_BYTES * SLOW_SECONDS)
    data = await exchange.ask()
    for start in range(0, len(data), SLOW_BYTES):
        await exchange.answer(data[start : start + SLOW_BYTES])
        await asyncio.sleep(SLOW_SECONDS)


async def dropped(exchange: Exchange) -> None:
    """The request never arrives."""
    exchange.reset()


async def reset_in_the_request(exchange: Exchange) -> None:
    await exchange.ask_half()
    exchange.reset()


async def reset_before_the_answer(exchange: Exchange) -> None:
    """The server has taken the entries; the phone never hears of it."""
    await exchange.ask()
    exchange.reset()


async def half_an_answer(exchange: Exchange) -> None:
    data = await exchange.ask()
    await exchange.answer(data[:-20])
    exchange.reset()


async def half_close(exchange: Exchange) -> None:
    """The answer's headers alone, then the end of the stream."""
    data = await exchange.ask()
    await exchange.answer(data[: data.index(HEAD_END) + len(HEAD_END)])
    exchange.end()


async def black_hole(exchange: Exchange) -> None:
    """Nothing ever comes back; the app gives up after twenty seconds."""
    await exchange.hung_up()


async def captive_portal(exchange: Exchange) -> None:
    await exchange.answer(CAPTIVE)


async def busy(exchange: Exchange) -> None:
    await exchange.answer(BUSY)


Spoil = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    spoil: Spoil
    # How many batches in a row are spoilt, and whether the server takes what it spoils.
    times: int
    heard: bool

    @property
    def name(self) -> str:
        return self.spoil.__name__


FAULTS: Final = (
    *(Fault(late, 1, heard=True) for late in (latency, long_latency, jitter, trickle)),
    *(Fault(lost, 2, heard=False) for lost in (dropped, reset_in_the_request)),
    *(Fault(lost, 2, heard=False) for lost in (captive_portal, busy)),
    Fault(black_hole, 1, heard=False),
    *(Fault(deaf, 2, heard=True) for deaf in (reset_before_the_answer, half_an_answer, half_close)),
)


class Proxy:
    """Passes everything on, but spoils the next batches of entries; while held, no batch passes."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        # Whether the server heard of each batch that was spoilt.
        self.spoilt: list[bool] = []
        # How many batches came since it was last told to hold them.
        self.held = 0
        self._upstream = upstream
        self._spoil: Spoil | None = None
        self._remaining = 0
        # A loop knows its tasks weakly: a request that nobody else remembers is collected half-way.
        self._serving: set[asyncio.Task[None] | None] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def spoil(self, spoil: Spoil, times: int) -> None:
        self._spoil, self._remaining, self.spoilt = spoil, times, []

    def heal(self) -> None:
        self._remaining = 0

    def hold(self) -> None:
        self.held = 0
        asyncio.run_coroutine_threadsafe(self._do(self._free.clear), self._loop).result(10)

    def release(self) -> None:
        asyncio.run_coroutine_threadsafe(self._do(self._free.set), self._loop).result(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    @staticmethod
    async def _do(work: Callable[[], object]) -> None:
        work()

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        # What still waits for anything ends with the loop.
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection: a browser opens the next one by itself."""
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            request = await self._read(reader)
            await self._carry(Exchange(request, reader, writer, self._upstream))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._serving.discard(task)
            writer.close()

    async def _carry(self, exchange: Exchange) -> None:
        if not exchange.request.startswith(SYNC):
            await exchange.answer(await exchange.ask())
            return
        self.held += 1
        await self._free.wait()
        if self._spoil is None or self._remaining == 0:
            await exchange.answer(await exchange.ask())
            return
        self._remaining -= 1
        try:
            await self._spoil(exchange)
        finally:
            self.spoilt.append(exchange.heard)

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(HEAD_END)
        lines = head.split(b"\r\n")[:-2]
        lengths = [
            int(line.split(b":")[1])
            for line in lines
            if line.lower().startswith(b"content-length:")
        ]
        kept = [line for line in lines if not line.lower().startswith(b"connection:")]
        body = await reader.readexactly(sum(lengths))
        return b"\r\n".join([*kept, b"connection: close"]) + HEAD_END + body
