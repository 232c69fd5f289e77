"""The dead-man rule in words, decided slowly and apart from the code, and a world in which it is tried.

The rule: whoever wrote and then writes no more is told of once, at the first look at which all of this holds.

1. Care is running, and was begun.
2. No pause holds today. "Today" is the day that runs at home or where the last entry was written, whichever is
   earlier. It is not over: that nothing was written on it yet counts for nothing. What was, or on a later day in
   another zone, ends the silence.
3. At least four whole days passed without an entry since the last one; fifteen for who misses more days than
   they write. The days of a pause are no days.
4. Half a year of the person's own habit would bring at most half a silence as long (two, where pain had risen).
   The habit is read from the gaps of 84 days, each worth half as much every 28 days, none longer than ten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from glidepath.alerts import looking
from glidepath.trends import Day, quiet

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Asia/Tehran",
    "Pacific/Honolulu",
)


@dataclass
class Life:
    """A patient's year: when care runs, what they write where, and when they pause."""

    home: str
    starts: date
    ends: date | None
    # When each entry reached the server, its day on the phone, the phone's zone and the pain in it.
    entries: list[tuple[datetime, date, str, int]]
    paused: set[date]


def life(chance: Random) -> Life:
    home = chance.choice(ZONES)
    begins = BEGINS.date() + DAY * chance.randrange(1, 60)
    starts = begins if chance.random() < 0.9 else begins + DAY * 300
    ends = begins + DAY * chance.randrange(40, 330) if chance.random() < 0.3 else None
    trips = _stretches(chance, begins, 3, 25) if chance.random() < 0.4 else []
    away = {day: chance.choice(ZONES) for trip in trips for day in [trip[0]]}
    zones = {day: away[trip[0]] for trip in trips for day in trip}
    pauses = _stretches(chance, begins, 2, 30) if chance.random() < 0.5 else []
    silences = {day for trip in _stretches(chance, begins, 3, 60) for day in trip}
    paused = {day for trip in pauses for day in trip}
    writes, on_pause = chance.choice((0.98, 0.9, 0.7, 0.4, 0.2)), chance.choice((0, 0, 0.3))
    entries, pain = [], 3
    for number in range(365):
        day = begins + DAY * number
        pain = min(10, max(0, pain + chance.choice((-1, 0, 0, 0, 1))))
        if (
            day in silences
            or (day < starts)
            or chance.random() >= (on_pause if day in paused else writes)
        ):
            continue
        zone = zones.get(day, home)
        written = datetime(
            day.year, day.month, day.day, chance.randrange(6, 23), tzinfo=ZoneInfo(zone)
        )
        entries.append((written.astimezone(UTC), day, zone, pain))
    return Life(home, starts, ends, sorted(entries), paused)


def _stretches(chance: Random, begins: date, most: int, longest: int) -> list[list[date]]:
    return [
        [first + DAY * number for number in range(chance.randrange(3, longest))]
        for first in (
            begins + DAY * chance.randrange(5, 340) for _ in range(chance.randrange(most + 1))
        )
    ]


def looks(home: str, chance: Random, days: int = 425) -> Iterator[datetime]:
    """When the worker looks at a patient: in their morning, and at everybody once a day; nothing while it is
    down, and what it missed when it is back, each once, as the queue defers it."""
    down: list[tuple[datetime, datetime]] = []
    for _ in range(chance.randrange(6)):
        began = BEGINS + HOUR * chance.randrange(24 * days)
        down.append((began, began + HOUR * chance.randrange(1, 60)))
    caught_up = set[datetime]()
    for number in range(days):
        day = BEGINS + DAY * number
        morning = datetime(day.year, day.month, day.day, looking.MORNING, tzinfo=ZoneInfo(home))
        in_their_morning = _half_past(morning.astimezone(UTC))
        assert looking.is_morning(home, in_their_morning)
        for at in sorted((day + timedelta(hours=4, minutes=17), in_their_morning)):
            back = max((end for start, end in down if start <= at < end), default=None)
            while back is not None and (
                later := max((end for start, end in down if start <= back < end), default=None)
            ):
                back = later
            if back is None:
                yield at
            elif at.minute == 17 and back not in caught_up:
                caught_up.add(back)
                yield back


