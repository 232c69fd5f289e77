"""Seeded diaries of invented patients, for the demo, tests and benchmarks.

A course says what happens to the patient, a habit how the patient writes it down. Within-person
spread, memory from day to day and logging follow measured daily ratings; where nothing is measured,
sizes were matched to the statistics of 1,500 simulated diaries of other authors.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from glidepath.clinical.vocabulary import NERVE_SENSATIONS, Place, Sensation

Course = Literal[
    "stable",
    "improving",
    "fluctuating",
    "flare",
    "step",
    "slow",
    "relapse",
    "nerve",
    "peripheral",
]
Habit = Literal["plain", "sparse", "noisy", "bounded", "weekly", "mnar"]
COURSES: Final[tuple[Course, ...]] = get_args(Course)
HABITS: Final[tuple[Habit, ...]] = get_args(Habit)
PAIN_RISES: Final[frozenset[Course]] = frozenset(("step", "slow", "relapse"))
WORSENING: Final[frozenset[Course]] = PAIN_RISES | {"nerve", "peripheral"}

# How many of 1,500 patients take each course, and have each habit.
COURSE_MIX: Final[Mapping[Course, float]] = {
    "stable": 346,
    "improving": 274,
    "fluctuating": 94,
    "flare": 116,
    "step": 159,
    "slow": 169,
    "relapse": 125,
    "nerve": 108,
    "peripheral": 109,
}
HABIT_MIX: Final[Mapping[Habit, float]] = {
    "plain": 430,
    "sparse": 212,
    "noisy": 202,
    "bounded": 181,
    "weekly": 203,
    "mnar": 272,
}
# A cohort's patients begin within one week, so that every weekday is somebody's first.
COHORT_START: Final = date(2025, 1, 6)
COHORT_DAYS: Final = 196

PLACES: Final = tuple(Place)
IRRITATION: Final = (Sensation.TINGLING, Sensation.BURNING, Sensation.SHOOTING)
BENIGN: Final = (Sensation.DULL_STRETCH, Sensation.TIGHTNESS)

# Day-to-day variation: SD in points, median and log SD over people; the part of its variance that
# carries over, and by how much from a day to the next (lag-one correlation about 0.3).
NOISE, NOISE_SPREAD = 1.05, 0.2
CARRIED, MEMORY = 0.5, 0.7
# The level drifts by this much a day, in points.
DRIFT = 0.03
# One day in twenty-five is just bad, by 1 to 4 points.
BAD_DAY = 0.04
# Log odds of a nerve day rise by this for each point of pain above the usual.
NERVE_WITH_PAIN = 0.12
# Share of nerve days with one, two, three and four symptoms.
SYMPTOMS = (0.37, 0.41, 0.19, 0.03)
# The usual place: back, buttock, thigh, calf.
USUAL_PLACE = (0.03, 0.24, 0.57, 0.16)
SKIPS_PLACE = 0.04
# Log odds of writing after a day written and after a day missed: 0.86 and 0.42 in those who begin.
LOG_AFTER_LOG, LOG_AFTER_MISS = 1.75, -0.2
SPARSE_AFTER_LOG, SPARSE_AFTER_MISS = -0.55, -0.75
# In log odds: the difference between people, the zeal of the first week, and how much the habit
# wanes over a hundred days.
LOGGING_SPREAD, ZEAL, WANING = 0.45, 1.2, 0.35
# Holidays of 3 to 14 days, on average so many in a hundred days.
HOLIDAYS = 0.3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Flare:
    """Pain that rises on day number `first`, lasts `days` days and recovers whole."""

    first: int
    days: int


@dataclass(frozen=True, slots=True)
class Answers:
    """What a patient would answer on each of n calendar days, and which days they logged.

    Arrays have shape (n,): `pain` 0-10; `nerve`, how many nerve symptoms, 0-4; `place`, an index
    into PLACES, -1 where the question was skipped. Days are numbered from 0: `onset` is the one on
    which a worsening began, None if none did.
    """

    course: Course
    habit: Habit
    first: date
    pain: Ints
    nerve: Ints
    place: Ints
    logged: Bools
    onset: int | None
    flares: tuple[Flare, ...]


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
        return sum(sensation in NERVE_SENSATIONS for sensation in self.sensations)


@dataclass(frozen=True, slots=True)
class SimulatedDiary:
    """Every calendar day in order, and the day on which a worsening began, if one did."""

    course: Course
    habit: Habit
    days: tuple[SimulatedDay, ...]
    onset: date | None


def cohort(
    patients: int,
    seed: int,
    courses: Mapping[Course, float] = COURSE_MIX,
    habits: Mapping[Habit, float] = HABIT_MIX,
    days: int = COHORT_DAYS,
) -> Iterator[Answers]:
    """Patients drawn from a mix of courses and habits, given as weights.

    A patient depends on seed and number alone, so a larger cohort begins with the smaller one.
    """
    for number in range(patients):
        rng = np.random.default_rng([seed, number])
        course, habit = _pick(courses, rng), _pick(habits, rng)
        first = COHORT_START + timedelta(int(rng.integers(7)))
        yield answers(course, habit, days, first, rng)


def _pick(mix: Mapping[Name, float], rng: np.random.Generator) -> Name:
    weights = np.array(list(mix.values()), dtype=float)
    return list(mix)[int(rng.choice(weights.size, p=weights / weights.sum()))]


def answers(
    course: Course,
    habit: Habit,
    days: int,
    first: date,
    rng: np.random.Generator,
    worsens_on: int | None = None,
) -> Answers:
    """One patient's answers on `days` days; the same generator state gives the same ones.

    A worsening begins on day `worsens_on`, or else between a tenth and two thirds of the way.
    """
    onset = int(days * rng.uniform(0.11, 0.68)) if course in WORSENING else None
    if onset is not None and worsens_on is not None:
        onset = worsens_on
    since = np.arange(1.0, days + 1) - (days if onset is None else onset)
    flares = _flares(days, rng) if course == "flare" else ()
    usual = _usual(course, habit, days, onset, rng)
    extra = _rise(course, since, rng) + _height(flares, days, rng)
    deviation = _deviation(habit, days, first, rng)
    felt = usual + extra + deviation
    pain = np.clip(np.rint(felt), 0, 10)
    if habit == "noisy":
        # Half of the odd numbers are rounded to an even one.
        even = np.clip(2 * np.rint(felt / 2), 0, 10)
        pain = np.where((pain % 2 == 1) & (rng.random(days) < 0.5), even, pain)
    return Answers(
        course,
        habit,
        first,
        pain.astype(np.int64),
        _nerve(course, since, extra + deviation, rng),
        _place(course, since, rng),
        _logged(habit, extra + deviation, rng),
        onset,
        flares,
    )


def _ramp(since: Floats, days: float) -> Floats:
    """From 0 before the onset to 1 `days` days later; `since` counts from 1 on the onset."""
    return np.clip(since / days, 0, 1)


def _memory(days: int, keep: float, rng: np.random.Generator) -> Floats:
    """Stationary variation of SD 1 with the correlation `keep` from a day to the next."""
    reach = math.ceil(math.log(0.001) / math.log(keep))
    kernel = math.sqrt(1 - keep**2) * keep ** np.arange(reach)
    return np.convolve(rng.standard_normal(days + reach - 1), kernel, "valid")


def _usual(
    course: Course, habit: Habit, days: int, onset: int | None, rng: np.random.Generator
) -> Floats:
    """The level of pain, in points, had nothing become worse."""
    improves = course in ("improving", "relapse")
    start = rng.normal(5.4, 1.4) if improves else rng.normal(4.2, 1.6)
    start = np.clip(start, 3, 9) if improves else np.clip(start, 1, 8)
    if habit == "bounded":
        low = rng.random() < 0.62
        bottom = rng.uniform(2, 4) if improves else rng.uniform(-0.2, 1.2)
        start = bottom if low else rng.uniform(7.3, 9.0)
    level = np.full(days, start) + np.cumsum(rng.normal(0, DRIFT, days))
    if improves:
        # A relapse ends the improvement where it stands.
        time = np.minimum(np.arange(days), days if onset is None else onset)
        left = 0.5 ** (time / rng.uniform(7, 35))
        level -= start * rng.uniform(0.4, 0.85) * (1 - left)
    if course == "fluctuating":
        level += rng.uniform(0.6, 1.25) * _memory(days, math.exp(-1 / 12), rng)
    return level


def _rise(course: Course, since: Floats, rng: np.random.Generator) -> Floats:
    """What a worsening adds to the level of pain, in points."""
    if course in PAIN_RISES:
        slow = course == "slow" or (course == "relapse" and rng.random() < 0.5)
        if slow:
            return rng.uniform(2.0, 4.5) * _ramp(since, rng.uniform(21, 56))
        return rng.uniform(1.5, 4.0) * _ramp(since, rng.uniform(1, 2))
    return _ramp(since, 5) * (0.3 if course == "peripheral" else 0.0)


def _flares(days: int, rng: np.random.Generator) -> tuple[Flare, ...]:
    """One to three flares of four to ten days, away from both ends."""
    begins = rng.choice(np.arange(14, days - 12), size=rng.integers(1, 4), replace=False)
    return tuple(Flare(int(begin), int(rng.integers(4, 11))) for begin in sorted(begins))


def _height(flares: tuple[Flare, ...], days: int, rng: np.random.Generator) -> Floats:
    """What flares add to the level of pain: 2 to 4 points, less on the first and the last day."""
    height = np.zeros(days)
    for flare in flares:
        shape = np.full(flare.days, rng.uniform(2.0, 4.0))
        shape[0] *= 0.7
        shape[-1] *= 0.5
        during = slice(flare.first, flare.first + flare.days)
        height[during] = np.maximum(height[during], shape)
    return height


def _deviation(habit: Habit, days: int, first: date, rng: np.random.Generator) -> Floats:
    """Day-to-day variation with memory, bad days, and the habit's own kind of noise, in points."""
    spread = rng.lognormal(math.log(NOISE), NOISE_SPREAD)
    tails = 6
    if habit == "noisy":
        spread, tails = rng.lognormal(math.log(1.8), 0.1), 4
    fresh = rng.standard_t(tails, days) * math.sqrt((tails - 2) / tails)
    carried = _memory(days, MEMORY, rng)
    deviation = spread * (math.sqrt(1 - CARRIED) * fresh + math.sqrt(CARRIED) * carried)
    deviation += np.where(rng.random(days) < BAD_DAY, rng.uniform(1, 4, days), 0.0)
    if habit == "weekly":
        # Two bad days in a row, which the five others balance.
        bad = (first.weekday() + np.arange(days) - rng.integers(7)) % 7 < 2
        deviation += rng.uniform(0.6, 1.8) * (bad - 2 / 7)
    return deviation


