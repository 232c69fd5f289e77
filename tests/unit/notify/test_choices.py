"""Who is told how and when, by what they chose."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from glidepath.notify.choices import (
    DEFAULT,
    Channel,
    Choice,
    channels,
    digest_channel,
    digest_due,
    due,
    is_at_once,
)

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


def test_what_is_urgent_goes_by_mail_too_whatever_was_chosen():
    by_push_alone = Choice(email=False)
    assert channels(by_push_alone, has_browser=True, urgent=True) == ("push", "email")
    assert channels(Choice(push=False), has_browser=True, urgent=True) == ("email",)


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


@pytest.mark.parametrize(
    ("choice", "has_browser", "mail_works", "expected"),
    [
        (DEFAULT, True, True, "email"),
        (DEFAULT, True, False, "push"),
        (DEFAULT, False, False, "email"),
        (Choice(email=False), True, True, "push"),
        (Choice(email=False), False, True, "email"),
    ],
)
def test_the_digest_is_one_message_by_mail_where_there_is_any(
    choice: Choice, has_browser: bool, mail_works: bool, expected: Channel
):
    told = digest_channel(choice, has_browser=has_browser, mail_works=mail_works)
    assert told == expected


def test_a_digest_is_due_from_its_hour_to_midnight_and_late_ones_for_six_hours_more():
    morning, evening = Choice(digest_at=time(7, 30)), Choice(digest_at=time(23, 58))
    fifth = datetime(2026, 5, 5, tzinfo=MADRID)
    for choice, now, expected in (
        (morning, fifth.replace(hour=7, minute=29), None),
        (morning, fifth.replace(hour=7, minute=30), date(2026, 5, 5)),
        (morning, fifth.replace(hour=23, minute=59), date(2026, 5, 5)),
        (evening, fifth.replace(hour=0, minute=3), date(2026, 5, 4)),
        (evening, fifth.replace(hour=5, minute=57), date(2026, 5, 4)),
        (evening, fifth.replace(hour=6, minute=3), None),
    ):
        found = digest_due(choice, MADRID, now.astimezone(UTC))
        assert (found and found[0]) == expected, now


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("at", [time(0, 0), time(2, 30), time(23, 59)])
def test_in_a_year_of_rounds_every_day_has_its_digest_once_whatever_the_clock_does(
    zone: str, at: time
):
    clock, choice = ZoneInfo(zone), Choice(digest_at=at)
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    told: dict[date, datetime] = {}
    for _ in range(365 * 24 * 12):
        found = digest_due(choice, clock, now)
        if found is not None and found[0] not in told:
            told[found[0]] = now
        now += timedelta(minutes=5)
    first, last = min(told), max(told)
    assert len(told) == (last - first).days + 1 >= 364
    for day, moment in list(told.items())[1:]:
        wanted = datetime.combine(day, at, clock)
        late = moment - wanted.astimezone(UTC)
        assert timedelta() <= late < timedelta(minutes=5), day
