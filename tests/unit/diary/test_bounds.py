"""What is taken and what is refused: days, clocks, and how much a day and an entry hold."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glidepath.diary.bounds import EDITS_A_DAY, ENTRIES_A_DAY, ZONES, Clock, Room
from tests.unit.diary.entries import entry, revision

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAYS, HOURS = timedelta(days=1), timedelta(hours=1)
# The first and the last hour of UTC's day: elsewhere it is another day by then.
LATE, EARLY = NOON.replace(hour=23, minute=30), NOON.replace(hour=0, minute=30)


def on(day: date, zone: str = "UTC") -> datetime:
    """Noon of a day there."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "zone", "today"),
    [
        (NOON, "UTC", date(2026, 6, 15)),
        (LATE, "UTC", date(2026, 6, 15)),
        (LATE, "Europe/Madrid", date(2026, 6, 16)),
        (LATE, "Pacific/Kiritimati", date(2026, 6, 16)),
        (LATE, "Pacific/Niue", date(2026, 6, 15)),
        (EARLY, "UTC", date(2026, 6, 15)),
        (EARLY, "America/New_York", date(2026, 6, 14)),
        (EARLY, "Pacific/Niue", date(2026, 6, 14)),
        (EARLY, "Pacific/Kiritimati", date(2026, 6, 15)),
    ],
)
@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-61, "day_out_of_range"),
        (-60, None),
        (0, None),
        (1, None),
        (2, "day_out_of_range"),
    ],
)
def test_a_day_may_lie_sixty_back_and_one_ahead_of_its_own_zones_today(
    now: datetime, zone: str, today: date, days: int, code: str | None
):
    written = entry(on(today + days * DAYS, zone), zone, made_at=now.isoformat())
    assert Clock.read(None, now).refusal(written, None) == code


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (-62 * DAYS - HOURS, "clock_wrong"),
        (-62 * DAYS, None),
        (47 * HOURS, None),
        (49 * HOURS, "clock_wrong"),
        (400 * DAYS, "clock_wrong"),
    ],
)
def test_without_a_time_of_sending_the_clock_is_taken_at_its_word(off: timedelta, code: str | None):
    written = entry(NOON, "UTC", made_at=(NOON + off).isoformat())
    assert Clock.read(None, NOON).refusal(written, None) == code


@pytest.mark.parametrize("off", [48 * HOURS, -48 * HOURS, 400 * DAYS, -400 * DAYS, 25 * HOURS])
@pytest.mark.parametrize("age", [0 * HOURS, 1 * HOURS, 30 * HOURS, 59 * DAYS])
def test_a_clock_that_is_days_off_is_set_right_and_told(off: timedelta, age: timedelta):
    clock = Clock.read(NOON + off, NOON)
    written = entry(NOON - age + off, "UTC")
    assert clock.refusal(written, None) is None
    assert clock.day_of(written, None) == (NOON - age).date()
    assert clock.error_of(written) == off


@pytest.mark.parametrize("hours", [-24, -23, -2, 2, 23, 24])
def test_a_clock_that_is_hours_off_may_show_the_right_day_and_is_only_told(hours: int):
    clock = Clock.read(NOON + hours * HOURS, NOON)
    written = entry(NOON + hours * HOURS, "UTC")
    assert clock.refusal(written, None) is None
    assert clock.day_of(written, None) == written.local_date
    assert clock.error_of(written) == hours * HOURS


@pytest.mark.parametrize("seconds", [-3599, -20, 0, 20, 3599])
def test_less_than_an_hour_is_no_wrong_clock(seconds: int):
    clock = Clock.read(NOON + timedelta(seconds=seconds), NOON)
    assert clock.error_of(entry(NOON, "UTC")) == timedelta()


def test_what_was_made_before_the_clock_was_set_back_keeps_its_day():
    clock = Clock.read(NOON - 48 * HOURS, NOON)
    written = entry(NOON - timedelta(minutes=5), "UTC")
    assert clock.day_of(written, None) == written.local_date
    assert clock.error_of(written) == -48 * HOURS


def test_a_clock_that_was_ahead_and_has_been_set_right_is_told():
    written = entry(NOON, "UTC", made_at=(NOON + 30 * HOURS).isoformat())
    assert Clock.read(NOON, NOON).error_of(written) == 30 * HOURS


