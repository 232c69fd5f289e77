"""No entry is acknowledged before it is on the disk (DU-3), and none that a failing disk did not keep (DU-4)."""

import asyncio
import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import pytest

from glidepath.database.embedded import APP, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, clinic
from tests.assurance.conftest import at_most
from tests.clinics import Clinic
from tests.judged import Ward
from tests.killed_databases import KillableDatabase
from tests.killed_servers import Way, web_server
from tests.own_postgres import built, furnisher, postgres, slate
from tests.traced import TALK, Order, count_injected, needs_strace, order_of, threads_of, traced
from tests.traffic import Entries, Traffic, counted, entries_of, everyday, flowing, stored

__all__ = ["app", "built", "clinic", "furnisher", "postgres", "slate"]

pytestmark = [pytest.mark.anyio, needs_strace]
FAULTS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_DISK_FAULTS", "50"))
FEW: Final = 6
SEED: Final = 20261201
RATE: Final = 50
REQUESTS, PAUSE = 100, 0.1
# By turns; the number of the call that fails grows from one try to the next.
WAYS: Final = ("fdatasync:error=EIO", "pwrite64:error=ENOSPC", "pwrite64:error=EIO")
# Seconds to wait for a fault to be met, and for PostgreSQL to be back after it.
MET_WITHIN, BACK_WITHIN = 4.0, 10.0


@pytest.fixture
def trusting(postgres: EmbeddedPostgres) -> Iterator[None]:
    """The mutant: a database that says "committed" before it is on the disk."""

    def change(how: str) -> None:
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"alter role {APP} {how}".encode())

    change("set synchronous_commit = off")
    yield
    change("reset synchronous_commit")


@dataclass(frozen=True)
class Found:
    entries: Entries
    statuses: dict[int, int]
    # How often a call was made to fail, by the way in which.
    met: Counter[str]
    lost: int
    doubled: int


Spoil = Callable[[int], Awaitable[Found]]


@pytest.fixture
def spoil(
    postgres: EmbeddedPostgres,
    database: Database,
    clinic: Clinic,
    settings: Settings,
    database_name: str,
    tmp_path: Path,
) -> Spoil:
    async def spoil(faults: int) -> Found:
        chance, failing = random.Random(SEED), KillableDatabase(postgres)
        entries, met = await entries_of(Ward(database, clinic, chance), chance), Counter[str]()
        with web_server(settings, tmp_path, None) as server:
            await server.start()
            traffic = Traffic(server.url, everyday(clinic, entries), chance)
            async with flowing(traffic, entries, RATE):
                for number in range(1, faults + 1):
                    way = WAYS[number % len(WAYS)]
                    inject = f"{way}:when={number}"
                    call = way.partition(":")[0]
                    async with traced(failing.family(), tmp_path, call, inject) as calls:
                        await _until(partial(count_injected, calls), MET_WITHIN)
                    met[way] += bool(count_injected(calls))
                    await asyncio.to_thread(_take_up, failing, postgres)
                    enough = len(entries.acknowledged) + 1
                    await _until(partial(_has, entries, enough), BACK_WITHIN)
        with psycopg.connect(postgres.url("postgres", database_name)) as connection:
            there, doubled = stored(connection.execute("select id from check_ins").fetchall())
        lost = len(entries.acknowledged - there)
        return Found(entries, counted(traffic.answers), met, lost, doubled)

    return spoil


def _has(entries: Entries, acknowledged: int) -> bool:
    return len(entries.acknowledged) >= acknowledged


def _take_up(failing: KillableDatabase, postgres: EmbeddedPostgres) -> None:
    """Returns when PostgreSQL answers; where it gave up it is started, as a service manager would."""
    for _ in range(600):
        with suppress(psycopg.OperationalError, subprocess.SubprocessError, AssertionError):
            if not failing.runs():
                failing.start()
            psycopg.connect(postgres.url("postgres", "postgres"), connect_timeout=2).close()
            return
        time.sleep(0.1)
    pytest.fail("PostgreSQL does not come back")


