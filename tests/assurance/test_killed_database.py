"""Nothing that was acknowledged is lost when PostgreSQL is killed while entries arrive (DU-2)."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Iterator
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
from tests.judged import PHONES, History, Load, Ward
from tests.killed_databases import KillableDatabase
from tests.killed_servers import web_server
from tests.own_postgres import built, furnisher, postgres, slate

__all__ = ["app", "built", "clinic", "furnisher", "postgres", "slate"]

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not Path("/proc/self/stat").exists(), reason="needs /proc to find processes"
    ),
]
KILLS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_DATABASE_KILLS", "50"))
# Of the mutant: every kill takes what the last fifth of a second brought.
FEW: Final = 5
SEED: Final = 20261128
# Seconds for which a database is left alone once it took something in.
LEFT_ALONE: Final = (0.05, 0.6)
# More than can be used up: nobody can be admitted while the database is away.
ADMITTED: Final = 4000
# Kills so many times; what the phones know, and the ids of what is in the diaries at the end.
SendAndKill = Callable[[int], Awaitable[tuple[History, set[object]]]]


@pytest.fixture
def send_and_kill(
    postgres: EmbeddedPostgres,
    database: Database,
    clinic: Clinic,
    settings: Settings,
    database_name: str,
    tmp_path: Path,
) -> SendAndKill:
    async def send_and_kill(kills: int) -> tuple[History, set[object]]:
        chance, history, killable = random.Random(SEED), History(), KillableDatabase(postgres)
        ward = Ward(database, clinic, chance)
        await ward.admit(ADMITTED)
        with web_server(settings, tmp_path, None) as server:
            load = Load(ward, server.url, history, without_database=True)
            await server.start()
            load.up.set()
            async with asyncio.TaskGroup() as phones:
                for _ in range(PHONES):
                    phones.create_task(load.phone())
                for _ in range(kills):
                    load.heard.clear()
                    await load.heard.wait()
                    await asyncio.sleep(chance.uniform(*LEFT_ALONE))
                    await asyncio.to_thread(killable.kill)
                    await asyncio.to_thread(killable.start)
                load.over.set()
        with psycopg.connect(postgres.url("postgres", database_name)) as connection:
            return history, {row[0] for row in connection.execute("select id from check_ins")}

    return send_and_kill


@pytest.fixture
def trusting(postgres: EmbeddedPostgres) -> Iterator[None]:
    """The mutant: a database that says "committed" before it is on the disk."""

    def change(how: str) -> None:
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"alter role {APP} {how}".encode())

    change("set synchronous_commit = off")
    yield
    change("reset synchronous_commit")


async def test_nothing_acknowledged_is_lost_when_the_database_is_killed_50_times(
    send_and_kill: SendAndKill, report: Callable[[str], None]
):
    history, stored = await send_and_kill(KILLS)
    lost, doubled = history.answered - stored, stored - history.answered
    report(
        f"DU-2 database killed {KILLS} times, seed {SEED}, {history.made} entries, {history.again} of them"
        f" stored with their answer lost: {len(lost)} lost, {len(doubled)} doubled; a kill loses"
        f" {at_most(KILLS)}"
    )
    assert not lost
    assert not doubled
    assert len(history.answered) == history.made > KILLS


@pytest.mark.usefixtures("trusting")
async def test_a_database_that_commits_later_than_it_says_is_caught(
    send_and_kill: SendAndKill, report: Callable[[str], None]
):
    history, stored = await send_and_kill(FEW)
    lost = history.answered - stored
    report(f"DU-2 mutant (synchronous_commit off), {FEW} kills: {len(lost)} of {history.made} lost")
    assert lost
