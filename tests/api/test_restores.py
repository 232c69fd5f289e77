"""A clinic's ten years are back within minutes, and what was killed while it was written is no backup (OP-1, OP-2)."""

import asyncio
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from glidepath.backups import container, keys
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.settings import Settings
from tests.clinics import Clinic, check_in, sync

pytestmark = [pytest.mark.anyio, pytest.mark.assurance]
# A thousand patients, each day for ten years.
ENTRIES = 3_650_000
NOW = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    keys.make(tmp_path / "key", NOW, None)
    return tmp_path / "key"


@pytest.fixture
def start(settings: Settings, key: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts a command of an installation on this test's database."""
    begun = list[subprocess.Popen[str]]()
    (identity,) = keys.read(key, str)
    environ = {
        **os.environ,
        "GLIDEPATH_DATABASE_URL": str(settings.database_url),
        "GLIDEPATH_OWNER_DATABASE_URL": str(settings.owner_database_url),
        "GLIDEPATH_AUDIT_KEY": "5e" * 32,
        "GLIDEPATH_FIELD_KEYS": "7c" * 32,
        "GLIDEPATH_DATA_DIR": str(tmp_path),
        "GLIDEPATH_BACKUP_RECIPIENT": str(identity.to_public()),
    }

    def run(*arguments: object, **how: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "glidepath", *map(str, arguments)]
        pipe = subprocess.PIPE
        begun.append(
            subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True, **how)
        )
        return begun[-1]

    yield run
    for one in begun:
        one.kill()
        one.communicate()


def multiply(admin: psycopg.Connection[Any], times: int) -> None:
    """The one check-in becomes so many, of other ids."""
    columns = [
        name
        for (name,) in admin.execute(
            "select attname from pg_attribute where attrelid = 'check_ins'::regclass and attnum > 0"
            " and not attisdropped and attgenerated = '' order by attnum"
        )
    ]
    taken = ", ".join("gen_random_uuid()" if one == "id" else f'"{one}"' for one in columns)
    named = ", ".join(f'"{one}"' for one in columns)
    admin.execute("set session_replication_role = replica")
    admin.execute(
        f"insert into check_ins ({named}) select {taken} from check_ins, generate_series(1, {times})".encode()
    )


@pytest.mark.alone
async def test_op_1_ten_years_of_a_thousand_patients_are_back_within_ten_minutes(
    clinic: Clinic,
    postgres: EmbeddedPostgres,
    database_name: str,
    start: Start,
    key: Path,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """OP-1: with the disk's own speed, since the drill's server is one of its own."""
    await sync(clinic, check_in(note="that day was like the others"))
    with psycopg.connect(postgres.url("postgres", database_name), autocommit=True) as admin:
        multiply(admin, ENTRIES - 1)
    began = time.perf_counter()
    made = start("backup", tmp_path / "a.backup")
    _, error = await asyncio.to_thread(made.communicate)
    assert made.returncode == 0, error
    backed_up, began = time.perf_counter() - began, time.perf_counter()
    tried = start("drill", tmp_path / "a.backup", "--key", key)
    said, error = await asyncio.to_thread(tried.communicate)
    assert tried.returncode == 0, error
    took = time.perf_counter() - began
    size = (tmp_path / "a.backup").stat().st_size / 1e6
    report(
        f"OP-1: {ENTRIES:,} entries backed up in {backed_up:.0f} s ({size:.0f} MB), "
        f"back and every row compared in {took:.0f} s"
    )
    report(said)
    assert took <= 600


async def test_op_2_of_50_backups_that_were_killed_none_is_taken_for_one(
    clinic: Clinic, start: Start, key: Path, tmp_path: Path, report: Callable[[str], None]
):
    """OP-2: at any moment from the first byte to after the last; what is there under its name is whole."""
    await sync(clinic, check_in())
    whole = await asyncio.to_thread(kill, 50, start, key, tmp_path)
    report(f"OP-2: of 50 backups that were killed {whole} were whole already, 0 in part")
    assert 0 < whole < 50


def took(process: subprocess.Popen[str], part: Path) -> float:
    """Seconds from the first byte of a backup to its end, as busy as the machine is."""
    while process.poll() is None and not part.exists():
        time.sleep(0.001)
    began = time.perf_counter()
    assert process.wait() == 0
    return time.perf_counter() - began


def kill(times: int, start: Start, key: Path, folder: Path) -> int:
    """How many were whole already; an error if one is there in part."""
    chance, identities, whole = random.Random("OP-2"), keys.read(key, str), 0
    file, part = folder / "a.backup", folder / ".a.backup.part"
    lasting = took(start("backup", file), part)
    file.unlink()
    for _ in range(times):
        process = start("backup", file)
        while process.poll() is None and not part.exists():
            time.sleep(0.001)
        time.sleep(chance.random() * 1.3 * lasting)
        process.kill()
        process.wait()
        if file.exists():
            container.read(file, identities)
            file.unlink()
            whole += 1
        part.unlink(missing_ok=True)
    return whole


async def test_op_2_a_disk_that_is_full_leaves_no_file_and_says_so(
    clinic: Clinic, start: Start, tmp_path: Path
):
    """OP-2: in the first line, in what age says of the key, in the middle and at the end."""
    await asyncio.to_thread(start("backup", tmp_path / "whole").communicate)
    size = (tmp_path / "whole").stat().st_size
    for limit in (0, 60, 300, size // 2, size - 2_000):
        process = start(
            "backup",
            tmp_path / "a.backup",
            preexec_fn=lambda most=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
        )
        _, error = await asyncio.to_thread(process.communicate)
        assert process.returncode == 1, limit
        assert "The backup cannot be written" in error, limit
        assert sorted(os.listdir(tmp_path)) == ["key", "whole"], limit  # noqa: PTH208 (no wait in it)
