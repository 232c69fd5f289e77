"""Following a trend from sync to sync ends where judging the whole diary at once ends."""

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glidepath import trends
from glidepath.alerts.raising import LOOKBACK
from glidepath.alerts.trend import follow, usable
from glidepath.demo.simulator import COURSES, HABITS, simulate

FIRST = date(2026, 1, 1)


def diary(seed: int) -> list[trends.Day]:
    rng = np.random.default_rng(seed)
    course, habit = COURSES[seed % len(COURSES)], HABITS[seed % len(HABITS)]
    days = simulate(course, habit, 200, FIRST, rng).days
    # A long silence somewhere: what lies before it may matter after it, or no longer.
    silent = range(begin := int(rng.integers(20, 120)), begin + int(rng.integers(0, 70)))
    return [
        trends.Day(day.date, day.pain, day.nerve, day.place)
        for number, day in enumerate(days)
        if day.logged and number not in silent
    ]


def arrive(
    known: dict[date, trends.Day], batch: list[trends.Day], checkpoint: dict[str, Any] | None
) -> Any:
    """One sync, as `raising.evaluate` does it: only the days that still matter are read."""
    known.update((day.date, day) for day in batch)
    touched = min(day.date for day in batch)
    checkpoint = usable(checkpoint, touched)
    since = date.fromisoformat(checkpoint["through"]) - LOOKBACK if checkpoint else date.min
    return follow([known[on] for on in sorted(known) if on >= since], checkpoint)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 500), sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_in_order_the_same_signals_are_raised(seed: int, sizes: list[int]):
    days = diary(seed)
    whole = trends.screen(days)
    known: dict[date, trends.Day] = {}
    checkpoint, signals, start, followed = None, {}, 0, None
    for size in [*sizes, len(days)]:
        batch = days[start : start + size]
        if not batch:
            break
        followed = arrive(known, batch, checkpoint)
        checkpoint, start = followed.checkpoint, start + size
        if followed.signal is not None:
            signals[followed.signal.raised_on] = followed.signal
    assert followed is not None
    assert followed.standing == whole.standing
    assert followed.verdict == whole.verdicts[-1]
    assert set(signals) <= {signal.raised_on for signal in whole.signals}
    assert not whole.signals or max(signals) == whole.signals[-1].raised_on


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 500), order=st.randoms(use_true_random=False))
def test_late_and_changed_days_end_in_the_same_state(seed: int, order: Any):
    days = diary(seed)
    known: dict[date, trends.Day] = {}
    checkpoint, followed = None, None
    blocks = [days[at : at + 13] for at in range(0, len(days), 13)]
    order.shuffle(blocks)
    changed = trends.Day(blocks[0][0].date, 9.0, 2, "foot")
    for batch in [*blocks, [changed]]:
        followed = arrive(known, batch, checkpoint)
        checkpoint = followed.checkpoint
    whole = trends.screen([known[on] for on in sorted(known)])
    assert followed is not None
    assert followed.standing == whole.standing
    assert followed.verdict == whole.verdicts[-1]


def test_a_checkpoint_of_another_version_is_of_no_use():
    checkpoint = {"version": "0", "through": "2026-01-01", "watch": {}}
    assert usable(checkpoint, FIRST + timedelta(days=9)) is None


CHANGED = FIRST + timedelta(days=90)
EARLIER = trends.Levels("calm", ((CHANGED, "early"),))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 500), size=st.integers(1, 30), late=st.integers(0, 60))
def test_a_change_of_level_judges_no_day_before_it_anew(seed: int, size: int, late: int):
    days = diary(seed)
    before = [day for day in days if day.date < CHANGED]
    known: dict[date, trends.Day] = {}
    checkpoint, raised = None, set[date]()
    # Until the change nobody knows of it; after it old days come in once more, too.
    for at in range(0, len(days), size):
        batch = days[at : at + size]
        known.update((day.date, day) for day in batch)
        levels = EARLIER if batch[-1].date >= CHANGED else trends.Levels("calm")
        usable_one = usable(checkpoint, batch[0].date)
        followed = follow([known[on] for on in sorted(known)], usable_one, levels)
        checkpoint = followed.checkpoint
        if followed.signal is not None:
            raised.add(followed.signal.raised_on)
    again = follow(days, usable(checkpoint, days[min(late, len(days) - 1)].date), EARLIER)
    whole = trends.screen(days, EARLIER)
    assert again.standing == whole.standing
    assert raised <= {signal.raised_on for signal in whole.signals}
    old = {signal.raised_on for signal in trends.screen(before, "calm").signals}
    assert {signal.raised_on for signal in whole.signals if signal.raised_on < CHANGED} == old


def test_what_stood_at_a_change_is_not_told_all_at_once():
    calm, early = trends.policy.THRESHOLDS["calm"], trends.policy.THRESHOLDS["early"]
    stood = new = 0
    for seed in range(60):
        days = diary(seed)
        verdicts = {verdict.date: verdict for verdict in trends.screen(days).verdicts}
        last = max(on for on in verdicts if on < CHANGED)
        stood += early <= verdicts[last].score < calm
        for signal in trends.screen(days, EARLIER).signals:
            if signal.raised_on < CHANGED:
                continue
            # Only what began under the new level is told at it.
            assert signal.score >= (calm if signal.onset < CHANGED else early)
            new += signal.score < calm
    assert stood >= 3
    assert new > 3


def test_a_basis_of_a_changed_level_says_the_same_again_whatever_the_clinic_chose_since():
    found = 0
    for seed in range(40):
        followed = follow(diary(seed), None, EARLIER)
        basis = followed.signal_basis
        if basis is None or basis["raised_on"] < CHANGED.isoformat():
            continue
        kept = json.loads(json.dumps(basis))
        assert kept["sensitivity"] == "early"
        assert trends.holds_again(kept)
        found += 1
    assert found > 3
