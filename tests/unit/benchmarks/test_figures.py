"""The figures for the documentation."""

import pytest

from detection import cohorts, scoring
from detection.baselines import ON_PAIN, three_days_less_baseline
from detection.calibration import Bin
from detection.detectors import OURS


def test_the_same_numbers_give_the_same_bytes(tmp_path):
    pytest.importorskip("matplotlib", reason="the group `bench` is not installed")
    from detection import figures  # noqa: PLC0415

    cohort = cohorts.simulated(20, seed=4)
    outcomes = {
        name: scoring.outcome(
            cohort, cohort.grid([three_days_less_baseline(one) for one in cohort.cases]), 2.0
        )
        for name in (*ON_PAIN, OURS)
    }
    for folder in ("one", "two"):
        figures.draw(tmp_path / folder, outcomes, [Bin(0.1, 0.2, 50), Bin(0.9, 0.8, 5)])
    drawn = sorted((tmp_path / "one").iterdir())
    assert [path.name for path in drawn] == ["alerts.svg", "delay.svg", "reliability.svg"]
    for path in drawn:
        content = path.read_text()
        assert content == (tmp_path / "two" / path.name).read_text()
        assert "dc:date" not in content
        assert content.startswith("<?xml")
