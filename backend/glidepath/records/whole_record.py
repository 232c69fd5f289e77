"""Everything that is kept about a patient, as one archive: tables, diary, questionnaires and FHIR."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import msgspec
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Row, Table
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.fhir import giving
from glidepath.fhir.elements import instant
from glidepath.fhir.reading import Record
from glidepath.fhir.record import answered
from glidepath.identity import service as identity
from glidepath.records import csv_export, questionnaires_csv
from glidepath.records import export_store as store
from glidepath.records.archive import Archive, json_lines
from glidepath.records.columns import marks, tables_of_patients
from glidepath.records.export_words import Language, readme

FORMAT: Final = "glidepath-record"
VERSION: Final = 1
# However much is asked for: the rest of the processor is for those who are waiting for alerts.
ONE: Final = CapacityLimiter(1)


class Kept(NamedTuple):
    table: Table
    rows: Sequence[Row[Any]]


async def made(session: AsyncSession, patient_id: UUID, now: datetime) -> tuple[bytes, int]:
    """The archive, and how many files are in it. `session` sees one moment, or the files may not fit together."""
    patient = await care.patient(session, patient_id)
    account = await identity.patient_account(session, patient_id)
    clinic = await identity.clinic_name(session)
    language = cast("Language", account.locale)
    archive = Archive(now)
    kept = [
        Kept(table, await store.rows(session, table, patient_id))
        for table in tables_of_patients()
        if store.given_columns(table)
    ]
    names = await identity.names(session, {patient_id, *_shown(kept)})
    tables = sorted(one.table.name for one in kept)
    said = readme(language, account.name, clinic, patient.timezone, now, tables)
    archive.add("README.txt", said.encode(), None)
    diary = await csv_export.written(session, account.name, patient_id)
    archive.add("diary.csv", diary.encode(), diary.count("\r\n") - 1)
    record = Record(session, patient, names, now)
    await record.read("answers", "measures")
    sheet, count = questionnaires_csv.written(answered(record), language)
    archive.add("questionnaires.csv", sheet.encode(), count)
    resources = [one async for some in giving.whole(record, limiter=ONE) for one in some]
    bundle = _bundle(resources, now)
    await to_thread.run_sync(archive.add_parts, "fhir.json", bundle, len(resources), limiter=ONE)
    del resources, bundle
    for one in kept:
        content = await to_thread.run_sync(_as_json, one, patient_id, names, limiter=ONE)
        archive.add(f"tables/{one.table.name}.json", content, len(one.rows))
    about = {"format": FORMAT, "version": VERSION, "patient_id": patient_id, "clinic": clinic}
    return await to_thread.run_sync(lambda: archive.close(**about), limiter=ONE), len(archive.files)


def _shown(kept: Sequence[Kept]) -> set[UUID]:
    """Whose names the patient is shown in these rows."""
    return {
        getattr(row, name)
        for table, rows in kept
        for name in marks()[table.name].columns("named")
        for row in rows
        if getattr(row, name) is not None
    }


def _as_json(kept: Kept, patient_id: UUID, names: Mapping[UUID, str]) -> bytes:
    said = marks()[kept.table.name]
    named, someone = set(said.columns("named")), set(said.columns("someone"))

    def told(name: str, value: Any) -> Any:
        if value is not None and name in named:
            return names[value]
        if value is not None and name in someone:
            return "patient" if value == patient_id else "clinic"
        return value

    columns = store.given_columns(kept.table)
    return json_lines(
        {name: told(name, value) for name, value in zip(columns, row, strict=True)}
        for row in kept.rows
    )


def _bundle(resources: Sequence[bytes], now: datetime) -> Iterator[bytes]:
    """In parts, since the whole is long."""
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": instant(now)}
    yield msgspec.json.encode(head)[:-1] + b',"entry":['
    for number, one in enumerate(resources):
        yield (b",\n" if number else b"\n") + b'{"resource":' + one + b"}"
    yield b"\n]}\n"
