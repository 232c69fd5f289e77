"""Gone quiet: the rule learns a person's own habit, and a pause of theirs is no silence."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glidepath.trends import Day, quiet

START = date(2026, 1, 5)


def diary(*written: int, pain: float | None = 3) -> list[Day]:
    """Days with an entry, by number."""
    return [Day(START + timedelta(days=number), pain=pain) for number in written]


def every(step: int, days: int = 84) -> list[Day]:
    return diary(*range(0, days, step))


def patience(days: list[Day]) -> int:
    """The fewest whole days of silence that are asked about."""
    last = days[-1].date
    return next(
        silent
        for silent in range(1, 400)
        if quiet.judge(days, last + timedelta(days=silent + 1)) is not None
    )


def after(days: list[Day], silent: int) -> quiet.Silence | None:
    return quiet.judge(days, days[-1].date + timedelta(days=silent + 1))


def test_who_writes_every_day_is_asked_about_within_ten_days():
    assert quiet.LEAST <= patience(every(1)) <= 10


@pytest.mark.parametrize("weekdays", [(0, 2, 4), (0, 3), (1, 5), (2,)])
def test_a_fortnight_away_is_a_holiday_for_who_writes_rarely(weekdays: tuple[int, ...]):
    sparse = diary(*(7 * week + weekday for week in range(12) for weekday in weekdays))
    assert after(sparse, 14) is None
    assert patience(sparse) <= 28


def test_the_rarer_the_entries_the_longer_the_patience():
    waits = [patience(every(step)) for step in (1, 2, 3, 4, 7)]
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_a_holiday_before_makes_patient_but_is_no_habit():
    regular = every(1)
    away = diary(*range(40), *range(54, 84))
    assert patience(regular) <= patience(away) <= patience(regular) + 4


def test_silence_after_rising_pain_counts_more():
    numbers = range(40)
    calm = diary(*numbers)
    rising = [*calm[:-3], *diary(*list(numbers)[-3:], pain=6)]
    assert patience(rising) < patience(calm)
    silence = after(rising, patience(rising))
    assert silence is not None
    assert silence.rose == (3.0, 6.0)
    assert "from about 3 to about 6" in silence.sentence["en"]
    assert "de alrededor de 3 a alrededor de 6" in silence.sentence["es"]


def test_falling_pain_and_too_few_ratings_count_as_they_are():
    assert quiet.risen([*diary(*range(20), pain=6), *diary(20, 21, 22, pain=3)]) is None
    assert quiet.risen([*diary(*range(4), pain=1), *diary(4, 5, 6, pain=9)]) is None


def test_today_is_not_over_yet():
    days = every(1)
    wait = patience(days)
    assert quiet.judge(days, days[-1].date + timedelta(days=wait)) is None


def test_a_diary_that_was_never_begun_has_no_habit():
    assert quiet.judge([], START) is None


def test_the_only_entry_so_far_is_enough_to_be_missed():
    one = diary(0)
    silence = after(one, patience(one))
    assert silence is not None
    assert silence.sentence["en"] == "No data received since 5 January, the only day so far."


def test_the_sentence_says_what_the_habit_was():
    days = diary(*(number for number in range(30) if number not in (10, 11, 20)))
    silence = after(days, patience(days))
    assert silence is not None
    assert silence.sentence == {
        "en": "No data received since 3 February. Before that on 25 of 28 days, "
        "with pauses of 2 days at most.",
        "es": "Sin datos recibidos desde el 3 de febrero. Antes, en 25 de 28 días, "
        "con pausas de 2 días como mucho.",
    }
    assert silence.expected <= silence.tolerated


def test_the_same_follows_from_the_stored_basis_and_from_no_other():
    days = every(2, days=200)
    silence = after(days, patience(days))
    assert silence is not None
    basis = json.loads(json.dumps(quiet.record(days, silence)))
    assert len(basis["days"]) == quiet.WINDOW // 2 + 1
    assert quiet.holds_again(basis) is True
    assert quiet.holds_again(basis | {"days": basis["days"][-5:]}) is False
    assert quiet.holds_again(basis | {"raised_on": basis["days"][-1][0]}) is False
    assert quiet.holds_again(basis | {"version": "quiet-0"}) is None


written = st.lists(st.integers(0, 200), min_size=1, max_size=80, unique=True).map(sorted)
ratings = st.none() | st.integers(0, 10).map(float)


@settings(deadline=None)
@given(written, st.data())
def test_whatever_was_written_a_longer_silence_is_never_less_of_one(
    numbers: list[int], data: st.DataObject
):
    days = [
        Day(START + timedelta(days=number), pain=data.draw(ratings, label="pain"))
        for number in numbers
    ]
    spoken = [after(days, silent) is not None for silent in range(60)]
    assert spoken == sorted(spoken)
    assert not any(spoken[: quiet.LEAST])


@settings(deadline=None)
@given(written, st.integers(0, 500), st.integers(4, 60))
def test_a_shift_of_all_dates_changes_nothing_but_the_dates(
    numbers: list[int], shift: int, silent: int
):
    here, there = diary(*numbers), diary(*(number + shift for number in numbers))
    one, other = after(here, silent), after(there, silent)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.silent, one.expected) == (other.silent, other.expected)


@settings(deadline=None)
@given(written, st.integers(4, 60))
def test_what_is_older_than_the_window_decides_nothing(numbers: list[int], silent: int):
    days = diary(*numbers)
    recent = [day for day in days if (days[-1].date - day.date).days <= quiet.WINDOW]
    assert after(days, silent) == after(recent, silent)


@given(st.integers(1, 5))
def test_the_longest_pause_named_is_no_silence_and_a_day_more_is(step: int):
    days = every(step)
    told = patience(days) + 4
    silence = after(days, told)
    assert silence is not None
    longest = quiet.longest_pause(quiet.record(days, silence))
    assert after(days, longest) is None
    assert after(days, longest + 1) is not None
