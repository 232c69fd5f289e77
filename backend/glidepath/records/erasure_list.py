"""Who was erased, kept outside the database and its backups: ids of clinics and patients, and nothing else.

A restored backup brings back whom it was taken before. What stands here is applied to it again, and nobody is told
that the installation is ready before it was.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from glidepath import kept_lines

# A line is written just before the rows are gone for everybody.
COUNTS_AFTER: Final = timedelta(minutes=1)


class Erased(msgspec.Struct, frozen=True):
    """A line."""

    at: datetime
    clinic: UUID
    patient: UUID


def add(file: Path, clinic_id: UUID, patient_ids: Iterable[UUID], now: datetime) -> None:
    """On the disk when this returns."""
    at = now.astimezone(UTC)
    kept_lines.add(file, [Erased(at, clinic_id, one) for one in patient_ids])


def read(file: Path, before: datetime | None = None) -> dict[UUID, set[UUID]]:
    """Patients by clinic; nothing where there is no file."""
    found = defaultdict[UUID, set[UUID]](set)
    for one in kept_lines.read(file, Erased):
        if before is None or one.at < before:
            found[one.clinic].add(one.patient)
    return dict(found)


class StayAway:
    """Whether somebody erased is back. Once nobody is, it is asked again when the list has grown or the database is
    another than it was."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._well_with: tuple[Any, ...] | None = None

    async def back(self, connection: asyncpg.Connection, now: datetime) -> int:
        """How many, as the application's role sees it."""
        if not self._file.exists():
            return 0
        before = now - COUNTS_AFTER
        written = self._file.stat()
        # A restore makes the table anew, or starts the server.
        is_settled = written.st_mtime < before.timestamp()
        database = await connection.fetchrow(
            "select 'accounts'::regclass::oid as made, pg_postmaster_start_time() as started"
        )
        seen = (written.st_size, written.st_mtime_ns, *database)
        if seen == self._well_with:
            return 0
        back = 0
        for clinic_id, patients in read(self._file, before).items():
            await connection.execute(
                "select set_config('app.clinic_id', $1, false)", str(clinic_id)
            )
            back += await connection.fetchval(
                "select count(*) from accounts where id = any($1::uuid[])", list(patients)
            )
        self._well_with = seen if back == 0 and is_settled else None
        return back
