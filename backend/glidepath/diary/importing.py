"""Days of the past from a file: check-ins that no phone wrote, marked with the file that they came from.

What a phone may not write any more, since it is too long ago, a file may; days that somebody wrote here stay
as they are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.diary import store, weeks_store
from glidepath.diary.models import CheckIn
from glidepath.diary.service import Evaluate, Intake
from glidepath.identity.actor import StaffActor

# The hour is not known: the middle of the day is on that day in every zone that a phone may be moved to.
NOON: Final = time(12)
# As long as a note may be.
LONGEST_NOTE: Final = 2000

# `written`: the day has entries that did not come from a file like this.
State = Literal["new", "known", "other", "written"]


@dataclass(frozen=True, slots=True)
class PastDay:
    """What a day said; None is "nobody said". `notes` hold at most `LONGEST_NOTE` characters each."""

    day: date
    pain_now: int | None
    pain_worst: int | None
    place: str | None
    sensations: tuple[str, ...] | None
    notes: tuple[str, ...]

    def rows(self, episode_id: UUID) -> dict[UUID, dict[str, Any]]:
        """By their ids, which are the same whenever the day comes again."""
        first = {
            "pain_now": self.pain_now,
            "pain_worst": self.pain_worst,
            "place": self.place,
            "sensations": None if self.sensations is None else sorted(self.sensations),
            "note": self.notes[0] if self.notes else None,
        }
        more = [{**dict.fromkeys(first), "note": note} for note in self.notes[1:]]
        return {
            uuid5(episode_id, f"imported {self.day} {place}"): values
            for place, values in enumerate([first, *more])
        }


async def states(
    session: AsyncSession, episode: Episode, days: Sequence[PastDay]
) -> dict[date, State]:
    """What there is of each day already. `other`: it was imported, and said something else then."""
    wanted = {one.day: one.rows(episode.id) for one in days}
    ids = [entry_id for rows in wanted.values() for entry_id in rows]
    there = await store.by_ids(session, CheckIn, episode.patient_id, ids)
    taken = defaultdict[date, set[UUID]](set)
    for day, root in await store.on_days(session, [episode.id], list(wanted)):
        taken[day].add(root)
    return {day: _state(rows, there, taken[day] - rows.keys()) for day, rows in wanted.items()}


def _state(
    rows: Mapping[UUID, Mapping[str, Any]], there: Mapping[UUID, CheckIn], others: set[UUID]
) -> State:
    found = {entry_id: there[entry_id] for entry_id in rows if entry_id in there}
    if not found:
        return "written" if others else "new"
    is_same = found.keys() == rows.keys() and all(
        getattr(found[entry_id], name) == value
        for entry_id, values in rows.items()
        for name, value in values.items()
    )
    return "known" if is_same else "other"


async def keep(
    session: AsyncSession,
    actor: StaffActor,
    episode: Episode,
    days: Sequence[PastDay],
    import_id: UUID,
    now: datetime,
    learn: Evaluate,
) -> None:
    """Stores new days, and lets `learn` know the patient by them. The caller holds the patient's episodes."""
    zone = (await care.patient(session, episode.patient_id)).timezone
    rows = [
        {
            **values,
            **_times(one.day, zone, now),
            "clinic_id": actor.clinic_id,
            "patient_id": episode.patient_id,
            "id": entry_id,
            "episode_id": episode.id,
            "plan_version_id": None,
            "revises": None,
            "withdrawn": False,
            "changes_with": None,
            "red_flags": None,
            "import_id": import_id,
        }
        for one in days
        for entry_id, values in one.rows(episode.id).items()
    ]
    await store.add(session, CheckIn, rows)
    await weeks_store.summarise(session, [episode.id])
    intake = Intake(
        actor.clinic_id,
        episode.patient_id,
        episode.id,
        frozenset(one.day for one in days),
        {},
        now,
        ended=episode.ended_on is not None,
    )
    await learn(session, intake)


async def begin(
    session: AsyncSession, actor: StaffActor, import_id: UUID, sha256: str, now: datetime
) -> None:
    """That a file comes in, from whom and when."""
    row = {
        "clinic_id": actor.clinic_id,
        "id": import_id,
        "sha256": sha256,
        "by": actor.account_id,
        "at": now,
    }
    await store.add_import(session, row)


def _times(day: date, zone: str, now: datetime) -> dict[str, Any]:
    happened_at = datetime.combine(day, NOON, ZoneInfo(zone))
    offset = happened_at.utcoffset()
    assert offset is not None
    return {
        "local_date": day,
        "day": day,
        "happened_at": happened_at,
        "utc_offset_minutes": int(offset.total_seconds() // 60),
        "zone": zone,
        "made_at": now,
        "received_at": now,
        "clock_error": timedelta(),
    }
