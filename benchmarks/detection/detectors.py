"""Every detector by its name, and scoring many patients with several of them in two processes."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

import numpy as np

from detection import baselines
from detection.cohorts import Case, Floats
from glidepath.trends import Settings, probability, scores, warm_up

OURS: Final = "Glidepath"
NERVE: Final = "nerve rule"
PLACE: Final = "place rule"
PROCESSES = 2
CHUNK = 25


def glidepath(case: Case) -> Floats:
    """Our detector: scores and probabilities, shape (2, n); NaN on days without a verdict."""
    days, settings = case.days(), Settings()
    logged = [number for number, day in enumerate(days) if not day.missing]
    found = np.full((2, case.at.size), np.nan)
    found[0, logged] = scores(days, settings)
    found[1, logged] = [probability(score, settings) for score in found[0, logged]]
    return found


SCORERS: Final[dict[str, baselines.Detector]] = {
    **baselines.ON_PAIN,
    NERVE: baselines.nerve_rule,
    PLACE: baselines.place_rule,
    OURS: glidepath,
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one detector returned for each case, and its processor time per case in seconds."""

    values: list[Floats]
    seconds: list[float]

    @property
    def scores(self) -> list[Floats]:
        return [np.atleast_2d(values)[0] for values in self.values]


def run(cases: Sequence[Case], names: Sequence[str]) -> dict[str, Run]:
    """Runs every named detector over all cases."""
    chunks = [cases[begin : begin + CHUNK] for begin in range(0, len(cases), CHUNK)]
    # Two processes share two cores evenly if neither spreads its own work over both; a process
    # reads this when it starts.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    found = {name: Run([], []) for name in names}
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), warm_up) as pool:
        for part in pool.map(_run_chunk, chunks, [tuple(names)] * len(chunks)):
            for name in names:
                found[name].values.extend(part[name].values)
                found[name].seconds.extend(part[name].seconds)
    return found


def _run_chunk(cases: Sequence[Case], names: Sequence[str]) -> dict[str, Run]:
    found = {name: Run([], []) for name in names}
    for name in names:
        # Once beforehand, so that importing a library is not timed.
        SCORERS[name](cases[0])
        for case in cases:
            began = time.process_time()
            found[name].values.append(SCORERS[name](case))
            found[name].seconds.append(time.process_time() - began)
    return found
