"""Muscle or nerve over weeks: counted day by day by the table, and never guessed."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from glidepath.clinical.differentiate import Likely, differentiation_table
from glidepath.diary.days import DiaryDay, Report
from glidepath.insight.pointing import pointing

TODAY = date(2025, 6, 30)


def day(ago: int, *felt: str, place: str | None = "thigh", tested: Any = None) -> DiaryDay:
    on = TODAY - timedelta(days=ago)
    report = Report(uuid4(), uuid4(), None, list(felt), None, None)
    return DiaryDay(on, place=place, changes_with=tested, reports=[report])


def by_date(*days: DiaryDay) -> dict[date, DiaryDay]:
    return {one.date: one for one in days}


def test_days_are_counted_as_the_table_decides_each():
    found = pointing(
        by_date(
            day(0, "tingling"),
            day(1, "dull_stretch"),
            day(2, "tingling", "dull_stretch"),
            day(3, "pulling", tested=["neck"]),
            day(13, "tightness"),
            day(14, "tingling"),
        ),
        TODAY,
    )
    assert (found.now.nerve, found.now.muscle, found.now.unclear) == (2, 2, 1)
    assert (found.before.nerve, found.before.muscle, found.before.unclear) == (1, 0, 0)
    assert found.before.last + timedelta(days=1) == found.now.first
    assert found.summary.en == (
        "Nerve on 2, muscle on 2, unclear on 1 of 5 days with symptoms in the last 14."
    )


def test_reasons_for_and_against_are_all_there_with_their_days():
    found = pointing(by_date(day(0, "tingling", place="calf"), day(1, "tightness")), TODAY)
    reasons = {one.key: (one.points_to, one.days) for one in found.now.reasons}
    assert reasons["nerve_quality"] == (Likely.NERVE, 1)
    assert reasons["muscle_quality"] == (Likely.MUSCLE, 1)
    assert reasons["below_knee"] == (Likely.NERVE, 1)
    assert reasons["position_not_tested"] == (Likely.UNCLEAR, 2)
    order = [sign.key for sign in differentiation_table().signs]
    assert [one.key for one in found.now.reasons] == [key for key in order if key in reasons]


def test_a_day_on_which_nothing_was_felt_or_tested_says_nothing():
    found = pointing(by_date(day(0), DiaryDay(TODAY - timedelta(days=1))), TODAY)
    assert found.now.told == 0
    assert found.weeks == []
    assert found.turned is None
    assert found.summary.en.startswith("In the last 14 days nothing was felt")


def test_that_nothing_changed_is_an_answer():
    found = pointing(by_date(day(0, tested=[])), TODAY)
    assert found.now.told == 1
    assert "position_same" in {one.key for one in found.now.reasons}


def test_a_turn_is_told_only_where_both_sides_hold_enough_days():
    calm = [day(ago, "tightness") for ago in range(14, 24)]
    nervous = [day(ago, "tingling") for ago in range(6)]
    assert pointing(by_date(*calm, *nervous), TODAY).turned == "to_nerve"
    assert pointing(by_date(*calm, *nervous[:3]), TODAY).turned is None
    assert pointing(by_date(*calm, *(day(ago, "tightness") for ago in range(6))), TODAY).turned == (
        "same"
    )
    eased = [day(ago, "tingling") for ago in range(14, 24)]
    after = [day(ago, "tightness") for ago in range(6)]
    found = pointing(by_date(*eased, *after), TODAY)
    assert found.turned == "from_nerve"
    assert found.summary.es.endswith("; nervio menos a menudo que antes.")


def test_weeks_begin_with_the_first_that_tells_and_end_today():
    found = pointing(by_date(day(0, "tingling"), day(20, "tightness")), TODAY)
    assert [(week.nerve, week.muscle) for week in found.weeks] == [(0, 1), (0, 0), (1, 0)]
    assert found.weeks[-1].last == TODAY
    assert all((week.last - week.first).days == 6 for week in found.weeks)
    many = pointing(by_date(*(day(ago, "tingling") for ago in range(200))), TODAY)
    assert len(many.weeks) == 12


def test_an_entry_from_a_day_to_come_waits_for_it():
    assert pointing(by_date(day(-1, "tingling")), TODAY).now.told == 0
