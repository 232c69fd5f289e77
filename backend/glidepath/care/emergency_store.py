"""The SQL of emergencies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import EmergencyOpening, Patient


async def running(
    session: AsyncSession, account_id: UUID, patient_id: UUID, now: datetime
) -> UUID | None:
    """The one that lasts longest of those that this account opened."""
    found = await session.execute(
        select(EmergencyOpening.id)
        .where(
            EmergencyOpening.account_id == account_id,
            EmergencyOpening.patient_id == patient_id,
            EmergencyOpening.until > now,
            EmergencyOpening.ended_at.is_(None),
        )
        .order_by(EmergencyOpening.until.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def one(
    session: AsyncSession, opening_id: UUID, *, lock: bool = False
) -> EmergencyOpening | None:
    wanted = select(EmergencyOpening).where(EmergencyOpening.id == opening_id)
    found = await session.execute(wanted.with_for_update() if lock else wanted)
    return found.scalar_one_or_none()


async def add(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether there was none under its id."""
    added = insert(EmergencyOpening).values(row).on_conflict_do_nothing()
    done = await session.execute(added.returning(EmergencyOpening.id))
    return done.scalar_one_or_none() is not None


async def since(
    session: AsyncSession, moment: datetime, account_id: UUID | None, limit: int
) -> list[EmergencyOpening]:
    """Those that lasted then or were opened later, the newest first; of everybody, or of one."""
    wanted = select(EmergencyOpening).where(
        or_(EmergencyOpening.until > moment, EmergencyOpening.opened_at > moment)
    )
    if account_id is not None:
        wanted = wanted.where(EmergencyOpening.account_id == account_id)
    found = await session.execute(
        wanted.order_by(EmergencyOpening.opened_at.desc(), EmergencyOpening.id).limit(limit)
    )
    return list(found.scalars())


async def admitted(session: AsyncSession, patient_ids: set[UUID]) -> dict[UUID, datetime]:
    found = await session.execute(
        select(Patient.id, Patient.created_at).where(Patient.id.in_(patient_ids))
    )
    return {row.id: row.created_at for row in found}
