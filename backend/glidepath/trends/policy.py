"""When a score becomes a signal, apart from how the score comes about."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, Self

from glidepath.trends.days import Day
from glidepath.trends.explain import Evidence
from glidepath.trends.monitor import Monitor, Verdict
from glidepath.trends.settings import Settings

Sensitivity = Literal["calm", "standard", "early"]
Severity = Literal["high", "moderate"]

# Log odds, set on 1,500 simulated diaries to a quarter, a half and one false alert per patient and
# 180 days in those without a worsening; `benchmarks/trends.py` reproduces the rates.
THRESHOLDS: Final[dict[Sensitivity, float]] = {"calm": 0.2, "standard": -0.4, "early": -0.95}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a threshold costs and finds: alerts per patient and 180 days without a worsening, and the
    shares of worsenings that are found within days of their onset."""

    false_per_180_days: float
    found_in_14_days: float
    found_in_28_days: float


# On 500 simulated diaries other than those that set the thresholds, by the benchmark's rules of
# counting; `tests/unit/benchmarks/test_levels.py` holds the benchmark to it.
MEASURED: Final[dict[Sensitivity, Measured]] = {
    "calm": Measured(0.28, 0.38, 0.67),
    "standard": Measured(0.54, 0.45, 0.72),
    "early": Measured(1.04, 0.55, 0.83),
}
# Twice the smallest change of leg pain that matters to patients, 1.75 points.
LARGE_RISE: Final = 3.5
# A channel with less of the evidence than this does not count as a second one.
SECOND_CHANNEL: Final = 0.2
# Before this many logged days nothing is said: less than a week shows no usual course.
SETTLE_LOGGED: Final = 7
# A worsening still stands until the score has fallen clearly below the threshold.
RELEASE: Final = 1.0
# A patient is not reported twice within two weeks.
REFRACTORY_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Levels:
    """The sensitivity of each day: `first`, and then every other with the first day on which it held,
    in order."""

    first: Sensitivity = "standard"
    changes: tuple[tuple[dt.date, Sensitivity], ...] = ()

    def on(self, day: dt.date) -> Sensitivity:
        return next(
            (level for begins, level in reversed(self.changes) if begins <= day), self.first
        )

    def since(self, onset: dt.date, day: dt.date) -> set[Sensitivity]:
        """All that have held from an onset to a day."""
        return {self.on(onset), *(level for begins, level in self.changes if onset < begins <= day)}


@dataclass(frozen=True, slots=True)
class Signal:
    """A worsening worth a therapist's attention; `verdict` says why."""

    kind: Literal["worsening"]
    raised_on: dt.date
    onset: dt.date
    severity: Severity
    score: float
    verdict: Verdict


@dataclass(slots=True)
class _State:
    logged: int = 0
    raised_on: dt.date | None = None
    armed: bool = True
    standing: bool = False


class Watch:
    """Turns one patient's verdicts, in order, into signals: one for each episode.

    Where the sensitivity changes on the way, a worsening has to reach the calmest that has held since
    it began: so what stood already under the old one is not told all at once under a new one.
    """

    def __init__(self, sensitivity: Sensitivity | Levels = "standard") -> None:
        self.levels = sensitivity if isinstance(sensitivity, Levels) else Levels(sensitivity)
        self._state = _State()

    @property
    def standing(self) -> bool:
        """Whether the worsening that was raised last is still there."""
        return self._state.standing

    def threshold(self, day: dt.date) -> float:
        """The score that a signal needs on a day, if it tells of what began after any change."""
        return THRESHOLDS[self.levels.on(day)]

    def step(self, verdict: Verdict) -> Signal | None:
        state, threshold = self._state, self.threshold(verdict.date)
        state.logged += 1
        if verdict.score < threshold:
            state.armed = True
            state.standing &= verdict.score >= threshold - RELEASE
            return None
        if not self._may_raise(verdict):
            state.standing |= state.raised_on is not None
            return None
        assert verdict.onset is not None
        state.raised_on, state.armed, state.standing = verdict.date, False, True
        return Signal(
            kind="worsening",
            raised_on=verdict.date,
            onset=verdict.onset,
            severity=_severity(verdict.evidence),
            score=verdict.score,
            verdict=verdict,
        )

    def pass_over(self) -> None:
        """A logged day that is to raise nothing, but that the next ones are judged by."""
        self._state.logged += 1

    def tells_of(self, verdict: Verdict) -> bool:
        """Whether a verdict speaks of the worsening that was raised last, and as surely as a signal
        must."""
        raised_on = self._state.raised_on
        return (
            raised_on is not None
            and verdict.score >= self.threshold(verdict.date)
            and verdict.onset is not None
            and verdict.onset <= raised_on
        )

    def _may_raise(self, verdict: Verdict) -> bool:
        state = self._state
        if state.logged < SETTLE_LOGGED or not state.armed or verdict.onset is None:
            return False
        held = self.levels.since(verdict.onset, verdict.date)
        if verdict.score < max(THRESHOLDS[level] for level in held):
            return False
        if state.raised_on is None:
            return True
        # What began before the last signal has been reported with it.
        if verdict.onset <= state.raised_on:
            return False
        return (verdict.date - state.raised_on).days >= REFRACTORY_DAYS

    def copy(self) -> "Watch":
        other = Watch(self.levels)
        other._state = replace(self._state)
        return other

    def snapshot(self) -> dict[str, Any]:
        state = {field.name: getattr(self._state, field.name) for field in fields(self._state)}
        state["raised_on"] = state["raised_on"] and state["raised_on"].isoformat()
        changes = [[begins.isoformat(), level] for begins, level in self.levels.changes]
        return {
            "sensitivity": self.levels.first,
            **({"changes": changes} if changes else {}),
            **state,
        }

    @classmethod
    def restore(cls, snapshot: dict[str, Any], levels: Levels | None = None) -> Self:
        """`levels` where more is known of them than the snapshot holds."""
        values = dict(snapshot)
        first, changes = values.pop("sensitivity"), values.pop("changes", [])
        begun = tuple((dt.date.fromisoformat(begins), level) for begins, level in changes)
        watch = cls(levels or Levels(first, begun))
        values["raised_on"] = values["raised_on"] and dt.date.fromisoformat(values["raised_on"])
        watch._state = _State(**values)
        return watch


def _severity(evidence: Sequence[Evidence]) -> Severity:
    """High for a large rise of pain, and when two channels agree."""
    for part in evidence:
        rise = float(part.after) - float(part.before) if part.channel == "pain" else 0.0
        if rise >= LARGE_RISE:
            return "high"
    speaking = sum(part.weight >= SECOND_CHANNEL for part in evidence)
    return "high" if speaking > 1 else "moderate"


@dataclass(frozen=True, slots=True)
class Screening:
    """What a whole diary gives: a verdict for every logged day, the signals among them, and
    whether the last of these still stands."""

    signals: tuple[Signal, ...]
    verdicts: tuple[Verdict, ...]
    standing: bool


def screen(
    days: Iterable[Day],
    sensitivity: Sensitivity | Levels = "standard",
    settings: Settings = Settings(),  # noqa: B008 - frozen
) -> Screening:
    """Reads a diary, days in order, as it would have been read day by day.

    Raises InvalidDayError when two days are out of order or the same.
    """
    monitor, watch = Monitor(settings), Watch(sensitivity)
    verdicts, signals = [], []
    for day in days:
        verdict = monitor.step(day)
        if verdict is None:
            continue
        verdicts.append(verdict)
        if signal := watch.step(verdict):
            signals.append(signal)
    return Screening(tuple(signals), tuple(verdicts), watch.standing)
