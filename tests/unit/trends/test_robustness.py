"""What must not move the score, and in which direction a day may move it."""

import math
from dataclasses import replace
from datetime import timedelta
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glidepath.demo.simulator import COURSES, HABITS, Course, simulate
from glidepath.trends import PLACES, Day, InvalidDayError, Monitor, scores, screen
from tests.unit.trends.diaries import START, diary, nth, wobbling

# Odds of one in seven: what nobody is told about at any sensitivity.
CALM = -2.0


def simulated(seed: int, length: int = 150, course: Course | None = None) -> list[Day]:
    """A diary of any habit, and of any course unless one is given; its logged days only."""
    rng = np.random.default_rng(seed)
    any_course, habit = rng.choice(np.array(COURSES)), rng.choice(np.array(HABITS))
    found = simulate(course or any_course, habit, length, START, rng)
    days = [Day(day.date, day.pain, day.nerve, day.place) for day in found.days]
    return [day for day in days if not day.missing]


def worse_than(day: Day) -> list[Day]:
    """The same day, worse by one in each channel, and in all of them."""
    found = []
    if day.pain is not None and day.pain <= 9:
        found.append(replace(day, pain=day.pain + 1))
    if day.nerve == 0:
        found.append(replace(day, nerve=2))
    if day.place not in (None, "foot"):
        found.append(replace(day, place=PLACES[PLACES.index(day.place) + 1]))
    return [*found, replace(day, pain=10, nerve=4, place="foot")]


def score_after(monitor: Monitor, day: Day) -> float:
    verdict = monitor.copy().step(day)
    assert verdict is not None
    return verdict.score


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_worse_day_never_lowers_the_score_of_that_day(seed):
    monitor = Monitor()
    for day in simulated(seed, 90):
        if day.pain is not None and day.nerve is not None and day.place is not None:
            score = score_after(monitor, day)
            for worse in worse_than(day):
                assert score_after(monitor, worse) >= score - 1e-4
        monitor.step(day)


@pytest.mark.parametrize("level", [1, 3, 5, 7])
@pytest.mark.parametrize("seed", range(12))
def test_one_bad_day_never_alerts_at_standard(level, seed):
    steady = [min(10, max(0, level + at % 3 % 2)) for at in range(30 + seed)]
    worst = [*steady, 10, *steady]
    assert screen(diary(worst, [0] * 30 + [0] * (len(worst) - 30))).signals == ()
    for bad in (6, 8, 10):
        uneven = [*wobbling(level, 40 + seed, seed, 0.7)]
        quiet = screen(diary(uneven)).verdicts[-1]
        # Whoever was about to be told about anyway is no case of one bad day.
        if quiet.score < -2:
            assert screen(diary([*uneven, bad])).signals == ()


@pytest.mark.parametrize("seed", range(20))
def test_a_fortnight_without_entries_never_raises_the_score(seed):
    days = simulated(seed, course="stable")
    # No more than usual, whatever rounding does.
    usual = max(0, median(day.pain for day in days if day.pain is not None) - 1)
    for cut in range(20, len(days), 9):
        monitor = Monitor()
        for day in days[:cut]:
            last = monitor.step(day)
        assert last is not None
        for silent in range(1, 15):
            assert monitor.step(Day(days[cut - 1].date + timedelta(silent))) is None
        # Nothing was said, so that there is nothing new; and a first word after it that pain is
        # as usual raises nothing either.
        word = Day(days[cut - 1].date + timedelta(15), pain=usual)
        assert score_after(monitor, word) <= max(last.score, CALM)


@given(st.integers(0, 10_000), st.integers(-500, 500))
@settings(max_examples=20, deadline=None)
def test_a_shift_by_whole_weeks_changes_nothing(seed, weeks):
    days = simulated(seed)
    moved = [replace(day, date=day.date + timedelta(weeks=weeks)) for day in days]
    assert (scores(moved) == scores(days)).all()
    onsets = [signal.onset + timedelta(weeks=weeks) for signal in screen(days, "early").signals]
    assert [signal.onset for signal in screen(moved, "early").signals] == onsets


@pytest.mark.parametrize("seed", range(5))
def test_many_at_once_and_day_by_day_agree(seed):
    days = simulated(seed)
    assert scores(days).tolist() == [verdict.score for verdict in screen(days).verdicts]


def test_years_of_one_habit_do_not_blind_the_detector_for_the_next():
    years = diary([2] * 1500 + [5] * 25, [0] * 1500 + [1] * 25, ["thigh"] * 1500 + ["foot"] * 25)
    (signal,) = screen(years).signals
    assert nth(1500) <= signal.raised_on <= nth(1506)
    changed = diary(
        [2] * 1500 + [6] * 1500, [0] * 1500 + [1] * 1500, ["back"] * 1500 + ["foot"] * 1500
    )
    found = scores(changed)
    assert np.isfinite(found).all()
    # What was a worsening has become the usual course, and is no news any more.
    assert found[-1] < -3


def test_days_out_of_order_are_refused_for_many_at_once_as_well():
    days = diary([3, 4, 5])
    with pytest.raises(InvalidDayError, match="out of order"):
        scores([days[1], days[0]])
    assert scores([]).size == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_probability_goes_with_the_score(seed):
    verdicts = screen(simulated(seed)).verdicts
    by_score = sorted(verdicts, key=lambda verdict: verdict.score)
    chances = [verdict.probability for verdict in by_score]
    assert chances == sorted(chances)
    assert all(0 <= chance <= 1 and math.isfinite(chance) for chance in chances)


@pytest.mark.parametrize("seed", range(8))
def test_the_likeliest_onset_lies_in_its_range(seed):
    for verdict in screen(simulated(seed)).verdicts:
        if verdict.onset is not None:
            assert verdict.earliest is not None
            assert verdict.latest is not None
            assert verdict.earliest <= verdict.latest <= verdict.date
            assert verdict.earliest <= verdict.onset <= verdict.date
