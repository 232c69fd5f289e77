"""Whether the stated probability means what it says."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detection.cohorts import Case, Cohort, Floats
from detection.scoring import BURN_IN, FOUND_WITHIN

BINS = 10


class Bin(NamedTuple):
    """Days whose stated probability lies in one tenth of the scale: the mean of the stated ones,
    the share of days on which a worsening was there, and how many days."""

    stated: float
    seen: float
    days: int


def truth(case: Case) -> Floats:
    """For each logged day (n,): 1 if a worsening began within the last 60 days, that day included,
    0 if none did, NaN where the day does not count.

    Not counted are the first 21 days, which raise no alert, and those more than 60 days after an
    onset, when the new level may have become the usual one.
    """
    seen = np.zeros(case.at.size)
    if case.onset is not None:
        since = case.at - case.onset
        seen[since >= 0] = 1
        seen[since > FOUND_WITHIN] = np.nan
    seen[case.at < BURN_IN] = np.nan
    return seen


def reliability(cohort: Cohort, probabilities: Sequence[Floats]) -> list[Bin]:
    """The bins that hold any day, in order; `probabilities` per logged day of each case."""
    seen = np.concatenate([truth(case) for case in cohort.cases])
    stated = np.concatenate(probabilities)
    known = np.isfinite(seen) & np.isfinite(stated)
    seen, stated = seen[known], stated[known]
    where = np.minimum((stated * BINS).astype(int), BINS - 1)
    return [
        Bin(float(stated[inside].mean()), float(seen[inside].mean()), int(inside.sum()))
        for inside in (where == number for number in range(BINS))
        if inside.any()
    ]


def expected_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the mean distance of stated and seen, weighted by days."""
    return sum(one.days * abs(one.stated - one.seen) for one in bins) / sum(
        one.days for one in bins
    )
