"""Taking entries in, exactly once each, and giving the diary back."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import episodes as course
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.clinical.vocabulary import ExerciseKind
from glidepath.diary import schemas, store
from glidepath.diary.bounds import Clock, Room
from glidepath.diary.days import DiaryDay, by_day
from glidepath.diary.models import CheckIn, ExerciseSession, Summary
from glidepath.diary.refusals import refuse, refuse_after
from glidepath.diary.schemas import (
    DiaryPage,
    EntryResult,
    Kind,
    Offered,
    OfferedMessage,
    Refusal,
    SyncAnswer,
    SyncRequest,
)
from glidepath.identity.actor import PatientActor
from glidepath.messages import service as messages
from glidepath.privacy import consent
from glidepath.problems import Forbidden


@dataclass(frozen=True, slots=True)
class Intake:
    """What one sync brought that was new: the episode to look at again, and from which days.

    `ended`: it came after the end of care, from days before it.
    """

    clinic_id: UUID
    patient_id: UUID
    episode_id: UUID
    days: frozenset[date]
    # What kind of exercise each item of the patient's plans is.
    kinds: dict[UUID, ExerciseKind]
    now: datetime
    ended: bool = False


class Span(NamedTuple):
    """The first and the last day with an entry of any kind."""

    first: date
    last: date


Evaluate = Callable[[AsyncSession, Intake], Awaitable[None]]


async def sync(
    session: AsyncSession,
    actor: PatientActor,
    batch: SyncRequest,
    now: datetime,
    evaluate: Evaluate,
) -> SyncAnswer:
    """Stores a batch and lets `evaluate` judge each episode that it touches, in the caller's one
    transaction.

    Sending the same batch again, or in two tabs at once, changes nothing: the second waits for
    the first to commit and finds its entries known.
    """
    if batch.account_id != actor.account_id:
        raise Forbidden(
            "These entries belong to somebody else's sign-in. They stay on the phone.",
            code="other_account",
        )
    held = await course.hold(session, actor.patient_id)
    await consent.require_not_withdrawn(session, actor.patient_id)
    timezone = (await care.patient(session, actor.patient_id)).timezone
    plans = await care.plan_references(session, actor.patient_id)
    intake = _Taking(session, actor, _Care(held, timezone), plans, Clock.read(batch.sent_at, now))
    results = [
        *await intake.take(CheckIn, "check_in", batch.check_ins),
        *await intake.take(ExerciseSession, "exercise_session", batch.exercise_sessions),
        *await _take_messages(session, actor, batch.messages, now),
    ]
    touched = [one for one in held if one.id in intake.days]
    if touched:
        await store.summarise(session, [one.id for one in touched])
    for episode in touched:
        await evaluate(
            session,
            Intake(
                actor.clinic_id,
                actor.patient_id,
                episode.id,
                frozenset(intake.days[episode.id]),
                plans.items,
                now,
                ended=episode.ended_on is not None,
            ),
        )
    return SyncAnswer(results=results, as_of=now)


async def _take_messages(
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
class _Care:
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


class _Taking:
    """One batch on its way in: what it may refer to, and which days it touched."""

    def __init__(
        self,
        session: AsyncSession,
        actor: PatientActor,
        care_given: _Care,
        plans: care.PlanReferences,
        clock: Clock,
    ) -> None:
        self._session = session
        self._actor = actor
        self._care = care_given
        self._plans = plans
        self._clock = clock
        # Of each episode that it touched.
        self.days: defaultdict[UUID, set[date]] = defaultdict(set)

    async def take(
        self, model: type[Any], kind: Kind, offered: Sequence[Offered]
    ) -> list[EntryResult]:
        patient_id = self._actor.patient_id
        there = await store.by_ids(self._session, model, patient_id, _mentioned(offered))
        revised = await self._revised(model, offered)
        refused = self._refusals(offered, there, revised)
        contents = {entry_id: to_wire(entry) for entry_id, entry in there.items()}
        rows: list[dict[str, Any]] = []
        for one, refusal in zip(offered, refused, strict=True):
            if refusal is None and one.entry.id not in contents:
                contents[one.entry.id] = _comparable(one.entry)
                rows.append(self._row(one.entry, there.get(one.entry.revises)))
        crowded = await self._without_room(rows, revised)
        rows = [row for row in rows if row["id"] not in crowded]
        stored = await store.add(self._session, model, rows)
        roots = {_root(row) for row in rows if row["id"] in stored}
        for episode_id, day in await store.days_of(self._session, model, patient_id, roots):
            self.days[episode_id].add(day)

        def result(one: Offered, refusal: Refusal | None) -> EntryResult:
            if refusal is None and contents[one.entry.id] != _comparable(one.entry):
                refusal = refuse("id_reused")
            if refusal is None:
                refusal = crowded.get(one.entry.id)
            if refusal is not None:
                return EntryResult(one.id, kind, "refused", refusal)
            is_new = one.entry.id in stored
            stored.discard(one.entry.id)  # a second copy within the batch is known
            return EntryResult(one.id, kind, "stored" if is_new else "known", None)

        return [result(*pair) for pair in zip(offered, refused, strict=True)]

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
        room, days = Room(), {row["day"] for row in rows}
        episode_ids = [one.id for one in self._care.episodes]
        kinds: tuple[type[Any], ...] = (CheckIn, ExerciseSession)
        for kind in kinds:
            for day, root in await store.on_days(self._session, kind, episode_ids, days):
                room.entries[day].add(root)
        room.edits.update({root: entry.edits for root, entry in revised.items()})
        codes = {
            row["id"]: room.refusal(_root(row), row["day"], is_edit=bool(row["revises"]))
            for row in rows
        }
        return {entry_id: refuse(code) for entry_id, code in codes.items() if code}

    def _row(
        self, entry: schemas.Entry, original: CheckIn | ExerciseSession | None
    ) -> dict[str, Any]:
        offset = entry.happened_at.utcoffset()
        assert offset is not None
        return {
            **_comparable(entry),
            "clinic_id": self._actor.clinic_id,
            "patient_id": self._actor.patient_id,
            "episode_id": self._episode_of(entry, original),
            "utc_offset_minutes": int(offset.total_seconds() // 60),
            "received_at": self._clock.now,
            "clock_error": self._clock.error_of(entry),
            "day": self._clock.day_of(entry, original),
        }


def _mentioned(offered: Sequence[Offered]) -> list[UUID]:
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


async def page(session: AsyncSession, actor: PatientActor, since: date | None) -> DiaryPage:
    check_ins = await store.history(session, CheckIn, actor.patient_id, since)
    sessions = await store.history(session, ExerciseSession, actor.patient_id, since)
    return _page(check_ins, sessions)


async def settled(session: AsyncSession, episode_id: UUID) -> DiaryPage:
    """The entries of an episode, each as its last revision left it."""
    check_ins = await store.settled(session, CheckIn, [episode_id])
    return _page(check_ins, await store.settled(session, ExerciseSession, [episode_id]))


def _page(check_ins: Iterable[CheckIn], sessions: Iterable[ExerciseSession]) -> DiaryPage:
    return DiaryPage(
        check_ins=[msgspec.convert(to_wire(row), schemas.CheckIn) for row in check_ins],
        exercise_sessions=[
            msgspec.convert(to_wire(row), schemas.ExerciseSession) for row in sessions
        ],
    )


async def days(
    session: AsyncSession, episode_ids: Sequence[UUID], since: date | None = None
) -> dict[UUID, dict[date, DiaryDay]]:
    """Per episode the days that carry an entry, revisions settled."""
    check_ins = defaultdict(list)
    for check_in in await store.settled(session, CheckIn, episode_ids, since):
        check_ins[check_in.episode_id].append(check_in)
    sessions = defaultdict(list)
    for one in await store.settled(session, ExerciseSession, episode_ids, since):
        sessions[one.episode_id].append(one)
    return {
        episode_id: by_day(check_ins[episode_id], sessions[episode_id])
        for episode_id in episode_ids
    }


async def recorded(
    session: AsyncSession, patient_id: UUID, entry_ids: Sequence[UUID]
) -> dict[date, DiaryDay]:
    """The days as these very entries say, whatever became of them later."""
    check_ins = await store.by_ids(session, CheckIn, patient_id, entry_ids)
    sessions = await store.by_ids(session, ExerciseSession, patient_id, entry_ids)
    return by_day(check_ins.values(), sessions.values())


async def summary(session: AsyncSession, episode_id: UUID) -> Summary | None:
    """The end of an episode's diary in short; None as long as it has no entry."""
    return await store.summary(session, episode_id)


