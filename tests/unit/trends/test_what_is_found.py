"""What the detector must find, and what it must leave alone."""

from datetime import timedelta

import numpy as np
import pytest

from glidepath.demo.simulator import Course, simulate
from glidepath.trends import Day, Sensitivity, screen
from tests.unit.trends.diaries import START, climb, diary, nth, wobbling


def test_a_climb_over_fourteen_days_is_one_signal_in_a_diary_of_these_days_alone():
    signals = screen(diary(climb(2, 9, 14))).signals
    assert len(signals) == 1
    assert signals[0].raised_on <= nth(13)
    assert [part.channel for part in signals[0].verdict.evidence] == ["pain"]


def test_a_climb_is_found_when_nerve_and_place_are_answered_as_well():
    assert len(screen(diary(climb(2, 9, 14), [0] * 14, ["thigh"] * 14)).signals) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_onset_of_daily_tingling_is_found_while_pain_is_stable(seed):
    days = diary(wobbling(4, 60, seed), [0] * 40 + [1] * 20, ["thigh"] * 60)
    (signal,) = screen(days).signals
    assert nth(40) <= signal.raised_on <= nth(54)
    assert signal.verdict.evidence[0].channel == "nerve"
    assert abs((signal.onset - nth(40)).days) <= 2


@pytest.mark.parametrize("seed", range(3))
def test_a_spread_from_thigh_to_foot_is_found_while_pain_is_stable(seed):
    days = diary(wobbling(4, 60, seed), [0] * 60, ["thigh"] * 40 + ["foot"] * 20)
    (signal,) = screen(days).signals
    assert nth(40) <= signal.raised_on <= nth(54)
    assert signal.verdict.evidence[0].channel == "place"


@pytest.mark.parametrize("seed", range(3))
def test_a_rise_that_lasts_is_reported_once(seed):
    screening = screen(diary(wobbling(3, 50, seed) + wobbling(6, 40, seed + 9)))
    (signal,) = screening.signals
    assert nth(50) < signal.raised_on <= nth(70)


def test_a_relapse_after_an_improvement_is_found_within_two_weeks():
    improved = [round(8 * 0.95**day) for day in range(60)]
    (signal,) = screen(diary([*improved, *[4] * 20])).signals
    assert nth(60) < signal.raised_on <= nth(74)


def test_a_second_worsening_is_a_second_signal():
    days = wobbling(2, 50, 3) + wobbling(5, 60, 4) + wobbling(9, 30, 5)
    signals = screen(diary(days)).signals
    assert nth(50) <= signals[0].raised_on <= nth(64)
    assert nth(110) <= signals[-1].raised_on <= nth(124)
    onsets = [signal.onset for signal in signals]
    assert onsets == sorted(set(onsets))


def test_one_bad_day_is_no_worsening():
    for bad in (6, 8, 10):
        assert screen(diary([3] * 30 + [bad] + [3] * 30)).signals == ()


@pytest.mark.parametrize("lasts", [1, 2])
@pytest.mark.parametrize("height", [2, 3, 4, 6])
def test_a_flare_of_two_days_is_no_worsening(lasts, height):
    steady = diary([3] * 40 + [3 + height] * lasts + [3] * 40)
    assert screen(steady).signals == ()


@pytest.mark.parametrize("lasts", [3, 6, 8, 10])
def test_a_longer_flare_is_told_once_at_most_and_stands_down(lasts):
    screening = screen(diary([3] * 40 + [6] * lasts + [3] * 30))
    assert len(screening.signals) <= 1
    assert not screening.standing


def test_flares_in_an_uneven_diary_rarely_alert_the_calm():
    alerts = [
        len(screen(diary(wobbling(3, 40, seed) + wobbling(6, 4, seed) + after), "calm").signals)
        for seed in range(20)
        for after in [wobbling(3, 30, seed + 50)]
    ]
    assert sum(alerts) <= 4


def test_a_large_rise_and_a_change_in_two_channels_are_of_high_severity():
    climbed = screen(diary(climb(2, 9, 14))).signals
    small = screen(diary([2] * 40 + [4] * 20)).signals
    both = screen(diary([2] * 40 + [4] * 20, [0] * 40 + [1] * 20)).signals
    assert [found[0].severity for found in (climbed, small, both)] == ["high", "moderate", "high"]


@pytest.mark.parametrize("level", [0, 3, 10])
def test_a_steady_diary_is_silent_at_every_level(level):
    assert screen(diary([level] * 120), "early").signals == ()


def test_an_improvement_is_silent():
    assert screen(diary([round(8 * 0.96**day) for day in range(120)]), "early").signals == ()


def test_no_course_without_worsening_alerts_often():
    rng = np.random.default_rng(5)
    courses: tuple[Course, ...] = ("stable", "improving")
    diaries = [simulate(course, "plain", 180, START, rng) for course in courses for _ in range(12)]
    signals = [
        signal
        for found in diaries
        for signal in screen(Day(d.date, d.pain, d.nerve, d.place) for d in found.days).signals
    ]
    # About one in 180 days is the trade-off that the standard sensitivity makes.
    assert len(signals) <= len(diaries)


def test_most_sudden_worsenings_are_found_within_four_weeks():
    rng = np.random.default_rng(6)
    diaries = [simulate("step", "plain", 150, START, rng) for _ in range(12)]
    found = 0
    for simulated in diaries:
        assert simulated.onset is not None
        limit = simulated.onset + timedelta(28)
        days = [Day(d.date, d.pain, d.nerve, d.place) for d in simulated.days]
        found += any(
            simulated.onset <= signal.raised_on <= limit for signal in screen(days).signals
        )
    assert found >= 9


def test_missing_days_get_no_verdict_and_raise_no_score():
    before = wobbling(4, 30, 1)
    kept = screen(diary(before)).verdicts
    silent = screen(diary([*before, *[None] * 14]))
    assert silent.verdicts == kept
    resumed = screen(diary([*before, *[None] * 14, 4])).verdicts[-1]
    assert resumed.score <= kept[-1].score + 0.5
    assert resumed.missing == 14


def test_a_day_that_is_absent_equals_a_day_with_nothing_on_it():
    days = diary([4, None, 5, None, None, 6, 6, 7, 7, 8, 8, 9])
    assert screen(days) == screen(day for day in days if not day.missing)


def test_a_higher_sensitivity_alerts_no_later():
    days = diary(wobbling(3, 50, 2) + wobbling(6, 30, 11))
    levels: tuple[Sensitivity, ...] = ("calm", "standard", "early")
    firsts = [screen(days, level).signals[0].raised_on for level in levels]
    assert firsts == sorted(firsts, reverse=True)


def test_the_first_days_are_silent_whatever_they_say():
    signals = screen(diary([0, 0, 0, 10, 10, 10]), "early").signals
    assert signals == ()
