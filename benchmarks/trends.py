"""How early the detector finds a worsening, how often it alerts without one, and how fast it is.

    python benchmarks/trends.py                          our own simulated cohort, about two minutes
    python benchmarks/trends.py --each 20                twice as many patients of each kind
    python benchmarks/trends.py DIARIES.csv TRUTH.csv    other diaries with their truth: patient,
                                                         course, habit, first_day, days, onset

The first 21 days raise no alert; after an alert the next comes at least 14 days later, and only
after the score fell below the threshold in between. Alerts without a worsening are counted between
day 21 and 62 days before the end; the false ones are those of stable and improving patients. A
worsening is found by the first alert within 60 days of its onset; one that is not found counts as a
delay of 60.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from csv import DictReader
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean

import numpy as np

from glidepath import diary_csv
from glidepath.demo.simulator import COURSES, HABITS, simulate
from glidepath.trends import PLACES, Day, Monitor
from glidepath.trends.policy import REFRACTORY_DAYS, THRESHOLDS

BURN_IN = 21
FOUND_WITHIN = 60
QUIET = ("stable", "improving")
# Courses that leave pain as it was; cohorts name theirs differently.
NERVE_OR_PLACE = ("nerve", "spread", "peripheral")
# Patients of each course and habit in our own cohort, their days and the seed.
EACH, LENGTH, SEED = 8, 196, 20250501

# One score for each logged day.
Scores = list[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class Case:
    course: str
    habit: str
    first: date
    length: int
    onset: date | None
    days: list[Day]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one threshold gives on one case.

    `alerts` were raised in the `days` on which an alert would be counted; `delay` is the days from
    the onset to the alert, None where nothing began.
    """

    course: str
    habit: str
    alerts: int
    days: int
    delay: int | None


def own_cohort(each: int) -> list[Case]:
    rng = np.random.default_rng(SEED)
    cases = []
    for course in COURSES:
        for habit in HABITS:
            for _ in range(each):
                first = date(2025, 1, 1) + timedelta(int(rng.integers(30)))
                simulated = simulate(course, habit, LENGTH, first, rng)
                days = [Day(d.date, d.pain, d.nerve, d.place) for d in simulated.days]
                cases.append(Case(course, habit, first, LENGTH, simulated.onset, days))
    return cases


def cohort(diaries: Path, truth: Path) -> list[Case]:
    days = diary_csv.read(diaries, print)
    with truth.open(encoding="utf-8-sig", newline="") as file:
        return [
            Case(
                row["course"],
                row["habit"],
                date.fromisoformat(row["first_day"]),
                int(row["days"]),
                date.fromisoformat(row["onset"]) if row["onset"] else None,
                days.get(row["patient"], []),
            )
            for row in DictReader(file)
        ]


def detector(case: Case) -> Scores:
    monitor = Monitor()
    verdicts = [verdict for day in case.days if (verdict := monitor.step(day))]
    return [(verdict.date, verdict.score) for verdict in verdicts]


def rule_of_thumb(case: Case) -> Scores:
    """What a careful reader might reckon by hand, for comparison: the largest recent rise in any
    channel, in points of pain, quarters of the days with nerve symptoms, or halves of a segment."""
    logged = [day for day in case.days if not day.missing]
    pain = [day.pain for day in logged]
    nerve = [None if day.nerve is None else 4.0 * (day.nerve > 0) for day in logged]
    place = [None if day.place is None else 2.0 * PLACES.index(day.place) for day in logged]
    return [
        (day.date, max(_rise(values[: at + 1], now) for values, now in channels))
        for channels in [((pain, 3), (nerve, 7), (place, 5))]
        for at, day in enumerate(logged)
    ]


def _rise(values: Sequence[float | None], now: int) -> float:
    """The mean of the last `now` answers less the mean of the fourteen before."""
    given = [value for value in values[-40:] if value is not None]
    before = given[-now - 14 : -now]
    return fmean(given[-now:]) - fmean(before) if before else 0.0


def alerts(case: Case, scores: Scores, threshold: float) -> list[date]:
    """The scoring's own rules, not the product's, so that detectors compare."""
    raised: list[date] = []
    armed = True
    for day, score in scores:
        if score < threshold:
            armed = True
        elif (
            armed
            and (day - case.first).days >= BURN_IN
            and (not raised or (day - raised[-1]).days >= REFRACTORY_DAYS)
        ):
            raised.append(day)
            armed = False
    return raised


