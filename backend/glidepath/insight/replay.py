"""What another sensitivity would have made of a clinic's own diaries. It reads and reckons only."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, Self, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.alerts.trend import series
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay
from glidepath.trends import (
    Day,
    Sensitivity,
    Severity,
    Signal,
    Text,
    Verdict,
    Watch,
    screen,
)

# Episodes whose entries are in memory at once.
AT_ONCE: Final = 100
# What is raised within this many days is about the same: the detector reports nobody twice so soon,
# and the alerts of the time did without entries that came late.
SAME_EVENT: Final = timedelta(days=14)

ChangeKind = Literal["same", "earlier", "later", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Diary:
    """One episode of care: its logged days in order, and the alerts that its worsenings raised."""

    patient_id: UUID
    episode_id: UUID
    days: Sequence[Day]
    told: Sequence[alerts.Told] = ()
    # Days of a file, on which nothing is raised.
    imported: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert as one sensitivity would have raised it."""

    day: date
    onset: date
    severity: Severity
    reason: Text


@dataclass(frozen=True, slots=True)
class Change:
    """One worsening at both sensitivities; None where it would be no alert of its own.

    `told_on` is then the day of the earlier alert at that sensitivity which tells of it already. `outcome` is the outcome or else the state of the alert that therapists
    had at the time, None if they had none; `useful` what they said of it.
    """

    patient_id: UUID
    episode_id: UUID
    now: Raised | None
    then: Raised | None
    told_on: date | None
    outcome: str | None
    useful: bool | None

    @property
    def kind(self) -> ChangeKind:
        if self.now is None or self.then is None:
            return "new" if self.now is None else "gone"
        if self.then.day == self.now.day:
            return "same"
        return "earlier" if self.then.day < self.now.day else "later"

    @property
    def days(self) -> int | None:
        """By how many days the alert would have come later; negative: earlier."""
        if self.now is None or self.then is None:
            return None
        return (self.then.day - self.now.day).days

    @property
    def on(self) -> Raised:
        """As the other sensitivity would have raised it; where it would not, as it is now."""
        raised = self.then or self.now
        assert raised is not None, "one of the two raised it"
        return raised


@dataclass(frozen=True, slots=True)
class Burden:
    """What one sensitivity asks of the therapists; rates are None without a day to judge."""

    sensitivity: Sensitivity
    alerts: int
    patients: int
    per_180_days: float | None
    per_week: float | None


@dataclass(frozen=True, slots=True)
class Usefulness:
    """What therapists said of alerts; of the others nobody said either."""

    yes: int
    no: int

    @classmethod
    def of(cls, said: Iterable[bool | None]) -> Self:
        counts = Counter(said)
        return cls(yes=counts[True], no=counts[False])


@dataclass(frozen=True, slots=True)
class Replay:
    """`patient_days` run from the first to the last logged day of each episode, from `since` on.

    `outcomes` counts what became of the alerts that were raised in that time: by outcome, or by
    state where there is none; `useful` how many of them were said to have been useful, and how many not.
    """

    since: date
    patients: int
    patient_days: int
    now: Burden
    then: Burden
    changes: tuple[Change, ...]
    outcomes: dict[str, int]
    useful: Usefulness


async def read(session: AsyncSession) -> list[Diary]:
    """Every episode that the clinic ever had, ended or not, with its diary as it is known today."""
    episodes = await care.episodes(session)
    found = []
    for start in range(0, len(episodes), AT_ONCE):
        found += await read_some(session, episodes[start : start + AT_ONCE])
    return found


async def read_some(session: AsyncSession, episodes: Sequence[Episode]) -> list[Diary]:
    """The diaries of these episodes, in the same order."""
    ids = [episode.id for episode in episodes]
    written = await diary.days(session, ids)
    told = await alerts.told_worsenings(session, ids)
    found = [_diary(one, list(written[one.id].values()), told.get(one.id, ())) for one in episodes]
    session.expunge_all()
    return found


def _diary(episode: Episode, days: Sequence[DiaryDay], told: Sequence[alerts.Told]) -> Diary:
    imported = {day.date for day in days if day.imported}
    return Diary(episode.patient_id, episode.id, series(days), told, imported)


def replay(
    diaries: Iterable[Diary], then: Sensitivity, since: date, now: Sensitivity = "standard"
) -> Replay:
    """Both sensitivities over whole diaries, compared from `since` on.

    A worsening that either tells of from that day on counts for both, so that one told a day before
    it and a day after is no change of number. Reckoning takes its time: about as long as `screen`
    over the same diaries.
    """
    count = Count(since, now, (then,))
    for one in diaries:
        count.add(one)
    return count.result(then)


