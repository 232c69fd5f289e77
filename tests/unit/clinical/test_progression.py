"""When the next step of a plan may be proposed, and that silence never is a reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from glidepath.clinical.progression import Criterion, ToldDay, Window, judge, why

TODAY = date(2026, 3, 20)
LONG_AGO = date(2026, 1, 1)
WEEK = Criterion(pain_most=3, no_nerve=True, days=7, logged_least=5)


def day(ago: int, pain: int | None = 2, nerve: bool | None = False, **more: Any) -> ToldDay:
    return ToldDay(TODAY - timedelta(days=ago), pain, nerve, alarming=more.get("alarming", False))


def fulfilled(days: list[ToldDay], criterion: Criterion = WEEK, since: date = LONG_AGO) -> bool:
    return judge(criterion, days, since, TODAY) is not None


GOOD = [day(ago) for ago in range(7)]


def test_a_good_week_is_told_with_its_figures():
    days = [*GOOD[:3], day(3, pain=3), *GOOD[4:]]
    window = judge(WEEK, days, LONG_AGO, TODAY)
    assert window == Window(TODAY - timedelta(days=6), TODAY, 7, 3)
    assert why(WEEK, window).en == (
        "Worst pain 3 of 10 and no nerve symptom in the last 7 days; 7 of them logged."
    )
    assert "ningún síntoma nervioso" in why(WEEK, window).es


@pytest.mark.parametrize(
    ("days", "met"),
    [
        (GOOD[:5], True),
        (GOOD[:4], False),
        ([], False),
        # Half a word is none: an exercise rated without a check-in, a check-in without a rating.
        ([*GOOD[:4], day(5, nerve=None)], False),
        ([*GOOD[:4], day(5, pain=None)], False),
        # Days before the window make up for nothing.
        ([*GOOD[:4], day(7), day(8)], False),
    ],
)
def test_missing_days_do_not_count_as_good(days, met):
    assert fulfilled(days) is met


@pytest.mark.parametrize(
    "worse",
    [
        day(2, pain=4),
        day(2, pain=4, nerve=None),
        day(2, nerve=True),
        day(2, pain=None, nerve=True),
        day(2, alarming=True),
        # A fast clock's word against it counts; one for it does not.
        day(-2, pain=8),
    ],
)
def test_one_day_that_speaks_against_it_is_enough(worse):
    assert not fulfilled([*(one for one in GOOD if one.date != worse.date), worse])
    assert not fulfilled([*GOOD, worse])


def test_what_a_fast_clock_dates_ahead_is_no_logged_day():
    assert not fulfilled([*GOOD[:4], day(-1), day(-2)])


def test_a_nerve_symptom_counts_only_where_it_is_asked_for():
    pain_alone = Criterion(pain_most=3, no_nerve=False, days=7, logged_least=5)
    days = [day(ago, nerve=None if ago else True) for ago in range(5)]
    assert fulfilled(days, pain_alone)
    assert not fulfilled(days)
    window = judge(pain_alone, days, LONG_AGO, TODAY)
    assert window is not None
    assert "nerve" not in why(pain_alone, window).en


def test_only_days_since_the_plan_began_count():
    assert fulfilled(GOOD, since=TODAY - timedelta(days=6))
    assert not fulfilled(GOOD, since=TODAY - timedelta(days=5))


def test_a_bad_day_that_left_the_window_is_over():
    assert fulfilled([*GOOD, day(7, pain=9, nerve=True)])
