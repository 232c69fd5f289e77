"""AL-6: 5,000 alerts in clinics whose people are absent, leave and come back; none is left without an owner."""

import os
from collections.abc import Callable

from tests.escalating import MUTANTS, Product, play

ALERTS = int(os.environ.get("GLIDEPATH_ASSURANCE_ALERTS", "5000"))
BY_MUTANT = max(200, ALERTS // 10)


def test_no_alert_is_left_without_an_owner(report: Callable[[str], None]):
    steps, again, unowned = 0, 0, 0
    for seed in range(ALERTS):
        run = play(seed, Product())
        assert not run.wrong, (seed, run.wrong[:3])
        steps, again = steps + run.steps, again + run.reopened
        unowned += run.next is not None and run.next.state == "unowned"
    report(
        f"{ALERTS} alerts of seeds 0 to {ALERTS - 1}, four weeks each: 0 without an owner or "
        f"without the next step in time; {steps} steps, {again} opened again, "
        f"{unowned} ended where nobody of the clinic was there, and said so"
    )


def test_each_mutant_is_caught(report: Callable[[str], None]):
    caught = {
        name: sum(bool(play(seed, mutant).wrong) for seed in range(BY_MUTANT))
        for name, mutant in MUTANTS.items()
    }
    assert all(caught.values()), caught
    said = ", ".join(f"{name} {count}" for name, count in caught.items())
    report(f"caught of {BY_MUTANT} alerts: {said}")
