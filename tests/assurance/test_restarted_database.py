"""PostgreSQL restarted while everybody works: clients see answers and "try again", and nothing else (DU-6)."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, clinic
from tests.assurance.conftest import at_most
from tests.clinics import Clinic
from tests.judged import Ward
from tests.killed_databases import KillableDatabase
from tests.killed_servers import Way, web_server
from tests.own_postgres import built, furnisher, postgres, slate
from tests.traffic import Answer, Entries, Traffic, counted, entries_of, everyday, flowing, stored

__all__ = ["app", "built", "clinic", "furnisher", "postgres", "slate"]

pytestmark = pytest.mark.anyio
RESTARTS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_RESTARTS", "20"))
FEW: Final = 3
SEED: Final = 20261129
RATE: Final = 50
# Seconds between two restarts, and those within which all is as before.
LEFT_ALONE: Final = (2.5, 4.5)
BACK_WITHIN: Final = 5.0


@dataclass(frozen=True)
class Found:
    answers: list[Answer]
    entries: Entries
    lost: int
    doubled: int
    # Of each restart the seconds from its end to the last answer that was no good one.
    back_after: list[float]

    @property
    def unkind(self) -> list[Answer]:
        """What a client should not see: neither an answer nor when to ask again."""
        return [one for one in self.answers if one.status != 200 and not _is_put_off(one)]


def _is_put_off(answer: Answer) -> bool:
    return answer.status == 503 and answer.says_when


Restart = Callable[[int, Way | None], Awaitable[Found]]


@pytest.fixture
def restart(
    postgres: EmbeddedPostgres,
    database: Database,
    clinic: Clinic,
    settings: Settings,
    database_name: str,
    tmp_path: Path,
) -> Restart:
    async def restart(times: int, way: Way | None) -> Found:
        chance, restarted = random.Random(SEED), KillableDatabase(postgres)
        entries = await entries_of(Ward(database, clinic, chance), chance)
        moments = list[tuple[float, float]]()
        with web_server(settings, tmp_path, way) as server:
            await server.start()
            traffic = Traffic(server.url, everyday(clinic, entries), chance)
            async with flowing(traffic, entries, RATE):
                await asyncio.sleep(1)
                for _ in range(times):
                    await asyncio.to_thread(restarted.restart)
                    back = time.monotonic()
                    await asyncio.sleep(chance.uniform(*LEFT_ALONE))
                    moments.append((back, time.monotonic()))
        bad = [one.at for one in traffic.answers if one.status != 200]
        back_after = [
            max((at - back for at in bad if back < at < until), default=0.0)
            for back, until in moments
        ]
        with psycopg.connect(postgres.url("postgres", database_name)) as connection:
            there, doubled = stored(connection.execute("select id from check_ins").fetchall())
        lost = len(entries.acknowledged - there)
        return Found(traffic.answers, entries, lost, doubled, back_after)

    return restart


async def test_a_restart_of_the_database_is_a_short_wait_for_everybody(
    restart: Restart, report: Callable[[str], None]
):
    """DU-6"""
    found = await restart(RESTARTS, None)
    report(
        f"DU-6 database restarted {RESTARTS} times at {RATE} requests/s, seed {SEED}: answers"
        f" {counted(found.answers)}, {len(found.unkind)} neither good nor 503 with Retry-After;"
        f" {found.lost} of {len(found.entries.acknowledged)} acknowledged entries lost, {found.doubled} doubled;"
        f" all as before at most {max(found.back_after):.1f} s after each (goal {BACK_WITHIN:.0f});"
        f" a restart shows something else to {at_most(RESTARTS)}"
    )
    assert not found.unkind, counted(found.unkind)
    assert (found.lost, found.doubled, found.entries.left, found.entries.odd) == (0, 0, 0, [])
    assert max(found.back_after) <= BACK_WITHIN
    # Somebody did notice, or nothing was tried.
    assert any(one.status == 503 for one in found.answers)


async def test_a_server_that_takes_a_restart_for_its_own_defect_is_caught(
    restart: Restart, report: Callable[[str], None]
):
    """DU-6, its mutant."""
    found = await restart(FEW, "blames itself")
    report(f"DU-6 mutant (trouble is a defect), {FEW} restarts: {counted(found.unkind)}")
    assert any(one.status == 500 for one in found.unkind)


async def test_a_server_that_acknowledges_before_a_restart_may_undo_it_is_caught(
    restart: Restart, report: Callable[[str], None]
):
    """DU-6, its mutant."""
    found = await restart(FEW, "answers before it commits")
    report(f"DU-6 mutant (answers first), {FEW} restarts: {found.lost} acknowledged entries lost")
    assert found.lost > 0
