"""A network that breaks: a proxy between a browser and the server, which spoils what phones send."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

SYNC: Final = b"POST /api/sync "
# A hotel's sign-in page answers 200 to everything.
CAPTIVE: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 29\r\n"
    b"connection: close\r\n\r\n<h1>Welcome to our Wi-Fi</h1>"
)
BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    b"connection: close\r\n\r\n"
)
# What a page waits for an answer, and then some.
BLACK_HOLE_SECONDS: Final = 25


@dataclass
class Exchange:
    """One request on its way: what the browser sent, and how to get the server's answer."""

    request: bytes
    client: asyncio.StreamWriter
    ask: Callable[[bytes], Awaitable[bytes]]

    async def answer(self, data: bytes) -> None:
        self.client.write(data)
        await self.client.drain()

    def reset(self) -> None:
        self.client.transport.abort()


async def slow(exchange: Exchange, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await exchange.answer(await exchange.ask(exchange.request))


async def latency(exchange: Exchange) -> None:
    await slow(exchange, 0.2)


async def long_latency(exchange: Exchange) -> None:
    await slow(exchange, 2.0)


async def jitter(exchange: Exchange) -> None:
    await slow(exchange, random.uniform(0, 1.5))


async def trickle(exchange: Exchange) -> None:
    """About 50 kbit a second."""
    data = await exchange.ask(exchange.request)
    for start in range(0, len(data), 256):
        await exchange.answer(data[start : start + 256])
        await asyncio.sleep(0.04)


async def dropped(exchange: Exchange) -> None:
    """The request never arrives."""
    exchange.reset()


async def reset_in_the_request(exchange: Exchange) -> None:
    """The server sees half a request."""
    await exchange.ask(exchange.request[: len(exchange.request) // 2])
    exchange.reset()


async def reset_before_the_answer(exchange: Exchange) -> None:
    """The server has taken the entries; the phone never hears of it."""
    await exchange.ask(exchange.request)
    exchange.reset()


async def half_an_answer(exchange: Exchange) -> None:
    data = await exchange.ask(exchange.request)
    await exchange.answer(data[: len(data) - 20])
    exchange.reset()


async def half_close(exchange: Exchange) -> None:
    """The answer's headers alone, then the end of the stream."""
    data = await exchange.ask(exchange.request)
    await exchange.answer(data[: data.index(b"\r\n\r\n") + 4])
    exchange.client.write_eof()


async def black_hole(exchange: Exchange) -> None:
    await asyncio.sleep(BLACK_HOLE_SECONDS)
    exchange.reset()


async def captive_portal(exchange: Exchange) -> None:
    await exchange.answer(CAPTIVE)


async def busy(exchange: Exchange) -> None:
    await exchange.answer(BUSY)


Fault = Callable[[Exchange], Awaitable[None]]
FAULTS: Final[tuple[Fault, ...]] = (
    latency,
    long_latency,
    jitter,
    trickle,
    dropped,
    reset_in_the_request,
    reset_before_the_answer,
    half_an_answer,
    half_close,
    black_hole,
    captive_portal,
    busy,
)


class Proxy:
    """Passes everything on, but spoils the next `remaining` batches of entries by `fault`."""

    def __init__(self, upstream_port: int) -> None:
        self._upstream_port = upstream_port
        self.fault: Fault | None = None
        self.remaining = 0
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def spoil(self, fault: Fault, times: int) -> None:
        self.fault, self.remaining = fault, times

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        # What still hangs in a black hole ends with the loop.
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection: a browser opens the next one by itself."""
        try:
            request = await self._read(reader)
            exchange = Exchange(request, writer, self._ask)
            if request.startswith(SYNC) and self.fault is not None and self.remaining > 0:
                self.remaining -= 1
                await self.fault(exchange)
            elif request:
                await exchange.answer(await self._ask(request))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in lines
                if line.lower().startswith(b"content-length:")
            ),
            0,
        )
        kept = [line for line in lines[:-2] if not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, b"connection: close", b"", b""]) + await reader.readexactly(
            length
        )

    async def _ask(self, request: bytes) -> bytes:
        """The server's whole answer; of half a request there is none."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        writer.write(request)
        await writer.drain()
        if not self._is_whole(request):
            writer.transport.abort()
            return b""
        try:
            return await reader.read(-1)
        finally:
            writer.close()

    @staticmethod
    def _is_whole(request: bytes) -> bool:
        head, _, body = request.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        return b"\r\n\r\n" in request and len(body) >= (lengths[0] if lengths else 0)
