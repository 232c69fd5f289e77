"""How often may be guessed, for whoever guesses as fast as it is let (AU-5, AU-6)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from glidepath.identity.throttle_rules import (
    OF_ACCOUNT,
    OF_NETWORK,
    Count,
    Rule,
    forget_at,
    opens_at,
    with_guess,
    without_guess,
)

BEGIN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def guessed(rule: Rule, lasts: timedelta, pause: timedelta = timedelta()) -> list[datetime]:
    """When somebody guesses who tries again as soon as it is open, after a pause of their own."""
    count, at, times = Count(), BEGIN, list[datetime]()
    while (at := max(at, opens_at(count, rule, at))) < BEGIN + lasts:
        times.append(at)
        count = with_guess(count, rule, at)
        at += pause
    return times


def waits(times: list[datetime]) -> list[float]:
    return [(after - before).total_seconds() for before, after in pairwise(times)]


def test_five_are_free_and_then_each_wait_is_double_up_to_an_hour():
    assert waits(guessed(OF_ACCOUNT, timedelta(hours=8)))[:13] == [
        *(0, 0, 0, 0),
        *(30, 60, 120, 240, 480, 960, 1920),
        *(3600, 3600),
    ]


def test_nobody_guesses_more_than_a_hundred_times_a_day_however_patient():
    # A pause lets a run end and the free ones begin anew; the store is what bounds that.
    for minutes in (0, 1, 5, 7, 20, 30, 31, 45, 61):
        for lasts in (24, 48, 72):
            times = guessed(OF_ACCOUNT, timedelta(hours=lasts), minutes * MINUTE)
            per_day = max(
                sum(begin <= one < begin + timedelta(hours=24) for one in times) for begin in times
            )
            assert per_day <= 100, minutes


def test_the_most_cunning_pauses_do_not_help_either():
    """Five at once and then half an hour of rest, all day: the store ends it at a hundred."""
    count, at, times = Count(), BEGIN, list[datetime]()
    while at < BEGIN + timedelta(hours=72):
        for _ in range(5):
            if opens_at(count, OF_ACCOUNT, at) <= at:
                count = with_guess(count, OF_ACCOUNT, at)
                times.append(at)
        at += timedelta(minutes=30, seconds=31)
    per_day = [sum(one <= other < one + 24 * HOUR for other in times) for one in times]
    assert 90 <= max(per_day) <= 100


def test_whatever_happened_it_is_open_again_within_the_hour_and_forgotten_some_time():
    count, at = Count(), BEGIN
    for _ in range(500):
        at = max(at, opens_at(count, OF_ACCOUNT, at))
        count = with_guess(count, OF_ACCOUNT, at)
        assert opens_at(count, OF_ACCOUNT, at) <= at + HOUR
        assert opens_at(count, OF_NETWORK, at) <= at + HOUR
        assert forget_at(count, OF_ACCOUNT) <= at + 24 * HOUR
    end = forget_at(count, OF_ACCOUNT)
    assert len(guessed(OF_ACCOUNT, timedelta(seconds=1))) == 5
    fresh = [end + (one - BEGIN) for one in guessed(OF_ACCOUNT, HOUR)]
    again = list[datetime]()
    at = end
    while (at := max(at, opens_at(count, OF_ACCOUNT, at))) < end + HOUR:
        again.append(at)
        count = with_guess(count, OF_ACCOUNT, at)
    assert again == fresh


def test_what_was_right_is_taken_back():
    count = with_guess(with_guess(Count(), OF_ACCOUNT, BEGIN), OF_ACCOUNT, BEGIN)
    assert without_guess(count) == Count(1, 1.0, BEGIN)
    assert without_guess(Count(0, 0.0, BEGIN)) == Count(0, 0.0, BEGIN)


def test_a_clock_that_was_a_year_ahead_shuts_nobody_out():
    count = Count(9, 40.0, BEGIN + timedelta(days=365))
    assert opens_at(count, OF_ACCOUNT, BEGIN) == BEGIN
    assert with_guess(count, OF_ACCOUNT, BEGIN) == Count(1, 1.0, BEGIN)


def test_a_waiting_room_with_slips_of_the_pen_is_not_kept_out_for_long():
    times = guessed(OF_NETWORK, HOUR)
    assert sum(waits(times)[:19]) == 0
    assert max(waits(times)) == 5 * 60
    assert len(guessed(OF_NETWORK, timedelta(hours=24))) <= 320
