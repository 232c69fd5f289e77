"""Records that must be kept, whoever wishes what: set and lifted by the clinic's admins, with reasons."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.privacy import erasure_store as store
from glidepath.privacy.admins import opened_by_admin
from glidepath.privacy.erasure_models import Erasure, Hold
from glidepath.privacy.reasons import sentence
from glidepath.problems import Conflict, NotFound


async def put(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    hold_id: UUID,
    reason: str,
    now: datetime,
) -> bool:
    """Whether it is new; sent again after a lost answer it is the same. A planned erasure is taken back by it: who
    lifts it later plans anew."""
    await opened_by_admin(session, actor, patient_id, lock=True)
    reason = sentence(reason)
    known = await store.one(session, Hold, patient_id, hold_id)
    if known is not None:
        if (known.reason, known.set_by) != (reason, actor.account_id):
            raise Conflict("There is another hold under this id.", code="hold_exists")
        return False
    if await store.open_of(session, Hold, patient_id) is not None:
        raise Conflict("There is a hold on this record already.", code="on_hold")
    row = {
        "clinic_id": actor.clinic_id,
        "id": hold_id,
        "patient_id": patient_id,
        "reason": reason,
        "set_at": now,
        "set_by": actor.account_id,
    }
    await store.add(session, Hold, row)
    planned = await store.open_of(session, Erasure, patient_id)
    if planned is not None:
        planned.taken_back_at, planned.taken_back_by = now, actor.account_id
        await session.flush()
    return True


async def lift(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    hold_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Lifted again it stays as it was."""
    await opened_by_admin(session, actor, patient_id, lock=True)
    requires_recent_sign_in(actor, now)
    reason = sentence(reason)
    hold = await store.one(session, Hold, patient_id, hold_id)
    if hold is None:
        raise NotFound
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by, hold.lifted_why = now, actor.account_id, reason
        await session.flush()