def test_a_future_day_is_refused_where_nothing_says_that_the_clock_is_wrong():
    written = entry(NOON + 2 * DAYS, "UTC")
    assert Clock.read(None, NOON).refusal(written, None) == "day_out_of_range"
    assert Clock.read(NOON, NOON).refusal(written, None) == "day_out_of_range"
    assert Clock.read(NOON + 2 * DAYS, NOON).refusal(written, None) is None


@pytest.mark.parametrize("off", [48 * HOURS, -48 * HOURS, 400 * DAYS, -400 * DAYS])
def test_a_change_stays_on_the_day_of_what_it_changes_whichever_clock_was_wrong(off: timedelta):
    """Stored with a wrong clock and changed with a right one, and the other way round."""
    wrong = entry(NOON + off, "UTC")
    stored = _stored(wrong, day=NOON.date())
    right = Clock.read(NOON, NOON)
    changed = revision(wrong, max(NOON, wrong.made_at + timedelta(milliseconds=1)))
    assert right.refusal(changed, stored, wrong.made_at) is None
    assert right.day_of(changed, stored) == NOON.date()

    stored = _stored(entry(NOON, "UTC"), day=NOON.date())
    changed = revision(entry(NOON, "UTC"), NOON + off)
    assert Clock.read(NOON + off, NOON).refusal(changed, stored) is None
    assert Clock.read(NOON + off, NOON).day_of(changed, stored) == NOON.date()


def _stored(written: Any, **columns: Any) -> Any:
    return SimpleNamespace(happened_at=written.happened_at, **columns)


MOMENTS = st.datetimes(timezones=st.sampled_from([UTC]))


@given(
    sent_at=st.none() | MOMENTS, happened=MOMENTS, made=MOMENTS, zone=st.sampled_from(sorted(ZONES))
)
def test_whatever_the_times_an_entry_is_refused_by_a_code_or_counts_on_a_day_in_range(
    sent_at: datetime | None, happened: datetime, made: datetime, zone: str
):
    clock = Clock.read(sent_at, NOON)
    written = entry(happened, zone, made_at=made.isoformat())
    if clock.refusal(written, None) is None:
        today = NOON.astimezone(ZoneInfo(zone)).date()
        assert -60 <= (clock.day_of(written, None) - today).days <= 1
        clock.error_of(written)


NEAR = st.timedeltas(-70 * DAYS, 70 * DAYS)


@given(skew=NEAR, happened=NEAR, made=NEAR, zone=st.sampled_from(sorted(ZONES)))
def test_so_it_is_near_the_bounds(skew: timedelta, happened: timedelta, made: timedelta, zone: str):
    clock = Clock.read(NOON + skew, NOON)
    written = entry(
        (NOON + happened).astimezone(ZoneInfo(zone)), zone, made_at=(NOON + made).isoformat()
    )
    if clock.refusal(written, None) is None:
        today = NOON.astimezone(ZoneInfo(zone)).date()
        assert -60 <= (clock.day_of(written, None) - today).days <= 1


ENTRY = st.tuples(st.integers(0, 400), st.integers(0, 2), st.booleans())


@given(offered=st.lists(ENTRY, max_size=900))
def test_no_day_and_no_entry_ever_holds_more_than_there_is_room_for(
    offered: list[tuple[int, int, bool]],
):
    room, day = Room(), date(2026, 6, 15)
    taken: dict[date, set[UUID]] = {}
    edits: dict[UUID, int] = {}
    for number, ahead, is_edit in offered:
        root, on_day = UUID(int=number), day + ahead * DAYS
        full = len(taken.setdefault(on_day, set()) | {root}) > ENTRIES_A_DAY
        worn = is_edit and edits.get(root, 0) == EDITS_A_DAY
        expected = "day_full" if full else "too_many_edits" if worn else None
        assert room.refusal(root, on_day, is_edit=is_edit) == expected
        if expected is None:
            taken[on_day].add(root)
            edits[root] = edits.get(root, 0) + is_edit


def test_a_full_day_still_takes_changes_of_what_is_on_it():
    room, day, first = Room(), date(2026, 6, 15), uuid4()
    room.entries[day] = {first, *(uuid4() for _ in range(ENTRIES_A_DAY - 1))}
    assert room.refusal(uuid4(), day, is_edit=False) == "day_full"
    assert room.refusal(first, day, is_edit=True) is None