class Count:
    """Replays that are counted as the diaries come, each of which is judged once for all of them."""

    def __init__(self, since: date, now: Sensitivity, others: Sequence[Sensitivity]) -> None:
        self._since, self._now = since, now
        self._patients, self._patient_days = set[UUID](), 0
        self._told = list[alerts.Told]()
        self._changes: dict[Sensitivity, list[Change]] = {other: [] for other in others}

    def add(self, one: Diary) -> None:
        since = self._since
        if not one.days or one.days[-1].date < since:
            return
        self._patients.add(one.patient_id)
        self._patient_days += (one.days[-1].date - max(one.days[0].date, since)).days + 1
        self._told += [alert for alert in one.told if alert.raised_on >= since]
        # The detector's verdicts are the same at every sensitivity; what becomes of them is not.
        verdicts = [
            None if verdict.date in one.imported else verdict
            for verdict in screen(one.days, self._now).verdicts
        ]
        at_now = _signals(verdicts, self._now)
        for then, changes in self._changes.items():
            compared = _changes(one, self._now, then, at_now, _signals(verdicts, then))
            changes += [change for change in compared if _last_day(change) >= since]

    def result(self, then: Sensitivity) -> Replay:
        changes = self._changes[then]
        at_now = [change.patient_id for change in changes if change.now is not None]
        at_then = [change.patient_id for change in changes if change.then is not None]
        return Replay(
            since=self._since,
            patients=len(self._patients),
            patient_days=self._patient_days,
            now=_burden(self._now, at_now, self._patient_days),
            then=_burden(then, at_then, self._patient_days),
            changes=tuple(changes),
            outcomes=dict(Counter(alert.outcome for alert in self._told)),
            useful=Usefulness.of(alert.useful for alert in self._told),
        )


def _burden(sensitivity: Sensitivity, told_of: Sequence[UUID], patient_days: int) -> Burden:
    def per(days: int) -> float | None:
        return len(told_of) * days / patient_days if patient_days else None

    return Burden(sensitivity, len(told_of), len(set(told_of)), per(180), per(7))


def _last_day(change: Change) -> date:
    return max(raised.day for raised in (change.now, change.then) if raised is not None)


def _changes(
    one: Diary,
    now: Sensitivity,
    then: Sensitivity,
    at_now: Sequence[Signal],
    at_then: Sequence[Signal],
) -> Iterator[Change]:
    """The episode's worsenings by day, each with its alert at both sensitivities."""
    order = get_args(Sensitivity)
    if order.index(now) < order.index(then):
        pairs = list(_pairs(at_now, at_then))
    else:
        pairs = [(a, b, told_on) for b, a, told_on in _pairs(at_then, at_now)]
    for a, b, told_on in sorted(pairs, key=lambda pair: _day(*pair[:2])):
        alert = _alert_of(one.told, a.raised_on if a else _day(a, b))
        yield Change(
            one.patient_id,
            one.episode_id,
            _raised(a),
            _raised(b),
            told_on,
            alert.outcome if alert else None,
            alert.useful if alert else None,
        )


def _day(a: Signal | None, b: Signal | None) -> date:
    return min(signal.raised_on for signal in (a, b) if signal is not None)


def _signals(verdicts: Sequence[Verdict | None], sensitivity: Sensitivity) -> list[Signal]:
    """None is a day that is passed over."""
    watch, found = Watch(sensitivity), list[Signal]()
    for verdict in verdicts:
        if verdict is None:
            watch.pass_over()
        elif (signal := watch.step(verdict)) is not None:
            found.append(signal)
    return found


def _pairs(
    calmer: Sequence[Signal], other: Sequence[Signal]
) -> Iterator[tuple[Signal | None, Signal | None, date | None]]:
    """Each signal of the calmer sensitivity with the other's signal of the same worsening, and what
    is left of both, with the day on which the one side had told of what is left of the other.

    Whatever reaches the calmer threshold reaches the other. So the other sensitivity raised it on
    the same day, or it kept silent because its last signal tells of the same.
    """
    rest = list(other)
    for signal in calmer:
        before = _last_before(signal, other)
        if before is not None and before in rest:
            rest.remove(before)
            yield signal, before, None
        else:
            yield signal, None, before.raised_on if before else None
    for signal in rest:
        before = _last_before(signal, calmer)
        told = before is not None and (
            signal.onset <= before.raised_on or signal.raised_on < before.raised_on + SAME_EVENT
        )
        yield None, signal, before.raised_on if before and told else None


def _last_before(signal: Signal, others: Sequence[Signal]) -> Signal | None:
    before = [other for other in others if other.raised_on <= signal.raised_on]
    return before[-1] if before else None


def _raised(signal: Signal | None) -> Raised | None:
    if signal is None:
        return None
    return Raised(signal.raised_on, signal.onset, signal.severity, signal.verdict.sentence)


def _alert_of(told: Sequence[alerts.Told], day: date) -> alerts.Told | None:
    about = [
        alert
        for alert in told
        if alert.raised_on - SAME_EVENT < day < alert.raised_on + SAME_EVENT
        or alert.raised_on <= day <= alert.last_day
    ]
    return min(about, key=lambda alert: abs(alert.raised_on - day), default=None)
