"""Watchdogs that somebody might have written in place of ours, each with what it does not see (AL-7)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from glidepath.alerts.models import Alert
from glidepath.alerts.writing import open_alert
from glidepath.care.models import Episode
from glidepath.diary.service import Intake
from glidepath.watch import store, synthetic
from glidepath.watch.round import Lost, Rounds
from glidepath.watch.telling import Operator
from glidepath.watch.watchdog import Watchdog
from tests.installation import PERIOD, Installation


class AsksWhetherItLives(Rounds):
    async def make(self, within: timedelta) -> str | None:
        try:
            return None if (await self._client.get("/livez")).is_success else "web"
        except httpx.HTTPError:
            return "web"


class WritesTheAlertItself(Rounds):
    """Which is quicker than a phone and a web server."""

    async def make(self, within: timedelta) -> str | None:
        deadline = self._clock.now() + within
        try:
            await self._sign_in()
            alert_id = await self._write()
            await self._await(
                lambda: self._sink.has(alert_id), deadline - self._clock.now(), "delivery"
            )
        except Lost as lost:
            return lost.where
        return None

    async def _write(self) -> UUID:
        now = self._clock.now()
        async with self._database.writing(synthetic.CLINIC) as session:
            newest = select(Episode).order_by(Episode.id.desc()).limit(1)
            episode = (await session.execute(newest)).scalar_one()
            done = update(Alert).values(state="resolved", snoozed_until=None)
            await session.execute(done)
            intake = Intake(synthetic.CLINIC, episode.patient_id, episode.id, frozenset(), {}, now)
            words = {"en": "A try.", "es": "Una prueba."}
            await open_alert(
                session,
                intake,
                kind="red_flag",
                severity="urgent",
                raised_on=now.date(),
                last_day=now.date(),
                reason=words,
                evidence=[],
                basis={"facts": {}},
            )
            await session.flush()
            opened = select(Alert.id).where(Alert.state == "open")
            return (await session.execute(opened)).scalar_one()


class OpensNoStream(Rounds):
    @asynccontextmanager
    async def _listening(self, therapist: str, patient: Any) -> AsyncIterator[Any]:
        class Heard:
            def is_set(self) -> bool:
                return True

        yield Heard()


class Ledger:
    """Takes a delivery for made when it says so of itself."""

    def __init__(self, url: str) -> None:
        self._url = url

    def forget(self) -> None:
        """There is nothing to remember."""

    def has(self, alert_id: UUID) -> bool:
        with psycopg.connect(self._url) as connection:
            enter = "select set_config('app.clinic_id', %s, true)"
            connection.execute(enter, [str(synthetic.CLINIC)])
            asked = "select from deliveries where alert_id = %s and state = 'sent'"
            return connection.execute(asked, [alert_id]).fetchone() is not None


class SaysItOnlyInTheDatabase(Operator):
    async def hear(self, failure: str | None, now: datetime) -> None:
        """Who wants to know looks at the page."""


class LivesInTheWorker(Watchdog):
    whole: Installation

    async def round(self) -> str | None:
        return None if self.whole.worker.done() else await super().round()


@dataclass(frozen=True)
class Worse:
    make: Callable[[Installation], Watchdog]
    # What may stop without its seeing it, and something that it sees.
    misses: frozenset[str]
    sees: str


def _rounds(kind: Callable[..., Rounds], sink: Callable[[Installation], Any] | None = None) -> Any:
    def make(whole: Installation) -> Watchdog:
        seen = whole.sink if sink is None else sink(whole)
        return _dog(whole, kind(whole.database, whole.client, seen, whole.clock))

    return make


def _dog(
    whole: Installation,
    rounds: Rounds | None = None,
    operator: Callable[..., Operator] = Operator,
    kind: Callable[..., Watchdog] = Watchdog,
) -> Watchdog:
    rounds = rounds or Rounds(whole.database, whole.client, whole.sink, whole.clock)
    told = operator(whole.settings, whole.outside.client)
    return kind(whole.database, rounds, told, whole.clock, PERIOD)


def _in_the_worker(whole: Installation) -> Watchdog:
    made = _dog(whole, kind=LivesInTheWorker)
    assert isinstance(made, LivesInTheWorker)
    made.whole = whole
    return made


def _ledger(whole: Installation) -> Ledger:
    assert whole.settings.database_url is not None
    return Ledger(whole.settings.database_url)


async def sees(whole: Installation, dog: Watchdog) -> bool:
    """Whether a round of this one is told to the operator, or stands on the page, if there is one to read."""
    await whole.clock.sleep(PERIOD)
    began, told = whole.clock.now(), len(whole.outside.told)
    await dog.round()
    if len(whole.outside.told) > told:
        return True
    try:
        async with whole.database.reading() as session:
            last, _ = await store.last_rounds(session)
    except (OSError, SQLAlchemyError):
        return False
    return last is not None and last.began_at >= began and last.failure is not None


WORSE: Final = {
    "asks only whether the web server lives": Worse(
        _rounds(AsksWhetherItLives),
        frozenset(
            {
                "worker",
                "database",
                "queue",
                "listening",
                "detector",
                "spreading",
                "delivering",
                "sink",
                "swallowing",
            }
        ),
        "web",
    ),
    "writes the alert into the database itself": Worse(
        _rounds(WritesTheAlertItself), frozenset({"web", "listening", "detector"}), "worker"
    ),
    "opens no live stream": Worse(_rounds(OpensNoStream), frozenset({"listening"}), "web"),
    "reads the delivery's state in place of taking the mail": Worse(
        _rounds(Rounds, _ledger), frozenset({"swallowing"}), "web"
    ),
    "says what it finds only in the database": Worse(
        lambda whole: _dog(whole, operator=SaysItOnlyInTheDatabase), frozenset({"database"}), "web"
    ),
    "lives in the worker": Worse(_in_the_worker, frozenset({"worker"}), "web"),
}
