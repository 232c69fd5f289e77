"""The SQL of pushes: browsers, and what their notifications are about."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import show_key
from glidepath.notify.models import Notification, PatientReminder, PushSubscription


async def hold(session: AsyncSession, endpoint: str) -> PushSubscription | None:
    """The live subscription of a browser, whosever it is, to this transaction alone until it ends."""
    await show_key(session, f"push:{endpoint}")
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(endpoint, 0))))
    found = await session.execute(
        select(PushSubscription).where(
            PushSubscription.endpoint == endpoint, PushSubscription.gone_at.is_(None)
        )
    )
    return found.scalar_one_or_none()


async def live(session: AsyncSession, account_id: UUID) -> list[PushSubscription]:
    """The newest first."""
    found = await session.execute(
        select(PushSubscription)
        .where(PushSubscription.account_id == account_id, PushSubscription.gone_at.is_(None))
        .order_by(PushSubscription.made_at.desc(), PushSubscription.id.desc())
    )
    return list(found.scalars())


async def end(session: AsyncSession, ids: Collection[UUID], why: str, now: datetime) -> None:
    await session.execute(
        update(PushSubscription)
        .where(PushSubscription.id.in_(ids), PushSubscription.gone_at.is_(None))
        .values(gone_at=now, gone_why=why)
    )


async def mark_told(session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
    await session.execute(
        update(PushSubscription).where(PushSubscription.id.in_(ids)).values(sent_at=now)
    )


async def notification_of(session: AsyncSession, row: dict[str, Any]) -> UUID:
    """The id by which an account is shown an alert, or its list: the one of `row` if there is none yet."""
    await session.execute(insert(Notification).values(row).on_conflict_do_nothing())
    found = await session.execute(
        select(Notification.id).where(
            Notification.account_id == row["account_id"],
            Notification.alert_id.is_not_distinct_from(row["alert_id"]),
        )
    )
    return found.scalar_one()


async def notification(session: AsyncSession, notification_id: UUID) -> Notification | None:
    found = await session.execute(select(Notification).where(Notification.id == notification_id))
    return found.scalar_one_or_none()


async def wanted_reminders(session: AsyncSession) -> list[PatientReminder]:
    """Of the patients who chose a time and have a browser that takes pushes."""
    has_browser = (
        select(PushSubscription.id)
        .where(
            PushSubscription.account_id == PatientReminder.patient_id,
            PushSubscription.gone_at.is_(None),
        )
        .exists()
    )
    found = await session.execute(
        select(PatientReminder).where(PatientReminder.at.is_not(None), has_browser)
    )
    return list(found.scalars())
