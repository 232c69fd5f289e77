"""Who decides about keeping and erasing."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Forbidden


def require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden(
            "Only the clinic's admins decide about keeping and erasing.", code="admins_only"
        )


async def opened_by_admin(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, *, lock: bool = False
) -> None:
    """NotFound for who is no patient of the clinic. With `lock` one such deed at a time, and none while the
    patient is erased."""
    require_admin(actor)
    if lock:
        await care.lock_patient(session, patient_id)
    await identity.require_patient(session, patient_id)
    trail.opens(session, patient_id)
