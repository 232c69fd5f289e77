"""All SQL of episodes' ends and of screenings."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import Episode, EpisodeEvent, Patient, Screening


async def lock(session: AsyncSession, patient_id: UUID) -> None:
    """Every episode of a patient, always in the same order: there always is one."""
    await session.execute(_LOCK, {"patient_id": patient_id})


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[Episode]:
    """In the order in which they were opened; as they are now, whatever was read before."""
    found = await session.execute(_OF_PATIENT, {"patient_id": patient_id})
    return list(found.scalars())


# Put together once, since every sync sends them.
_LOCK = (
    select(Episode.id)
    .where(Episode.patient_id == bindparam("patient_id"))
    .order_by(Episode.patient_id, Episode.id)
    .with_for_update()
)
_OF_PATIENT = (
    select(Episode)
    .where(Episode.patient_id == bindparam("patient_id"))
    .order_by(Episode.opened_at, Episode.id)
    .execution_options(populate_existing=True)
)


async def end(session: AsyncSession, episode: Episode, on: date | None, at: datetime) -> None:
    """Ends an episode or, with no day, lets it run again; the patient with it."""
    episode.ended_on = on
    await _mark(session, episode.patient_id, None if on is None else at)
    await session.flush()


async def begin(session: AsyncSession, row: dict[str, Any]) -> None:
    await session.execute(insert(Episode), [row])
    await _mark(session, row["patient_id"], None)


async def _mark(session: AsyncSession, patient_id: UUID, discharged_at: datetime | None) -> None:
    await session.execute(
        update(Patient).where(Patient.id == patient_id).values(discharged_at=discharged_at)
    )


async def add_event(session: AsyncSession, row: dict[str, Any]) -> None:
    await session.execute(insert(EpisodeEvent), [row])


async def events(session: AsyncSession, episode_id: UUID) -> list[EpisodeEvent]:
    """Newest first."""
    found = await session.execute(
        select(EpisodeEvent)
        .where(EpisodeEvent.episode_id == episode_id)
        .order_by(EpisodeEvent.at.desc(), EpisodeEvent.id.desc())
    )
    return list(found.scalars())


async def reopened(session: AsyncSession, episode_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each was reopened last; those that never were are left out."""
    found = await session.execute(
        select(EpisodeEvent.episode_id, func.max(EpisodeEvent.at))
        .where(EpisodeEvent.episode_id.in_(episode_ids), EpisodeEvent.kind == "reopened")
        .group_by(EpisodeEvent.episode_id)
    )
    return {row[0]: row[1] for row in found}


async def add_screening(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether it is new; one that is there already stays as it is."""
    statement = upsert(Screening).on_conflict_do_nothing().returning(Screening.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def screenings(session: AsyncSession, patient_id: UUID) -> Sequence[Screening]:
    """In the order in which they were made."""
    found = await session.execute(
        select(Screening)
        .where(Screening.patient_id == patient_id)
        .order_by(Screening.made_at, Screening.id)
    )
    return list(found.scalars())