async def _until(is_so: Callable[[], object], seconds: float) -> None:
    for _ in range(int(seconds / 0.05)):
        if is_so():
            return
        await asyncio.sleep(0.05)


async def test_what_a_failing_disk_does_not_keep_is_not_acknowledged(
    spoil: Spoil, report: Callable[[str], None]
):
    """DU-4"""
    found = await spoil(FAULTS)
    met = sum(found.met.values())
    report(
        f"DU-4 the Nth call of each process fails, N from 1 to {FAULTS}, seed {SEED}, met {met} times"
        f" {dict(found.met)}: answers {found.statuses}; {found.lost} of {len(found.entries.acknowledged)}"
        f" acknowledged entries lost, {found.doubled} doubled; a fault that is met loses {at_most(met or 1)}"
    )
    assert set(found.statuses) <= {200, 503}
    assert (found.lost, found.doubled, found.entries.left, found.entries.odd) == (0, 0, 0, [])
    assert set(found.met) == {*WAYS}
    assert met >= FAULTS // 2


@pytest.mark.usefixtures("trusting")
async def test_a_database_that_acknowledges_before_the_disk_does_is_caught(
    spoil: Spoil, report: Callable[[str], None]
):
    """DU-4, its mutant."""
    found = await spoil(FEW)
    report(
        f"DU-4 mutant (synchronous_commit off), {FEW} faults: {found.lost} acknowledged entries lost"
    )
    assert found.lost > 0


Watch = Callable[[Way | None, int], Awaitable[Order]]


@pytest.fixture
def watch(
    postgres: EmbeddedPostgres,
    database: Database,
    clinic: Clinic,
    settings: Settings,
    tmp_path: Path,
) -> Watch:
    async def watch(way: Way | None, requests: int) -> Order:
        chance = random.Random(SEED)
        entries = await entries_of(Ward(database, clinic, chance), chance, 20)
        with web_server(settings, tmp_path, way) as server:
            web = await server.start()
            threads = threads_of(web)
            traffic = Traffic(server.url, [entries.kind(1)], chance)
            # The first ones open what is then kept open.
            await traffic.in_turn(5, PAUSE)
            everybody = [web, *KillableDatabase(postgres).family()]
            calls = f"pwrite64,pwritev,fdatasync,{TALK}"
            async with traced(everybody, tmp_path, calls) as out:
                await traffic.in_turn(requests, PAUSE)
            traffic.close()
            lines = out.read_text(errors="replace").splitlines()
        assert all(one.status == 200 for one in traffic.answers)
        assert all(
            json.loads(one.body)["results"][0]["status"] == "stored" for one in traffic.answers
        )
        return order_of(lines, web, threads)

    return watch


async def test_each_answer_follows_the_sync_of_what_it_acknowledges(
    watch: Watch, report: Callable[[str], None]
):
    """DU-3"""
    found = await watch(None, REQUESTS)
    report(
        f"DU-3 {found.answers} traced entries, seed {SEED}: {found.right} were written to the log, synced, committed"
        f" and answered in this order; others are {at_most(found.answers or 1)}"
    )
    assert found == Order(REQUESTS, REQUESTS)


@pytest.mark.usefixtures("trusting")
async def test_a_commit_that_is_not_synced_is_caught(watch: Watch, report: Callable[[str], None]):
    """DU-3, its mutant."""
    found = await watch(None, 20)
    report(
        f"DU-3 mutant (synchronous_commit off): {found.answers - found.right} of {found.answers} caught"
    )
    assert found.right < found.answers == 20


async def test_an_answer_before_the_commit_is_caught(watch: Watch, report: Callable[[str], None]):
    """DU-3, its mutant."""
    found = await watch("answers before it commits", 20)
    report(f"DU-3 mutant (answers first): {found.answers - found.right} of {found.answers} caught")
    assert found.right < found.answers == 20
