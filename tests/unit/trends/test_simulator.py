"""Our own simulator: seeded, and roughly as people write."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from glidepath.clinical.vocabulary import Place, Sensation
from glidepath.demo.simulator import (
    COURSE_MIX,
    COURSES,
    HABITS,
    WORSENING,
    Course,
    Habit,
    SimulatedDay,
    SimulatedDiary,
    answers,
    cohort,
    simulate,
)
from tests.unit.trends.diaries import START, nth

# The first and the last thirty days of 180: the habit of logging wanes.
PARTS = (slice(30), slice(150, 180))


def several(course: Course, habit: Habit, count: int = 12) -> list[SimulatedDiary]:
    rng = np.random.default_rng(3)
    return [simulate(course, habit, 180, START, rng) for _ in range(count)]


def pains(diary: SimulatedDiary) -> np.ndarray:
    """Pain of every calendar day, NaN where nothing was logged."""
    return np.array([np.nan if day.pain is None else day.pain for day in diary.days], dtype=float)


def rise(diary: SimulatedDiary) -> float:
    """How much more pain there is in the last weeks than in the weeks before the onset."""
    assert diary.onset is not None
    at = (diary.onset - START).days
    series = pains(diary)
    return float(np.nanmean(series[-40:]) - np.nanmean(series[max(at - 28, 0) : at]))


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
    plain = [pains(diary) for diary in several("stable", "plain", 30)]
    first, last = (np.mean([~np.isnan(each[part]) for each in plain]) for part in PARTS)
    assert 0.7 <= first <= 0.84
    assert 0.45 <= last <= 0.65
    assert 0.9 <= np.mean([np.nanstd(series) for series in plain]) <= 1.5
    lags = []
    for series in plain:
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
    assert logged("plain") > 0.55
    assert spread("noisy") > 1.2 * spread("plain")
    for diary in several("stable", "bounded"):
        level = np.nanmean(pains(diary))
        assert level < 2.5 or level > 6.5


def test_who_is_silent_when_in_pain_logs_less_after_a_worsening():
    before: list[bool] = []
    after: list[bool] = []
    for diary in several("step", "mnar"):
        assert diary.onset is not None
        for day in diary.days:
            (before if day.date < diary.onset else after).append(day.logged)
    assert np.mean(after) < np.mean(before) - 0.15


@pytest.mark.parametrize("course", ["step", "slow", "relapse"])
def test_pain_rises_for_good_in_the_courses_of_pain(course):
    rises = [rise(diary) for diary in several(course, "plain")]
    assert np.mean(rises) > 1.5
    assert min(rises) > 0


@pytest.mark.parametrize("course", ["nerve", "peripheral"])
def test_pain_stays_in_the_courses_of_nerve_and_place(course):
    assert abs(np.mean([rise(diary) for diary in several(course, "plain", 40)])) < 0.5


def halves(diary: SimulatedDiary) -> list[list[SimulatedDay]]:
    """The logged days before the onset, and those from it on."""
    assert diary.onset is not None
    logged = [day for day in diary.days if day.logged]
    return [
        [day for day in logged if day.date < diary.onset],
        [day for day in logged if day.date >= diary.onset],
    ]


def test_nerve_days_become_frequent_from_the_onset():
    rates = [
        [np.mean([bool(day.nerve) for day in part]) for part in halves(diary)]
        for diary in several("nerve", "plain", 40)
    ]
    before, after = np.mean(rates, axis=0)
    assert after > before + 0.35
    assert all(later > earlier for earlier, later in rates)


def test_symptoms_move_down_the_leg_from_the_onset():
    order = list(Place)
    for diary in several("peripheral", "plain"):
        before, after = (
            [order.index(day.place) for day in part if day.place] for part in halves(diary)
        )
        assert np.median(after) > np.median(before)


def test_flares_recover_whole():
    changes = [
        np.nanmean(series[-14:]) - np.nanmean(series[:14])
        for series in (pains(diary) for diary in several("flare", "plain", 24))
    ]
    assert abs(np.mean(changes)) < 0.4


def test_the_days_of_every_flare_are_told():
    extra = []
    for number in range(40):
        given = answers("flare", "plain", 180, START, np.random.default_rng(number))
        assert given.onset is None
        assert 1 <= len(given.flares) <= 3
        for flare in given.flares:
            assert 4 <= flare.days <= 10
            before = given.pain[flare.first - 14 : flare.first].mean()
            extra.append(given.pain[flare.first : flare.first + flare.days].mean() - before)
    assert 1.8 < np.mean(extra) < 3.2
    assert answers("step", "plain", 180, START, np.random.default_rng(1)).flares == ()


def test_a_larger_cohort_begins_with_the_smaller_one():
    small, large = list(cohort(5, seed=1)), list(cohort(9, seed=1))
    for one, other in zip(small, large, strict=False):
        assert (one.course, one.habit, one.onset) == (other.course, other.habit, other.onset)
        assert np.array_equal(one.pain, other.pain)
        assert np.array_equal(one.logged, other.logged)
    assert [one.course for one in cohort(9, seed=2)] != [one.course for one in large]


def test_a_cohort_follows_the_mix_that_was_asked_for():
    shares = Counter(one.course for one in cohort(1500, seed=1, days=60))
    for course, weight in COURSE_MIX.items():
        assert abs(shares[course] - weight) < 4 * np.sqrt(weight)
    only = list(cohort(20, seed=1, courses={"nerve": 1}, habits={"sparse": 1, "mnar": 3}))
    assert {one.course for one in only} == {"nerve"}
    assert {one.habit for one in only} == {"sparse", "mnar"}


def test_a_worsening_begins_on_the_day_that_was_asked_for():
    rng = np.random.default_rng(4)
    assert simulate("step", "plain", 90, START, rng, worsens_on=70).onset == nth(70)
    assert simulate("stable", "plain", 90, START, rng, worsens_on=70).onset is None
