"""Seeded diaries of invented patients, for the demo, tests and benchmarks.

A course says what happens to the patient, a habit how the patient writes it down. Sizes follow what
published and measured daily ratings show; where they were chosen freely, nothing is claimed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from glidepath.clinical.vocabulary import NERVE_SENSATIONS, Place, Sensation

Course = Literal[
    "stable",
    "improving",
    "fluctuating",
    "flare",
    "sudden",
    "slow",
    "relapse",
    "nerve",
    "spread",
]
Habit = Literal["daily", "sparse", "noisy", "bounded", "weekly", "mnar"]
COURSES: Final[tuple[Course, ...]] = get_args(Course)
HABITS: Final[tuple[Habit, ...]] = get_args(Habit)
WORSENING: Final[frozenset[Course]] = frozenset(("sudden", "slow", "relapse", "nerve", "spread"))

PLACES: Final = tuple(Place)
# In a fixed order, since a draw is made for each.
NERVE: Final = tuple(sensation for sensation in Sensation if sensation in NERVE_SENSATIONS)
IRRITATION: Final = tuple(name for name in NERVE if name is not Sensation.NUMBNESS)
BENIGN: Final = (Sensation.DULL_STRETCH, Sensation.TIGHTNESS)

# Within-person SD of daily ratings 0.9-1.5 points, lag-one correlation about 0.3.
NOISE_RANGE: Final = (0.9, 1.4)
LAG_ONE: Final = 0.35
# Chance of writing after a day written, and after a day missed: 0.74 of the days in the long run.
LOG_AFTER_LOG: Final = 0.86
LOG_AFTER_MISS: Final = 0.42
# One day in twenty is just bad.
BAD_DAY: Final = 0.05

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """A calendar day. When nothing was logged, every answer is None; exercise happens regardless.

    `pain` and `pain_worst` are 0-10; `sensations` may be empty (none of these); `place` is None
    also when it was skipped.
    """

    date: date
    logged: bool
    pain: int | None
    pain_worst: int | None
    sensations: tuple[Sensation, ...] | None
    place: Place | None
    exercised: bool
    stopped_early: bool

    @property
    def nerve(self) -> int | None:
        """How many of the nerve symptoms were felt."""
        if self.sensations is None:
            return None
        return sum(sensation in NERVE for sensation in self.sensations)


@dataclass(frozen=True, slots=True)
class SimulatedDiary:
    """Every calendar day in order, and the day on which a worsening began, if one did."""

    course: Course
    habit: Habit
    days: tuple[SimulatedDay, ...]
    onset: date | None


def simulate(
    course: Course,
    habit: Habit,
    days: int,
    start: date,
    rng: np.random.Generator,
    worsens_on: int | None = None,
) -> SimulatedDiary:
    """`days` calendar days from `start`; the same generator state gives the same diary.

    A worsening begins on day `worsens_on`, or else between a quarter and two thirds of the way.
    """
    onset = int(days * rng.uniform(0.25, 0.65)) if course in WORSENING else None
    if onset is not None and worsens_on is not None:
        onset = worsens_on
    level = _level(course, habit, days, onset or days, rng)
    pain = level + _deviation(habit, days, start, rng)
    rated = np.clip(np.rint(pain), 0, 10).astype(int)
    worst = np.clip(rated + rng.poisson(1.2, days), 0, 10)
    sensations = _sensations(course, days, onset, rated, rng)
    places = _places(course, days, onset, rng)
    logged = _logged(habit, pain, level, rng)
    exercised = rng.random(days) < 0.7
    stopped = exercised & (rng.random(days) < np.where(rated >= 6, 0.2, 0.03))
    found = tuple(
        SimulatedDay(
            date=start + timedelta(day),
            logged=bool(logged[day]),
            pain=int(rated[day]) if logged[day] else None,
            pain_worst=int(worst[day]) if logged[day] else None,
            sensations=sensations[day] if logged[day] else None,
            place=places[day] if logged[day] else None,
            exercised=bool(exercised[day]),
            stopped_early=bool(stopped[day]),
        )
        for day in range(days)
    )
    return SimulatedDiary(course, habit, found, None if onset is None else found[onset].date)


def _level(course: Course, habit: Habit, days: int, onset: int, rng: np.random.Generator) -> Floats:
    """The pain behind the ratings, in points, without day-to-day variation."""
    time = np.arange(days, dtype=float)
    start = float(np.clip(rng.normal(4.2, 1.4), 1.5, 7.0))
    if habit == "bounded":
        # Someone near the top cannot get worse, so that those who do live near the bottom.
        low = course in WORSENING or rng.random() < 0.5
        start = float(rng.uniform(0.2, 1.0) if low else rng.uniform(9.0, 9.8))
    level = np.full(days, start)
    if course in ("improving", "relapse"):
        goal = start * rng.uniform(0.15, 0.5)
        level = goal + (start - goal) * 0.5 ** (time / rng.uniform(8, 30))
        # A relapse ends the improvement where it stands.
        level[onset:] = level[min(onset, days - 1)]
    if course == "fluctuating":
        phase, period = rng.uniform(0, 2 * np.pi), rng.uniform(25, 50)
        level += rng.uniform(0.8, 1.6) * np.sin(2 * np.pi * time / period + phase)
    if course == "flare":
        level += _flares(days, rng)
    if course in ("sudden", "slow", "relapse"):
        slow = course == "slow" or (course == "relapse" and rng.random() < 0.5)
        rise_days = rng.uniform(21, 49) if slow else 2.0
        level += rng.uniform(2.0, 4.0) * np.clip((time - onset + 1) / rise_days, 0, 1)
    return level


def _flares(days: int, rng: np.random.Generator) -> Floats:
    """One to three flares of four to eight days which recover whole."""
    extra = np.zeros(days)
    for begin in rng.choice(np.arange(14, days - 10), size=rng.integers(1, 4), replace=False):
        lasts = rng.integers(4, 9)
        height = rng.uniform(2.0, 4.0)
        extra[begin : begin + lasts] = np.maximum(extra[begin : begin + lasts], height)
    return extra


def _deviation(habit: Habit, days: int, start: date, rng: np.random.Generator) -> Floats:
    """Day-to-day variation with memory, bad days, and the habit's own kind of noise."""
    spread = rng.uniform(*NOISE_RANGE)
    draws = rng.standard_normal(days)
    if habit == "noisy":
        # Student's t with four degrees of freedom: wide, now and then far out.
        spread, draws = 1.5 * spread, rng.standard_t(4, days) / np.sqrt(2)
    deviation = np.empty(days)
    last = draws[0]
    for day in range(days):
        last = LAG_ONE * last + np.sqrt(1 - LAG_ONE**2) * draws[day]
        deviation[day] = spread * last
    deviation += np.where(rng.random(days) < BAD_DAY, rng.uniform(1.0, 3.0, days), 0.0)
    if habit == "weekly":
        bad = rng.choice(7, size=2, replace=False)
        weekday = (start.weekday() + np.arange(days)) % 7
        deviation += np.where(np.isin(weekday, bad), 1.2, -0.4)
    return deviation