def _nerve(course: Course, since: Floats, above: Floats, rng: np.random.Generator) -> Ints:
    """How many nerve symptoms on each day; `above` is the pain above the usual, in points."""
    # From next to none, nerve days would not become frequent.
    usual = float(np.clip(rng.beta(0.9, 3.9), 0.02 if course == "nerve" else 0.002, 0.98))
    odds = math.log(usual / (1 - usual)) + NERVE_WITH_PAIN * above
    if course == "nerve":
        odds = odds + rng.normal(2.8, 0.5) * _ramp(since, 8)
    if course == "peripheral":
        odds = odds + 0.5 * _ramp(since, 10)
    felt = rng.random(since.size) < 1 / (1 + np.exp(-odds))
    return np.where(felt, rng.choice([1, 2, 3, 4], p=SYMPTOMS, size=since.size), 0)


def _place(course: Course, since: Floats, rng: np.random.Generator) -> Ints:
    """The most distal place of each day: the usual one, at times its neighbour, rarely skipped."""
    days = since.size
    usual = int(rng.choice(4, p=USUAL_PLACE))
    place = np.full(days, usual)
    if course == "peripheral":
        # One or two segments further down, on more and more days.
        shift = min(int(rng.integers(1, 3)), len(PLACES) - 1 - usual)
        place += shift * (rng.random(days) < _ramp(since, 13))
    slips = rng.random(days) < np.clip(rng.beta(3.5, 10.8), 0.03, 0.55)
    place += slips * np.where(rng.random(days) < 0.45, 1, -1)
    skipped = rng.random(days) < SKIPS_PLACE
    return np.where(skipped, -1, np.clip(place, 0, len(PLACES) - 1))


