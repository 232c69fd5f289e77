"""Requests at a steady rate, whatever becomes of them: each has its moment and waits for no other."""

import asyncio
import json
import random
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from tests.clinics import Clinic, check_in, own_day
from tests.judged import Ward

# Seconds after which nobody waits for an answer any more.
PATIENCE: Final = 30.0
DRAINED_WITHIN: Final = 60.0
# Of an answer that never came: nobody was there to ask, or the connection ended.
NOT_TAKEN, NOT_ANSWERED = -1, 0
LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
PATIENTS: Final = 200
DAYS: Final = 30


@dataclass(frozen=True)
class Answer:
    """`at` is the moment of the answer, `took` the seconds since that of the question, by a clock that only
    measures."""

    kind: str
    status: int
    at: float
    took: float
    says_when: bool = False
    body: bytes = b""


@dataclass(frozen=True)
class Kind:
    """What is asked, how often compared with the others, and who hears the answer."""

    name: str
    weight: float
    make: Callable[[], tuple[bytes, Callable[[Answer], None]]]


class NotTakenError(Exception):
    pass


class Address(NamedTuple):
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Address":
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or 0)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port)

    def named_in(self, request: bytes) -> bytes:
        """A front knows itself by this name alone, and says nothing of ours to who asks for another."""
        return request.replace(b"host: \r\n", f"host: {self.host}:{self.port}\r\n".encode(), 1)


class Traffic:
    """To one address. `again` counts what was sent once more since an idle connection had been closed."""

    def __init__(self, url: str, kinds: Sequence[Kind], chance: random.Random) -> None:
        self._address = Address.of(url)
        self._kinds = kinds
        self._chance = chance
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._asking = set[asyncio.Task[None]]()
        self.answers: list[Answer] = []
        self.again = 0

    async def run(self, rate: float, over: asyncio.Event) -> None:
        """So many a second until it is over and all are answered."""
        began, number = time.monotonic(), 0
        weights = [kind.weight for kind in self._kinds]
        while not over.is_set():
            due = began + number / rate
            number += 1
            await asyncio.sleep(due - time.monotonic())
            (kind,) = self._chance.choices(self._kinds, weights)
            task = asyncio.create_task(self._ask(kind, due))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        while self._asking:
            await asyncio.gather(*self._asking)
        self.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].close()

    async def run_for(self, rate: float, seconds: float) -> None:
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, over.set)
        await self.run(rate, over)

    async def by_turns(self, askers: int, seconds: float) -> None:
        """So many, each of whom asks again once they are answered."""
        ends = time.monotonic() + seconds
        weights = [kind.weight for kind in self._kinds]

        async def asker() -> None:
            while time.monotonic() < ends:
                await self.ask(*self._chance.choices(self._kinds, weights))

        await asyncio.gather(*(asker() for _ in range(askers)))
        self.close()

    async def in_turn(self, count: int, pause: float) -> None:
        """So many, each after the answer to the one before and whatever follows it."""
        for _ in range(count):
            await self.ask(self._kinds[0])
            await asyncio.sleep(pause)

    async def ask(self, kind: Kind) -> None:
        await self._ask(kind, time.monotonic())

    async def _ask(self, kind: Kind, due: float) -> None:
        request, heard = kind.make()
        try:
            async with asyncio.timeout(PATIENCE):
                status, headers, body = await self._answered(request)
        except NotTakenError:
            status, headers, body = NOT_TAKEN, {}, b""
        except (OSError, EOFError, TimeoutError):
            status, headers, body = NOT_ANSWERED, {}, b""
        now = time.monotonic()
        answer = Answer(kind.name, status, now, now - due, "retry-after" in headers, body)
        self.answers.append(answer)
        heard(answer)

    async def _answered(self, request: bytes) -> tuple[int, Mapping[str, str], bytes]:
        while self._idle:
            reader, writer = self._idle.pop()
            try:
                return await self._exchange(reader, writer, request)
            except (OSError, EOFError):
                # Closed while nobody asked, as any server may; a browser asks again on another.
                self.again += 1
        try:
            connection = await self._address.connect()
        except OSError as error:
            raise NotTakenError from error
        return await self._exchange(*connection, request)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        kept = False
        try:
            writer.write(self._address.named_in(request))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await _body(reader, headers)
            kept = headers.get("connection", "").lower() != "close"
            return int(head[0].split()[1]), headers, body
        finally:
            if kept:
                self._idle.append((reader, writer))
            else:
                writer.close()


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body


def get(name: str, path: str, token: str, weight: float) -> Kind:
    request = _head("GET", path, token) + b"\r\n"
    return Kind(name, weight, lambda: (request, lambda _: None))


