"""All SQL of messages."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.messages.models import Message, MessageDeed, MessageTemplate


async def add(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether the message is new; one that is there already stays as it is."""
    statement = insert(Message).on_conflict_do_nothing().returning(Message.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def one(session: AsyncSession, message_id: UUID) -> Message:
    return (await session.execute(select(Message).where(Message.id == message_id))).scalar_one()


async def some(session: AsyncSession, message_ids: Collection[UUID]) -> list[Message]:
    """Of whomever in the clinic."""
    found = await session.execute(select(Message).where(Message.id.in_(message_ids)))
    return list(found.scalars())


async def written_since(session: AsyncSession, patient_id: UUID, since: datetime) -> int:
    """How many of a patient's own the server got."""
    found = await session.execute(
        select(func.count()).where(
            Message.patient_id == patient_id,
            Message.author_id == patient_id,
            Message.sent_at >= since,
        )
    )
    return found.scalar_one()


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
    """Those to the patient, held to the end of the transaction: two phones may tell at once."""
    found = await session.execute(
        select(Message)
        .where(
            Message.patient_id == patient_id,
            Message.author_id != patient_id,
            Message.id.in_(message_ids),
            Message.read_at.is_(None),
        )
        .order_by(Message.id)
        .with_for_update()
    )
    return list(found.scalars())


async def from_patient(
    session: AsyncSession, patient_id: UUID, message_ids: Collection[UUID]
) -> list[Message]:
    """Those that the patient wrote, held to the end of the transaction: two therapists may act at once."""
    found = await session.execute(
        select(Message)
        .where(
            Message.patient_id == patient_id,
            Message.author_id == patient_id,
            Message.id.in_(message_ids),
        )
        .order_by(Message.id)
        .with_for_update()
    )
    return list(found.scalars())


async def deeds(
    session: AsyncSession, message_ids: Collection[UUID]
) -> dict[UUID, list[MessageDeed]]:
    """Oldest first; every message has its list."""
    found = await session.execute(
        select(MessageDeed)
        .where(MessageDeed.message_id.in_(message_ids))
        .order_by(MessageDeed.message_id, MessageDeed.number)
    )
    done = defaultdict[UUID, list[MessageDeed]](list)
    for deed in found.scalars():
        done[deed.message_id].append(deed)
    return done


async def add_deeds(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(plain_insert(MessageDeed), list(rows))


async def hold_templates(session: AsyncSession, clinic_id: UUID) -> None:
    """Lets one transaction at a time change a clinic's templates, so that two do not take one name."""
    key = int.from_bytes(clinic_id.bytes[8:], "big", signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def templates(session: AsyncSession) -> list[MessageTemplate]:
    """Those not retired."""
    found = await session.execute(
        select(MessageTemplate).where(MessageTemplate.retired_at.is_(None))
    )
    return list(found.scalars())


async def template(session: AsyncSession, template_id: UUID) -> MessageTemplate | None:
    found = await session.execute(select(MessageTemplate).where(MessageTemplate.id == template_id))
    return found.scalar_one_or_none()


async def add_template(session: AsyncSession, row: dict[str, Any]) -> None:
    await session.execute(plain_insert(MessageTemplate), row)


async def unread_by_patient(session: AsyncSession) -> list[tuple[UUID, int, datetime]]:
    """Of each of the clinic's patients who wrote what nobody has read, how much, and when the first came."""
    found = await session.execute(
        select(Message.patient_id, func.count(), func.min(Message.sent_at))
        .where(Message.author_id == Message.patient_id, Message.read_at.is_(None))
        .group_by(Message.patient_id)
    )
    return [(row[0], row[1], row[2]) for row in found]


async def count_unread(session: AsyncSession, patient_id: UUID) -> tuple[int, int]:
    """How many the patient has not read, and how many of the patient's nobody has."""
    found = await session.execute(
        select(
            func.count().filter(Message.author_id != patient_id),
            func.count().filter(Message.author_id == patient_id),
        ).where(Message.patient_id == patient_id, Message.read_at.is_(None))
    )
    by_patient, by_staff = found.one()
    return by_patient, by_staff
