"""Hearing what was committed, by anybody: PostgreSQL tells it to whoever listens."""

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import structlog

log = structlog.get_logger()

CHANNEL: Final = "glidepath_changes"
# A connection that a network cut says nothing of it, so that it is asked.
ASK_EVERY: Final = 5.0
ANSWER_WITHIN: Final = 5.0
RETRY_AFTER: Final = 1.0
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Change(NamedTuple):
    """Something that a list or a page shows of this patient is not as it was."""

    clinic_id: UUID
    patient_id: UUID


class Listener:
    """The one listening connection of a process, made anew whenever it breaks.

    `hear` is called with each change, and with None when listening begins: what was changed before,
    or since the last connection broke, nobody tells any more.
    """

    def __init__(self, url: str, hear: Callable[[Change | None], None]) -> None:
        """`url` is a libpq URL of the application's role."""
        self._url = url
        self._hear = hear
        self.hearing = False

    async def run(self) -> None:
        """Listens until it is cancelled."""
        while True:
            try:
                await self._listen()
            except LOST as error:
                log.warning("listening_lost", error=type(error).__name__)
            await asyncio.sleep(RETRY_AFTER)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._url, timeout=ANSWER_WITHIN, server_settings={"application_name": CHANNEL}
        )
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener(CHANNEL, self._told)
            self.hearing = True
            self._hear(None)
            while not ended.is_set():
                await _set_within(ended, ASK_EVERY)
                await connection.execute("select 1", timeout=ANSWER_WITHIN)
        finally:
            self.hearing = False
            connection.terminate()

    def _told(self, *arguments: object) -> None:
        clinic_id, patient_id = str(arguments[-1]).split()
        self._hear(Change(UUID(clinic_id), UUID(patient_id)))


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
