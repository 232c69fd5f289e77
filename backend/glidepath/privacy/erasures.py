"""Erasing a patient's record: planned by an admin with a reason, and done by the worker once its time has come.

Until then it can be taken back, since nothing brings back what was erased. Whether it may be done at all is looked
at once more by the database, which does it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.privacy import erasure_store as store
from glidepath.privacy import wishes
from glidepath.privacy.admins import opened_by_admin, require_admin
from glidepath.privacy.erasure_models import Erasure, ErasureWish, Hold
from glidepath.privacy.erasure_schemas import (
    ClinicErasures,
    ErasurePage,
    ErasureView,
    HoldView,
    OpenWish,
    PlannedErasure,
    StandingHold,
)
from glidepath.privacy.reasons import sentence
from glidepath.problems import Conflict, NotFound
from glidepath.views import view


async def page(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, days: int
) -> ErasurePage:
    await opened_by_admin(session, actor, patient_id)
    return await view_of(session, patient_id, days)


async def view_of(session: AsyncSession, patient_id: UUID, days: int) -> ErasurePage:
    holds = await store.of_patient(session, Hold, patient_id)
    planned = await store.of_patient(session, Erasure, patient_id)
    people = {person for one in holds for person in (one.set_by, one.lifted_by)}
    people |= {person for one in planned for person in (one.asked_by, one.taken_back_by)}
    names = await identity.names(session, {one for one in people if one is not None})
    return ErasurePage(
        days=days,
        holds=[
            view(
                HoldView,
                one,
                set_by=names[one.set_by],
                lifted_by=names[one.lifted_by] if one.lifted_by else None,
            )
            for one in holds
        ],
        erasures=[
            view(
                ErasureView,
                one,
                asked_by=names[one.asked_by],
                taken_back_by=names[one.taken_back_by] if one.taken_back_by else None,
            )
            for one in planned
        ],
        wishes=[
            wishes.view_of(one) for one in await store.of_patient(session, ErasureWish, patient_id)
        ],
    )


async def put(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    erasure_id: UUID,
    reason: str,
    days: int,
    now: datetime,
) -> bool:
    """Whether it is new; sent again after a lost answer it is the same. Conflict on a hold, with its reason."""
    await opened_by_admin(session, actor, patient_id, lock=True)
    requires_recent_sign_in(actor, now)
    reason = sentence(reason)
    known = await store.one(session, Erasure, patient_id, erasure_id)
    if known is not None:
        if (known.reason, known.asked_by) != (reason, actor.account_id):
            raise Conflict("There is another erasure under this id.", code="erasure_exists")
        return False
    hold = await store.open_of(session, Hold, patient_id)
    if hold is not None:
        raise Conflict(
            f"This record must be kept: {hold.reason} Lift the hold first.",
            code="on_hold",
            reason=hold.reason,
        )
    if await store.open_of(session, Erasure, patient_id) is not None:
        raise Conflict("Its erasure is planned already.", code="erasure_planned")
    row = {
        "clinic_id": actor.clinic_id,
        "id": erasure_id,
        "patient_id": patient_id,
        "reason": reason,
        "asked_at": now,
        "asked_by": actor.account_id,
        "due_at": now + timedelta(days=days),
    }
    await store.add(session, Erasure, row)
    return True


async def take_back(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, erasure_id: UUID, now: datetime
) -> None:
    """Taken back again it stays as it was."""
    await opened_by_admin(session, actor, patient_id, lock=True)
    planned = await store.one(session, Erasure, patient_id, erasure_id)
    if planned is None:
        raise NotFound
    if planned.taken_back_at is None:
        planned.taken_back_at, planned.taken_back_by = now, actor.account_id
        await session.flush()


async def of_clinic(session: AsyncSession, actor: StaffActor) -> ClinicErasures:
    require_admin(actor)
    planned = await store.all_open(session, Erasure)
    wished = await store.all_open(session, ErasureWish)
    held = await store.all_open(session, Hold)
    patients = {one.patient_id for one in planned} | {one.patient_id for one in wished}
    patients |= {one.patient_id for one in held}
    staff = {one.asked_by for one in planned} | {one.set_by for one in held}
    names = await identity.names(session, patients | staff)
    trail.lists(session, patients)
    return ClinicErasures(
        planned=[
            view(PlannedErasure, one, patient=names[one.patient_id], asked_by=names[one.asked_by])
            for one in sorted(planned, key=lambda one: one.due_at)
        ],
        wishes=[view(OpenWish, one, patient=names[one.patient_id]) for one in wished],
        holds=[
            view(StandingHold, one, patient=names[one.patient_id], set_by=names[one.set_by])
            for one in held
        ],
    )


async def due_at(session: AsyncSession, patient_id: UUID) -> datetime | None:
    """From when on the record is erased; None where that is not planned."""
    planned = await store.open_of(session, Erasure, patient_id)
    return None if planned is None else planned.due_at


async def due(session: AsyncSession, now: datetime) -> list[UUID]:
    """The patients of the entered clinic whose records are to be erased by now."""
    return list(await store.due(session, now))


async def erase(session: AsyncSession, patient_id: UUID) -> int:
    """All rows of the patient; how many went. The database refuses where it must not be."""
    return await store.erase(session, patient_id)
