"""A patient's own wish to be erased: it reaches the clinic's admins, who erase or say why not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.privacy import erasure_store as store
from glidepath.privacy.admins import opened_by_admin
from glidepath.privacy.erasure_models import Erasure, ErasureWish
from glidepath.privacy.erasure_schemas import OwnErasure, WishView
from glidepath.privacy.reasons import sentence
from glidepath.problems import Conflict, NotFound
from glidepath.views import view


async def own(session: AsyncSession, patient_id: UUID) -> OwnErasure:
    last = next(iter(await store.of_patient(session, ErasureWish, patient_id)), None)
    planned = await store.open_of(session, Erasure, patient_id)
    return OwnErasure(
        wish=None if last is None else view_of(last),
        due_at=None if planned is None else planned.due_at,
    )


async def put(
    session: AsyncSession, actor: PatientActor, wish_id: UUID, now: datetime
) -> OwnErasure:
    """Asks the clinic; asked again before it is over, it is asked once."""
    await care.lock_patient(session, actor.patient_id)
    known = await store.one(session, ErasureWish, actor.patient_id, wish_id)
    is_open = await store.open_of(session, ErasureWish, actor.patient_id) is not None
    if known is None and not is_open:
        row = {
            "clinic_id": actor.clinic_id,
            "id": wish_id,
            "patient_id": actor.patient_id,
            "wished_at": now,
        }
        await store.add(session, ErasureWish, row)
    return await own(session, actor.patient_id)


async def take_back(
    session: AsyncSession, actor: PatientActor, wish_id: UUID, now: datetime
) -> OwnErasure:
    """What is over stays as it was."""
    await care.lock_patient(session, actor.patient_id)
    wish = await store.one(session, ErasureWish, actor.patient_id, wish_id)
    if wish is None:
        raise NotFound
    if wish.ended_at is None:
        wish.ended_at, wish.ended_by = now, actor.account_id
        await session.flush()
    return await own(session, actor.patient_id)


async def decline(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    wish_id: UUID,
    answer: str,
    now: datetime,
) -> None:
    """With words that the patient reads. Conflict where the wish is over: its patient took it back, or somebody
    else declined."""
    await opened_by_admin(session, actor, patient_id, lock=True)
    answer = sentence(answer)
    wish = await store.one(session, ErasureWish, patient_id, wish_id)
    if wish is None:
        raise NotFound
    if wish.ended_at is None:
        wish.ended_at, wish.ended_by, wish.answer = now, actor.account_id, answer
        await session.flush()
    elif (wish.ended_by, wish.answer) != (actor.account_id, answer):
        raise Conflict("This wish is over.", code="wish_over")


def view_of(wish: ErasureWish) -> WishView:
    declined = wish.answer is not None
    state = "declined" if declined else "open" if wish.ended_at is None else "withdrawn"
    return view(WishView, wish, state=state)
