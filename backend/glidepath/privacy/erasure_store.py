"""The SQL of holds, planned erasures and wishes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.privacy.erasure_models import Erasure, ErasureWish, Hold

Row = TypeVar("Row", Hold, Erasure, ErasureWish)
_ERASE = text("select erase_patient(:patient_id)")
_BEGUN = {Hold: Hold.set_at, Erasure: Erasure.asked_at, ErasureWish: ErasureWish.wished_at}
_OPEN = {
    Hold: Hold.lifted_at.is_(None),
    Erasure: Erasure.taken_back_at.is_(None),
    ErasureWish: ErasureWish.ended_at.is_(None),
}


async def of_patient(session: AsyncSession, kind: type[Row], patient_id: UUID) -> list[Row]:
    """The newest first."""
    found = await session.execute(
        select(kind).where(kind.patient_id == patient_id).order_by(_BEGUN[kind].desc(), kind.id)
    )
    return list(found.scalars())


async def open_of(session: AsyncSession, kind: type[Row], patient_id: UUID) -> Row | None:
    found = await session.execute(select(kind).where(kind.patient_id == patient_id, _OPEN[kind]))
    return found.scalar_one_or_none()


async def one(session: AsyncSession, kind: type[Row], patient_id: UUID, row_id: UUID) -> Row | None:
    found = await session.execute(
        select(kind).where(kind.patient_id == patient_id, kind.id == row_id)
    )
    return found.scalar_one_or_none()


async def all_open(session: AsyncSession, kind: type[Row]) -> list[Row]:
    """The oldest first."""
    found = await session.execute(select(kind).where(_OPEN[kind]).order_by(_BEGUN[kind], kind.id))
    return list(found.scalars())


async def add(session: AsyncSession, kind: type[Row], row: dict[str, Any]) -> None:
    await session.execute(insert(kind).values(row))


async def due(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Whose time has come and who is not on hold, those who wait longest first."""
    held = select(Hold.patient_id).where(_OPEN[Hold])
    found = await session.execute(
        select(Erasure.patient_id)
        .where(_OPEN[Erasure], Erasure.due_at <= now, Erasure.patient_id.not_in(held))
        .order_by(Erasure.due_at, Erasure.id)
    )
    return found.scalars().all()


async def erase(session: AsyncSession, patient_id: UUID) -> int:
    """How many rows went. An error of the database where it finds that it must not."""
    return int((await session.execute(_ERASE, {"patient_id": patient_id})).scalar_one())
