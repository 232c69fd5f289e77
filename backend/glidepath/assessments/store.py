"""All SQL of assessments."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.assessments.models import Assessment


async def add(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether it is new; one that is there already stays as it is."""
    statement = insert(Assessment).on_conflict_do_nothing().returning(Assessment.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def one(session: AsyncSession, assessment_id: UUID) -> Assessment | None:
    found = await session.execute(select(Assessment).where(Assessment.id == assessment_id))
    return found.scalar_one_or_none()


async def of_episode(session: AsyncSession, episode_id: UUID) -> list[Assessment]:
    """Every revision, in the order in which they were made."""
    found = await session.execute(
        select(Assessment)
        .where(Assessment.episode_id == episode_id)
        .order_by(Assessment.made_at, Assessment.id)
    )
    return list(found.scalars())
