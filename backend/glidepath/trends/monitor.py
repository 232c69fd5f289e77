"""Days in, verdicts out: how likely it is that a lasting worsening is under way.

A verdict is a pure function of the days in a bounded window, so that the same days give the same
verdict however they arrived, and a window kept with an alert is all it takes to judge it again.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glidepath.trends import counts, pain, words
from glidepath.trends.days import CHANNELS, PLACES, Channel, Day, InvalidDayError
from glidepath.trends.explain import Evidence, explain
from glidepath.trends.settings import Settings
from glidepath.trends.words import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The score of a diary that holds too little to compare: next to impossible.
NOTHING: Final = -20.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is the log odds of a lasting worsening against the usual course and passing flares.

    `onset` is its most likely first day, None without evidence; `missing` counts the calendar days
    without an entry since the window (or the diary) began.
    """

    date: dt.date
    score: float
    onset: dt.date | None
    evidence: tuple[Evidence, ...]
    sentence: Text
    missing: int


class Monitor:
    """Reads one diary day by day. Its state is the logged days of the last `settings.window`."""

    def __init__(self, settings: Settings = Settings()) -> None:  # noqa: B008 - frozen
        self.settings = settings
        self._days: deque[Day] = deque()

    @property
    def window(self) -> tuple[Day, ...]:
        return tuple(self._days)

    def step(self, day: Day) -> Verdict | None:
        """The verdict after `day`; None when nothing was logged on it.

        Raises InvalidDayError unless `day` is later than every logged day before it.
        """
        if self._days and day.date <= self._days[-1].date:
            raise InvalidDayError(f"{day.date} does not come after {self._days[-1].date}")
        if day.missing:
            return None
        self._days.append(day)
        while (day.date - self._days[0].date).days >= self.settings.window:
            self._days.popleft()
        return judge(self.window, self.settings)

    def snapshot(self) -> dict[str, Any]:
        return {"settings": asdict(self.settings), "days": [day.as_list() for day in self._days]}

    @classmethod
    def resume(cls, days: Iterable[Day], settings: Settings = Settings()) -> "Monitor":  # noqa: B008 - frozen
        """A monitor that has read `days`, logged days in order; only the window is looked at."""
        monitor = cls(settings)
        monitor._days.extend(days)
        return monitor

    @classmethod
    def restore(cls, snapshot: dict[str, Any]) -> "Monitor":
        monitor = cls(Settings.from_dict(snapshot["settings"]))
        monitor._days.extend(Day.from_list(values) for values in snapshot["days"])
        return monitor


def judge(days: Sequence[Day], settings: Settings) -> Verdict:
    """The verdict on the last of `days`: logged days in order, all within one window."""
    first = days[0].date.toordinal()
    offsets = [day.date.toordinal() - first for day in days]
    onsets, gaps = _onsets(offsets, first, settings)
    score = NOTHING
    evidence: tuple[Evidence, ...] = ()
    if onsets.size:
        score, best, strengths = _combine(_series(days, offsets), onsets, gaps, settings)
        split = offsets.index(onsets[best])
        evidence = explain(days[:split], days[split:], strengths)
    return Verdict(
        date=days[-1].date,
        score=round(max(score, NOTHING), 4),
        onset=evidence[0].since if evidence else None,
        evidence=evidence,
        sentence=words.together([part.sentence for part in evidence]),
        missing=offsets[-1] + 1 - len(days),
    )


def _onsets(offsets: list[int], first: int, settings: Settings) -> tuple[Ints, Floats]:
    """Logged days on which a worsening may have begun, and the calendar days each stands for."""
    onsets, last_span = [], -1
    for offset in offsets[settings.before :]:
        age = offsets[-1] - offset
        every = next((every for upto, every in settings.thinning if age < upto), None)
        if every is None:
            continue
        # The first logged day of every few by the calendar, so that an onset once tried stays one.
        span = (first + offset) // every
        if span != last_span or every == 1:
            onsets.append(offset)
        last_span = span
    found = np.array(onsets, dtype=np.int64)
    return found, np.diff(found, prepend=found[:1] - 1).astype(float)


def _series(days: Sequence[Day], offsets: list[int]) -> dict[Channel, tuple[Ints, Floats]]:
    """For each channel the offsets of the days on which it was answered, and the answers: points
    of pain, 1 for any nerve symptom, the index of the place."""
    answers: dict[Channel, list[float | None]] = {
        "pain": [day.pain for day in days],
        "nerve": [None if day.nerve is None else float(day.nerve > 0) for day in days],
        "place": [None if day.place is None else float(PLACES.index(day.place)) for day in days],
    }
    series = {}
    for channel, values in answers.items():
        given = [
            (at, value) for at, value in zip(offsets, values, strict=True) if value is not None
        ]
        at, value = zip(*given, strict=True) if given else ((), ())
        series[channel] = np.array(at, dtype=np.int64), np.array(value, dtype=float)
    return series


def _combine(
    series: dict[Channel, tuple[Ints, Floats]], onsets: Ints, gaps: Floats, settings: Settings
) -> tuple[float, int, dict[Channel, float]]:
    """The score, the index of the likeliest onset, and each channel's log ratio there."""
    rise, flare = pain.weigh(*series["pain"], onsets, settings)
    ratios = {
        "pain": rise,
        "nerve": counts.weigh_nerve(*series["nerve"], onsets, settings),
        "place": counts.weigh_place(*series["place"], onsets, settings),
    }
    # Without a worsening there may be a passing flare, which may bring nerve symptoms for a while.
    flare += np.log(settings.flare_hazard)
    any_flare = np.logaddexp(0.0, flare)
    young = ratios["nerve"][onsets > onsets[-1] - max(settings.flares)]
    share = settings.flare_nerve
    company = pain.log_sum(young, axis=0) - np.log(young.size)
    no_worsening = np.logaddexp(
        0.0, flare + np.logaddexp(np.log(1 - share), np.log(share) + company)
    )
    likely, shows = _patterns(settings)
    channels = np.stack([*ratios.values(), np.full(onsets.size, any_flare)])
    odds = (
        pain.log_sum(likely[:, None] + shows @ channels, axis=0)
        + np.log(settings.worsening_hazard * gaps)
        - no_worsening
    )
    best = int(np.argmax(odds))
    ratios["pain"] = rise - any_flare
    strengths = {channel: float(ratios[channel][best]) for channel in CHANNELS}
    return float(pain.log_sum(odds, axis=0)), best, strengths


@lru_cache(maxsize=8)
def _patterns(settings: Settings) -> tuple[Floats, Floats]:
    """log share of each pattern, and which of pain, nerve, place and an unrelated flare it holds."""
    likely = np.log([share for share, _ in settings.patterns])
    shows = [
        [channel in pattern for channel in CHANNELS] + ["pain" not in pattern]
        for _, pattern in settings.patterns
    ]
    return likely, np.array(shows, dtype=float)
