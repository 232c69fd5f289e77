"""At which moments a patient is reminded."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from glidepath.notify.reminding import is_due

MADRID = ZoneInfo("Europe/Madrid")


def minutes_due(day: datetime, at: time, zone: ZoneInfo = MADRID) -> list[datetime]:
    """Of 24 hours from a moment on, minute by minute."""
    minutes = [day + timedelta(minutes=number) for number in range(24 * 60)]
    return [one for one in minutes if is_due(at, None, None, zone, one)]


@pytest.mark.parametrize(
    ("at", "first"),
    [
        # An ordinary day; the leap from two to three; the hour that comes twice, the first time.
        (
            (datetime(2026, 5, 4, tzinfo=UTC), time(18, 30)),
            datetime(2026, 5, 4, 16, 30, tzinfo=UTC),
        ),
        (
            (datetime(2026, 3, 29, tzinfo=UTC), time(2, 30)),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),
        (
            (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), time(2, 30)),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
    ],
)
def test_it_is_due_for_half_an_hour_once_a_day(at: tuple[datetime, time], first: datetime):
    found = minutes_due(*at)
    assert found[0] == first
    assert found[-1] == first + timedelta(minutes=29)
    assert len(found) == 30


def test_just_before_midnight_it_is_of_its_own_day():
    found = minutes_due(datetime(2026, 5, 3, 22, tzinfo=UTC), time(23, 50))
    assert len(found) == 10


@pytest.mark.parametrize(
    ("at", "until", "expected"), [(time(7), time(8), False), (time(8), time(8), True)]
)
def test_in_quiet_hours_it_is_not(at: time, until: time, expected: bool):
    now = datetime.combine(date(2026, 5, 4), at, tzinfo=MADRID).astimezone(UTC)
    assert is_due(at, time(21), until, MADRID, now) is expected
