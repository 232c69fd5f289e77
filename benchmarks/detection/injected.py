"""Real diaries of pain into which a worsening is put on a drawn day.

A series is cut into stretches of 50 to 150 ratings, whatever the gaps between them: these belong to
real diaries. A stretch is quiet, and used, when no week's mean lies more than 2 points above the
mean of the four weeks before it. From such a stretch come several diaries with a worsening each: on
a drawn rating, with at least 20 before it and 15 from it on, pain rises by 2 points and stays (a
step), or begins to climb by 3 points within 35 days (a ramp); ratings stay within 0-10. Every
series gets six of each kind, on stretches drawn in turn, and figures are means over series.

Every alert on a quiet stretch as it was, from day 21 on, counts as false. One threshold holds for
all series: the lowest with at most one false alert per 180 days here, or one that was set elsewhere,
as in use it must be. Found is as everywhere: by the first alert within 60 days of the onset.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np

from detection import scoring
from detection.cohorts import Bools, Case, Cohort, Floats, case_of
from glidepath import diary_csv
from glidepath.trends import Day

SHORTEST, LONGEST = 50, 150
QUIET_RISE = 2.0
BEFORE, AFTER = 20, 15
# Worsenings of each kind that a series gets.
EACH = 6
STEP: Final = "step of 2"
RAMP: Final = "ramp of 3"


@dataclass(frozen=True, slots=True)
class Injected:
    """Quiet stretches, and the diaries made from them; `habit` holds the name of the series."""

    quiet: Cohort
    worse: Cohort

    @property
    def series(self) -> list[str]:
        return list(dict.fromkeys(self.quiet.habit.tolist()))


def read(path: Path) -> Injected:
    quiet: list[Case] = []
    worse: list[Case] = []
    for name, days in diary_csv.read(path, print).items():
        stretches = [part for part in _stretches(name, days) if is_quiet(part)]
        rng = np.random.default_rng(crc32(name.encode()))
        quiet += stretches
        order = rng.permutation(len(stretches))
        for number in range(EACH if stretches else 0):
            stretch = stretches[order[number % order.size]]
            onset = int(stretch.at[rng.integers(BEFORE, stretch.at.size - AFTER + 1)])
            worse += [worsened(stretch, kind, onset) for kind in (STEP, RAMP)]
    return Injected(Cohort(quiet), Cohort(worse))


def worsened(stretch: Case, kind: str, onset: int) -> Case:
    """The stretch up to 60 days after the onset, with the worsening in it."""
    stretch = stretch.until(int(np.searchsorted(stretch.at, onset + scoring.FOUND_WITHIN + 1)))
    since = stretch.at - onset
    rise = 2.0 * (since >= 0) if kind == STEP else 3.0 * np.clip((since + 1) / 35, 0, 1)
    return replace(stretch, course=kind, onset=onset, pain=np.clip(stretch.pain + rise, 0.0, 10.0))


def is_quiet(stretch: Case) -> bool:
    for day in range(7, stretch.length - 6):
        before = stretch.pain[(stretch.at >= day - 28) & (stretch.at < day)]
        week = stretch.pain[(stretch.at >= day) & (stretch.at < day + 7)]
        if min(before.size, week.size) >= 3 and week.mean() - before.mean() > QUIET_RISE:
            return False
    return True


def _stretches(name: str, days: Sequence[Day]) -> list[Case]:
    """As few as the longest length allows, all about as long; none of a short series."""
    rated = [Day(day.date, day.pain) for day in days if day.pain is not None]
    size = ceil(len(rated) / ceil(len(rated) / LONGEST))
    parts = [rated[begin : begin + size] for begin in range(0, len(rated), size)]
    return [
        case_of(
            f"{name} {part[0].date}",
            part,
            course="quiet",
            habit=name,
            first=part[0].date,
            length=(part[-1].date - part[0].date).days + 1,
            onset=None,
        )
        for part in parts
        if len(part) >= SHORTEST
    ]


@dataclass(frozen=True, slots=True)
class Scored:
    """A detector's scores of the quiet stretches and of the diaries with a worsening; `window` marks
    the days on which an alert counts as false. Arrays have shape (diaries, days)."""

    injected: Injected
    quiet: Floats
    worse: Floats
    window: Bools

    @classmethod
    def of(cls, injected: Injected, quiet: Sequence[Floats], worse: Sequence[Floats]) -> "Scored":
        grid = injected.quiet.grid(quiet)
        day = np.arange(grid.shape[1])
        window = (day >= scoring.BURN_IN) & (day < injected.quiet.length[:, None])
        return cls(injected, grid, injected.worse.grid(worse), window)

    @property
    def threshold(self) -> float:
        """The lowest with at most one false alert per 180 days."""
        return scoring.lowest_threshold(1.0, self.quiet, self.window)

    def at(self, threshold: float) -> "Found":
        false = (scoring.alerts(self.quiet, threshold) & self.window).sum()
        return Found(
            180.0 * float(false) / float(self.window.sum()),
            scoring.outcome(self.injected.worse, self.worse, threshold),
        )


class Found(NamedTuple):
    """False alerts per 180 days of the quiet stretches, and what became of the worsenings."""

    false_alerts: float
    outcome: scoring.Outcome
