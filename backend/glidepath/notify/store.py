"""All SQL of notify."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.notify.choices import Choice
from glidepath.notify.models import Delivery, PatientReminder, PushSubscription, StaffNotice


async def reminder(session: AsyncSession, patient_id: UUID) -> PatientReminder | None:
    found = await session.execute(
        select(PatientReminder).where(PatientReminder.patient_id == patient_id)
    )
    return found.scalar_one_or_none()


async def put_reminder(session: AsyncSession, row: dict[str, Any]) -> None:
    offered = insert(PatientReminder).values(row)
    keys = ("clinic_id", "patient_id")
    changes = {name: offered.excluded[name] for name in row if name not in keys}
    await session.execute(offered.on_conflict_do_update(index_elements=keys, set_=changes))


async def choices(session: AsyncSession, account_ids: set[UUID]) -> dict[UUID, Choice]:
    """What each of them chose; who never did is left out."""
    found = await session.execute(
        select(StaffNotice).where(StaffNotice.account_id.in_(account_ids))
    )
    return {
        one.account_id: Choice(
            push=one.push,
            email=one.email,
            digest_at=one.digest_at,
            quiet_from=one.quiet_from,
            quiet_until=one.quiet_until,
            at_once=frozenset(one.at_once),
        )
        for one in found.scalars()
    }


async def with_browser(session: AsyncSession, account_ids: set[UUID]) -> set[UUID]:
    """Whose browser takes pushes."""
    found = await session.execute(
        select(PushSubscription.account_id)
        .where(PushSubscription.account_id.in_(account_ids), PushSubscription.gone_at.is_(None))
        .distinct()
    )
    return set(found.scalars())


async def add_delivery(session: AsyncSession, delivery: Delivery) -> bool:
    """Whether it is new."""
    columns = Delivery.__table__.columns.keys()
    row = {name: getattr(delivery, name) for name in columns}
    added = insert(Delivery).on_conflict_do_nothing().returning(Delivery.id)
    return (await session.execute(added, row)).scalar_one_or_none() is not None


async def delivery(
    session: AsyncSession, delivery_id: UUID, *, lock: bool = False
) -> Delivery | None:
    statement = select(Delivery).where(Delivery.id == delivery_id)
    found = await session.execute(statement.with_for_update() if lock else statement)
    return found.scalar_one_or_none()


async def tests_of(session: AsyncSession, recipient_id: UUID | None, channel: str) -> int:
    """How often somebody, or the clinic's webhook, tried a channel."""
    found = await session.execute(
        select(func.count())
        .select_from(Delivery)
        .where(
            Delivery.recipient_id.is_not_distinct_from(recipient_id),
            Delivery.channel == channel,
            Delivery.cause == "test",
        )
    )
    return found.scalar_one()
