"""Pauses that were agreed on: nobody expects an entry, reminds of one, or calls its lack a silence.

Writing stays possible all the while, and ends nothing: who logs on a holiday is on holiday still.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import pause_store
from glidepath.care.models import Episode, EpisodePause
from glidepath.care.pause_schemas import PauseBody, PauseView
from glidepath.identity import service as identity
from glidepath.identity.actor import Actor
from glidepath.problems import Conflict, Invalid, NotFound

# Who is away for longer is discharged, or comes back in between.
AT_MOST: Final = timedelta(days=92)
AHEAD: Final = timedelta(days=183)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    id: UUID
    first_on: date
    # As it came to be: the day before it was ended, or before its first where it never began.
    last_on: date
    by: UUID

    def days(self) -> list[date]:
        return [
            self.first_on + timedelta(n) for n in range((self.last_on - self.first_on).days + 1)
        ]


def read(rows: Collection[EpisodePause]) -> list[Pause]:
    """Pauses as they came to be, in the order of their days; what was ended before it began is left
    out."""
    ends = {row.ends: row.first_on for row in rows if row.ends is not None}
    found = []
    for row in rows:
        if row.last_on is not None:
            ended = ends.get(row.id)
            last_on = row.last_on if ended is None else min(row.last_on, ended - _DAY)
            if last_on >= row.first_on:
                found.append(Pause(row.id, row.first_on, last_on, row.by))
    return sorted(found, key=lambda pause: pause.first_on)


async def of_episodes(
    session: AsyncSession, episode_ids: Collection[UUID]
) -> dict[UUID, list[Pause]]:
    """Per episode; episodes without one are left out."""
    return _by_episode(await pause_store.rows(session, episode_ids))


async def until(session: AsyncSession, day: date) -> dict[UUID, list[Pause]]:
    """Of the whole clinic, those that hold on `day` or later; episodes without one are left out."""
    return _by_episode(await pause_store.until(session, day))


def _by_episode(rows: Collection[EpisodePause]) -> dict[UUID, list[Pause]]:
    of_each = defaultdict[UUID, list[EpisodePause]](list)
    for row in rows:
        of_each[row.episode_id].append(row)
    read_ones = {episode_id: read(of_one) for episode_id, of_one in of_each.items()}
    return {episode_id: pauses for episode_id, pauses in read_ones.items() if pauses}


def last_day(found: Collection[Pause] | Collection[PauseView], today: date) -> date | None:
    """Until when the pause lasts that holds on `today`; another that follows without a day between
    belongs to it."""
    last = None
    for one in found:
        if one.first_on <= (today if last is None else last + _DAY) and one.last_on >= today:
            last = one.last_on
    return last


async def views(session: AsyncSession, episode_id: UUID, today: date) -> list[PauseView]:
    """In the order of their days."""
    found = (await of_episodes(session, [episode_id])).get(episode_id, [])
    names = await identity.names(session, {one.by for one in found})
    return [
        PauseView(one.id, one.first_on, one.last_on, names[one.by], one.last_on < today)
        for one in found
    ]


async def put(
    session: AsyncSession,
    actor: Actor,
    episode: Episode,
    pause_id: UUID,
    body: PauseBody,
    today: date,
    now: datetime,
) -> None:
    """A new one, under an id of the caller's; sent again after a lost answer it is the same. The caller
    holds the episode."""
    if episode.ended_on is not None:
        raise Conflict("The care has ended; there is nothing to pause.", code="no_episode")
    rows = await pause_store.rows(session, [episode.id])
    known = next((row for row in rows if row.id == pause_id), None)
    if known is not None:
        if (known.first_on, known.last_on) != (body.first_on, body.last_on):
            raise Conflict(
                "A pause is never changed. End it and enter another.", code="pause_exists"
            )
        return
    if not today <= body.first_on <= body.last_on:
        raise Invalid(
            "A pause begins today or later, and ends after that.", code="days_out_of_range"
        )
    if body.first_on > today + AHEAD or body.last_on - body.first_on > AT_MOST:
        raise Invalid("A pause lasts three months at most.", code="pause_too_long")
    if any(one.first_on <= body.last_on and body.first_on <= one.last_on for one in read(rows)):
        raise Conflict("There is a pause on some of these days. End it first.", code="pause_there")
    row = _row(actor, episode, pause_id, now)
    await pause_store.add(session, row | {"first_on": body.first_on, "last_on": body.last_on})


async def end(
    session: AsyncSession,
    actor: Actor,
    episode: Episode,
    pause_id: UUID,
    today: date,
    now: datetime,
) -> None:
    """From today on entries are expected again; ended again, or over, it stays as it is."""
    rows = await pause_store.rows(session, [episode.id])
    if pause_id not in {row.id for row in rows if row.last_on is not None}:
        raise NotFound
    running = next((one for one in read(rows) if one.id == pause_id), None)
    if running is not None and running.last_on >= today:
        row = _row(actor, episode, uuid7(), now)
        await pause_store.add(session, row | {"ends": pause_id, "first_on": today})


def _row(actor: Actor, episode: Episode, row_id: UUID, now: datetime) -> dict[str, object]:
    return {
        "clinic_id": actor.clinic_id,
        "id": row_id,
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "by": actor.account_id,
        "at": now,
    }
