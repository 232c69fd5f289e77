"""How episodes of care begin, end and go on again. Who, when and why is kept for good.

Whoever changes one holds all of the patient's, as a sync does, so that an entry finds the same episodes
from its reading to its commit.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import episode_store as store
from glidepath.care import proposals, screenings, service
from glidepath.care import store as care_store
from glidepath.care.episode_schemas import EpisodeEventView, NextEpisode
from glidepath.care.models import Episode, EpisodeEvent
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Invalid
from glidepath.views import view

# Twelve weeks: as far back as the rules know a patient. After that, what was learned of them is old.
REOPEN_WITHIN: Final = timedelta(days=84)


async def hold(session: AsyncSession, patient_id: UUID) -> list[Episode]:
    """The patient's episodes in the order in which they were opened; nobody else changes them, nor what
    hangs on them, before the end of the transaction."""
    await store.lock(session, patient_id)
    return await store.of_patient(session, patient_id)


def covering(day: date, episodes: Sequence[Episode], timezone: str) -> Episode | None:
    """The episode to which an entry of a day belongs; None after the end of care.

    `episodes` in the order in which they were opened. One takes days up to its end, but none on which
    the next was open already; whatever day is left goes to the running one.
    """
    following = [*(service.today_of(timezone, one.opened_at) for one in episodes[1:]), date.max]
    for one, next_on in zip(episodes, following, strict=True):
        if one.ended_on is None or (day <= one.ended_on and day < next_on):
            return one
    return None


async def end(
    session: AsyncSession,
    actor: StaffActor,
    episode: Episode,
    on: date,
    now: datetime,
    *,
    reason: str,
    note: str | None,
) -> None:
    """The caller holds it, and has seen to what hangs on it; the plan's proposals end here."""
    await proposals.withdraw(session, episode.id, now, reason="discharged")
    await store.end(session, episode, on, now)
    said = {"kind": "discharged", "ended_on": on, "reason": reason, "note": note}
    await _tell(session, actor, episode, now, said)


async def reopen(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, note: str | None, now: datetime
) -> None:
    """Lets the patient's last episode run again; again it changes nothing.

    Conflict where it ended too long ago, or where another took its place.
    """
    seen = await service.requires_episode(session, actor, episode_id)
    episodes = await hold(session, seen.patient_id)
    episode = next(one for one in episodes if one.id == episode_id)
    if episode.ended_on is None:
        return
    if episode is not episodes[-1]:
        raise Conflict("A later episode took its place.", code="later_episode")
    patient = await service.patient(session, episode.patient_id)
    if service.today_of(patient.timezone, now) - episode.ended_on > REOPEN_WITHIN:
        raise Conflict(
            f"It ended more than {REOPEN_WITHIN.days} days ago. Begin a new episode.",
            code="ended_long_ago",
        )
    await store.end(session, episode, None, now)
    await _tell(session, actor, episode, now, {"kind": "reopened", "note": note})


async def begin(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    episode_id: UUID,
    body: NextEpisode,
    now: datetime,
) -> bool:
    """A new episode under an id of the caller's; whether it is new. Conflict while another runs."""
    patient = await service.requires_care_relation(session, actor, patient_id)
    await care_store.hold_id(session, episode_id)
    episodes = await hold(session, patient_id)
    known = await care_store.episode(session, episode_id)
    if known is not None:
        if (known.patient_id, known.condition, known.side, known.started_on) != (
            patient_id,
            body.condition.value,
            body.side.value,
            body.started_on,
        ):
            raise Conflict("There is another episode under this id.", code="episode_exists")
        return False
    if any(one.ended_on is None for one in episodes):
        raise Conflict("An episode is running. Discharge first.", code="episode_running")
    if body.started_on > service.today_of(patient.timezone, now):
        raise Invalid("The trouble cannot begin in the future.", code="day_out_of_range")
    row = service.episode_row(actor, patient_id, episode_id, body, now)
    await store.begin(session, row)
    episode = await care_store.episode(session, episode_id)
    assert episode is not None
    await _tell(session, actor, episode, now, {"kind": "opened"})
    if body.screening is not None:
        asked = body.screening
        await screenings.add(session, episode, asked.id, actor.account_id, asked, now)
    return True


async def events(session: AsyncSession, episode_id: UUID) -> list[EpisodeEventView]:
    """Newest first."""
    found = await store.events(session, episode_id)
    people = {one for event in found for one in (event.by, event.cover_for) if one is not None}
    names = await identity.names(session, people)
    return [
        view(
            EpisodeEventView,
            event,
            by=names[event.by],
            cover_for=names[event.cover_for] if event.cover_for else None,
        )
        for event in found
    ]


async def last_event(session: AsyncSession, episode_id: UUID) -> EpisodeEvent | None:
    """None for an episode that was opened before this was kept."""
    return next(iter(await store.events(session, episode_id)), None)


async def _tell(
    session: AsyncSession, actor: StaffActor, episode: Episode, now: datetime, said: dict[str, Any]
) -> None:
    absent = (await service.covered(session, actor)).get(episode.patient_id)
    row = service.event_row(actor, episode.patient_id, episode.id, now, cover_for=absent, **said)
    await store.add_event(session, row)