def _half_past(at: datetime) -> datetime:
    """The next time that a clock of Greenwich shows :31, which is when the hourly job is due."""
    due = at.replace(minute=31)
    return due if due >= at else due + HOUR


@dataclass
class Told:
    """What was told, and when: the day a silence began on, by the look at which it was found."""

    silences: dict[date, datetime] = field(default_factory=dict)


def by_the_code(one: Life, moments: list[datetime]) -> Told:
    """As `alerts.looking` decides, without a database."""
    told, by_day, arrived = Told(), dict[date, Day](), 0
    newest, zone = date.min, one.home
    for now in moments:
        while arrived < len(one.entries) and one.entries[arrived][0] <= now:
            _, day, written_in, pain = one.entries[arrived]
            by_day[day] = Day(day, pain=pain)
            if day >= newest:
                newest, zone = day, written_in
            arrived += 1
        if not by_day or not _runs(one, now):
            continue
        today = looking.day_that_runs(one.home, zone, now)
        if (today - newest).days - 1 < quiet.LEAST:
            continue
        series = [by_day[day] for day in sorted(by_day)]
        found = looking.silence(series[-120:], today, one.paused, told.silences)
        if found is not None:
            told.silences[found.since] = now
    return told


def by_the_words(one: Life, moments: list[datetime]) -> Told:
    """As the rule above says, day by day."""
    told, seen, coming = Told(), dict[date, tuple[str, int]](), list(one.entries)
    for now in moments:
        while coming and coming[0][0] <= now:
            _, day, zone, pain = coming.pop(0)
            seen[day] = zone, pain
        if not seen or not _runs(one, now):
            continue
        there = seen[max(seen)][0]
        today = min(now.astimezone(ZoneInfo(zone)).date() for zone in (one.home, there))
        past = [day for day in seen if day < today]
        if today in one.paused or not past or max(seen) >= today:
            continue
        last = max(past)
        silent = _lacking(last, today, one.paused)
        if silent < 4 or last in told.silences:
            continue
        if _is_long(last, silent, {day: seen[day][1] for day in past}, one.paused):
            told.silences[last] = now
    return told


def _runs(one: Life, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(one.home)).date()
    return one.starts <= today and (one.ends is None or today <= one.ends)


def _lacking(first: date, last: date, paused: set[date]) -> int:
    """Days after the one and before the other on which something was expected and nothing came."""
    missed, day = 0, first + DAY
    while day < last:
        missed += day not in paused
        day += DAY
    return missed


def _is_long(last: date, silent: int, pains: dict[date, int], paused: set[date]) -> bool:
    dates = sorted(day for day in pains if (last - day).days <= 84)
    entries = pauses = missed = 0.0
    for number in range(1, len(dates)):
        weight = 2 ** (-(last - dates[number]).days / 28)
        gap = _lacking(dates[number - 1], dates[number], paused)
        entries += weight
        if gap > 0:
            pauses += weight
            missed += weight * (min(gap, 10) - 1)
    begins = (1 + pauses) / (5 + entries)
    ends, goes_on = 3 + pauses, 3 + missed
    missed_per_entry = begins * (1 + goes_on / (ends - 1))
    if silent < (15 if missed_per_entry > 1 else 4):
        return False
    longer = 1.0
    for number in range(silent - 1):
        longer *= (goes_on + number) / (ends + goes_on + number)
    beyond = max(0.0, silent - 1 - 2 * missed_per_entry)
    expected = 180 * (begins / (1 + missed_per_entry) * longer + 0.8**beyond / 90)
    ratings = [pains[day] for day in dates]
    lately, before = ratings[-3:], ratings[-17:-3]
    rose = len(before) >= 5 and sum(lately) / 3 - sum(before) / len(before) >= 1.5
    return bool(expected <= (2.0 if rose else 0.5))
