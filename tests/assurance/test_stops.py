"""A web server that is told to stop answers what it has taken, and ends (OP-4)."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.assurance.conftest import at_most
from tests.clinics import Clinic, colleague
from tests.fronts import front_of_many, needs_caddy
from tests.judged import Ward
from tests.killed_servers import Way, web_server
from tests.traffic import (
    NOT_ANSWERED,
    NOT_TAKEN,
    Answer,
    Entries,
    Kind,
    Stream,
    Traffic,
    counted,
    entries_of,
    everyday,
    flowing,
    get,
)

__all__ = ["app", "built", "clinic"]

pytestmark = [pytest.mark.anyio, pytest.mark.alone]
STOPS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_STOPS", "10"))
ROUNDS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_ROUNDS", "20"))
SEED: Final = 20261202
RATE, STREAMS, A_PERSON = 100, 50, 4
ROLLED_RATE: Final = 25
ENDS_WITHIN: Final = 10.0
PROCESSES: Final = 4
RETRY_RULE: Final = "		lb_try_duration 10s\n"


@asynccontextmanager
async def staff_tokens(clinic: Clinic, database: Database, count: int):
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(colleague(clinic, database, f"Person{number}"))
            for number in range(count)
        ]
        yield [one.browser.cookies["__Host-glidepath"] for one in opened]


@dataclass
class Found:
    entries: Entries
    # Of each stop, in seconds.
    took: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    again: int = 0
    streams: int = 0

    @property
    def failed(self) -> list[Answer]:
        """Of what was taken; who finds nobody there was not."""
        return [one for one in self.answers if one.status not in (200, NOT_TAKEN)]


def light(clinic: Clinic, entries: Entries) -> list[Kind]:
    """What one process of a busy machine answers a hundred of in a second."""
    therapist = clinic.therapist.cookies["__Host-glidepath"]
    return [
        entries.kind(1),
        get("me", "/api/me", therapist, 3),
        get("live", "/livez", therapist, 4),
    ]


async def _all_open(streams: Sequence[Stream]) -> None:
    for _ in range(300):
        if all(one.is_open for one in streams):
            return
        await asyncio.sleep(0.1)


Stop = Callable[[Way | None, int], Awaitable[Found]]


@pytest.fixture
def stop(clinic: Clinic, database: Database, settings: Settings, tmp_path: Path) -> Stop:
    async def stop(way: Way | None, times: int) -> Found:
        chance = random.Random(SEED)
        found = Found(await entries_of(Ward(database, clinic, chance), chance))
        people = -(-STREAMS // A_PERSON)
        async with staff_tokens(clinic, database, people) as tokens:
            with web_server(settings, tmp_path, way) as server:
                for _ in range(times):
                    await server.start()
                    streams = [Stream(server.url, tokens[n % people]) for n in range(STREAMS)]
                    following = [asyncio.create_task(one.follow(None)) for one in streams]
                    await _all_open(streams)
                    traffic = Traffic(server.url, light(clinic, found.entries), chance)
                    over = asyncio.Event()
                    task = asyncio.create_task(traffic.run(RATE, over))
                    await asyncio.sleep(chance.uniform(1.5, 2.0))
                    found.streams += sum(one.is_open for one in streams)
                    began = time.monotonic()
                    await server.stop()
                    found.took.append(time.monotonic() - began)
                    over.set()
                    await task
                    await asyncio.gather(*following)
                    found.answers += traffic.answers
                    found.again += traffic.again
        return found

    return stop


async def test_a_server_that_is_stopped_answers_what_it_has_taken_and_ends(
    stop: Stop, report: Callable[[str], None]
):
    """OP-4"""
    found = await stop(None, STOPS)
    report(
        f"OP-4 {STOPS} stops at {RATE} requests/s with {found.streams // STOPS} streams open, seed {SEED}: answers"
        f" {counted(found.answers)} ({NOT_TAKEN}: nobody there any more), {len(found.failed)} taken and not answered"
        f" well, {found.again} asked again since an idle connection was closed; ended within {max(found.took):.1f} s"
        f" (goal {ENDS_WITHIN:.0f}); a stop fails {at_most(STOPS)}"
    )
    assert found.streams == STOPS * STREAMS
    assert not found.failed, counted(found.failed)
    assert max(found.took) <= ENDS_WITHIN


@pytest.mark.parametrize(("mutant", "times"), [("waits for its streams", 1), ("ends at once", 3)])
async def test_a_server_that_stops_otherwise_is_caught(
    stop: Stop, report: Callable[[str], None], mutant: Way, times: int
):
    """OP-4, its mutants."""
    found = await stop(mutant, times)
    report(
        f"OP-4 mutant ({mutant}), {times} stops: {counted(found.failed)} failed, ended within {max(found.took):.1f} s"
    )
    assert max(found.took) > ENDS_WITHIN or any(one.status == NOT_ANSWERED for one in found.failed)


@dataclass(frozen=True)
class Rolled:
    answers: list[Answer]
    entries: Entries
    streams: list[Stream]

    @property
    def failed(self) -> list[Answer]:
        return [one for one in self.answers if one.status != 200]


Roll = Callable[[int, str], Awaitable[Rolled]]


@pytest.fixture
def roll(clinic: Clinic, database: Database, settings: Settings, tmp_path: Path) -> Roll:
    async def roll(rounds: int, without: str) -> Rolled:
        chance = random.Random(SEED)
        entries = await entries_of(Ward(database, clinic, chance), chance)
        async with AsyncExitStack() as stack:
            tokens = await stack.enter_async_context(staff_tokens(clinic, database, 3))
            with ExitStack() as processes:
                servers = [
                    processes.enter_context(web_server(settings, tmp_path, None))
                    for _ in range(PROCESSES)
                ]
                for server in servers:
                    await server.start()
                urls = [server.url for server in servers]
                at = await stack.enter_async_context(front_of_many(urls, tmp_path, without))
                traffic = Traffic(at.url, everyday(clinic, entries), chance)
                streams = [Stream(at.url, tokens[n % 3]) for n in range(10)]
                following = [asyncio.create_task(one.follow(1.0)) for one in streams]
                async with flowing(traffic, entries, ROLLED_RATE):
                    await asyncio.sleep(1)
                    for _ in range(rounds):
                        for server in servers:
                            await server.stop()
                            await server.start()
                            await asyncio.sleep(chance.uniform(0.1, 0.3))
                for task in following:
                    task.cancel()
                await asyncio.gather(*following, return_exceptions=True)
        return Rolled(traffic.answers, entries, streams)

    return roll


@needs_caddy
async def test_four_web_processes_restarted_in_turn_are_missed_by_nobody(
    roll: Roll, report: Callable[[str], None]
):
    """OP-4"""
    found = await roll(ROUNDS, "")
    opened = [status for stream in found.streams for status in stream.opened]
    restarts = ROUNDS * PROCESSES
    report(
        f"OP-4 {PROCESSES} web processes behind the front restarted in turn {ROUNDS} times at {ROLLED_RATE} requests/s,"
        f" seed {SEED}: answers {counted(found.answers)}; {len(found.streams)} pages opened their streams"
        f" {len(opened)} times, {sum(status != 200 for status in opened)} of them in vain; a restart is noticed by"
        f" {at_most(restarts)}"
    )
    assert not found.failed, counted(found.failed)
    assert found.entries.odd == []
    assert set(opened) == {200}
    # Each was cut at least once, or nothing was tried.
    assert all(len(stream.opened) > 1 for stream in found.streams)


@needs_caddy
async def test_a_front_that_asks_nobody_else_is_caught(roll: Roll, report: Callable[[str], None]):
    """OP-4, its mutant."""
    found = await roll(2, RETRY_RULE)
    report(f"OP-4 mutant (the front does not try again), 2 rounds: {counted(found.failed)}")
    assert found.failed
