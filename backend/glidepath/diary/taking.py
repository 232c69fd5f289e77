"""A batch on its way into the diary: what is new of it, what is known, and what is refused."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import episodes as course
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.diary import schemas, store
from glidepath.diary.bounds import Clock, Room
from glidepath.diary.models import CheckIn, ExerciseSession
from glidepath.diary.refusals import refuse, refuse_after
from glidepath.diary.schemas import (
    EntryResult,
    Kind,
    Offered,
    OfferedMessage,
    Refusal,
)
from glidepath.identity.actor import PatientActor
from glidepath.messages import service as messages


async def take_messages(
    session: AsyncSession, actor: PatientActor, offered: Sequence[OfferedMessage], now: datetime
) -> list[EntryResult]:
    written = [one.entry for one in offered if one.entry is not None]
    received = iter(await messages.receive(session, actor, written, now) if written else ())
    results = []
    for one in offered:
        became = "malformed" if one.entry is None else next(received)
        if became in ("stored", "known"):
            results.append(EntryResult(one.id, "message", became, None))
        else:
            refusal = refuse(became, one.problem)
            results.append(EntryResult(one.id, "message", "refused", refusal))
    return results


@dataclass(frozen=True, slots=True)
class Care:
    """The patient's episodes, held, in the order in which they were opened."""

    episodes: Sequence[Episode]
    timezone: str

    def episode_of(self, day: date, original: CheckIn | ExerciseSession | None) -> UUID | None:
        """A revision stays with what it revises; None after the end of care."""
        if original is not None:
            return original.episode_id
        found = course.covering(day, self.episodes, self.timezone)
        return None if found is None else found.id

    @property
    def ended_on(self) -> date | None:
        return self.episodes[-1].ended_on


