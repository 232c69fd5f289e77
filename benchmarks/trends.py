"""How early the detector finds a worsening, how often it alerts without one, and how fast it is.

    python benchmarks/trends.py                             our own simulated cohort
    python benchmarks/trends.py DIARIES.csv TRUTH.csv       diaries with their truth: patient,
                                                            course, first_day, days, onset

The first 21 days raise no alert; after an alert the next comes at least 14 days later, and only
after the score fell below the threshold in between. False alerts are counted on stable and
improving patients between day 21 and 62 days before the end. A worsening is found by the first
alert within 60 days of its onset; one that is not found counts as a delay of 60.
"""

import sys
import time
from collections.abc import Iterable
from csv import DictReader
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean

import numpy as np

from glidepath import diary_csv
from glidepath.demo.simulator import COURSES, HABITS, simulate
from glidepath.trends import Day, Monitor, Verdict
from glidepath.trends.policy import REFRACTORY_DAYS, THRESHOLDS

BURN_IN = 21
FOUND_WITHIN = 60
QUIET = ("stable", "improving")
# Which signs a course shows; cohorts name theirs differently.
NERVE_OR_PLACE = ("nerve", "spread", "peripheral")
# Patients of each course and habit in our own cohort, their days and the seed.
EACH, LENGTH, SEED = 4, 196, 20250501


@dataclass(frozen=True, slots=True)
class Case:
    course: str
    first: date
    length: int
    onset: date | None
    days: list[Day]


@dataclass(slots=True)
class Tally:
    """What one threshold gives on a cohort."""

    false: int = 0
    quiet_days: int = 0
    delays: list[int] = field(default_factory=list)
    other_delays: list[int] = field(default_factory=list)
    flares: list[bool] = field(default_factory=list)

    def add(self, case: Case, alerts: list[date]) -> None:
        start = case.first + timedelta(BURN_IN)
        end = case.first + timedelta(case.length - FOUND_WITHIN - 2)
        counted = sum(start <= day < end for day in alerts)
        if case.course in QUIET:
            self.false += counted
            self.quiet_days += (end - start).days
        elif case.course == "flare":
            self.flares.append(counted > 0)
        elif case.onset is not None:
            late = ((day - case.onset).days for day in alerts)
            delay = next((days for days in late if 0 <= days <= FOUND_WITHIN), FOUND_WITHIN)
            self.delays.append(delay)
            if case.course in NERVE_OR_PLACE:
                self.other_delays.append(delay)

    @property
    def false_rate(self) -> float:
        return 180 * self.false / self.quiet_days

    def line(self) -> str:
        return (
            f"{self.false_rate:6.2f} {_within(self.delays, 14):8.2f} {_within(self.delays, 28):8.2f} "
            f"{fmean(self.delays):8.1f} {_within(self.other_delays, 14):14.2f} "
            f"{fmean(self.flares):14.2f}"
        )


def _within(delays: list[int], days: int) -> float:
    return fmean(delay <= days for delay in delays)


def own_cohort() -> list[Case]:
    rng = np.random.default_rng(SEED)
    cases = []
    for course in COURSES:
        for habit in HABITS:
            for _ in range(EACH):
                first = date(2025, 1, 1) + timedelta(int(rng.integers(30)))
                simulated = simulate(course, habit, LENGTH, first, rng)
                days = [Day(d.date, d.pain, d.nerve, d.place) for d in simulated.days]
                cases.append(Case(course, first, LENGTH, simulated.onset, days))
    return cases


def cohort(diaries: Path, truth: Path) -> list[Case]:
    days = diary_csv.read(diaries, print)
    with truth.open(encoding="utf-8-sig", newline="") as file:
        return [
            Case(
                row["course"],
                date.fromisoformat(row["first_day"]),
                int(row["days"]),
                date.fromisoformat(row["onset"]) if row["onset"] else None,
                days.get(row["patient"], []),
            )
            for row in DictReader(file)
        ]


def alerts(case: Case, verdicts: Iterable[Verdict], threshold: float) -> list[date]:
    """The scoring's own rules, not the product's, so that detectors compare."""
    raised: list[date] = []
    armed = True
    for verdict in verdicts:
        if verdict.score < threshold:
            armed = True
        elif (
            armed
            and (verdict.date - case.first).days >= BURN_IN
            and (not raised or (verdict.date - raised[-1]).days >= REFRACTORY_DAYS)
        ):
            raised.append(verdict.date)
            armed = False
    return raised


def tally(cases: list[Case], verdicts: list[list[Verdict]], threshold: float) -> Tally:
    result = Tally()
    for case, judged in zip(cases, verdicts, strict=True):
        result.add(case, alerts(case, judged, threshold))
    return result


def threshold_for(rate: float, cases: list[Case], verdicts: list[list[Verdict]]) -> float:
    """The lowest threshold with at most `rate` false alerts per patient and 180 days."""
    low, high = -10.0, 20.0
    while high - low > 0.005:
        middle = (low + high) / 2
        if tally(cases, verdicts, middle).false_rate > rate:
            low = middle
        else:
            high = middle
    return high


def judge(case: Case) -> list[Verdict]:
    monitor = Monitor()
    return [verdict for day in case.days if (verdict := monitor.step(day))]


def main(arguments: list[str]) -> None:
    cases = cohort(*map(Path, arguments)) if arguments else own_cohort()
    began = time.perf_counter()
    verdicts = [judge(case) for case in cases]
    spent = time.perf_counter() - began
    logged = sum(map(len, verdicts))
    print(f"{len(cases)} patients, {logged} logged days, {1000 * spent / logged:.2f} ms a day\n")
    print("                    false a  within   within     mean   nerve+place        flares")
    print("threshold          180 days    14 d     28 d    delay    within 14 d    that alert")
    chosen: dict[str, float] = dict(THRESHOLDS.items())
    chosen |= {f"for {rate}": threshold_for(rate, cases, verdicts) for rate in (0.5, 1.0)}
    for name, threshold in chosen.items():
        print(f"{name:9} {threshold:10.2f} {tally(cases, verdicts, threshold).line()}")


if __name__ == "__main__":
    main(sys.argv[1:])
