"""All SQL of outcome measures."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.outcomes.models import Answer, Assignment, OwnForm


async def own_forms(session: AsyncSession) -> list[OwnForm]:
    """Every version, oldest first."""
    found = await session.execute(select(OwnForm).order_by(OwnForm.key, OwnForm.version))
    return list(found.scalars())


async def add_form(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether it is new; a version that is there already stays as it is."""
    statement = insert(OwnForm).on_conflict_do_nothing().returning(OwnForm.key)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def add_assignment(session: AsyncSession, row: dict[str, Any]) -> None:
    """One that is there already, or another that runs of the same measure, stays as it is."""
    await session.execute(insert(Assignment).on_conflict_do_nothing(), row)


async def assignments(session: AsyncSession, episode_ids: Collection[UUID]) -> list[Assignment]:
    """In the order in which they were made."""
    found = await session.execute(
        select(Assignment)
        .where(Assignment.episode_id.in_(episode_ids))
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    return list(found.scalars())


async def assignment(session: AsyncSession, assignment_id: UUID) -> Assignment | None:
    found = await session.execute(select(Assignment).where(Assignment.id == assignment_id))
    return found.scalar_one_or_none()


async def add_answers(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(Answer).on_conflict_do_nothing(), rows)


async def by_ids(
    session: AsyncSession, patient_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Answer]:
    found = await session.execute(
        select(Answer).where(Answer.patient_id == patient_id, Answer.id.in_(ids))
    )
    return {one.id: one for one in found.scalars()}


async def answers(session: AsyncSession, episode_ids: Collection[UUID]) -> list[Answer]:
    """In the order in which they arrived."""
    found = await session.execute(
        select(Answer)
        .where(Answer.episode_id.in_(episode_ids))
        .order_by(Answer.received_at, Answer.made_at, Answer.id)
    )
    return list(found.scalars())


async def answer(session: AsyncSession, episode_id: UUID, answer_id: UUID) -> Answer | None:
    found = await session.execute(
        select(Answer).where(Answer.episode_id == episode_id, Answer.id == answer_id)
    )
    return found.scalar_one_or_none()
