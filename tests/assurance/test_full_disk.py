"""PostgreSQL's disk filled to the last byte while entries arrive: they wait on the phones, and nothing that was
acknowledged is lost (DU-5)."""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import psycopg
import pytest

from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, clinic
from tests.clinics import Clinic
from tests.conftest import TEMPLATE
from tests.judged import Ward
from tests.killed_databases import KillableDatabase
from tests.killed_servers import Way, web_server
from tests.own_postgres import built, furnisher, slate
from tests.small_disks import SmallDisk, small_disk
from tests.traffic import (
    Answer,
    Entries,
    Traffic,
    counted,
    entries_of,
    everyday,
    flowing,
    get,
    stored,
)

__all__ = ["app", "built", "clinic", "furnisher", "slate"]

pytestmark = pytest.mark.anyio
SEED: Final = 20261130
RATE: Final = 50
MEGABYTES: Final = 400
# The log of changes stays within what it has from the beginning.
MODEST: Final = ("min_wal_size = '80MB'", "max_wal_size = '96MB'")
FULL, SHORT, BACK_WITHIN, RED_WITHIN = 10.0, 6.0, 10.0, 3.0
# What touches no health data, and so writes nothing down; and what does.
UNWRITTEN: Final = ("me",)
WRITTEN: Final = ("diary", "care", "list", "page")


@pytest.fixture(scope="module")
def disk() -> Iterator[SmallDisk]:
    # Where PostgreSQL's own user may go, which is not where tests keep their files.
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        small_disk(Path(folder), MEGABYTES) as made,
    ):
        if made is None:
            pytest.skip(
                "DU-5 NOT TRIED: a small disk wants `mount -t tmpfs`, which is root's. What a full disk is told as is"
                " tried by tests/api/test_http.py alone"
            )
        yield made


@pytest.fixture(scope="module")
def postgres(disk: SmallDisk) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(disk.folder / "data") as server:
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
            for setting in MODEST:
                connection.execute(f"alter system set {setting}".encode())
            connection.execute("select pg_reload_conf()")
        server.create(TEMPLATE)
        migrate.upgrade(server.url(OWNER, TEMPLATE))
        yield server


@dataclass
class Found:
    entries: Entries
    before: list[Answer] = field(default_factory=list)
    full: list[Answer] = field(default_factory=list)
    after: list[Answer] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    # Seconds from the moment when there was room again to the last answer that was no good one.
    back_after: float = 0.0

    @property
    def is_red(self) -> bool:
        """Whether balancers and watchers were told, and from the first seconds to the last."""
        said = [one for one in self.full if one.kind == "ready"]
        late = [one.status for one in said if one.at > self.full[0].at + RED_WITHIN]
        return set(late) == {503}

    @property
    def unkind(self) -> list[Answer]:
        everything = [*self.before, *self.full, *self.after]
        return [one for one in everything if not _is_fine(one)]

    def of(self, answers: list[Answer], *kinds: str) -> dict[int, int]:
        return counted(one for one in answers if one.kind in kinds)


def _is_fine(answer: Answer) -> bool:
    return answer.status == 200 or (
        answer.status == 503 and (answer.says_when or answer.kind == "ready")
    )


class Fill(Protocol):
    async def __call__(self, way: Way | None, seconds: float, *, log_too: bool) -> Found: ...


@pytest.fixture
def fill(
    disk: SmallDisk,
    postgres: EmbeddedPostgres,
    database: Database,
    clinic: Clinic,
    settings: Settings,
    database_name: str,
    tmp_path: Path,
) -> Fill:
    admin_url = postgres.url("postgres", database_name)

    async def fill(way: Way | None, seconds: float, *, log_too: bool) -> Found:
        chance, restarted = random.Random(SEED), KillableDatabase(postgres)
        found = Found(await entries_of(Ward(database, clinic, chance), chance))
        therapist = clinic.therapist.cookies["__Host-glidepath"]
        kinds = [
            *everyday(clinic, found.entries),
            get("me", "/api/me", therapist, 1),
            get("ready", "/readyz", therapist, 1),
        ]
        with web_server(settings, tmp_path, way) as server:
            await server.start()
            traffic = Traffic(server.url, kinds, chance)
            async with flowing(traffic, found.entries, RATE):
                await asyncio.sleep(2)
                disk.fill()
                began = time.monotonic()
                if log_too:
                    await asyncio.to_thread(_use_up_the_log, admin_url)
                await asyncio.sleep(seconds)
                disk.empty()
                room = time.monotonic()
                if log_too:
                    await asyncio.to_thread(restarted.start)
                await asyncio.sleep(seconds)
        for answer in traffic.answers:
            part = (
                found.before
                if answer.at < began
                else found.full
                if answer.at < room
                else found.after
            )
            part.append(answer)
        found.back_after = max(
            (one.at - room for one in found.after if one.status != 200), default=0.0
        )
        with psycopg.connect(admin_url) as connection:
            there, found.doubled = stored(connection.execute("select id from check_ins").fetchall())
        found.lost = len(found.entries.acknowledged - there)
        return found

    return fill


def _use_up_the_log(admin_url: str) -> None:
    """Until PostgreSQL has to make another file for it, which it cannot: it ends, and cannot begin anew."""
    try:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            for _ in range(100):
                connection.execute(
                    "select pg_switch_wal(), pg_logical_emit_message(false, 'x', 'y')"
                )
    except psycopg.Error:
        return


@pytest.mark.parametrize("log_too", [False, True], ids=["tables", "log"])
async def test_entries_wait_while_the_disk_is_full_and_nothing_is_lost(
    fill: Fill, report: Callable[[str], None], log_too: bool
):
    """DU-5"""
    found = await fill(None, FULL, log_too=log_too)
    what = "log of changes, so that PostgreSQL ends" if log_too else "tables"
    report(
        f"DU-5 disk full ({what}) for {FULL:.0f} s at {RATE} requests/s, seed {SEED}: entries"
        f" {found.of(found.full, 'sync')}, who asks who they are {found.of(found.full, *UNWRITTEN)}, records, which"
        f" are not shown where that cannot be written down, {found.of(found.full, *WRITTEN)}, ready"
        f" {found.of(found.full, 'ready')}; {len(found.unkind)} neither good nor 503 with Retry-After; {found.lost} of"
        f" {len(found.entries.acknowledged)} acknowledged entries lost, {found.doubled} doubled; all as before"
        f" {found.back_after:.1f} s after there was room (goal {BACK_WITHIN:.0f})"
    )
    assert not found.unkind, counted(found.unkind)
    assert (found.lost, found.doubled, found.entries.left, found.entries.odd) == (0, 0, 0, [])
    assert found.of(found.full, "sync").get(503, 0) > 0
    if not log_too:
        assert set(found.of(found.full, *UNWRITTEN)) == {200}
    assert found.is_red
    assert found.of(found.after[-RATE:], "ready").get(200, 0) > 0
    assert found.back_after <= BACK_WITHIN


@pytest.mark.parametrize("mutant", ["blames itself", "forgets that it was full"])
async def test_a_server_that_is_worse_on_a_full_disk_is_caught(
    fill: Fill, report: Callable[[str], None], mutant: Way
):
    """DU-5, its mutants."""
    found = await fill(mutant, SHORT, log_too=False)
    report(
        f"DU-5 mutant ({mutant}), {SHORT:.0f} s: {counted(found.unkind)} unkind answers,"
        f" {'red' if found.is_red else 'green all the while'}"
    )
    assert found.unkind or not found.is_red
