"""Days in, verdicts out: how likely it is that a lasting worsening is under way.

A verdict is a pure function of the days in a bounded window, so that the same days give the same
verdict however they arrived, and a window kept with an alert is all it takes to judge it again.
"""

import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glidepath.trends import counts, pain, words
from glidepath.trends.days import PLACES, Day, InvalidDayError
from glidepath.trends.settings import Settings
from glidepath.trends.words import Text

Channel = Literal["pain", "nerve", "place"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHANNELS: tuple[Channel, ...] = ("pain", "nerve", "place")

# How many logged days "now" and "before" mean in a sentence.
NOW, EARLIER = 7, 14
# The score of a diary that holds too little to compare: next to impossible.
NOTHING = -20.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one channel contributes: its share of the evidence and the change it shows.

    `before` and `after` are mean points (pain), the share of days (nerve) or a place.
    """

    channel: Channel
    weight: float
    since: dt.date
    before: float | str
    after: float | str
    sentence: Text


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
        return judge(self._days, self.settings)

    def snapshot(self) -> dict[str, Any]:
        return {"settings": asdict(self.settings), "days": [day.as_list() for day in self._days]}

    @classmethod
    def restore(cls, snapshot: dict[str, Any]) -> "Monitor":
        monitor = cls(Settings.from_dict(snapshot["settings"]))
        monitor._days.extend(Day.from_list(values) for values in snapshot["days"])
        return monitor


def judge(days: Sequence[Day], settings: Settings) -> Verdict:
    """The verdict on the last of `days`: logged days in order, all within one window."""
    first, last = days[0].date, days[-1].date
    missing = (last - first).days + 1 - len(days)
    onsets, gaps = _onsets(days, settings)
    score, best, strengths = NOTHING, 0, dict.fromkeys(CHANNELS, 0.0)
    if onsets.size:
        score, best, strengths = _combine(days, onsets, gaps, settings)
    evidence = _explain(days, int(onsets[best]), strengths) if onsets.size else ()
    return Verdict(
        date=last,
        score=round(max(score, NOTHING), 4),
        onset=evidence[0].since if evidence else None,
        evidence=evidence,
        sentence=words.together([part.sentence for part in evidence]),
        missing=missing,
    )


def _onsets(days: Sequence[Day], settings: Settings) -> tuple[Ints, Floats]:
    """Logged days on which a worsening may have begun, and the calendar days each stands for."""
    offsets = np.array([(day.date - days[0].date).days for day in days])
    ages = offsets[-1] - offsets
    tried = np.zeros(len(days), dtype=bool)
    for upto, every in reversed(settings.thinning):
        # The first logged day of every few by the calendar: an onset once tried stays one.
        span = (offsets + days[0].date.toordinal()) // every
        tried = np.where(ages < upto, np.diff(span, prepend=-1) > 0, tried)
    tried[: settings.before] = False
    onsets = offsets[tried]
    gaps = np.diff(onsets, prepend=onsets[:1] - 1).astype(float)
    return onsets, gaps


def _combine(
    days: Sequence[Day], onsets: Ints, gaps: Floats, settings: Settings
) -> tuple[float, int, dict[Channel, float]]:
    """The score, the index of the likeliest onset, and each channel's log ratio there."""
    offsets = np.array([(day.date - days[0].date).days for day in days])
    rated = [(at, day.pain) for at, day in zip(offsets, days, strict=True) if day.pain is not None]
    counted = [
        (at, day.nerve) for at, day in zip(offsets, days, strict=True) if day.nerve is not None
    ]
    placed = [
        (at, day.place) for at, day in zip(offsets, days, strict=True) if day.place is not None
    ]
    rise, flare = pain.weigh(
        _ints(rated), np.array([value for _, value in rated]), onsets, settings
    )
    felt = np.array([float(value > 0) for _, value in counted])
    places = np.array([PLACES.index(value) for _, value in placed], dtype=np.int64)
    ratios: dict[str, Floats] = {
        "pain": rise,
        "nerve": counts.weigh_nerve(_ints(counted), felt, onsets, settings),
        "place": counts.weigh_place(_ints(placed), places, onsets, settings),
    }
    # Without a worsening there may be a passing flare, which may bring nerve symptoms for a while.
    young = onsets > offsets[-1] - max(settings.flares)
    company = np.mean(np.exp(np.minimum(ratios["nerve"][young], 50.0))) if young.any() else 1.0
    share = settings.flare_nerve
    flare += np.log(settings.flare_hazard)
    any_flare = np.logaddexp(0.0, flare)
    no_worsening = np.logaddexp(0.0, flare + np.log(1 - share + share * company))
    patterns = np.stack(
        [
            np.log(likely)
            + sum(ratios[channel] for channel in pattern.split())
            + (0.0 if "pain" in pattern else any_flare)
            for likely, pattern in settings.patterns
        ]
    )
    odds = pain.log_sum(patterns, axis=0) + np.log(settings.worsening_hazard * gaps) - no_worsening
    best = int(np.argmax(odds))
    ratios["pain"] = rise - any_flare
    strengths = {channel: float(ratios[channel][best]) for channel in CHANNELS}
    return float(pain.log_sum(odds, axis=0)), best, strengths


def _ints(values: Sequence[tuple[int, Any]]) -> Ints:
    return np.array([at for at, _ in values], dtype=np.int64)


def _explain(
    days: Sequence[Day], onset: int, strengths: dict[Channel, float]
) -> tuple[Evidence, ...]:
    """Evidence of the channels that speak for the onset, the strongest first."""
    start = onset + days[0].date.toordinal()
    before = [day for day in days if day.date.toordinal() < start]
    after = [day for day in days if day.date.toordinal() >= start]
    speaking = {channel: value for channel, value in strengths.items() if value > 0.5}
    total = sum(speaking.values())
    found = []
    for channel in sorted(speaking, key=lambda name: -speaking[name]):
        change = _change(channel, before, after)
        if change is not None:
            then, now, sentence = change
            weight = round(speaking[channel] / total, 3)
            found.append(Evidence(channel, weight, after[0].date, then, now, sentence))
    return tuple(found)


def _change(
    channel: Channel, before: list[Day], after: list[Day]
) -> tuple[float | str, float | str, Text] | None:
    """Level before and now with the sentence about it, None when there is nothing to compare."""
    since = after[0].date
    then = [value for day in before if (value := getattr(day, channel)) is not None]
    now = [value for day in after if (value := getattr(day, channel)) is not None]
    then, now = then[-EARLIER:], now[-NOW:]
    if not then or not now:
        return None
    if channel == "place":
        usual, new = _usual(then), _usual(now)
        return usual, new, words.place(usual, new, since)
    if channel == "nerve":
        felt_then, felt_now = sum(v > 0 for v in then), sum(v > 0 for v in now)
        sentence = words.nerve((felt_then, len(then)), (felt_now, len(now)), since)
        return round(felt_then / len(then), 3), round(felt_now / len(now), 3), sentence
    mean_then, mean_now = float(np.median(then)), float(np.mean(now[-5:]))
    return round(mean_then, 1), round(mean_now, 1), words.pain(mean_then, mean_now, since)


def _usual(places: list[str]) -> str:
    """The place named most often; the more distal of equals."""
    return max(PLACES, key=lambda place: (places.count(place), PLACES.index(place)))
