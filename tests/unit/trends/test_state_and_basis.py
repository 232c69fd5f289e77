"""A verdict depends on the days alone, and a decision can be reached again from its basis."""

import json
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glidepath.trends import (
    PLACES,
    VERSION,
    Day,
    InvalidDayError,
    Monitor,
    OtherVersionError,
    Signal,
    Watch,
    recompute,
    record,
    screen,
)
from tests.unit.trends.diaries import START, climb, diary, nth, wobbling

DAYS = diary(
    wobbling(3, 40, 1) + wobbling(7, 45, 2),
    [0] * 60 + [2] * 25,
    ["thigh"] * 70 + ["calf"] * 15,
)


@st.composite
def diaries(draw: st.DrawFn) -> list[Day]:
    """Any diary there can be: gaps, decimals, unanswered questions, extreme answers."""
    gaps = draw(st.lists(st.one_of(st.just(1), st.integers(1, 400)), max_size=40))
    days, at = [], 0
    for gap in gaps:
        at += gap
        days.append(
            Day(
                START + timedelta(at),
                draw(st.none() | st.floats(0, 10) | st.sampled_from([0, 5, 10])),
                draw(st.none() | st.integers(0, 4)),
                draw(st.none() | st.sampled_from(PLACES)),
            )
        )
    return days


@given(diaries())
@settings(max_examples=60, deadline=None)
def test_any_diary_gets_finite_scores_and_shares_that_add_up(days):
    screening = screen(days, "early")
    assert [v.date for v in screening.verdicts] == [d.date for d in days if not d.missing]
    for verdict in screening.verdicts:
        assert math.isfinite(verdict.score)
        assert (verdict.onset is None) == (verdict.evidence == ())
        if verdict.evidence:
            assert sum(part.weight for part in verdict.evidence) == pytest.approx(1, abs=0.01)
            assert verdict.onset is not None
            assert verdict.onset <= verdict.date
        assert set(verdict.sentence) == {"en", "es"}
    for earlier, later in zip(screening.signals, screening.signals[1:], strict=False):
        assert (later.raised_on - earlier.raised_on).days >= 14


