"""All records of a clinic, a patient at a time, in files that never grow beyond some megabytes."""

import gzip
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from anyio import to_thread

from glidepath.care import service as care
from glidepath.database.engine import Database
from glidepath.fhir import giving
from glidepath.fhir.elements import Json, instant
from glidepath.fhir.reading import Record
from glidepath.fhir.record import KINDS
from glidepath.identity import service as identity
from glidepath.records import export_store as store
from glidepath.records.bulk import Wanted
from glidepath.records.export_models import Export
from glidepath.records.keeping import add_file
from glidepath.records.whole_record import ONE

# Of a file, before it is compressed.
FULL: Final = 4_000_000
# What changes in these is not dated, or changes with the calendar: they are given whenever they are asked for.
UNDATED: Final = frozenset(
    (
        *("Organization", "Practitioner", "Questionnaire", "Patient", "EpisodeOfCare", "Condition"),
        *("CarePlan", "ServiceRequest", "Consent", "DetectedIssue", "Task"),
    )
)


class Files:
    """Lines of each kind, put away once there are many."""

    def __init__(self, database: Database, export: Export) -> None:
        self._database, self._export, self._number = database, export, 0
        self._lines = defaultdict[str, list[bytes]](list)
        self._sizes = defaultdict[str, int](int)

    async def add(self, kind: str, lines: list[bytes]) -> None:
        self._lines[kind] += lines
        self._sizes[kind] += sum(map(len, lines))
        if self._sizes[kind] >= FULL:
            await self._put_away(kind)

    async def close(self) -> None:
        for kind in [kind for kind, lines in self._lines.items() if lines]:
            await self._put_away(kind)

    async def _put_away(self, kind: str) -> None:
        lines = self._lines.pop(kind)
        content = b"\n".join((*lines, b""))
        packed = await to_thread.run_sync(gzip.compress, content, 6, limiter=ONE)
        async with self._database.writing(self._export.clinic_id) as session:
            about = (self._number, kind, len(lines), len(content))
            await add_file(session, self._export, *about, packed)
        self._number += 1
        del self._sizes[kind]


async def make(database: Database, export: Export, clock: Callable[[], datetime]) -> bool:
    """False where it was called off meanwhile."""
    wanted = msgspec.convert(export.wanted, Wanted)
    files = Files(database, export)
    async with database.snapshot(export.clinic_id) as session:
        async for kind, resources in giving.others(session, wanted.types):
            await files.add(kind, giving.encoded(resources))
        names = await giving.names_of_staff(session)
        patients = await store.patients(session)
    for done, patient_id in enumerate(patients):
        async with database.writing(export.clinic_id) as session:
            progress = {"done": done, "total": len(patients), "beat_at": clock()}
            if not await store.keep(session, export.id, **progress):
                return False
        for kind, lines in (
            await _of_patient(database, export, wanted, patient_id, names, clock())
        ).items():
            await files.add(kind, lines)
    await files.close()
    return True


async def _of_patient(
    database: Database,
    export: Export,
    wanted: Wanted,
    patient_id: UUID,
    names: dict[UUID, str],
    now: datetime,
) -> dict[str, list[bytes]]:
    """The lines of each kind, of one moment."""
    until = instant(export.asked_at) or ""
    since = instant(wanted.since) or ""
    found = {}
    async with database.snapshot(export.clinic_id) as session:
        patient = await care.patient(session, patient_id)
        own = (await identity.patient_account(session, patient_id)).name
        record = Record(session, patient, names | {patient_id: own}, now)
        for kind in KINDS:
            if kind in wanted.types:
                is_wanted = _between(kind, since, until)
                found[kind] = await giving.of_kind(record, kind, is_wanted, limiter=ONE)
    return found


def _between(kind: str, since: str, until: str) -> Callable[[Json], bool]:
    """Whether a resource changed between these, which are as `instant` writes them, so that texts can be compared."""
    if kind in UNDATED:
        return lambda _: True
    return lambda resource: since < str(resource["meta"]["lastUpdated"]) <= until
