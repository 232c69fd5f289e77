"""AL-6: no alert is left without an owner, and none waits longer than the policy says.

`make assurance` plays 5,000 alerts; each mutant has to be caught by as many as run here.
"""

import pytest

from tests.escalating import MUTANTS, Product, play

SEEDS = range(200)


def test_no_alert_is_left_without_an_owner():
    runs = [play(seed, Product()) for seed in SEEDS]
    assert [(seed, run.wrong[:2]) for seed, run in zip(SEEDS, runs, strict=True) if run.wrong] == []
    # The world is one in which something happens.
    assert sum(run.steps for run in runs) > len(SEEDS)
    assert sum(run.reopened for run in runs) > len(SEEDS) / 10
    assert any(run.next and run.next.state == "unowned" for run in runs)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_product_that_does_it_wrong_is_caught(mutant: str):
    assert any(play(seed, MUTANTS[mutant]).wrong for seed in SEEDS)
