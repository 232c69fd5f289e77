"""The levels do what is said of them: measured again as the benchmark does."""

import pytest

from detection import cohorts, detectors, scoring
from detection.detectors import OURS
from glidepath.trends.policy import MEASURED, THRESHOLDS

PATIENTS, SEED = 500, 20250502


@pytest.mark.assurance
def test_each_level_costs_and_finds_what_is_stated():
    cohort = cohorts.simulated(PATIENTS, SEED)
    scores = cohort.grid(detectors.run(cohort.cases, [OURS])[OURS].scores)
    for level, threshold in THRESHOLDS.items():
        found, stated = scoring.outcome(cohort, scores, threshold), MEASURED[level]
        assert round(found.false_alerts().value, 2) == stated.false_per_180_days
        assert round(found.within(14).value, 2) == stated.found_in_14_days
        assert round(found.within(28).value, 2) == stated.found_in_28_days
