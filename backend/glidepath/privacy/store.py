"""All SQL of privacy."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import Episode
from glidepath.privacy.models import Consent, RetentionChange


class Discharged(NamedTuple):
    patient_id: UUID
    ended_on: date


async def last_consent(session: AsyncSession, patient_id: UUID) -> Consent | None:
    found = await session.execute(_LAST_CONSENT, {"patient_id": patient_id})
    return found.scalar_one_or_none()


_LAST_CONSENT = (
    select(Consent)
    .where(Consent.patient_id == bindparam("patient_id"))
    .order_by(Consent.at.desc(), Consent.id.desc())
    .limit(1)
)


async def add_consent(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(Consent).values(values))


async def retention_changes(session: AsyncSession) -> list[RetentionChange]:
    """Oldest first."""
    found = await session.execute(select(RetentionChange).order_by(RetentionChange.version))
    return list(found.scalars())


async def add_retention_change(session: AsyncSession, values: dict[str, Any]) -> bool:
    """False where somebody else made the change of this number."""
    statement = insert(RetentionChange).on_conflict_do_nothing()
    added = await session.execute(statement.returning(RetentionChange.version), values)
    return added.scalar_one_or_none() is not None


async def discharged_for(session: AsyncSession, years: int, today: date) -> Sequence[Discharged]:
    """Whose last day of care is `years` or longer ago, longest ago first; who came back is not among them."""
    ended_on = func.max(Episode.ended_on)
    found = await session.execute(
        select(Episode.patient_id, ended_on)
        .group_by(Episode.patient_id)
        .having(
            func.bool_and(Episode.ended_on.is_not(None)),
            ended_on + func.make_interval(years) <= today,
        )
        .order_by(ended_on, Episode.patient_id)
    )
    return [Discharged(patient_id, last) for patient_id, last in found if last is not None]