def _head(method: str, path: str, token: str) -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nhost: \r\nsec-fetch-site: same-origin\r\n"
        f"cookie: __Host-glidepath={token}\r\n"
    ).encode()


class Stream:
    """An open page's: opened anew whenever it ends, as a browser does it."""

    def __init__(self, url: str, token: str) -> None:
        self._address = Address.of(url)
        self._request = self._address.named_in(_head("GET", "/api/live", token) + b"\r\n")
        self.is_open = False
        # What opening it was answered with, each time.
        self.opened = list[int]()

    async def follow(self, pause: float | None) -> None:
        """Until it ends, and with a pause for ever."""
        while True:
            with suppress(OSError, EOFError):
                await self._read()
            self.is_open = False
            if pause is None:
                return
            await asyncio.sleep(pause)

    async def _read(self) -> None:
        try:
            reader, writer = await self._address.connect()
        except OSError:
            self.opened.append(NOT_TAKEN)
            raise
        try:
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            self.opened.append(int(head.split()[1]))
            self.is_open = self.opened[-1] == 200
            last = b""
            # Through a front the connection outlives the stream, which says that it ends.
            while not last.endswith(LAST_CHUNK) and (said := await reader.read(4096)):
                last = (last + said)[-len(LAST_CHUNK) :]
        finally:
            writer.close()


@dataclass
class Entries:
    """Entries of many patients on their way: what is not answered well is sent again."""

    people: Sequence[tuple[UUID, str]]
    chance: random.Random
    made: set[UUID] = field(default_factory=set)
    acknowledged: set[UUID] = field(default_factory=set)
    # Said to be there already: stored, and the answer was lost.
    known: int = 0
    odd: list[Answer] = field(default_factory=list)
    _waiting: deque[tuple[UUID, bytes]] = field(default_factory=deque)

    def kind(self, weight: float) -> Kind:
        return Kind("sync", weight, self._make)

    def _make(self) -> tuple[bytes, Callable[[Answer], None]]:
        entry_id, request = self._waiting.popleft() if self._waiting else self._new()

        def heard(answer: Answer) -> None:
            if answer.status == 200:
                status = json.loads(answer.body)["results"][0]["status"]
                if status in {"stored", "known"}:
                    self.known += status == "known"
                    self.acknowledged.add(entry_id)
                    return
                self.odd.append(answer)
            self._waiting.append((entry_id, request))

        return request, heard

    def _new(self) -> tuple[UUID, bytes]:
        person, token = self.chance.choice(self.people)
        entry = check_in(own_day() - timedelta(days=self.chance.randrange(1, DAYS)))
        body = {"account_id": str(person), "check_ins": [entry], "exercise_sessions": []}
        content = json.dumps(body).encode()
        entry_id = UUID(entry["id"])
        self.made.add(entry_id)
        head = _head("POST", "/api/sync", token)
        rest = f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n".encode()
        return entry_id, head + rest + content

    @property
    def left(self) -> int:
        return len(self._waiting)


async def entries_of(ward: Ward, chance: random.Random, patients: int = PATIENTS) -> Entries:
    return Entries([await ward.next() for _ in range(patients)], chance)


def everyday(clinic: Clinic, entries: Entries) -> list[Kind]:
    """What phones and therapists ask, most of it entries."""
    therapist = clinic.therapist.cookies["__Host-glidepath"]
    patient = clinic.patient.cookies["__Host-glidepath"]
    return [
        entries.kind(6),
        get("diary", "/api/diary", patient, 1),
        get("care", "/api/care", patient, 1),
        get("list", "/api/triage", therapist, 1),
        get("page", f"/api/patients/{clinic.patient_id}", therapist, 1),
    ]


@asynccontextmanager
async def flowing(traffic: Traffic, entries: Entries, rate: float) -> AsyncIterator[None]:
    """Meanwhile; what then still waits is sent afterwards."""
    over = asyncio.Event()
    task = asyncio.create_task(traffic.run(rate, over))
    try:
        yield
    finally:
        over.set()
        await task
    ends, sending = time.monotonic() + DRAINED_WITHIN, entries.kind(1)
    while entries.left and time.monotonic() < ends:
        await traffic.ask(sending)
    traffic.close()


def counted(answers: Iterable[Answer]) -> dict[int, int]:
    return dict(sorted(Counter(one.status for one in answers).items()))


def p95(answers: Iterable[Answer]) -> float:
    taken = sorted(one.took for one in answers)
    return taken[int(0.95 * len(taken))] if taken else 0.0


def stored(rows: Iterable[tuple[Any, ...]]) -> tuple[set[UUID], int]:
    """Of rows with an id, which there are, and how many there are too many."""
    ids = [row[0] for row in rows]
    return {*ids}, len(ids) - len({*ids})
