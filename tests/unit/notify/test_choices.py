"""Who is told how and when, by what they chose."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from glidepath.notify.choices import DEFAULT, Choice, channels, due, is_at_once

MADRID = ZoneInfo("Europe/Madrid")
QUIET = Choice(quiet_from=time(21), quiet_until=time(7), at_once=frozenset({"high"}))


def test_who_never_chose_hears_at_once_of_what_is_urgent_alone():
    told = [one for one in ("urgent", "high", "moderate", "low") if is_at_once(DEFAULT, one)]
    assert told == ["urgent"]


@pytest.mark.parametrize(
    ("choice", "has_browser", "expected"),
    [
        (DEFAULT, True, ("push", "email")),
        (DEFAULT, False, ("email",)),
        (Choice(email=False), True, ("push",)),
        (Choice(email=False), False, ("email",)),
        (Choice(push=False, email=False), True, ("email",)),
    ],
)
def test_there_is_always_a_way(choice: Choice, has_browser: bool, expected: tuple[str, ...]):
    assert channels(choice, has_browser=has_browser) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # In the evening, over midnight, and in the morning before they end.
        (datetime(2026, 5, 4, 20, 30, tzinfo=UTC), datetime(2026, 5, 5, 5, 0, tzinfo=UTC)),
        (datetime(2026, 5, 4, 23, 30, tzinfo=UTC), datetime(2026, 5, 5, 5, 0, tzinfo=UTC)),
        # By day, and at the minute they end.
        (datetime(2026, 5, 4, 10, 0, tzinfo=UTC), datetime(2026, 5, 4, 10, 0, tzinfo=UTC)),
        (datetime(2026, 5, 4, 5, 0, tzinfo=UTC), datetime(2026, 5, 4, 5, 0, tzinfo=UTC)),
        # The night in which the clock goes forward is an hour shorter.
        (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_hold_back_what_is_not_urgent_until_they_end(now: datetime, expected: datetime):
    assert due(QUIET, "high", MADRID, now) == expected
    assert due(QUIET, "urgent", MADRID, now) == now
