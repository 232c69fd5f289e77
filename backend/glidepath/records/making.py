"""An export as a job: from the queue to the files, sealed, and to their end."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from glidepath.database import encryption, jobs
from glidepath.database.engine import Database
from glidepath.records import bulk_making, exports, whole_record
from glidepath.records import export_store as store
from glidepath.records.export_models import Export
from glidepath.records.keeping import add_file

Clock = Callable[[], datetime]


async def run(database: Database, clinic_id: UUID, export_id: UUID, clock: Clock) -> bool:
    """Makes the files; False where there is nothing to make any more. May run twice: it begins anew."""
    export = await _begin(database, clinic_id, export_id, clock())
    if export is None:
        return False
    if export.patient_id is not None:
        async with database.snapshot(clinic_id) as session:
            archive, count = await whole_record.made(session, export.patient_id, clock())
        async with database.writing(clinic_id) as session:
            await add_file(session, export, 0, "zip", count, len(archive), archive)
        made = True
    else:
        made = await bulk_making.make(database, export, clock)
    return await _finish(database, export, clock()) and made


async def _begin(
    database: Database, clinic_id: UUID, export_id: UUID, now: datetime
) -> Export | None:
    async with database.writing(clinic_id) as session:
        export = await store.one(session, export_id, lock=True)
        if export is None or export.state not in ("waiting", "making"):
            return None
        await store.drop_files(session, export_id)
        key = export.key or encryption.new_key()
        await store.keep(session, export_id, state="making", beat_at=now, done=0, key=key)
        return await store.one(session, export_id)


async def _finish(database: Database, export: Export, now: datetime) -> bool:
    """False, and nothing is left, where it was called off meanwhile."""
    until = now + exports.KEPT
    async with database.writing(export.clinic_id) as session:
        ready = {"state": "ready", "finished_at": now, "expires_at": until}
        if not await store.keep(session, export.id, **ready):
            await store.drop_files(session, export.id)
            return False
        await jobs.defer(
            session, exports.END, at=until, clinic_id=export.clinic_id, export_id=export.id
        )
    return True


async def end(database: Database, clinic_id: UUID, export_id: UUID) -> None:
    async with database.writing(clinic_id) as session:
        await store.end(session, export_id)
