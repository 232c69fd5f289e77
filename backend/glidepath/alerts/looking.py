"""The daily look: what can be told without an entry, or from many of them, and may wait for a day.

Silence brings no sync, so that nobody would ever judge it; and whether a patient improves as expected
is a question of weeks. Looking twice finds nothing new.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import progression
from glidepath.alerts import store
from glidepath.alerts.models import Alert
from glidepath.alerts.writing import open_alert
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


async def look_at_all(database: Database, clinic_id: UUID, now: datetime) -> int:
    """Looks at every running episode of a clinic; opens alerts and says how many. What the plans
    propose is looked at, too."""
    async with database.reading(clinic_id) as session:
        episodes = await care.running_episodes(session)
    opened = 0
    for start in range(0, len(episodes), AT_ONCE):
        async with database.writing(clinic_id) as session:
            some = episodes[start : start + AT_ONCE]
            opened += await look(session, clinic_id, some, now)
            await progression.look(session, some, now)
    return opened


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
    silent, due = dict[UUID, date](), dict[UUID, date]()
    for one in episodes:
        span, own, today = spans.get(one.episode_id), known[one.episode_id], one.today(now)
        if span is None:
            continue
        if _may_be_quiet(span, own, today) and not _is_back(one, span, now):
            silent[one.episode_id] = today
        if _is_due(span, own, today):
            due[one.episode_id] = today
    days = await diary.days(session, [*(silent.keys() | due.keys())])
    found = defaultdict[UUID, list[dict[str, Any]]](list)
    for episode_id, written in days.items():
        if episode_id in silent:
            # The last day by its settled entries: one may have been moved or withdrawn.
            told = {alert.onset for alert in known[episode_id] if alert.kind == "quiet"}
            silences = _silence(written, silent[episode_id])
            found[episode_id] += [alert for alert in silences if alert["onset"] not in told]
        if episode_id in due:
            found[episode_id] += _shortfall(written, due[episode_id])
    return {episode_id: alerts for episode_id, alerts in found.items() if alerts}


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


def _silence(days: dict[date, DiaryDay], today: date) -> Iterator[dict[str, Any]]:
    series = [Day(day.date, pain=day.pain) for day in days.values()]
    silence = quiet.judge(series, today)
    if silence is None:
        return
    yield {
        "kind": "quiet",
        "onset": silence.since,
        "raised_on": today,
        "last_day": today,
        "score": None,
        "reason": silence.sentence,
        "evidence": [],
        "detector_version": quiet.VERSION,
        "basis": _with_entries(quiet.record(series, silence), days),
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
