"""All SQL of alerts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.models import Alert, AlertEvent


async def of_episode(session: AsyncSession, episode_id: UUID, kind: str) -> list[Alert]:
    """Newest first."""
    found = await session.execute(
        select(Alert)
        .where(Alert.episode_id == episode_id, Alert.kind == kind)
        .order_by(Alert.raised_on.desc())
    )
    return list(found.scalars())


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[Alert]:
    """Newest first."""
    found = await session.execute(
        select(Alert).where(Alert.patient_id == patient_id).order_by(Alert.opened_at.desc())
    )
    return list(found.scalars())


async def unresolved(session: AsyncSession, patient_ids: Sequence[UUID]) -> list[Alert]:
    found = await session.execute(
        select(Alert).where(Alert.patient_id.in_(patient_ids), Alert.state != "resolved")
    )
    return list(found.scalars())


async def one(session: AsyncSession, alert_id: UUID, *, lock: bool = False) -> Alert | None:
    wanted = select(Alert).where(Alert.id == alert_id)
    if lock:
        wanted = wanted.with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def events(session: AsyncSession, alert_ids: Sequence[UUID]) -> list[AlertEvent]:
    """Oldest first."""
    found = await session.execute(
        select(AlertEvent)
        .where(AlertEvent.alert_id.in_(alert_ids))
        .order_by(AlertEvent.at, AlertEvent.id)
    )
    return list(found.scalars())


async def add_alert(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(Alert).values(values))


async def add_event(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(AlertEvent).values(values))
