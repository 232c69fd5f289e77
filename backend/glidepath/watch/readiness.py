"""Whether this process can do its work now: what a balancer or a service manager asks."""

import asyncio
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

import asyncpg

from glidepath.database.revisions import revisions
from glidepath.records.erasure_list import StayAway

# Red within two seconds of the loss of the database, an answer that never comes included.
ANSWER_WITHIN: Final = 1.5
DISK_LEAST: Final = 0.10
# Of some 60 bytes: more than the rest of a page.
MANY_ROWS: Final = 500
CLOCK_OFF_AT_MOST: Final = timedelta(seconds=30)

Part = Literal["database", "migrations", "disk", "clock", "erasures"]
FAILED = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Found(NamedTuple):
    is_well: bool
    says: str


Readiness = Mapping[Part, Found]


async def check(
    database_url: str, data_dir: Path, stay_away: StayAway, *, was_full: bool = False
) -> Readiness:
    """Of each part whether it is well, and what was found in words that name nobody.

    The database is asked on a connection of its own, so that a busy pool is not taken for a lost one. `was_full`: it
    told somebody that it has no room, so that it is asked for more than what fits in where something is.
    """
    disk = _disk(data_dir)
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            return {**await _database(database_url, stay_away, was_full), "disk": disk}
    except FAILED as error:
        lost = Found(is_well=False, says=f"does not answer: {type(error).__name__}")
        return {"database": lost, "disk": disk}


def is_ready(found: Readiness) -> bool:
    return all(part.is_well for part in found.values())


async def _database(url: str, stay_away: StayAway, was_full: bool) -> dict[Part, Found]:
    connection = await asyncpg.connect(url, timeout=ANSWER_WITHIN)
    try:
        revision = await connection.fetchval("select version_num from alembic_version")
        newest = revisions()[1]
        off = abs(await connection.fetchval("select clock_timestamp()") - datetime.now(UTC))
        await _write(connection, MANY_ROWS if was_full else 1)
        # Not asked of a schema that has no such table yet.
        back = await stay_away.back(connection, datetime.now(UTC)) if revision == newest else 0
    finally:
        # No farewell, which would wait for an answer.
        connection.terminate()
    return {
        "database": Found(is_well=True, says="takes writes"),
        "migrations": Found(revision == newest, f"at {revision}, newest {newest}"),
        "clock": Found(off <= CLOCK_OFF_AT_MOST, f"{off.total_seconds():.1f} s from the database"),
        "erasures": Found(back == 0, f"{back} erased records are back"),
    }


async def _write(connection: asyncpg.Connection, rows: int) -> None:
    """Writes and takes it back: a disk that is full or a standby answers every question."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "insert into watchdog_rounds (id, began_at, ended_at)"
        " select gen_random_uuid(), now(), now() from generate_series(1, $1)",
        rows,
    )
    await transaction.rollback()


def _disk(folder: Path) -> Found:
    """Of the machine that this runs on; a database elsewhere has its own to watch."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(there)
    free = usage.free / usage.total
    return Found(free >= DISK_LEAST, f"{free:.0%} free")
