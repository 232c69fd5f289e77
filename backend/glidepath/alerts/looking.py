"""The daily look: what can be told without an entry, or from many of them, and may wait for a day.

Each patient is looked at in their own morning, and everybody once a day, for a morning that was missed.

Silence brings no sync, so that nobody would ever judge it; and whether a patient improves as expected
is a question of weeks. Looking twice finds nothing new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import progression
from glidepath.alerts import store
from glidepath.alerts.models import Alert
from glidepath.alerts.writing import open_alert
from glidepath.audit import service as audit
from glidepath.audit.actions import Action
from glidepath.care import service as care
from glidepath.care.service import Running
from glidepath.database.engine import Database
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay
from glidepath.trends import Day, progress, quiet

# What was told before; a worsening says all that "not improving" could.
KINDS: Final = ("quiet", "not_improving", "worsening")
# Progress is judged on one day; two weeks after it, that is no news any more.
NEWS: Final = timedelta(days=14)
# The longest silence that is nothing yet, of those who write seldom.
BACK_FOR: Final = timedelta(days=15)
# Episodes in one transaction: a lock taken early in it is not held for long.
AT_ONCE: Final = 100
# Before clinics open, and after the hours that a change of the clocks skips or repeats.
MORNING: Final = 4


async def look_at_all(
    database: Database,
    clinic_id: UUID,
    now: datetime,
    *,
    only_mornings: bool = False,
    audit_key: bytes | None = None,
) -> int:
    """Looks at every running episode of a clinic, or at those of patients where it is morning; opens
    alerts and says how many. What the plans propose is looked at, too. With a key it is written down."""
    async with database.reading(clinic_id) as session:
        episodes = await care.running_episodes(session)
    if only_mornings:
        episodes = [one for one in episodes if is_morning(one.timezone, now)]
    opened = 0
    for start in range(0, len(episodes), AT_ONCE):
        async with database.writing(clinic_id) as session:
            some = episodes[start : start + AT_ONCE]
            opened += await look(session, clinic_id, some, now)
            await progression.look(session, some, now)
            if audit_key is not None:
                await audit.write_of_system(session, audit_key, clinic_id, Action.SYSTEM_LOOK, now)
    return opened


def is_morning(zone: str, now: datetime) -> bool:
    """Whether it is the hour there in which a patient is looked at: each day has it, whatever the clocks
    do."""
    return now.astimezone(ZoneInfo(zone)).hour == MORNING


async def look(
    session: AsyncSession, clinic_id: UUID, episodes: Sequence[Running], now: datetime
) -> int:
    """Looks at some of a clinic's episodes; opens alerts and says how many."""
    # First without a lock, since hardly anybody gives reason for an alert.
    suspects = await _found(session, episodes, now)
    opened = 0
    for one in episodes:
        if one.episode_id not in suspects:
            continue
        # Now no entry arrives meanwhile, and no other worker looks at the same.
        if not await care.lock_if_running(session, one.episode_id):
            continue
        for alert in (await _found(session, [one], now)).get(one.episode_id, ()):
            nothing_new = diary.Intake(
                clinic_id, one.patient_id, one.episode_id, days=frozenset(), kinds={}, now=now
            )
            await open_alert(session, nothing_new, severity="low", **alert)
            opened += 1
    return opened


async def _found(
    session: AsyncSession, episodes: Sequence[Running], now: datetime
) -> dict[UUID, list[dict[str, Any]]]:
    """Per episode the alerts that there is reason for and that were not raised before."""
    spans = await diary.spans(session, [one.episode_id for one in episodes])
    known = defaultdict(list)
    for alert in await store.of_kinds(session, list(spans), KINDS):
        known[alert.episode_id].append(alert)
    suspects, due = list[Running](), dict[UUID, date]()
    for one in episodes:
        span, own, today = spans.get(one.episode_id), known[one.episode_id], one.today(now)
        if span is None:
            continue
        if _may_be_quiet(span, own, today) and not _is_back(one, span, now):
            suspects.append(one)
        if _is_due(span, own, today):
            due[one.episode_id] = today
    silent = {one.episode_id: one for one in suspects}
    zones = await diary.last_zones(session, [*silent]) if silent else {}
    pauses = await care.paused(session, [*silent]) if silent else {}
    days = await diary.days(session, [*(silent.keys() | due.keys())])
    found = defaultdict[UUID, list[dict[str, Any]]](list)
    for episode_id, written in days.items():
        # A file that ends is no silence, and what it says was known elsewhere.
        if not written or written[max(written)].imported:
            continue
        if episode_id in silent:
            # The last day by its settled entries: one may have been moved or withdrawn.
            told = {alert.onset for alert in known[episode_id] if alert.kind == "quiet"}
            home = silent[episode_id].timezone
            today = day_that_runs(home, zones.get(episode_id, home), now)
            found[episode_id] += _silence(written, today, pauses.get(episode_id, ()), told)
        if episode_id in due:
            found[episode_id] += _shortfall(written, due[episode_id])
    return {episode_id: alerts for episode_id, alerts in found.items() if alerts}


