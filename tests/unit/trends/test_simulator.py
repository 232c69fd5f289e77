"""Our own simulator: seeded, and roughly as people write."""

from datetime import timedelta

import numpy as np
import pytest

from glidepath.clinical.vocabulary import Place, Sensation
from glidepath.demo.simulator import (
    COURSES,
    HABITS,
    WORSENING,
    Course,
    Habit,
    SimulatedDay,
    SimulatedDiary,
    simulate,
)
from tests.unit.trends.diaries import START, nth


def several(course: Course, habit: Habit, count: int = 12) -> list[SimulatedDiary]:
    rng = np.random.default_rng(3)
    return [simulate(course, habit, 180, START, rng) for _ in range(count)]


def pains(diary: SimulatedDiary) -> np.ndarray:
    """Pain of every calendar day, NaN where nothing was logged."""
    return np.array([np.nan if day.pain is None else day.pain for day in diary.days], dtype=float)


def rise(diary: SimulatedDiary) -> float:
    """How much more pain there is in the last weeks than in the two weeks before the onset."""
    assert diary.onset is not None
    at = (diary.onset - START).days
    series = pains(diary)
    return float(np.nanmean(series[-40:]) - np.nanmean(series[at - 14 : at]))


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("course", COURSES)
def test_the_same_seed_gives_the_same_diary_within_the_scales(course, habit):
    one, two, other = (
        simulate(course, habit, 90, START, np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert one == two != other
    assert [day.date for day in one.days] == [START + timedelta(at) for at in range(90)]
    assert (one.onset is not None) == (course in WORSENING)
    for day in one.days:
        if not day.logged:
            assert (day.pain, day.pain_worst, day.sensations, day.place) == (None,) * 4
            assert day.nerve is None
            continue
        assert day.pain is not None
        assert day.pain_worst is not None
        assert day.sensations is not None
        assert 0 <= day.pain <= day.pain_worst <= 10
        assert set(day.sensations) <= set(Sensation)
        assert day.place is None or day.place in set(Place)
        assert day.exercised or not day.stopped_early


def test_a_plain_diary_varies_and_is_kept_as_measured_diaries_are():
    diaries = [diary for habit in ("bounded", "weekly") for diary in several("stable", habit)]
    completion = np.mean([np.mean(~np.isnan(pains(diary))) for diary in diaries])
    assert 0.68 <= completion <= 0.82
    daily = [pains(diary) for diary in several("stable", "daily", 20)]
    assert 0.9 <= np.mean([np.nanstd(series) for series in daily]) <= 1.5
    lags = []
    for series in daily:
        both = ~np.isnan(series[1:]) & ~np.isnan(series[:-1])
        lags.append(np.corrcoef(series[1:][both], series[:-1][both])[0, 1])
    assert 0.15 <= np.mean(lags) <= 0.45


def test_habits_differ_in_what_they_are_named_for():
    def logged(habit: Habit) -> float:
        return float(
            np.mean([day.logged for diary in several("stable", habit) for day in diary.days])
        )

    def spread(habit: Habit) -> float:
        return float(np.mean([np.nanstd(pains(diary)) for diary in several("stable", habit)]))

    assert logged("sparse") < 0.45
    assert logged("daily") > 0.9
    assert spread("noisy") > 1.2 * spread("daily")
    for diary in several("stable", "bounded"):
        level = np.nanmean(pains(diary))
        assert level < 2 or level > 8


def test_who_is_silent_when_in_pain_logs_less_after_a_worsening():
    before: list[bool] = []
    after: list[bool] = []
    for diary in several("sudden", "mnar"):
        assert diary.onset is not None
        for day in diary.days:
            (before if day.date < diary.onset else after).append(day.logged)
    assert np.mean(after) < np.mean(before) - 0.15


@pytest.mark.parametrize("course", ["sudden", "slow", "relapse"])
def test_pain_rises_for_good_in_the_courses_of_pain(course):
    rises = [rise(diary) for diary in several(course, "daily")]
    assert np.mean(rises) > 1.5
    assert min(rises) > 0


@pytest.mark.parametrize("course", ["nerve", "spread"])
def test_pain_stays_in_the_courses_of_nerve_and_place(course):
    assert abs(np.mean([rise(diary) for diary in several(course, "daily")])) < 0.4


def halves(diary: SimulatedDiary) -> list[list[SimulatedDay]]:
    """The logged days before the onset, and those from it on."""
    assert diary.onset is not None
    logged = [day for day in diary.days if day.logged]
    return [
        [day for day in logged if day.date < diary.onset],
        [day for day in logged if day.date >= diary.onset],
    ]


def test_nerve_days_become_frequent_from_the_onset():
    for diary in several("nerve", "daily"):
        before, after = ([bool(day.nerve) for day in part] for part in halves(diary))
        assert np.mean(after) > np.mean(before) + 0.1


def test_symptoms_move_down_the_leg_from_the_onset():
    order = list(Place)
    for diary in several("spread", "daily"):
        before, after = (
            [order.index(day.place) for day in part if day.place] for part in halves(diary)
        )
        assert np.median(after) > np.median(before)


def test_flares_recover_whole():
    changes = [
        np.nanmean(series[-14:]) - np.nanmean(series[:14])
        for series in (pains(diary) for diary in several("flare", "daily", 24))
    ]
    assert abs(np.mean(changes)) < 0.4


def test_a_worsening_begins_on_the_day_that_was_asked_for():
    rng = np.random.default_rng(4)
    assert simulate("sudden", "daily", 90, START, rng, worsens_on=70).onset == nth(70)
    assert simulate("stable", "daily", 90, START, rng, worsens_on=70).onset is None
