"""Not improving as expected: judged once, when most have improved."""

import json
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glidepath.trends import Day, progress

START = date(2026, 1, 5)


def diary(ratings: Mapping[int, float | None]) -> list[Day]:
    return [Day(START + timedelta(days=at), pain=pain) for at, pain in sorted(ratings.items())]


def course(first: float, then: float, *, days: int = 60, turn: int = 20) -> list[Day]:
    return diary({at: first if at < turn else then for at in range(days)})


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        (6, 6, True),
        (6, 8, True),
        (6, 5, True),  # a sixth, and one point
        (5, 4, True),  # a fifth, and one point
        (6, 4, False),  # two points
        (8, 6, False),  # two points, though only a quarter
        (4, 2.5, False),  # three eighths, though no two points
        (2, 2, False),  # low already
        (5, 2, False),
    ],
)
def test_two_points_or_a_third_less_is_what_was_expected(first: float, then: float, told: bool):
    assert (progress.judge(course(first, then)) is not None) is told


def test_nothing_is_said_before_six_weeks():
    days = course(6, 6)
    early = [day for day in days if (day.date - START).days < progress.DUE]
    assert progress.judge(early) is None
    shortfall = progress.judge(days)
    assert shortfall is not None
    assert (shortfall.raised_on - shortfall.first).days == progress.DUE


def test_it_is_judged_once_and_what_comes_later_changes_nothing():
    six_weeks = course(6, 6, days=progress.DUE + 1)
    later = six_weeks + [
        Day(START + timedelta(days=at), pain=0) for at in range(progress.DUE + 1, 120)
    ]
    assert progress.judge(six_weeks) == progress.judge(later) is not None
    improved = course(6, 3, days=progress.DUE + 1)
    relapse = improved + [
        Day(START + timedelta(days=at), pain=9) for at in range(progress.DUE + 1, 120)
    ]
    assert progress.judge(relapse) is None


def test_too_few_ratings_at_either_end_tell_nothing():
    few_at_first = dict.fromkeys((0, 3, 6, 9, *range(20, 60)), 6.0)
    few_lately = dict.fromkeys((*range(15), 30, 45, 60, 75, 90), 6.0)
    assert progress.judge(diary(few_at_first)) is None
    assert progress.judge(diary(few_lately)) is None


def test_it_waits_for_enough_ratings_but_not_for_ever():
    back_in_time = dict.fromkeys((*range(14), *range(60, 70)), 6.0)
    shortfall = progress.judge(diary(back_in_time))
    assert shortfall is not None
    assert shortfall.raised_on == START + timedelta(days=64)
    back_late = dict.fromkeys((*range(14), *range(progress.TOO_LATE + 1, 110)), 6.0)
    assert progress.judge(diary(back_late)) is None


def test_an_uneven_diary_gets_the_benefit_of_the_doubt():
    even = dict.fromkeys(range(14), 6.0) | dict.fromkeys(range(30, 45), 5.0)
    uneven = {at: 6.0 + 3 * (-1) ** at for at in range(14)} | {
        at: 5.0 + 3 * (-1) ** at for at in range(30, 45)
    }
    assert progress.judge(diary(even)) is not None
    assert progress.judge(diary(uneven)) is None


def test_the_sentence_says_what_was_and_what_is():
    shortfall = progress.judge(course(5, 5.4))
    assert shortfall is not None
    assert shortfall.sentence == {
        "en": "After 6 weeks pain was 5.4 on average, 5.0 in the first two; "
        "a fall of 2 points or 30 % was to be expected by then.",
        "es": "A las 6 semanas el dolor era de 5,4 de media, 5,0 en las dos primeras; "
        "para entonces cabía esperar que bajara 2 puntos o un 30 %.",
    }


def test_the_same_follows_from_the_stored_basis_and_from_no_other():
    days = course(6, 6, days=100)
    shortfall = progress.judge(days)
    assert shortfall is not None
    basis = json.loads(json.dumps(progress.record(days, shortfall)))
    assert basis["days"][-1][0] == shortfall.raised_on.isoformat()
    assert progress.holds_again(basis) is True
    calmer = [[on, 2.5 if number > 30 else pain] for number, (on, pain) in enumerate(basis["days"])]
    assert progress.holds_again(basis | {"days": calmer}) is False
    assert progress.holds_again(basis | {"version": "progress-0"}) is None


ratings = st.dictionaries(
    st.integers(0, 120), st.none() | st.integers(0, 10).map(float), max_size=90
)


@settings(deadline=None)
@given(ratings)
def test_whatever_was_rated_a_shortfall_is_short_and_follows_again(given_ratings):
    days = diary(given_ratings)
    shortfall = progress.judge(days)
    if shortfall is None:
        return
    assert shortfall.now > progress.LOW
    assert shortfall.before - shortfall.now < shortfall.expected_fall + 0.2  # all are rounded
    assert progress.holds_again(progress.record(days, shortfall)) is True


def test_the_mean_that_would_have_been_enough_lies_between_what_was_expected_and_what_was():
    shortfall = progress.judge(course(6, 6))
    assert shortfall is not None
    basis = progress.record(course(6, 6), shortfall)
    mean = progress.enough(basis)
    assert 6 - progress.POINTS < mean < 6
    even = course(6, mean - 0.01, turn=28)
    assert progress.judge(even) is None