def day_that_runs(home: str, last_seen: str, now: datetime) -> date:
    """The day that is not over yet, at home or where the last entry was written: who is further west may
    still write what is yesterday's at home."""
    return min(care.today_of(home, now), care.today_of(last_seen, now))


def silence(
    series: Sequence[Day], today: date, paused: Collection[date], told: Collection[date | None]
) -> quiet.Silence | None:
    """The silence that there is reason to tell of today: one is told of once, by the day it began on."""
    found = quiet.judge(series, today, paused)
    return found if found is not None and found.since not in told else None


def _may_be_quiet(span: diary.Span, known: Iterable[Alert], today: date) -> bool:
    """One silence is told once, whatever became of the alert."""
    silent = (today - span.last).days - 1
    return silent >= quiet.LEAST and not any(
        alert.kind == "quiet" and (alert.state != "resolved" or alert.onset == span.last)
        for alert in known
    )


def _is_back(one: Running, span: diary.Span, now: datetime) -> bool:
    """Whose care was over was not silent: who is back gets the time to begin that a newcomer gets."""
    back = one.reopened_at
    return back is not None and now - back < BACK_FOR and span.last <= back.date()


def _is_due(span: diary.Span, known: Iterable[Alert], today: date) -> bool:
    """Once in an episode, and not beside a worsening that is still to be dealt with."""
    due, too_late = timedelta(progress.DUE), timedelta(progress.TOO_LATE) + NEWS
    return due <= today - span.first <= too_late and not any(
        alert.kind == "not_improving" or (alert.kind == "worsening" and alert.state != "resolved")
        for alert in known
    )


def _silence(
    days: dict[date, DiaryDay],
    today: date,
    paused: Collection[date],
    told: Collection[date | None],
) -> Iterator[dict[str, Any]]:
    series = [Day(day.date, pain=day.pain) for day in days.values()]
    found = silence(series, today, paused, told)
    if found is None:
        return
    yield {
        "kind": "quiet",
        "onset": found.since,
        "raised_on": today,
        "last_day": today,
        "score": None,
        "reason": found.sentence,
        "evidence": [],
        "detector_version": quiet.VERSION,
        "basis": _with_entries(quiet.record(series, found, paused), days),
    }


def _shortfall(days: dict[date, DiaryDay], today: date) -> Iterator[dict[str, Any]]:
    series = [Day(day.date, pain=day.pain) for day in days.values()]
    shortfall = progress.judge(series)
    if shortfall is None or today - shortfall.raised_on > NEWS:
        return
    evidence = {
        "channel": "pain",
        "weight": 1.0,
        "since": shortfall.first.isoformat(),
        "before": shortfall.before,
        "after": shortfall.now,
        "sentence": shortfall.sentence,
    }
    yield {
        "kind": "not_improving",
        "onset": None,
        "raised_on": shortfall.raised_on,
        "last_day": shortfall.raised_on,
        "score": None,
        "reason": shortfall.sentence,
        "evidence": [evidence],
        "detector_version": progress.VERSION,
        "basis": _with_entries(progress.record(series, shortfall), days),
    }


def _with_entries(basis: dict[str, Any], days: dict[date, DiaryDay]) -> dict[str, Any]:
    read = [days[date.fromisoformat(on)] for on, _ in basis["days"]]
    return basis | {"entry_ids": [str(entry_id) for day in read for entry_id in day.entry_ids]}
