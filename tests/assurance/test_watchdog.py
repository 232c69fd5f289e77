"""Whatever stops on the way from a phone to a therapist is seen within 20 minutes: each of eleven, by a clock
that is held in hand (AL-7). `pytest -m assurance tests/assurance/test_watchdog.py -s` prints the table.

Six watchdogs that somebody might have written in its place (`tests/worse_watchdogs.py`) are shown not to see what
each is said to miss, and to see something else; so is a reader that believes the last round however old it is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from glidepath.alerts import raising
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.notify import delivering, service
from glidepath.settings import Settings
from glidepath.watch import standing
from glidepath.watch.sink import Sink
from tests.installation import PERIOD, Installation
from tests.worse_watchdogs import WORSE, sees

pytestmark = [pytest.mark.anyio, pytest.mark.assurance]

SEEN_WITHIN = timedelta(minutes=20)
Stop = Callable[[Installation, pytest.MonkeyPatch], AbstractAsyncContextManager[None]]


def _raise(*_: Any, **__: Any) -> Any:
    raise RuntimeError("stopped")


async def _raise_later(*_: Any, **__: Any) -> Any:
    raise RuntimeError("stopped")


@asynccontextmanager
async def web(whole: Installation, _: pytest.MonkeyPatch) -> AsyncIterator[None]:
    await whole.stop_web()
    yield


@asynccontextmanager
async def worker(whole: Installation, _: pytest.MonkeyPatch) -> AsyncIterator[None]:
    await whole.stop_worker()
    yield


@asynccontextmanager
async def database(whole: Installation, _: pytest.MonkeyPatch) -> AsyncIterator[None]:
    whole.shut_the_database(to=True)
    yield
    whole.shut_the_database(to=False)


@asynccontextmanager
async def queue(whole: Installation, _: pytest.MonkeyPatch) -> AsyncIterator[None]:
    whole.client.timeout = httpx.Timeout(2)
    async with whole.locked_queue():
        yield


@asynccontextmanager
async def listening(whole: Installation, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr(whole.app.state.live, "_readers", {})
    yield


def _patched(target: Any, name: str, with_what: Any = _raise_later) -> Stop:
    @asynccontextmanager
    async def stop(_: Installation, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
        patch.setattr(target, name, with_what)
        yield

    return stop


async def _refuse(*_: Any) -> str:
    return "451 Not now"


async def _swallow(*_: Any) -> str:
    return "250 OK"


STOPS: dict[str, Stop] = {
    "web": web,
    "worker": worker,
    "database": database,
    "queue": queue,
    "listening": listening,
    "detector": _patched(raising, "follow", _raise),
    "spreading": _patched(service, "spread"),
    "delivering": _patched(delivering, "prepare"),
    "sink": _patched(Sink, "handle_DATA", _refuse),
    "swallowing": _patched(Sink, "handle_DATA", _swallow),
}


@pytest.mark.parametrize("stopped", [*STOPS])
async def test_what_stops_is_told_to_the_operator_within_twenty_minutes(
    stopped: str,
    postgres: EmbeddedPostgres,
    database_name: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    installation = Installation(postgres, database_name, settings)
    async with installation.running(tmp_path) as whole:
        assert await whole.round() is None
        stopped_at = whole.clock.now()
        async with STOPS[stopped](whole, monkeypatch):
            failure = await whole.round()
            ((told_at, says),) = whole.outside.told
            print(f"{stopped}: {failure}, told after {told_at - stopped_at}")  # noqa: T201 (the figure)
            assert failure is not None
            assert says == failure
            assert told_at - stopped_at <= SEEN_WITHIN
            assert len(whole.outside.beats) == 1
            if stopped != "database":
                assert (await whole.standing()).failure is not None
            for name, worse in WORSE.items():
                if stopped in {*worse.misses, worse.sees}:
                    found = await sees(whole, worse.make(whole))
                    print(f"  one that {name}: {'seen' if found else 'missed'}")  # noqa: T201
                    assert found is (stopped == worse.sees), name


async def test_a_watchdog_that_stops_is_missed_outside_and_on_the_page_within_twenty_minutes(
    postgres: EmbeddedPostgres,
    database_name: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    installation = Installation(postgres, database_name, settings)
    async with installation.running(tmp_path) as whole:
        running = asyncio.create_task(whole.dog.run())
        await _until(lambda: len(whole.outside.beats) > 1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        (*_, last) = whole.outside.beats
        # Heartbeats come a period apart, so that one that is a period and five minutes late is missed.
        assert last - whole.outside.beats[-2] <= PERIOD + timedelta(minutes=1)
        assert (await whole.standing()).failure is None
        await whole.clock.sleep(SEEN_WITHIN + timedelta(seconds=1) - (whole.clock.now() - last))
        with monkeypatch.context() as patch:
            # A reader that believes the last round however old it is.
            patch.setattr(standing, "GRACE", timedelta(days=365))
            assert (await whole.standing()).failure is None
        assert (await whole.standing()).failure == "stopped"
        print(f"watchdog: stopped, seen after {whole.clock.now() - last}")  # noqa: T201 (the figure)


async def _until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not happened():  # noqa: ASYNC110 (the test asks, nobody tells)
            await asyncio.sleep(0.02)
