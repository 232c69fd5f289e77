"""Opening hours: midnight, holidays, breaks, and days that the clock makes longer or shorter."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from glidepath.escalation.hours import (
    Hours,
    Span,
    after_days,
    after_minutes,
    is_open,
    opening,
)
from glidepath.escalation.words import in_words

MADRID = ZoneInfo("Europe/Madrid")
CASES = json.loads((Path(__file__).parents[2] / "fixtures/opening_hours.json").read_text())


def minute(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def hours(
    *week: list[tuple[str, str]], closed: tuple[str, ...] = (), zone: ZoneInfo = MADRID
) -> Hours:
    spans = [tuple(Span(minute(a), minute(b)) for a, b in day) for day in week]
    return Hours(zone, tuple(spans), frozenset(date.fromisoformat(day) for day in closed))


NINE_TO_FIVE = [("09:00", "17:00")]
OFFICE = hours(*[NINE_TO_FIVE] * 5, [], [])
BREAK = hours(*[[("09:00", "13:00"), ("15:00", "17:00")]] * 5, [], [])
NIGHT = hours([("22:00", "24:00")], [("00:00", "02:00")], [], [], [], [], [])
ALWAYS = hours(*[[("00:00", "24:00")]] * 7)
NEVER = hours(*[[]] * 7)


def at(text: str, zone: ZoneInfo = MADRID, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("clinic", "moment", "opens"),
    [
        (OFFICE, "2026-03-02 10:00", "2026-03-02 10:00"),
        (OFFICE, "2026-03-02 08:59", "2026-03-02 09:00"),
        (OFFICE, "2026-03-02 17:00", "2026-03-03 09:00"),  # closing time is closed
        (OFFICE, "2026-03-06 20:00", "2026-03-09 09:00"),  # Friday evening
        (BREAK, "2026-03-02 13:30", "2026-03-02 15:00"),
        (NIGHT, "2026-03-03 00:30", "2026-03-03 00:30"),
        (NIGHT, "2026-03-03 02:00", "2026-03-09 22:00"),
        (ALWAYS, "2026-03-08 03:00", "2026-03-08 03:00"),
        (NEVER, "2026-03-08 03:00", "2026-03-08 03:00"),
    ],
)
def test_the_next_opening(clinic: Hours, moment: str, opens: str):
    assert opening(clinic, at(moment)) == at(opens)
    assert is_open(clinic, at(moment)) == (moment == opens and clinic is not NEVER)


@pytest.mark.parametrize(
    ("clinic", "moment", "minutes", "expected"),
    [
        (OFFICE, "2026-03-02 10:00", 30, "2026-03-02 10:30"),
        (OFFICE, "2026-03-02 16:50", 30, "2026-03-03 09:20"),
        (OFFICE, "2026-03-02 16:30", 30, "2026-03-02 17:00"),  # up to the last minute
        (OFFICE, "2026-03-07 12:00", 30, "2026-03-09 09:30"),  # Saturday
        (OFFICE, "2026-03-02 09:00", 480 + 60, "2026-03-03 10:00"),
        (BREAK, "2026-03-02 12:45", 30, "2026-03-02 15:15"),
        (NIGHT, "2026-03-02 23:50", 30, "2026-03-03 00:20"),  # over midnight without a gap
        (ALWAYS, "2026-03-02 23:50", 30, "2026-03-03 00:20"),
        (NEVER, "2026-03-02 23:50", 30, "2026-03-03 00:20"),
    ],
)
def test_minutes_count_while_it_is_open(clinic: Hours, moment: str, minutes: int, expected: str):
    assert after_minutes(clinic, at(moment), minutes) == at(expected)


@pytest.mark.parametrize(
    ("moment", "days", "expected"),
    [
        ("2026-03-02 10:00", 1, "2026-03-03 10:00"),
        ("2026-03-06 16:40", 1, "2026-03-09 16:40"),  # Friday to Monday
        ("2026-03-07 12:00", 1, "2026-03-10 09:00"),  # found when it opens on Monday
        ("2026-03-02 07:00", 1, "2026-03-03 09:00"),
        ("2026-03-02 10:00", 5, "2026-03-09 10:00"),
    ],
)
def test_a_clinic_day_is_the_same_time_on_the_next_day_it_is_open(
    moment: str, days: int, expected: str
):
    assert after_days(OFFICE, at(moment), days) == at(expected)


def test_a_shorter_day_takes_what_is_due_after_it_closes():
    short_tuesday = hours(NINE_TO_FIVE, [("10:00", "12:00")], *[NINE_TO_FIVE] * 3, [], [])
    assert after_days(short_tuesday, at("2026-03-02 16:00"), 1) == at("2026-03-03 12:00")
    assert after_days(short_tuesday, at("2026-03-02 09:00"), 1) == at("2026-03-03 10:00")


def test_a_holiday_is_no_open_day():
    easter = hours(*[NINE_TO_FIVE] * 5, [], [], closed=("2026-04-03", "2026-04-06"))
    assert after_days(easter, at("2026-04-02 16:00"), 1) == at("2026-04-07 16:00")
    assert after_minutes(easter, at("2026-04-02 16:45"), 30) == at("2026-04-07 09:15")
    assert opening(easter, at("2026-04-03 10:00")) == at("2026-04-07 09:00")


def test_a_night_in_which_the_clock_changes_has_the_hours_that_it_has():
    nights = hours(*[[("01:00", "05:00")]] * 7)
    # Sunday, 29 March 2026: from 2:00 to 3:00; the night has three hours.
    assert after_minutes(nights, at("2026-03-29 01:00"), 120) == at("2026-03-29 04:00")
    # Sunday, 25 October 2026: from 3:00 back to 2:00; it has five.
    assert after_minutes(nights, at("2026-10-25 01:00"), 180) == at("2026-10-25 03:00")
    # By the wall clock of the clinic, whatever that is in Greenwich.
    assert after_days(OFFICE, at("2026-03-27 16:00"), 1) == datetime(2026, 3, 30, 14, tzinfo=UTC)
    assert after_days(OFFICE, at("2026-10-23 16:00"), 1) == datetime(2026, 10, 26, 15, tzinfo=UTC)


def test_a_span_in_the_hour_that_is_left_out_is_none_that_day():
    odd = hours(*[[("02:10", "02:50")]] * 7)
    assert is_open(odd, at("2026-03-28 02:30"))
    assert opening(odd, at("2026-03-28 12:00")) == at("2026-03-30 02:10")


def test_where_midnight_does_not_exist_a_day_begins_an_hour_later():
    cairo = ZoneInfo("Africa/Cairo")
    always = hours(*[[("00:00", "24:00")]] * 7, zone=cairo)
    # Friday, 24 April 2026 begins at 1:00.
    late = at("2026-04-23 23:50", cairo)
    assert after_minutes(always, late, 30) == at("2026-04-24 01:20", cairo)


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Australia/Lord_Howe", "America/Santiago"])
def test_minute_by_minute_it_comes_to_the_same(zone: str):
    """Against a clinic that counts each minute for itself, around both changes of the clock."""
    chance, here = random.Random(7), ZoneInfo(zone)
    changes = {
        "Europe/Madrid": ("2026-03-28", "2026-10-24"),
        "Australia/Lord_Howe": ("2026-04-04", "2026-10-03"),
        "America/Santiago": ("2026-04-04", "2026-09-05"),
    }[zone]
    for change in changes * 4:
        bounds = sorted(chance.sample(range(0, 1441, 10), 4))
        spans = (Span(bounds[0], bounds[1]), Span(bounds[2], bounds[3]))
        week = tuple(() if chance.random() < 0.3 else spans for _ in range(7))
        clinic = Hours(here, week)
        start = at(change, here).astimezone(UTC) + timedelta(minutes=chance.randrange(1440))
        wanted = chance.randrange(5, 600)
        moment, counted = start, 0
        while counted < wanted and moment < start + timedelta(days=14):
            counted += is_open(clinic, moment)
            moment += timedelta(minutes=1)
        if counted == wanted:
            assert after_minutes(clinic, start, wanted) == moment, (change, week, start, wanted)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_words_that_patients_are_told(case: dict[str, Any]):
    clinic = hours(
        *[[(a, b) for a, b in day] for day in case["week"]], closed=tuple(case["closed_on"])
    )
    words = in_words(clinic, date.fromisoformat(case["today"]))
    assert (words.en, words.es) == (case["en"], case["es"])
