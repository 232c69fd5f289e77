"""Taking entries in, exactly once each, and giving the diary back."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import episodes as course
from glidepath.care import service as care
from glidepath.clinical.vocabulary import ExerciseKind
from glidepath.diary import answers, schemas, store, weeks_store
from glidepath.diary.bounds import Clock
from glidepath.diary.days import DiaryDay, by_day
from glidepath.diary.models import CheckIn, ExerciseSession, Summary
from glidepath.diary.schemas import (
    DiaryPage,
    SyncAnswer,
    SyncRequest,
)
from glidepath.diary.taking import Care, Taking, mentioned, take_messages, to_wire
from glidepath.identity.actor import PatientActor
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
    references = await care.references(session, actor.patient_id)
    clock = Clock.read(batch.sent_at, now)
    offered = [*batch.check_ins, *batch.exercise_sessions]
    known = await store.known(session, actor.patient_id, mentioned(offered)) if offered else []
    intake = Taking(session, actor, Care(held, references.timezone), references, clock, known)
    results = [
        *await intake.take(CheckIn, "check_in", batch.check_ins),
        *await intake.take(ExerciseSession, "exercise_session", batch.exercise_sessions),
        *await take_messages(session, actor, batch.messages, now),
        *await answers.take(session, actor, held, batch.measure_answers, clock),
    ]
    touched = [one for one in held if one.id in intake.days]
    if touched:
        await weeks_store.summarise(session, [one.id for one in touched], intake.newest)
    for episode in touched:
        await evaluate(
            session,
            Intake(
                actor.clinic_id,
                actor.patient_id,
                episode.id,
                frozenset(intake.days[episode.id]),
                references.items,
                now,
                ended=episode.ended_on is not None,
            ),
        )
    return SyncAnswer(results=results, as_of=now)


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
    for check_in in await _entries(session, CheckIn, episode_ids, since):
        check_ins[check_in.episode_id].append(check_in)
    sessions = defaultdict(list)
    for one in await _entries(session, ExerciseSession, episode_ids, since):
        sessions[one.episode_id].append(one)
    return {
        episode_id: by_day(check_ins[episode_id], sessions[episode_id])
        for episode_id in episode_ids
    }


async def _entries(
    session: AsyncSession, model: type[Any], episode_ids: Sequence[UUID], since: date | None
) -> Sequence[Any]:
    if since is None:
        return await store.settled(session, model, episode_ids)
    return await weeks_store.lately(session, model, episode_ids, since)


async def recorded(
    session: AsyncSession, patient_id: UUID, entry_ids: Sequence[UUID]
) -> dict[date, DiaryDay]:
    """The days as these very entries say, whatever became of them later."""
    check_ins = await store.by_ids(session, CheckIn, patient_id, entry_ids)
    sessions = await store.by_ids(session, ExerciseSession, patient_id, entry_ids)
    return by_day(check_ins.values(), sessions.values())


async def entry_ids(
    session: AsyncSession, episode_ids: Sequence[UUID], since: date
) -> dict[UUID, dict[date, list[UUID]]]:
    """Per episode the days from `since` on that carry an entry of any kind, with the entries as they stand;
    of what the patient's phone sent, not of what came from a file."""
    found: dict[UUID, dict[date, list[UUID]]] = {one: defaultdict(list) for one in episode_ids}
    for rows in (
        await store.settled_ids(session, CheckIn, episode_ids, since),
        await store.settled_ids(session, ExerciseSession, episode_ids, since),
    ):
        for episode_id, day, entry_id in rows:
            found[episode_id][day].append(entry_id)
    return {episode_id: dict(days) for episode_id, days in found.items()}


class Stamp(NamedTuple):
    """That an entry was made, without anything of what it says."""

    id: UUID
    kind: Literal["check_in", "exercise_session"]
    day: date
    happened_at: datetime
    received_at: datetime


async def stamps(
    session: AsyncSession, patient_id: UUID, entry_ids: Sequence[UUID]
) -> dict[UUID, Stamp]:
    """Of these very entries, whatever became of them later."""
    check_ins = await store.by_ids(session, CheckIn, patient_id, entry_ids)
    sessions = await store.by_ids(session, ExerciseSession, patient_id, entry_ids)
    entries: list[CheckIn | ExerciseSession] = [*check_ins.values(), *sessions.values()]
    return {
        one.id: Stamp(
            one.id,
            "check_in" if isinstance(one, CheckIn) else "exercise_session",
            one.day,
            one.happened_at,
            one.received_at,
        )
        for one in entries
    }


async def summary(session: AsyncSession, episode_id: UUID) -> Summary | None:
    """The end of an episode's diary in short; None as long as it has no entry."""
    return await weeks_store.summary(session, episode_id)


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
        await weeks_store.lately(session, CheckIn, episodes, since),
        await weeks_store.lately(session, ExerciseSession, episodes, since),
    ):
        found |= {one.episode_id for one in entries if one.day == days[one.episode_id]}
    return found