class Taking:
    """One batch on its way in: what it may refer to, and which days it touched."""

    def __init__(
        self,
        session: AsyncSession,
        actor: PatientActor,
        care_given: Care,
        plans: care.References,
        clock: Clock,
        known: Sequence[store.Known],
    ) -> None:
        self._session = session
        self._actor = actor
        self._care = care_given
        self._plans = plans
        self._clock = clock
        self._known: set[UUID | None] = {name for one in known for name in one}
        # With what this batch takes of it.
        self._room = Room()
        self._changes = False
        # Of each episode that it touched.
        self.days: defaultdict[UUID, set[date]] = defaultdict(set)

    async def take(
        self, model: type[Any], kind: Kind, offered: Sequence[Offered]
    ) -> list[EntryResult]:
        patient_id = self._actor.patient_id
        ids = [one for one in mentioned(offered) if one in self._known]
        there = await store.by_ids(self._session, model, patient_id, ids)
        revised = await self._revised(model, offered)
        refused = self._refusals(offered, there, revised)
        contents = {entry_id: to_wire(entry) for entry_id, entry in there.items()}
        written = [
            None if refusal else _comparable(one.entry)
            for one, refusal in zip(offered, refused, strict=True)
        ]
        rows: list[dict[str, Any]] = []
        for one, values in zip(offered, written, strict=True):
            if values is not None and one.entry.id not in contents:
                contents[one.entry.id] = values
                rows.append(self._row(one.entry, values, there.get(one.entry.revises)))
        crowded = await self._without_room(rows, revised)
        rows = [row for row in rows if row["id"] not in crowded]
        stored = await store.add(self._session, model, rows)
        new = [row for row in rows if row["id"] in stored]
        for row in new:
            self.days[row["episode_id"]].add(row["day"])
        # Of what is changed, or was before it came, also the days on which it stood.
        roots = {_root(row) for row in new if row["revises"] or row["id"] in self._known}
        self._changes |= bool(roots) or any(row["withdrawn"] for row in new)
        for episode_id, day in await store.days_of(self._session, model, patient_id, roots):
            self.days[episode_id].add(day)

        def result(
            one: Offered, refusal: Refusal | None, values: dict[str, Any] | None
        ) -> EntryResult:
            if refusal is None and contents[one.entry.id] != values:
                refusal = refuse("id_reused")
            if refusal is None:
                refusal = crowded.get(one.entry.id)
            if refusal is not None:
                return EntryResult(one.id, kind, "refused", refusal)
            is_new = one.entry.id in stored
            stored.discard(one.entry.id)  # a second copy within the batch is known
            return EntryResult(one.id, kind, "stored" if is_new else "known", None)

        return [result(*each) for each in zip(offered, refused, written, strict=True)]

    @property
    def newest(self) -> date | None:
        """The last day of what came in, if all of it is new, stands, and is of one episode."""
        if self._changes or len(self.days) != 1:
            return None
        (days,) = self.days.values()
        return max(days)

    async def _revised(
        self, model: type[Any], offered: Sequence[Offered]
    ) -> dict[UUID, store.Revised]:
        entries = [one.entry for one in offered if one.entry is not None]
        midnight = self._clock.now.replace(hour=0, minute=0, second=0, microsecond=0)
        roots = {one.revises for one in entries if one.revises}
        return await store.revised(
            self._session, model, self._actor.patient_id, roots, since=midnight
        )

    def _refusals(
        self,
        offered: Sequence[Offered],
        there: Mapping[UUID, Any],
        revised: Mapping[UUID, store.Revised],
    ) -> list[Refusal | None]:
        revisions = {one.entry.id for one in offered if one.entry is not None and one.entry.revises}

        def refusal(one: Offered) -> Refusal | None:
            if one.entry is None:
                return refuse("malformed", one.problem)
            # What is stored stays known: a day that has meanwhile slipped out of range refuses nothing.
            if one.entry.id in there:
                return None
            original = there.get(one.entry.revises)
            last = revised.get(one.entry.revises)
            code = self._clock.refusal(one.entry, original, last and last.made_at)
            code = code or self._unknown_plan(one.entry)
            if code is None and self._episode_of(one.entry, original) is None:
                return refuse_after(self._care.ended_on)
            # Every revision names the original, or two phones could not agree on what counts.
            if one.entry.revises in revisions or (original is not None and original.revises):
                code = code or "revises_revision"
            return refuse(code) if code else None

        return [refusal(one) for one in offered]

    def _episode_of(
        self, entry: schemas.Entry, original: CheckIn | ExerciseSession | None
    ) -> UUID | None:
        return self._care.episode_of(self._clock.day_of(entry, original), original)

    def _unknown_plan(self, entry: schemas.Entry) -> str | None:
        version, item = entry.plan_version_id, getattr(entry, "plan_item_id", None)
        known = (version is None or version in self._plans.versions) and (
            item is None or item in self._plans.items
        )
        return None if known else "unknown_plan"

    async def _without_room(
        self, rows: Sequence[dict[str, Any]], revised: Mapping[UUID, store.Revised]
    ) -> dict[UUID, Refusal]:
        """What its day or its entry has no room for, by id. Under the episode's lock, so that two
        batches at once do not both find the same room."""
        if not rows:
            return {}
        room, unseen = self._room, {row["day"] for row in rows} - self._room.entries.keys()
        if unseen:
            episode_ids = [one.id for one in self._care.episodes]
            for day, root in await store.on_days(self._session, episode_ids, unseen):
                room.entries[day].add(root)
        room.edits.update({root: entry.edits for root, entry in revised.items()})
        codes = {
            row["id"]: room.refusal(_root(row), row["day"], is_edit=bool(row["revises"]))
            for row in rows
        }
        return {entry_id: refuse(code) for entry_id, code in codes.items() if code}

    def _row(
        self,
        entry: schemas.Entry,
        values: Mapping[str, Any],
        original: CheckIn | ExerciseSession | None,
    ) -> dict[str, Any]:
        offset = entry.happened_at.utcoffset()
        assert offset is not None
        return {
            **values,
            "clinic_id": self._actor.clinic_id,
            "patient_id": self._actor.patient_id,
            "episode_id": self._episode_of(entry, original),
            "utc_offset_minutes": int(offset.total_seconds() // 60),
            "received_at": self._clock.now,
            "clock_error": self._clock.error_of(entry),
            "day": self._clock.day_of(entry, original),
        }


def mentioned(offered: Sequence[Offered]) -> list[UUID]:
    """The entries of a batch, and those that it revises."""
    entries = [one.entry for one in offered if one.entry is not None]
    return [one.id for one in entries] + [one.revises for one in entries if one.revises]


def _root(row: dict[str, Any]) -> UUID:
    root: UUID = row["revises"] or row["id"]
    return root


def _comparable(entry: schemas.Entry) -> dict[str, Any]:
    """An entry as its columns: lists in one order, vocabulary as plain text."""
    values = msgspec.structs.asdict(entry)
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = sorted({str(member) for member in value})
        elif isinstance(value, str):
            values[name] = str(value)
    return values


def to_wire(row: CheckIn | ExerciseSession) -> dict[str, Any]:
    """A stored entry as the phone sent it, its time in the offset it was written in."""
    wire = schemas.CheckIn if isinstance(row, CheckIn) else schemas.ExerciseSession
    written_in = timezone(timedelta(minutes=row.utc_offset_minutes))
    return {name: getattr(row, name) for name in wire.__struct_fields__} | {
        "happened_at": row.happened_at.astimezone(written_in)
    }
