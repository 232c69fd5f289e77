"""A clinic's replay as a job: asked for by an admin, reckoned by the worker, and kept until the next."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, get_args
from uuid import UUID

import msgspec
from anyio import CapacityLimiter, to_thread
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import sensitivity
from glidepath.care import service as care
from glidepath.database import jobs
from glidepath.database.engine import Database
from glidepath.diary import service as diary
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.insight import store
from glidepath.insight.models import ReplayRun
from glidepath.insight.replay import AT_ONCE, Burden, Change, Count, Diary, read_some
from glidepath.insight.replay_schemas import (
    BurdenView,
    ChangeView,
    ComparisonView,
    ReplayResult,
    ReplayView,
)
from glidepath.trends import Sensitivity
from glidepath.views import view

REPLAY: Final = "insight:replay"
# After so long without a word from a worker it may be asked for again.
LOST_AFTER: Final = timedelta(minutes=2)
LEVELS: Final[tuple[Sensitivity, ...]] = get_args(Sensitivity)
# However many clinics ask: the rest of the processor is for those who are waiting for alerts.
_ONE: Final = CapacityLimiter(1)


async def ask(session: AsyncSession, actor: StaffActor, days: int, now: datetime) -> ReplayView:
    """Has the worker begin, unless one is under way: then that one."""
    sensitivity.require_admin(actor)
    last = await store.replay_run(session, lock=True)
    if last is None or _state(last, now) in ("done", "lost"):
        replay_id = uuid7()
        is_first = await store.begin_replay(
            session,
            {
                "clinic_id": actor.clinic_id,
                "id": replay_id,
                "days": days,
                "asked_by": actor.account_id,
                "asked_at": now,
                "beat_at": now,
                "done": 0,
                "total": None,
                "finished_at": None,
                "result": None,
            },
            instead_of=None if last is None else last.id,
        )
        if is_first:
            await jobs.defer(session, REPLAY, clinic_id=actor.clinic_id, replay_id=replay_id)
    found = await last_one(session, actor, now)
    assert found is not None
    return found


async def last_one(session: AsyncSession, actor: StaffActor, now: datetime) -> ReplayView | None:
    """None where nobody ever asked."""
    sensitivity.require_admin(actor)
    run = await store.replay_run(session)
    if run is None:
        return None
    kept = run.result
    people = {run.asked_by, *(UUID(one) for one in _patients(kept))}
    names = await identity.names(session, people)
    return view(
        ReplayView,
        run,
        state=_state(run, now),
        asked_by=names[run.asked_by],
        result=None if kept is None else _with_names(kept, names),
    )


def _state(run: ReplayRun, now: datetime) -> str:
    if run.finished_at is not None:
        return "done"
    if now - run.beat_at > LOST_AFTER:
        return "lost"
    return "waiting" if run.total is None else "running"


def _patients(kept: dict[str, Any] | None) -> set[str]:
    comparisons = kept["comparisons"] if kept else ()
    return {change["patient_id"] for one in comparisons for change in one["changes"]}


def _with_names(kept: dict[str, Any], names: dict[UUID, str]) -> ReplayResult:
    comparisons = [
        {
            **one,
            "changes": [
                {**change, "name": names[UUID(change["patient_id"])]} for change in one["changes"]
            ],
        }
        for one in kept["comparisons"]
    ]
    return msgspec.convert({**kept, "comparisons": comparisons}, ReplayResult)


async def run(
    database: Database, clinic_id: UUID, replay_id: UUID, clock: Callable[[], datetime]
) -> bool:
    """Reckons the replay; False where it is another's turn, or nobody's any more.

    A few diaries at a time are in memory, each of these a transaction of its own, and the reckoning is in a
    thread: so a big clinic takes long, and nobody has to wait for it.
    """
    async with database.reading(clinic_id) as session:
        asked = await store.replay_run(session)
        if asked is None or asked.id != replay_id or asked.finished_at is not None:
            return False
        chosen = await sensitivity.current(session)
        until = care.today_of(await identity.clinic_timezone(session), clock())
        since = until - timedelta(days=asked.days - 1)
        episodes = await care.episodes(session)
        spans = await diary.spans(session, [episode.id for episode in episodes])
    written = [one for one in episodes if one.id in spans and spans[one.id].last >= since]
    others = [level for level in LEVELS if level != chosen]
    count = Count(since, chosen, others)
    for start in range(0, len(written) or 1, AT_ONCE):
        async with database.writing(clinic_id) as session:
            progress = {"done": start, "total": len(written), "beat_at": clock()}
            if not await store.keep_replay(session, replay_id, progress):
                return False
        async with database.reading(clinic_id) as session:
            diaries = await read_some(session, written[start : start + AT_ONCE])
        await to_thread.run_sync(_add, count, diaries, limiter=_ONE)
    result = _kept(count, chosen, others, until)
    finished = {"done": len(written), "finished_at": clock(), "result": result}
    async with database.writing(clinic_id) as session:
        return await store.keep_replay(session, replay_id, finished)


def _add(count: Count, diaries: Iterable[Diary]) -> None:
    for one in diaries:
        count.add(one)


def _kept(
    count: Count, chosen: Sensitivity, others: list[Sensitivity], until: date
) -> dict[str, Any]:
    """What is stored: a `ReplayResult` without names, which are the patients' own to change."""
    replays = {other: count.result(other) for other in others}
    some = next(iter(replays.values()))
    burdens: dict[Sensitivity, Burden] = {
        chosen: some.now,
        **{other: one.then for other, one in replays.items()},
    }
    result = ReplayResult(
        since=some.since,
        until=until,
        now=chosen,
        patients=some.patients,
        patient_days=some.patient_days,
        burdens=[view(BurdenView, burdens[level]) for level in LEVELS],
        comparisons=[
            ComparisonView(
                sensitivity=other,
                same=sum(change.kind == "same" for change in one.changes),
                changes=[_change(change) for change in one.changes if change.kind != "same"],
            )
            for other, one in replays.items()
        ],
    )
    kept: dict[str, Any] = msgspec.to_builtins(result)
    return kept


def _change(change: Change) -> ChangeView:
    return view(
        ChangeView,
        change,
        name="",
        now=change.now and change.now.day,
        then=change.then and change.then.day,
        onset=change.on.onset,
        severity=change.on.severity,
        reason=change.on.reason,
    )
