"""All SQL of remote monitoring."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.monitoring.models import (
    MonitoringChange,
    MonitoringClosing,
    MonitoringFact,
    MonitoringLicence,
    MonitoringTimer,
    MonitoringWork,
)

R = TypeVar("R", MonitoringFact, MonitoringWork, MonitoringClosing)


async def changes(session: AsyncSession) -> list[MonitoringChange]:
    """Oldest first."""
    found = await session.execute(select(MonitoringChange).order_by(MonitoringChange.version))
    return list(found.scalars())


async def add_change(session: AsyncSession, row: dict[str, Any]) -> bool:
    """False where somebody else made the change of this number."""
    statement = insert(MonitoringChange).on_conflict_do_nothing()
    added = await session.execute(statement.returning(MonitoringChange.version), row)
    return added.scalar_one_or_none() is not None


async def licences(session: AsyncSession) -> dict[UUID, MonitoringLicence]:
    """The last word on each account that there ever was one on."""
    found = await session.execute(
        select(MonitoringLicence)
        .order_by(
            MonitoringLicence.account_id, MonitoringLicence.at.desc(), MonitoringLicence.id.desc()
        )
        .ext(distinct_on(MonitoringLicence.account_id))
    )
    return {one.account_id: one for one in found.scalars()}


async def add_licence(session: AsyncSession, row: dict[str, Any]) -> None:
    await session.execute(insert(MonitoringLicence), row)


async def add(session: AsyncSession, model: type[R], row: dict[str, Any]) -> bool:
    """Whether it is new; one that is there already stays as it is."""
    statement = insert(model).on_conflict_do_nothing().returning(model.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def one(session: AsyncSession, model: type[R], row_id: UUID) -> R | None:
    found = await session.execute(select(model).where(model.id == row_id))
    return found.scalar_one_or_none()


async def facts(session: AsyncSession, episode_ids: Sequence[UUID]) -> list[MonitoringFact]:
    """Every revision, in the order in which they were made."""
    found = await session.execute(
        select(MonitoringFact)
        .where(MonitoringFact.episode_id.in_(episode_ids))
        .order_by(MonitoringFact.made_at, MonitoringFact.id)
    )
    return list(found.scalars())


async def work(session: AsyncSession, episode_ids: Sequence[UUID]) -> list[MonitoringWork]:
    """Every revision, in the order in which they were made."""
    found = await session.execute(
        select(MonitoringWork)
        .where(MonitoringWork.episode_id.in_(episode_ids))
        .order_by(MonitoringWork.made_at, MonitoringWork.id)
    )
    return list(found.scalars())


async def of_timer(session: AsyncSession, timer_id: UUID) -> list[MonitoringWork]:
    """What it counted, as the clock had it."""
    found = await session.execute(
        select(MonitoringWork)
        .where(MonitoringWork.timer_id == timer_id, MonitoringWork.revises.is_(None))
        .order_by(MonitoringWork.started_at)
    )
    return list(found.scalars())


async def closings(session: AsyncSession, episode_ids: Sequence[UUID]) -> list[MonitoringClosing]:
    """In the order in which they were made."""
    found = await session.execute(
        select(MonitoringClosing)
        .where(MonitoringClosing.episode_id.in_(episode_ids))
        .order_by(MonitoringClosing.at, MonitoringClosing.id)
    )
    return list(found.scalars())


async def timer(session: AsyncSession, account_id: UUID) -> MonitoringTimer | None:
    found = await session.execute(
        select(MonitoringTimer).where(MonitoringTimer.account_id == account_id)
    )
    return found.scalar_one_or_none()


async def begin_timer(session: AsyncSession, row: dict[str, Any]) -> bool:
    """False where one runs for this account."""
    statement = insert(MonitoringTimer).on_conflict_do_nothing().returning(MonitoringTimer.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def touch_timer(session: AsyncSession, timer_id: UUID, now: datetime) -> None:
    await session.execute(
        update(MonitoringTimer).where(MonitoringTimer.id == timer_id).values(active_at=now)
    )


async def end_timer(session: AsyncSession, timer_id: UUID) -> bool:
    """False where somebody ended it meanwhile."""
    ended = await session.execute(
        delete(MonitoringTimer)
        .where(MonitoringTimer.id == timer_id)
        .returning(MonitoringTimer.account_id)
    )
    return ended.scalar_one_or_none() is not None