def _logged(habit: Habit, above: Floats, rng: np.random.Generator) -> Bools:
    """On which days the patient wrote something; always on the first. `above` as in `_nerve`."""
    days = above.size
    sparse = habit == "sparse"
    time = np.arange(days)
    own = ZEAL * np.exp(-time / 7) - WANING * time / 100
    own += rng.normal(0, LOGGING_SPREAD) * (0.5 if sparse else 1.0)
    after_log = own + (SPARSE_AFTER_LOG if sparse else LOG_AFTER_LOG)
    after_miss = own + (SPARSE_AFTER_MISS if sparse else LOG_AFTER_MISS)
    # Silent when in pain.
    silence = rng.uniform(0.5, 1.0) * np.clip(above, 0, 2) if habit == "mnar" else np.zeros(days)
    away = np.zeros(days, dtype=bool)
    for _ in range(rng.poisson(HOLIDAYS * days / 100)):
        begin = int(rng.integers(days))
        away[begin : begin + int(rng.integers(3, 15))] = True
    # Written where a logistic draw lies below the log odds.
    draw = np.where(away, np.inf, rng.logistic(size=days)) + silence
    follows = np.stack([draw < after_miss, draw < after_log], axis=1).tolist()
    logged = [True]
    for day in range(1, days):
        logged.append(follows[day][logged[-1]])
    return np.array(logged)