def outcome(case: Case, scores: Scores, threshold: float) -> Outcome:
    raised = alerts(case, scores, threshold)
    start = case.first + timedelta(BURN_IN)
    end = case.first + timedelta(case.length - FOUND_WITHIN - 2)
    delay = None
    if case.onset is not None:
        late = ((day - case.onset).days for day in raised)
        delay = next((days for days in late if 0 <= days <= FOUND_WITHIN), FOUND_WITHIN)
    counted = sum(start <= day < end for day in raised)
    return Outcome(case.course, case.habit, counted, (end - start).days, delay)


def outcomes(cases: list[Case], scores: list[Scores], threshold: float) -> list[Outcome]:
    return [outcome(case, found, threshold) for case, found in zip(cases, scores, strict=True)]


def alert_rate(group: Iterable[Outcome]) -> float:
    """Alerts per patient and 180 days."""
    group = list(group)
    return 180 * sum(one.alerts for one in group) / sum(one.days for one in group)


def false_rate(group: Iterable[Outcome]) -> float:
    return alert_rate(one for one in group if one.course in QUIET)


def delays(group: Iterable[Outcome]) -> list[int]:
    return [one.delay for one in group if one.delay is not None]


def within(found: list[int], days: int) -> float:
    return fmean(delay <= days for delay in found)


def speed(found: list[int]) -> str:
    return f"{within(found, 14):9.2f} {within(found, 28):9.2f} {fmean(found):9.1f}"


def threshold_for(rate: float, cases: list[Case], scores: list[Scores]) -> float:
    """The lowest threshold with at most `rate` false alerts per patient and 180 days."""
    low, high = -10.0, 20.0
    while high - low > 0.005:
        middle = (low + high) / 2
        if false_rate(outcomes(cases, scores, middle)) > rate:
            low = middle
        else:
            high = middle
    return high


def print_thresholds(cases: list[Case], scores: list[Scores], by_hand: list[Scores]) -> None:
    print("\n                        false a    within    within      mean  nerve+place     flares")
    print("threshold              180 days      14 d      28 d     delay  within 14 d  that alert")
    rows: list[tuple[str, float, list[Scores]]] = [
        (name, threshold, scores) for name, threshold in THRESHOLDS.items()
    ]
    rows += [
        (f"{name} {rate}", threshold_for(rate, cases, found), found)
        for name, found in (("detector", scores), ("by hand", by_hand))
        for rate in (0.5, 1.0)
    ]
    for name, threshold, found in rows:
        group = outcomes(cases, found, threshold)
        others = delays(one for one in group if one.course in NERVE_OR_PLACE)
        flares = fmean(one.alerts > 0 for one in group if one.course == "flare")
        print(
            f"{name:13} {threshold:6.2f} {false_rate(group):10.2f} {speed(delays(group))}"
            f" {within(others, 14):12.2f} {flares:11.2f}"
        )


def print_courses(group: list[Outcome]) -> None:
    print("\ncourse        patients  alerts a    within    within      mean")
    print("                        180 days      14 d      28 d     delay")
    for course in dict.fromkeys(one.course for one in group):
        own = [one for one in group if one.course == course]
        found = delays(own)
        result = f"{'':9} {speed(found)}" if found else f"{alert_rate(own):9.2f}"
        print(f"{course:13} {len(own):8} {result}")


def print_habits(group: list[Outcome]) -> None:
    print("\nhabit         patients   false a    within    within      mean")
    print("                        180 days      14 d      28 d     delay")
    for habit in dict.fromkeys(one.habit for one in group):
        own = [one for one in group if one.habit == habit]
        print(f"{habit:13} {len(own):8} {false_rate(own):9.2f} {speed(delays(own))}")


def main() -> None:
    parser = argparse.ArgumentParser(description="How well and how fast the detector is.")
    parser.add_argument("files", nargs="*", type=Path, help="DIARIES.csv TRUTH.csv")
    parser.add_argument("--each", type=int, default=EACH, help="patients of each course and habit")
    arguments = parser.parse_args()
    if len(arguments.files) not in (0, 2):
        parser.error("give both DIARIES.csv and TRUTH.csv, or neither")
    cases = cohort(*arguments.files) if arguments.files else own_cohort(arguments.each)
    began = time.perf_counter()
    scores = [detector(case) for case in cases]
    spent = time.perf_counter() - began
    logged = sum(map(len, scores))
    standard = outcomes(cases, scores, THRESHOLDS["standard"])
    print(
        f"{len(cases)} patients, {len(delays(standard))} with a worsening; "
        f"{logged} logged days, {1000 * spent / logged:.2f} ms each"
    )
    print_thresholds(cases, scores, [rule_of_thumb(case) for case in cases])
    print("\nAt the standard threshold:")
    print_courses(standard)
    print_habits(standard)


if __name__ == "__main__":
    main()
