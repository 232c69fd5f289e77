"""Days in, verdicts out: how likely it is that a lasting worsening is under way."""

import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import exp
from types import ModuleType
from typing import Any, Final

import numpy as np

from glidepath.trends import words
from glidepath.trends.days import CHANNELS, PLACES, Channel, Day, InvalidDayError
from glidepath.trends.explain import Evidence, explain
from glidepath.trends.settings import Settings
from glidepath.trends.state import State, copied, fresh, pack, unpack
from glidepath.trends.tables import Floats, tables
from glidepath.trends.words import Text

# Below this score, where no alert begins or still stands, a verdict has nothing to explain.
WORTH_EXPLAINING: Final = -2.0
# The share of the likelihood that the range of onsets holds.
RANGE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is the log odds of a lasting worsening against the usual course and passing flares,
    `probability` the chance that one began within the last 60 days.

    `onset` is its most likely first day, None without evidence, and with four chances in five it
    lies between `earliest` and `latest`; of the `span` calendar days since the window (or the diary)
    began, `missing` are without an entry.
    """

    date: dt.date
    score: float
    probability: float
    onset: dt.date | None
    earliest: dt.date | None
    latest: dt.date | None
    evidence: tuple[Evidence, ...]
    sentence: Text
    span: int
    missing: int


class Monitor:
    """Reads one diary day by day. Its state has one size however long the diary."""

    def __init__(
        self,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        state: State | None = None,
    ) -> None:
        """`state`: to go on from, instead of before the first day."""
        self.settings = settings
        self._tables = tables(settings)
        self._state = fresh(settings) if state is None else state
        self._days: deque[Day] = deque()

    @property
    def window(self) -> tuple[Day, ...]:
        """The logged days of the last `settings.window`, which an explanation is made of."""
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
        score = _compiled().step(self._state, self._tables, day.date.toordinal(), *_answers(day))
        return self._verdict(round(score, 4))

    def copy(self) -> "Monitor":
        """One that can go another way from here."""
        other = Monitor(self.settings, copied(self._state))
        other._days = self._days.copy()
        return other

    def snapshot(self) -> dict[str, Any]:
        """All that it takes to go on, as JSON."""
        return {
            "settings": self.settings.as_dict(),
            "state": pack(self._state),
            "days": [day.as_list() for day in self._days],
        }

    @classmethod
    def restore(cls, snapshot: dict[str, Any]) -> "Monitor":
        settings = Settings.from_dict(snapshot["settings"])
        monitor = cls(settings, unpack(snapshot["state"], settings))
        monitor._days.extend(Day.from_list(values) for values in snapshot["days"])
        return monitor

    def _verdict(self, score: float) -> Verdict:
        days = self.window
        onset, between, evidence = self._explain(days) if score > WORTH_EXPLAINING else _NOTHING
        span = (days[-1].date - days[0].date).days + 1
        return Verdict(
            date=days[-1].date,
            score=score,
            probability=probability(score, self.settings),
            onset=onset,
            earliest=between[0],
            latest=between[1],
            evidence=evidence,
            sentence=words.together([part.sentence for part in evidence]),
            span=span,
            missing=span - len(days),
        )

    def _explain(self, days: Sequence[Day]) -> "_Explanation":
        """What speaks for the likeliest onset that can be put in words."""
        state = self._state
        held = [k for k in np.argsort(-state.odds[3]) if state.odds[3, k] > 0]
        for k in held:
            onset = dt.date.fromordinal(int(state.onset[k]))
            split = next(at for at, day in enumerate(days) if day.date >= onset)
            evidence = explain(days[:split], days[split:], self._strengths(int(k)))
            if evidence:
                return evidence[0].since, _range(state, onset), evidence
        return _NOTHING

    def _strengths(self, slot: int) -> dict[Channel, float]:
        """Log likelihood ratios of an onset against none, channel by channel."""
        state = self._state
        pain, nerve, place = state.odds[:3, slot]
        pain /= state.prior[slot]
        logs = np.log(np.maximum((pain, nerve, place), 1e-9))
        return dict(zip(CHANNELS, logs.tolist(), strict=True))


_Explanation = tuple[dt.date | None, tuple[dt.date | None, dt.date | None], tuple[Evidence, ...]]
_NOTHING: Final[_Explanation] = (None, (None, None), ())


def scores(days: Sequence[Day], settings: Settings = Settings()) -> Floats:  # noqa: B008 - frozen
    """The scores of all logged days of a diary at once, without words: for many diaries.

    Raises InvalidDayError when two days are out of order or the same.
    """
    logged = [day for day in days if not day.missing]
    dates = np.array([day.date.toordinal() for day in logged], dtype=np.int64)
    if (np.diff(dates) <= 0).any():
        raise InvalidDayError("days are out of order, or one comes twice")
    found: Floats = _compiled().run(
        fresh(settings),
        tables(settings),
        dates,
        np.array([day.pain for day in logged], dtype=np.float64),
        np.array([_ANY[day.nerve] for day in logged], dtype=np.int64),
        np.array([_PLACE[day.place] for day in logged], dtype=np.int64),
    )
    return found.round(4)


def probability(score: float, settings: Settings) -> float:
    """The chance that a lasting worsening began within the last 60 days."""
    intercept, slope = settings.calibration
    return round(1 / (1 + exp(-intercept - slope * score)), 3)


def warm_up() -> None:
    """Compiles the model, or loads what was compiled before: seconds that nobody should wait."""
    scores([Day(dt.date(2025, 1, 1) + dt.timedelta(at), 3.0, 0, "thigh") for at in range(30)])


@cache
def _compiled() -> ModuleType:
    """The compiled model, loaded when it is first needed: it takes a second, which a server's start
    or another command need not wait for."""
    return import_module("glidepath.trends.step")


def _answers(day: Day) -> tuple[float, int, int]:
    pain = float("nan") if day.pain is None else float(day.pain)
    return pain, _ANY[day.nerve], _PLACE[day.place]


# What the compiled model reads: whether there was any nerve symptom, and the place's index.
_ANY: Final[dict[int | None, int]] = {None: -1, 0: 0, 1: 1, 2: 1, 3: 1, 4: 1}
_PLACE: Final[dict[str | None, int]] = {None: -1} | {place: at for at, place in enumerate(PLACES)}


def _range(state: State, onset: dt.date) -> tuple[dt.date, dt.date]:
    """The days round `onset` that hold RANGE of the likelihood between them."""
    held = sorted(
        (int(day), float(odds)) for day, odds in zip(state.onset, state.odds[3], strict=True)
    )
    held = [(day, odds) for day, odds in held if odds > 0]
    low = high = next(at for at, (day, _) in enumerate(held) if day == onset.toordinal())
    whole, inside = sum(odds for _, odds in held), held[low][1]
    while inside < RANGE * whole:
        before = held[low - 1][1] if low > 0 else 0.0
        after = held[high + 1][1] if high + 1 < len(held) else 0.0
        low, high = (low - 1, high) if before >= after else (low, high + 1)
        inside += max(before, after)
    return dt.date.fromordinal(held[low][0]), dt.date.fromordinal(held[high][0])
