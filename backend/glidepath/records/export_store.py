"""All SQL of exports, and of the rows that go into one."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import Patient
from glidepath.records.columns import GIVEN, marks, rows_of
from glidepath.records.export_models import Export, ExportFile


class FileRow(NamedTuple):
    """A file without what is in it."""

    number: int
    kind: str
    resources: int
    size: int


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """False where one of theirs is under way."""
    added = insert(Export).values(values).on_conflict_do_nothing().returning(Export.id)
    return (await session.execute(added)).scalar_one_or_none() is not None


async def one(session: AsyncSession, export_id: UUID, *, lock: bool = False) -> Export | None:
    """As it is now, whatever was read before."""
    wanted = select(Export).where(Export.id == export_id).execution_options(populate_existing=True)
    if lock:
        wanted = wanted.with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def last(session: AsyncSession, patient_id: UUID, *, by_patient: bool) -> Export | None:
    """Of a patient's record, as the patient asked for it or as one of the staff did."""
    theirs = Export.asked_by == patient_id
    wanted = (
        select(Export)
        .where(Export.patient_id == patient_id, theirs if by_patient else ~theirs)
        .order_by(Export.asked_at.desc(), Export.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def kept_of_clinic(session: AsyncSession, asked_by: UUID) -> list[Export]:
    """Of records in FHIR, those that somebody asked for and that are not gone."""
    wanted = select(Export).where(
        Export.kind == "fhir", Export.asked_by == asked_by, Export.state != "gone"
    )
    return list((await session.execute(wanted)).scalars())


async def keep(session: AsyncSession, export_id: UUID, **values: Any) -> bool:
    """False where it is gone."""
    kept = await session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state != "gone")
        .values(values)
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    )
    return kept.scalar_one_or_none() is not None


async def end(session: AsyncSession, export_id: UUID) -> None:
    """Its files, and what opens them."""
    await session.execute(
        update(Export)
        .where(Export.id == export_id)
        .values(state="gone", key=None)
        .execution_options(synchronize_session=False)
    )
    await drop_files(session, export_id)


async def drop_files(session: AsyncSession, export_id: UUID) -> None:
    await session.execute(delete(ExportFile).where(ExportFile.export_id == export_id))


async def add_file(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(ExportFile).values(values))


async def files(session: AsyncSession, export_id: UUID) -> list[FileRow]:
    listed = select(ExportFile.number, ExportFile.kind, ExportFile.count, ExportFile.size)
    of_one = listed.where(ExportFile.export_id == export_id).order_by(ExportFile.number)
    return [FileRow(*row) for row in await session.execute(of_one)]


async def file(session: AsyncSession, export_id: UUID, number: int) -> ExportFile | None:
    wanted = select(ExportFile).where(
        ExportFile.export_id == export_id, ExportFile.number == number
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def patients(session: AsyncSession) -> list[UUID]:
    """All of the clinic that was entered."""
    return list((await session.execute(select(Patient.id).order_by(Patient.id))).scalars())


async def rows(session: AsyncSession, table: Table, patient_id: UUID) -> Sequence[Row[Any]]:
    """A patient's rows of a table in the order of its key, with the columns that are given, opened."""
    given = [table.c[name] for name in given_columns(table)]
    wanted = select(*given).where(rows_of(table, patient_id)).order_by(*table.primary_key.columns)
    return (await session.execute(wanted)).all()


def given_columns(table: Table) -> list[str]:
    """In the table's own order."""
    given = set(marks()[table.name].columns(*GIVEN))
    return [column.name for column in table.columns if column.name in given]
