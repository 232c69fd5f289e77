"""What open pages are told while they are open: that something changed for a patient, never what."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import msgspec
import structlog
from litestar.response.sse import ServerSentEventMessage

from glidepath.database.listening import Change, Listener
from glidepath.database.trouble import is_trouble, state_of
from glidepath.identity.actor import StaffActor
from glidepath.notify.schemas import Changed
from glidepath.problems import TooMany

log = structlog.get_logger()

BEAT: Final = 15.0
# How often it is asked whether the reader is still signed in: who is not hears no more.
ASK: Final = 4.0
# Streams end and come back, so that none outlives a right, a server or a proxy's patience for long.
LIFE: Final = 60.0
STREAMS_A_PERSON: Final = 4
BACK_AFTER_MS: Final = 1000

# Whether the reader is still signed in, and may hear of the same patients.
GoesOn = Callable[[], Awaitable[bool]]


@dataclass(eq=False, slots=True)
class _Reader:
    """One open stream: whose, whom it may hear of (None: the whole clinic), and what waits to be told."""

    account_id: UUID
    sees: frozenset[UUID] | None
    changed: set[UUID] = field(default_factory=set)
    missed: bool = False
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def miss(self) -> None:
        self.missed = True
        self.waiting.set()

    def hear(self, patient_id: UUID) -> None:
        if self.sees is None or patient_id in self.sees:
            self.changed.add(patient_id)
            self.waiting.set()

    def take(self) -> ServerSentEventMessage:
        """All that waits, as one event: many changes at once are one reason to ask again."""
        missed, changed = self.missed, sorted(self.changed)
        self.missed = False
        self.changed.clear()
        self.waiting.clear()
        return _event("resync") if missed else _event("changed", Changed(changed))


class Live:
    """The open streams of this process, fed by its one listening connection."""

    def __init__(self, url: str) -> None:
        self._listener = Listener(url, self._hear)
        self._readers: defaultdict[UUID, set[_Reader]] = defaultdict(set)
        self._closing = False

    async def run(self) -> None:
        """Listens until it is cancelled."""
        await self._listener.run()

    def close(self) -> None:
        """Ends every stream, since a server that stops waits for them."""
        self._closing = True
        for reader in self._all():
            reader.waiting.set()

    def open_streams(self) -> int:
        return len(self._all())

    def _all(self) -> list[_Reader]:
        return [reader for readers in self._readers.values() for reader in readers]

    def _hear(self, change: Change | None) -> None:
        if change is None:
            for reader in self._all():
                reader.miss()
            return
        for reader in self._readers.get(change.clinic_id, ()):
            reader.hear(change.patient_id)

    def stream(
        self,
        actor: StaffActor,
        sees: frozenset[UUID] | None,
        goes_on: GoesOn,
    ) -> AsyncIterator[ServerSentEventMessage]:
        """Begins with "resync"; TooMany beside as many streams of this person as one may have.

        Beats while changes are heard, and only then: who hears no beat knows that nothing is live.
        """
        own = [one for one in self._readers[actor.clinic_id] if one.account_id == actor.account_id]
        if len(own) >= STREAMS_A_PERSON:
            raise TooMany("Too many pages are open. This one asks from time to time instead.")
        return self._tell(actor.clinic_id, _Reader(actor.account_id, sees), goes_on)

    async def _tell(
        self, clinic_id: UUID, reader: _Reader, goes_on: GoesOn
    ) -> AsyncIterator[ServerSentEventMessage]:
        clock = asyncio.get_running_loop().time
        # Not all of them at once after a restart.
        ends = clock() + LIFE * random.uniform(0.9, 1.1)  # noqa: S311 (no secret)
        beats, asks = clock() + BEAT, clock() + ASK
        with self._present(clinic_id, reader):
            yield ServerSentEventMessage(data=None, retry=BACK_AFTER_MS)
            if self._listener.hearing:
                reader.miss()
            while not self._closing and clock() < ends:
                if clock() >= asks:
                    if not await _asked(goes_on):
                        return
                    asks = clock() + ASK
                if await _happens(reader.waiting, min(beats, asks) - clock()):
                    if not self._closing:
                        yield reader.take()
                elif clock() >= beats:
                    beats = clock() + BEAT
                    if self._listener.hearing:
                        yield _event("beat")

    @contextmanager
    def _present(self, clinic_id: UUID, reader: _Reader) -> Iterator[None]:
        readers = self._readers[clinic_id]
        readers.add(reader)
        try:
            yield
        finally:
            readers.discard(reader)


async def _asked(goes_on: GoesOn) -> bool:
    """Who cannot be looked up hears no more, just as who is signed out; their page comes back and is told which."""
    try:
        return await goes_on()
    except Exception as error:
        if not is_trouble(error):
            raise
        log.warning("database_trouble", error=type(error).__name__, sqlstate=state_of(error))
        return False


async def _happens(event: asyncio.Event, within: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), max(0.0, within))
    except TimeoutError:
        return False
    return True


def _event(name: str, data: msgspec.Struct | None = None) -> ServerSentEventMessage:
    # An event without data is none to a browser.
    return ServerSentEventMessage(event=name, data=msgspec.json.encode(data or {}))
