"""How long the detector takes for a day, how much it keeps, and how fast it goes over many diaries.

    python benchmarks/speed.py

The diaries of the first table are simulated and logged on each of 1,000 days, the worst case; those
of the second are logged as people log.
"""

import gc
import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import numpy as np

from detection import cohorts
from detection.detectors import PROCESSES
from glidepath.demo import simulator
from glidepath.trends import PLACES, Day, Monitor, scores, warm_up

DIARIES, DAYS, SEED = 10, 1000, 20250503
MARKS = (10, 100, 1000)
# A mark stands for so many days up to it.
SPAN = 10
PATIENTS = 1000
DAYS_A_YEAR = 365.25


def diary(number: int) -> list[Day]:
    rng = np.random.default_rng([SEED, number])
    course = simulator.COURSES[number % len(simulator.COURSES)]
    given = simulator.answers(course, "plain", DAYS, simulator.COHORT_START, rng)
    return [
        Day(
            given.first + timedelta(day),
            float(given.pain[day]),
            int(given.nerve[day]),
            PLACES[given.place[day]] if given.place[day] >= 0 else None,
        )
        for day in range(DAYS)
    ]


def one_by_one() -> None:
    """Prints the time of a step and the size of the pickled state."""
    taken = np.empty((DIARIES, DAYS))
    sizes = dict.fromkeys(MARKS, 0)
    for day in diary(0)[:100]:
        Monitor().step(day)
    gc.disable()
    for number in range(DIARIES):
        monitor = Monitor()
        for at, day in enumerate(diary(number)):
            # Processor time: a step waits for nothing but for its turn on a busy machine.
            began = time.thread_time()
            monitor.step(day)
            taken[number, at] = time.thread_time() - began
            if at + 1 in sizes:
                sizes[at + 1] = max(sizes[at + 1], len(pickle.dumps(monitor)))
    gc.enable()
    print(f"One day of one patient, {DIARIES} diaries of {DAYS} logged days")
    print("day         p50, ms   p95, ms   state, bytes")
    print(f"all        {_times(taken)}")
    for mark in MARKS:
        print(f"{mark:<11}{_times(taken[:, mark - SPAN : mark])}{sizes[mark]:15,}")


def _times(seconds: cohorts.Floats) -> str:
    middle, high = 1000 * np.percentile(seconds, (50, 95))
    return f"{middle:8.3f}  {high:8.3f}"


def many_at_once() -> None:
    """Prints how many patient-years two warm processes at once score in a second, each its own
    patients' diaries."""
    years = PROCESSES * PATIENTS * simulator.COHORT_DAYS / DAYS_A_YEAR
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), warm_up) as pool:
        parts = list(pool.map(_score, range(SEED, SEED + PROCESSES)))
    logged, spent = sum(days for days, _ in parts), max(seconds for _, seconds in parts)
    print(
        f"\n{PROCESSES * PATIENTS} patients, {years:.0f} patient-years with {logged} logged days, "
        f"{PROCESSES} processes: {spent:.2f} s, {years / spent:.0f} patient-years a second"
    )


def _score(seed: int) -> tuple[int, float]:
    """Logged days, and seconds to score them all."""
    diaries = [list(case.days()) for case in cohorts.simulated(PATIENTS, seed).cases]
    began = time.perf_counter()
    for days in diaries:
        scores(days)
    return sum(map(len, diaries)), time.perf_counter() - began


if __name__ == "__main__":
    one_by_one()
    many_at_once()
