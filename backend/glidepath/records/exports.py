"""A patient's whole record as a file: asked for by their clinic or by themselves, made by the worker, kept for a day."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import service as care
from glidepath.database import encryption, jobs
from glidepath.identity.actor import Actor, PatientActor, StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.problems import NotFound
from glidepath.records import export_store as store
from glidepath.records.export_models import Export, ExportFile
from glidepath.records.export_schemas import ExportState, ExportView

MAKE: Final = "records:make_export"
END: Final = "records:end_export"
KEPT: Final = timedelta(hours=24)
# After so long without a word from a worker it may be asked for again; in the queue others may come first.
LOST_AFTER: Final = {"waiting": timedelta(minutes=15), "making": timedelta(minutes=2)}


async def ask(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, now: datetime
) -> ExportView:
    """Has the worker begin, unless one is under way: then that one. The files of the one before are gone."""
    await care.requires_care_relation(session, actor, patient_id)
    return await _ask(session, actor, patient_id, now)


async def ask_own(session: AsyncSession, patient: PatientActor, now: datetime) -> ExportView:
    """As above, for the patient alone."""
    return await _ask(session, patient, patient.patient_id, now)


async def _ask(session: AsyncSession, actor: Actor, patient_id: UUID, now: datetime) -> ExportView:
    requires_recent_sign_in(actor, now)
    by_patient = actor.account_id == patient_id
    before = await store.last(session, patient_id, by_patient=by_patient)
    if before is not None and state_of(before, now) in ("ready", "failed", "gone"):
        await store.end(session, before.id)
    await begin(session, actor, patient_id, "record", {}, now)
    found = await store.last(session, patient_id, by_patient=by_patient)
    assert found is not None
    return await _view(session, found, now)


async def begin(
    session: AsyncSession,
    actor: Actor,
    patient_id: UUID | None,
    kind: str,
    wanted: dict[str, object],
    now: datetime,
) -> UUID | None:
    """Puts it on the queue; None where one of theirs is under way."""
    export_id = uuid7()
    row = {
        "clinic_id": actor.clinic_id,
        "id": export_id,
        "patient_id": patient_id,
        "kind": kind,
        "asked_by": actor.account_id,
        "asked_at": now,
        "wanted": wanted,
        "state": "waiting",
        "beat_at": now,
        "done": 0,
    }
    if not await store.add(session, row):
        return None
    # Of one clinic one after the other, so that it cannot take the whole worker.
    lock = f"export:{kind}:{actor.clinic_id}"
    await jobs.defer(session, MAKE, lock=lock, clinic_id=actor.clinic_id, export_id=export_id)
    return export_id


async def last(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, now: datetime
) -> ExportView | None:
    """What somebody of the staff asked for last."""
    await care.requires_care_relation(session, actor, patient_id)
    found = await store.last(session, patient_id, by_patient=False)
    return None if found is None else await _view(session, found, now)


async def last_own(
    session: AsyncSession, patient: PatientActor, now: datetime
) -> ExportView | None:
    found = await store.last(session, patient.patient_id, by_patient=True)
    return None if found is None else await _view(session, found, now)


async def file(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, export_id: UUID, now: datetime
) -> bytes:
    """The archive; NotFound for what the patient asked for, and for what is gone."""
    await care.requires_care_relation(session, actor, patient_id)
    return await _archive(session, actor, patient_id, export_id, now)


async def own_file(
    session: AsyncSession, patient: PatientActor, export_id: UUID, now: datetime
) -> bytes:
    return await _archive(session, patient, patient.patient_id, export_id, now)


async def _archive(
    session: AsyncSession, actor: Actor, patient_id: UUID, export_id: UUID, now: datetime
) -> bytes:
    export = await store.one(session, export_id)
    is_theirs = (
        export is not None
        and export.patient_id == patient_id
        and (export.asked_by == patient_id) == (actor.account_id == patient_id)
    )
    if export is None or not is_theirs or state_of(export, now) != "ready":
        raise NotFound
    requires_recent_sign_in(actor, now)
    return await opened(session, export, 0)


async def opened(session: AsyncSession, export: Export, number: int) -> bytes:
    """NotFound for a file that there is not."""
    kept = await store.file(session, export.id, number)
    if kept is None or export.key is None:
        raise NotFound
    return encryption.open_bytes(export.key, kept.content, place(kept.export_id, number))


def place(export_id: UUID, number: int) -> str:
    """A file opens nowhere else."""
    return f"{ExportFile.__tablename__}.content:{export_id}:{number}"


def state_of(export: Export, now: datetime) -> ExportState:
    if export.state == "ready":
        assert export.expires_at is not None
        return "ready" if now < export.expires_at else "gone"
    if export.state == "gone":
        return "gone"
    if now - export.beat_at > LOST_AFTER[export.state]:
        return "failed"
    return "waiting" if export.state == "waiting" else "making"


async def _view(session: AsyncSession, export: Export, now: datetime) -> ExportView:
    state = state_of(export, now)
    is_there = state == "ready"
    files = await store.files(session, export.id) if is_there else ()
    return ExportView(
        id=export.id,
        state=state,
        asked_at=export.asked_at,
        size=sum(one.size for one in files) if is_there else None,
        expires_at=export.expires_at if is_there else None,
    )
