"""All SQL of pauses."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import EpisodePause


async def rows(session: AsyncSession, episode_ids: Collection[UUID]) -> list[EpisodePause]:
    """Pauses and their ends, as they were entered."""
    found = await session.execute(
        select(EpisodePause)
        .where(EpisodePause.episode_id.in_(episode_ids))
        .order_by(EpisodePause.at, EpisodePause.id)
    )
    return list(found.scalars())


async def until(session: AsyncSession, day: date) -> list[EpisodePause]:
    """The clinic's pauses that were entered to hold on `day` or later, and their ends."""
    late = select(EpisodePause.id).where(EpisodePause.last_on >= day)
    found = await session.execute(
        select(EpisodePause)
        .where(or_(EpisodePause.last_on >= day, EpisodePause.ends.in_(late)))
        .order_by(EpisodePause.at, EpisodePause.id)
    )
    return list(found.scalars())


async def add(session: AsyncSession, row: dict[str, Any]) -> None:
    """Nothing where the same is there already."""
    await session.execute(insert(EpisodePause).values(row).on_conflict_do_nothing())
