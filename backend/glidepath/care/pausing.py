"""Pauses of one episode: entered, ended and shown, each on the patient's own day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import pauses, service
from glidepath.care.models import Episode
from glidepath.care.pause_schemas import PauseBody, PauseView
from glidepath.identity.actor import Actor


async def of_episode(session: AsyncSession, episode: Episode, now: datetime) -> list[PauseView]:
    """As they came to be, on the patient's day."""
    one = await service.patient(session, episode.patient_id)
    return await pauses.views(session, episode.id, service.today_of(one.timezone, now))


async def put(
    session: AsyncSession,
    actor: Actor,
    episode: Episode,
    pause_id: UUID,
    body: PauseBody,
    now: datetime,
) -> list[PauseView]:
    """Enters a pause of the running episode; the pauses that there are then."""
    await service.lock_episodes(session, [episode.id])
    one = await service.patient(session, episode.patient_id)
    await pauses.put(
        session, actor, episode, pause_id, body, service.today_of(one.timezone, now), now
    )
    return await of_episode(session, episode, now)


async def end(
    session: AsyncSession, actor: Actor, episode: Episode, pause_id: UUID, now: datetime
) -> list[PauseView]:
    await service.lock_episodes(session, [episode.id])
    one = await service.patient(session, episode.patient_id)
    await pauses.end(session, actor, episode, pause_id, service.today_of(one.timezone, now), now)
    return await of_episode(session, episode, now)
