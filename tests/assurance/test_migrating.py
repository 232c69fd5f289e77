"""The schema changed while everybody works, and by a migration that is killed (OP-3)."""

import asyncio
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from glidepath.assets import migrations_dir
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.api.test_migrations import SCHEMA
from tests.assurance.conftest import at_most
from tests.clinics import Clinic
from tests.conftest import TEMPLATE
from tests.judged import Ward
from tests.killed_servers import web_server
from tests.traffic import Answer, Traffic, counted, entries_of, everyday, flowing

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
KILLS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_MIGRATION_KILLS", "10"))
SEED: Final = 20261204
RATE: Final = 25
# Seconds for which somebody reads a table that is to change, and a migration waits for that at most. Who waited behind
# it is answered one after the other then, on a machine that is busy with other tests.
READ_FOR, WAITS_AT_MOST, SLACK = 12.0, 5.0, 4.0
NEXT: Final = '''"""Tried in tests/assurance/test_migrating.py."""

from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("alter table check_ins add column tried integer")


def downgrade() -> None:
    op.execute("alter table check_ins drop column tried")
'''
LIMIT: Final = "set lock_timeout = '5s'; "


@dataclass(frozen=True)
class Found:
    gave_up: bool
    took: float
    answers: list[Answer]
    ended_at: str


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations with another that has to have a busy table for itself."""
    folder, head = tmp_path / "migrations", migrate.head()
    shutil.copytree(migrations_dir(), folder)
    (folder / "versions" / "9999_tried.py").write_text(NEXT.format(head=head))
    monkeypatch.setattr(migrate, "migrations_dir", lambda: folder)
    return folder


Change = Callable[[], Awaitable[Found]]


@pytest.fixture
def change(
    one_more: Path,
    postgres: EmbeddedPostgres,
    database: Database,
    database_name: str,
    clinic: Clinic,
    settings: Settings,
    tmp_path: Path,
) -> Change:
    assert one_more.exists()
    owner_url = settings.owner_database_url or ""

    async def read() -> None:
        url = postgres.url("postgres", database_name)
        async with await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute("select count(*) from check_ins")
            await asyncio.sleep(READ_FOR)

    async def change() -> Found:
        chance = random.Random(SEED)
        entries = await entries_of(Ward(database, clinic, chance), chance)
        with web_server(settings, tmp_path, None) as server:
            await server.start()
            traffic = Traffic(server.url, everyday(clinic, entries), chance)
            async with flowing(traffic, entries, RATE):
                await asyncio.sleep(1)
                reading = asyncio.create_task(read())
                await asyncio.sleep(1)
                began, gave_up = time.monotonic(), False
                try:
                    await asyncio.to_thread(migrate.upgrade, owner_url)
                except Exception as error:
                    gave_up = "LockNotAvailable" in repr(error)
                    if not gave_up:
                        raise
                took = time.monotonic() - began
                await reading
                # Once more, as an operator would.
                await asyncio.to_thread(migrate.upgrade, owner_url)
                await asyncio.sleep(2)
        with psycopg.connect(owner_url) as connection:
            (at,) = connection.execute("select version_num from alembic_version").fetchall()
        return Found(gave_up, took, traffic.answers, at[0])

    return change


async def test_a_migration_that_finds_a_table_in_use_gives_up_before_others_wait_long(
    change: Change, report: Callable[[str], None]
):
    """OP-3"""
    found = await change()
    longest = max(one.took for one in found.answers)
    report(
        f"OP-3 a table read for {READ_FOR:.0f} s is to change at {RATE} requests/s, seed {SEED}: gave up after"
        f" {found.took:.1f} s (goal {WAITS_AT_MOST:.0f}), answers {counted(found.answers)}, the longest wait"
        f" {longest:.1f} s; once more it went through, with the application before it running"
    )
    assert found.gave_up
    assert longest <= WAITS_AT_MOST + SLACK
    assert set(counted(found.answers)) <= {200, 503}
    assert found.ended_at == "9999"
    assert {one.status for one in found.answers[-RATE:]} == {200}


async def test_a_migration_that_waits_for_ever_is_caught(
    one_more: Path, change: Change, report: Callable[[str], None]
):
    """OP-3, its mutant."""
    environment = one_more / "env.py"
    text = environment.read_text()
    assert LIMIT in text
    environment.write_text(text.replace(LIMIT, ""))
    found = await change()
    report(f"OP-3 mutant (no lock_timeout): waited {found.took:.1f} s")
    assert not found.gave_up
    assert found.took > WAITS_AT_MOST + SLACK


def _upgrade(owner_url: str) -> None:
    migrate.upgrade(owner_url)


def _shape(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(SCHEMA).fetchall()


async def test_a_migration_that_is_killed_is_run_again(
    postgres: EmbeddedPostgres, report: Callable[[str], None]
):
    """OP-3"""
    chance, wrong, within = random.Random(SEED), 0, 0
    postgres.create("killed")
    context = multiprocessing.get_context("forkserver")
    try:
        owner_url = postgres.url(OWNER, "killed")
        blank = _shape(owner_url)
        began = time.monotonic()
        await _run(context, owner_url)
        whole, took = _shape(owner_url), time.monotonic() - began
        assert whole == _shape(postgres.url(OWNER, TEMPLATE))
        for _ in range(KILLS):
            postgres.drop("killed")
            postgres.create("killed")
            process = context.Process(target=_upgrade, args=(owner_url,))
            process.start()
            await asyncio.sleep(chance.uniform(0.2, 1.0) * took)
            process.kill()
            process.join()
            # Its connection notices when it next has something to say.
            await asyncio.to_thread(_wait_until_alone, postgres.url("postgres", "killed"))
            left = _shape(owner_url)
            within += left == blank
            wrong += left not in (blank, whole)
            await _run(context, owner_url)
            wrong += _shape(owner_url) != whole
    finally:
        postgres.drop("killed")
    report(
        f"OP-3 migration of {migrate.head()} revisions killed {KILLS} times, seed {SEED}, {within} times before its end:"
        f" {wrong} schemas that are neither the old one nor the new; a kill leaves one in {at_most(KILLS)}"
    )
    assert wrong == 0
    assert within > 0


async def _run(context: multiprocessing.context.ForkServerContext, owner_url: str) -> None:
    process = context.Process(target=_upgrade, args=(owner_url,))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == 0


def _wait_until_alone(url: str) -> None:
    others = (
        "select count(*) from pg_stat_activity where datname = 'killed' and pid <> pg_backend_pid()"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(300):
            if connection.execute(others).fetchall() == [(0,)]:
                return
            time.sleep(0.1)
    raise AssertionError("the killed migration's connection is still there")