@given(diaries(), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_going_on_from_a_snapshot_ends_like_never_having_stopped(days, cut):
    monitor, watch = Monitor(), Watch()
    for day in days[:cut]:
        if verdict := monitor.step(day):
            watch.step(verdict)
    monitor = Monitor.restore(json.loads(json.dumps(monitor.snapshot())))
    watch = Watch.restore(json.loads(json.dumps(watch.snapshot())))
    verdicts, signals = [], []
    for day in days[cut:]:
        if verdict := monitor.step(day):
            verdicts.append(verdict)
            if signal := watch.step(verdict):
                signals.append(signal)
    whole = screen(days)
    assert tuple(verdicts) == whole.verdicts[len(whole.verdicts) - len(verdicts) :]
    assert tuple(signals) == whole.signals[len(whole.signals) - len(signals) :]
    assert watch.standing == whole.standing


def test_the_state_stays_small_however_long_the_diary():
    monitor, watch = Monitor(), Watch()
    sizes = []
    for day in diary(wobbling(4, 300, 8), [4] * 300, ["buttock"] * 300):
        verdict = monitor.step(day)
        assert verdict is not None
        watch.step(verdict)
        sizes.append(len(json.dumps([monitor.snapshot(), watch.snapshot()])))
    assert max(sizes) < 24_000
    assert max(sizes[150:]) - min(sizes[150:]) < 4_000


def test_the_distant_past_weighs_little():
    same = wobbling(4, 150, 4)
    low, high = (screen(diary([*[level] * 60, *same])).verdicts[-1] for level in (2, 7))
    assert low.score == pytest.approx(high.score, abs=0.3)


def test_a_verdict_does_not_know_what_comes_after():
    whole = screen(DAYS).verdicts
    for cut in (10, 41, 55, 70):
        assert screen(DAYS[:cut]).verdicts == whole[:cut]


def test_the_same_days_give_the_same_screening():
    assert screen(DAYS) == screen(list(DAYS))


def test_a_day_out_of_order_or_twice_is_refused():
    monitor = Monitor()
    monitor.step(DAYS[3])
    for late in (DAYS[2], DAYS[3]):
        with pytest.raises(InvalidDayError, match="does not come after"):
            monitor.step(late)


@pytest.mark.parametrize(
    "wrong",
    [{"pain": 10.5}, {"pain": -1}, {"pain": float("nan")}, {"nerve": 5}, {"place": "knee"}],
)
def test_a_value_off_its_scale_is_refused(wrong):
    with pytest.raises(InvalidDayError, match="must"):
        Day(START, **wrong)


def through_json(days: list[Day], signal: Signal) -> Any:
    return json.loads(json.dumps(record(days, signal)))


def test_a_basis_leads_to_the_identical_decision():
    signals = screen(DAYS).signals
    assert signals
    for signal in signals:
        assert recompute(through_json(DAYS, signal)) == signal


def test_a_basis_of_a_short_diary_leads_to_the_identical_decision():
    days = diary(climb(2, 9, 14))
    (signal,) = screen(days).signals
    assert recompute(through_json(days, signal)) == signal


def test_a_basis_keeps_the_days_that_were_known_and_no_later_ones():
    (signal, *_) = screen(DAYS).signals
    basis = record(DAYS, signal)
    assert basis["days"][-1][0] == signal.raised_on.isoformat()
    assert basis["version"] == VERSION
    assert basis["score"] == signal.score


def test_other_days_lead_to_another_decision():
    (signal, *_) = screen(DAYS).signals
    basis = through_json(DAYS, signal)
    calm = [[day, 3, 0, "thigh"] for day, *_ in basis["days"]]
    assert recompute({**basis, "days": calm}) is None


def test_a_basis_of_another_version_is_not_recomputed_silently():
    (signal, *_) = screen(DAYS).signals
    basis = {**through_json(DAYS, signal), "version": "0"}
    with pytest.raises(OtherVersionError, match="version 0"):
        recompute(basis)


def test_a_second_signal_waits_for_a_fall_in_between():
    verdict = screen(diary(wobbling(3, 40, 1) + wobbling(7, 10, 2))).verdicts[-1]
    assert verdict.onset is not None
    watch = Watch()

    def step(day: int, score: float) -> Signal | None:
        onset = nth(day - 1)
        return watch.step(replace(verdict, date=nth(day), score=score, onset=onset))

    for day in range(30):
        assert step(day, -9) is None
    assert step(30, 9) is not None
    assert all(step(day, 9) is None for day in range(31, 60))
    assert step(60, -9) is None
    assert step(61, 9) is not None
    assert step(62, -9) is None
    assert all(step(day, 9) is None for day in range(63, 75))
    assert step(75, 9) is not None


def test_an_episode_is_reported_once_even_when_its_score_wavers():
    verdict = screen(diary(wobbling(3, 40, 1) + wobbling(7, 10, 2))).verdicts[-1]
    watch = Watch()
    raised = [
        watch.step(replace(verdict, date=nth(day), score=score, onset=nth(25)))
        for day, score in [*((day, -9) for day in range(30)), (30, 9), (50, -9), (51, 9), (80, 9)]
    ]
    assert [signal.raised_on for signal in raised if signal] == [nth(30)]
    assert watch.standing


def test_a_worsening_stands_until_the_score_has_clearly_fallen():
    verdict = screen(diary(wobbling(3, 40, 1) + wobbling(7, 10, 2))).verdicts[-1]
    watch = Watch()
    watch.step(replace(verdict, date=nth(0), score=-9))
    for day in range(30, 40):
        watch.step(replace(verdict, date=nth(day), score=9, onset=nth(25)))
    threshold = watch.threshold(nth(40))
    standing = []
    for day, score in ((41, threshold - 0.5), (42, threshold - 2)):
        watch.step(replace(verdict, date=nth(day), score=score))
        standing.append(watch.standing)
    assert standing == [True, False]
