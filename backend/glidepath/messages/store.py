"""All SQL of messages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.messages.models import Message


async def add(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether the message is new; one that is there already stays as it is."""
    statement = insert(Message).on_conflict_do_nothing().returning(Message.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def one(session: AsyncSession, message_id: UUID) -> Message:
    return (await session.execute(select(Message).where(Message.id == message_id))).scalar_one()


async def latest(session: AsyncSession, patient_id: UUID, limit: int) -> list[Message]:
    """Newest first, and those not read before all others."""
    found = await session.execute(
        select(Message)
        .where(Message.patient_id == patient_id)
        .order_by(Message.read_at.is_(None).desc(), Message.sent_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return list(found.scalars())


async def unread(
    session: AsyncSession, patient_id: UUID, message_ids: Sequence[UUID]
) -> list[Message]:
    """Those of the patient, held to the end of the transaction: two phones may tell at once."""
    found = await session.execute(
        select(Message)
        .where(
            Message.patient_id == patient_id,
            Message.id.in_(message_ids),
            Message.read_at.is_(None),
        )
        .order_by(Message.id)
        .with_for_update()
    )
    return list(found.scalars())