def simulate(
    course: Course,
    habit: Habit,
    days: int,
    start: date,
    rng: np.random.Generator,
    worsens_on: int | None = None,
) -> SimulatedDiary:
    """`answers` as a diary with words for the sensations, the worst pain and exercise."""
    given = answers(course, habit, days, start, rng, worsens_on)
    worst = np.clip(given.pain + rng.poisson(1.2, days), 0, 10)
    sensations = _sensations(given, rng)
    exercised = rng.random(days) < 0.7
    stopped = exercised & (rng.random(days) < np.where(given.pain >= 6, 0.2, 0.03))
    found = []
    for day in range(days):
        logged = bool(given.logged[day])
        place = PLACES[given.place[day]] if given.place[day] >= 0 else None
        found.append(
            SimulatedDay(
                date=start + timedelta(day),
                logged=logged,
                pain=int(given.pain[day]) if logged else None,
                pain_worst=int(worst[day]) if logged else None,
                sensations=sensations[day] if logged else None,
                place=place if logged else None,
                exercised=bool(exercised[day]),
                stopped_early=bool(stopped[day]),
            )
        )
    onset = None if given.onset is None else found[given.onset].date
    return SimulatedDiary(course, habit, tuple(found), onset)


def _sensations(given: Answers, rng: np.random.Generator) -> list[tuple[Sensation, ...]]:
    """What was felt on each day: benign sensations go with pain, nerve symptoms as counted.

    Numbness is no passing irritation: it comes only with a nerve that gets worse, and not every
    day, so that other days have no more than three nerve symptoms.
    """
    felt = []
    for day, (pain, count) in enumerate(zip(given.pain, given.nerve, strict=True)):
        names = list(IRRITATION)
        worse = given.course == "nerve" and given.onset is not None and day >= given.onset + 5
        if worse and rng.random() < 0.3:
            names.append(Sensation.NUMBNESS)
        chosen = rng.permutation(len(names))[:count]
        benign = [name for name in BENIGN if rng.random() < pain / 12]
        felt.append((*benign, *(names[at] for at in sorted(chosen))))
    return felt
