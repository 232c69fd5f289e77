"""Phones that send what they kept: so many at once, each its next batch as soon as it has its answer.

A process of its own with nothing between it and the socket, so that on two cores it takes little from
whom it measures.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from urllib.parse import urlsplit

import uvloop

_HEAD = (
    "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n"
    "content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
)


def request(host: str, method: str, path: str, cookie: str, body: bytes = b"") -> bytes:
    """As it goes over the wire."""
    head = _HEAD.format(method=method, path=path, host=host, cookie=cookie, length=len(body))
    return head.encode() + body


@dataclass(frozen=True)
class Batch:
    """What one phone sends."""

    cookie: str
    body: bytes


@dataclass(frozen=True)
class Sent:
    """Of all batches of a run, the seconds each took and those of the whole."""

    took: Sequence[float]
    lasted: float

    @property
    def per_second(self) -> float:
        return len(self.took) / self.lasted


def send(
    address: str, path: str, batches: Sequence[Batch], at_once: int, every: float = 0.0
) -> Sent:
    """Sends each batch once. RuntimeError where one of its entries was not stored.

    `every`: how many seconds a phone lets pass from one to the next, all of them evenly apart; what it takes
    counts from when it was to be sent. Zero: the next as soon as the answer is there.
    """
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_send, (address, path, batches, at_once, every))


def _send(address: str, path: str, batches: Sequence[Batch], at_once: int, every: float) -> Sent:
    return uvloop.run(_send_all(address, path, batches, at_once, every))


async def _send_all(
    address: str, path: str, batches: Sequence[Batch], at_once: int, every: float
) -> Sent:
    host, left = urlsplit(address).netloc, iter(batches)
    took: list[float] = []
    lines = [asyncio.open_connection(*host.split(":")) for _ in range(at_once)]
    connected = await asyncio.gather(*lines)
    began = time.perf_counter()
    phones = [
        _phone(host, path, left, took, reader, writer, Pace(began + every * at / at_once, every))
        for at, (reader, writer) in enumerate(connected)
    ]
    await asyncio.gather(*phones)
    return Sent(took, time.perf_counter() - began)


@dataclass
class Pace:
    next: float
    every: float

    async def turn(self) -> float:
        """When the next one was to be sent; by then it is time."""
        if not self.every:
            return time.perf_counter()
        due = self.next
        self.next += self.every
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return due


async def _phone(
    host: str,
    path: str,
    left: Iterator[Batch],
    took: list[float],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    pace: Pace,
) -> None:
    for batch in left:
        asked = request(host, "POST", path, batch.cookie, batch.body)
        began = await pace.turn()
        writer.write(asked)
        status, body = await answer(reader)
        took.append(time.perf_counter() - began)
        became = Counter(part.partition(b'"')[0] for part in body.split(b'"status":"')[1:])
        if status != 200 or set(became) != {b"stored"}:
            raise RuntimeError(f"{status}: {body[:400]!r}")
    writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return int(head[9:12]), await reader.readexactly(length)
