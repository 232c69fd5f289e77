"""Every detector of the benchmark: one score for each logged day, from the days up to it."""

from datetime import date

import numpy as np
import pytest

from detection.baselines import Detector
from detection.cohorts import Case, simulated
from detection.detectors import SCORERS

LIBRARIES = {
    "Mann-Kendall, 28 days": "pymannkendall",
    "Theil-Sen, 28 days": "scipy",
    "CUSUM, self-starting": "scipy",
    "EWMA, self-starting": "scipy",
    "river Page-Hinkley": "river",
    "ruptures Binseg, 56 days": "ruptures",
}


@pytest.fixture(params=SCORERS)
def detector(request) -> Detector:
    if request.param in LIBRARIES:
        pytest.importorskip(LIBRARIES[request.param], reason="the group `bench` is not installed")
    return SCORERS[request.param]


def patients() -> list[Case]:
    """Some with gaps, some at an end of the scale, one who answers nothing but the pain."""
    cases = simulated(5, seed=3).cases
    blank = np.full(cases[0].at.size, np.nan)
    days = cases[0].at
    only_pain = Case(
        "p", "stable", "plain", date(2025, 1, 1), 196, None, None, days, cases[0].pain, blank, blank
    )
    return [*cases, only_pain]


def test_there_are_at_least_ten_others():
    assert len(SCORERS) >= 11


def test_every_logged_day_gets_one_score(detector):
    for case in patients():
        scores = np.atleast_2d(detector(case))[0]
        assert scores.shape == case.at.shape
        assert not np.isinf(scores).any()


def test_what_comes_later_changes_no_earlier_score(detector):
    for case in patients():
        whole = np.atleast_2d(detector(case))
        for count in (1, 2, 9, case.at.size // 2, case.at.size - 1):
            cut = np.atleast_2d(detector(case.until(count)))
            assert np.array_equal(cut, whole[:, :count], equal_nan=True)


def test_nothing_at_all_gets_no_score(detector):
    assert np.asarray(detector(patients()[0].until(0))).shape[-1] == 0
