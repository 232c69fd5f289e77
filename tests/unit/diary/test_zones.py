"""The patient's day in every zone: around changes of the clocks, where midnight or a whole day is missing.

What the clocks show stands written out in `clock_changes.json`, which the phone's tests read too.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from glidepath.care.service import today_of
from glidepath.diary.bounds import OLDEST, ZONES, Clock, Timed
from glidepath.diary.models import Entry as Stored
from glidepath.diary.schemas import CheckIn
from tests.unit.diary.entries import entry

CHANGES = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "clock_changes.json").read_text(encoding="utf-8")
)
MINUTE = timedelta(minutes=1)
RANDOM_CASES = 20_000


class UtcClock(Clock):
    """Takes the day at Greenwich for everybody's."""

    def day_of(self, entry: Timed, original: Stored | None) -> date:
        return entry.happened_at.astimezone(UTC).date()


class SummerClock(Clock):
    """Keeps the offset that the zone has at New Year."""

    def day_of(self, entry: Timed, original: Stored | None) -> date:
        year = datetime(entry.happened_at.year, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(entry.zone))
        offset = year.utcoffset()
        assert offset is not None
        return entry.happened_at.astimezone(timezone(offset)).date()


def minutes(change: dict[str, Any]) -> Iterator[datetime]:
    """Every minute from three hours before to three hours after, as the wall clock shows it."""
    at = datetime.fromisoformat(change["at"])
    for minute in range(-180, 181):
        offset = change["before"] if minute < 0 else change["after"]
        yield (at + minute * MINUTE).astimezone(timezone(timedelta(minutes=offset)))


def faults(kind: type[Clock]) -> list[str]:
    """The minutes of the table whose entry lands on another day than the wall clock's."""
    found = []
    for change in CHANGES:
        for wall in minutes(change):
            written = entry(wall, change["zone"])
            clock = kind.read(wall, wall.astimezone(UTC))
            refusal, day = clock.refusal(written, None), clock.day_of(written, None)
            if refusal is not None or day != wall.date():
                found.append(f"{change['zone']} {wall}: {refusal or day}")
    return found


def test_every_minute_around_a_change_of_the_clocks_is_of_the_right_day():
    assert faults(Clock) == []


@pytest.mark.parametrize("mutant", [UtcClock, SummerClock])
def test_a_server_with_another_idea_of_the_day_is_caught(mutant: type[Clock]):
    assert faults(mutant)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change['zone']} {change['at']}")
def test_who_writes_whenever_today_is_empty_writes_once_on_each_day(change: dict[str, Any]):
    logged: list[date] = []
    for wall in minutes(change):
        today = today_of(change["zone"], wall.astimezone(UTC))
        assert today == wall.date()
        if today not in logged:
            logged.append(today)
    assert [str(day) for day in logged] == change["days"]


def test_any_moment_in_any_zone_is_taken_for_sixty_days_and_no_longer():
    chance = random.Random(20260329)
    zones = sorted(ZONES)
    refused = 0
    for _ in range(RANDOM_CASES):
        zone = chance.choice(zones)
        moment = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(
            seconds=chance.randrange(36 * 31557600)
        )
        now = moment + timedelta(seconds=chance.randrange(63 * 86400))
        wall = moment.astimezone(ZoneInfo(zone))
        written = entry(wall, zone)
        age = today_of(zone, now) - written.local_date
        expected = "day_out_of_range" if age > OLDEST else None
        clock = Clock.read(now, now)
        assert clock.refusal(written, None) == expected, (zone, moment, now)
        assert clock.day_of(written, None) == (moment + (wall.utcoffset() or timedelta())).date()
        refused += expected is not None
    assert 0 < refused < RANDOM_CASES / 10


def test_the_offset_of_the_entry_counts_where_the_phone_knows_its_zone_better():
    """A zone's rules change; a phone that has not heard of it yet, or has heard first, is believed."""
    wall = datetime(2026, 5, 4, 23, 30, tzinfo=timezone(timedelta(hours=5)))
    clock = Clock.read(wall, wall.astimezone(UTC))
    written = entry(wall, "Africa/Casablanca")
    assert isinstance(written, CheckIn)
    assert clock.refusal(written, None) is None
    assert clock.day_of(written, None) == date(2026, 5, 4)