async def last_zones(session: AsyncSession, episode_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Per episode where the phone was that wrote the last check-in; episodes without one are left out."""
    return await store.last_zones(session, episode_ids)


async def spans(session: AsyncSession, episode_ids: Sequence[UUID]) -> dict[UUID, Span]:
    """Per episode the days between which it was written; episodes without an entry are left out."""
    checked_in = await store.spans(session, CheckIn, episode_ids)
    exercised = await store.spans(session, ExerciseSession, episode_ids)
    found = {}
    for episode_id in checked_in.keys() | exercised.keys():
        ends = (*checked_in.get(episode_id, ()), *exercised.get(episode_id, ()))
        found[episode_id] = Span(min(ends), max(ends))
    return found


async def logged_since(session: AsyncSession, since: datetime) -> dict[UUID, list[date]]:
    """The days with a check-in, in order, of the episodes that one came in for since then; what was
    changed or withdrawn later is left out."""
    found = defaultdict[UUID, list[date]](list)
    for episode_id, day in await store.logged_since(session, since):
        found[episode_id].append(day)
    return dict(found)


async def logged_on(session: AsyncSession, days: Mapping[UUID, date]) -> set[UUID]:
    """Of these episodes those with an entry of any kind on their day that was not taken back."""
    if not days:
        return set()
    found = set[UUID]()
    episodes, since = list(days), min(days.values())
    for entries in (
        await store.settled(session, CheckIn, episodes, since),
        await store.settled(session, ExerciseSession, episodes, since),
    ):
        found |= {one.episode_id for one in entries if one.day == days[one.episode_id]}
    return found