def _sensations(
    course: Course, days: int, onset: int | None, rated: NDArray[np.int_], rng: np.random.Generator
) -> list[tuple[Sensation, ...]]:
    """What was felt on each day: benign sensations go with pain, nerve symptoms with the course."""
    usual = float(rng.beta(0.8, 5.0))
    rate = np.full(days, usual)
    if course == "nerve" and onset is not None:
        odds = 12 * (usual + 0.03) / (1 - usual)
        rate[onset:] = odds / (1 + odds)
    felt = []
    for day in range(days):
        today = [name for name in BENIGN if rng.random() < rated[day] / 12]
        if rng.random() < rate[day]:
            irritated: list[Sensation] = [name for name in IRRITATION if rng.random() < 0.3]
            # Numbness is no passing irritation: it comes with a nerve that gets worse.
            numb = course == "nerve" and onset is not None and day >= onset + 5
            if numb and rng.random() < 0.3:
                irritated.append(Sensation.NUMBNESS)
            today += irritated or [Sensation.TINGLING]
        felt.append(tuple(today))
    return felt


def _places(
    course: Course, days: int, onset: int | None, rng: np.random.Generator
) -> list[Place | None]:
    """The most distal place of each day: the usual one, at times its neighbour, rarely skipped."""
    usual = int(rng.choice((1, 2, 2, 3)))
    slips = rng.uniform(0.03, 0.25)
    places: list[Place | None] = []
    shift = int(rng.integers(1, 3)) if course == "spread" and onset is not None else 0
    for day in range(days):
        at = usual + (shift if onset is not None and day >= onset else 0)
        if rng.random() < slips:
            at += int(rng.choice((-1, 1)))
        skipped = rng.random() < 0.04
        places.append(None if skipped else PLACES[min(max(at, 0), len(PLACES) - 1)])
    return places


def _logged(
    habit: Habit, pain: Floats, level: Floats, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """On which days the patient wrote something; always on the first."""
    days = pain.size
    logged = np.ones(days, dtype=bool)
    for day in range(1, days):
        chance = LOG_AFTER_LOG if logged[day - 1] else LOG_AFTER_MISS
        if habit == "daily":
            chance = 0.96
        elif habit == "sparse":
            chance = 0.35
        elif habit == "mnar":
            # Silent when in pain: against the pain of the first days, which patient and diary know.
            chance *= 1 / (1 + np.exp(1.2 * (pain[day] - level[0] - 1.5)))
        logged[day] = rng.random() < chance
    return logged
