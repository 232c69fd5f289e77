"""Gone quiet: a silence that is longer than this person's own habit makes likely.

The habit is how often a pause begins and how soon it ends, learned from the person's own gaps; on top
come holidays, which anybody takes. From both follows how many silences at least this long half a year
of that habit would bring. Few enough of them, and the silence is something else.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from math import exp, lgamma, log
from statistics import fmean
from typing import Any, Final

from glidepath.trends.days import Day
from glidepath.trends.words import Text, day_month

# Changes whenever the same days may lead to another decision.
VERSION: Final = "quiet-1"

# Gaps count by half every HALF_LIFE days, since habits wane; older ones than WINDOW days not at all.
WINDOW: Final = 84
HALF_LIFE: Final = 28
# A longer gap counts as this long: a holiday is no habit.
LONGEST_COUNTED: Final = 10
# What a new patient is taken for, in days seen: a pause after one entry in five, and one missed day
# in two ends it. Measured in daily diaries: a log after 0.86 of logs, and after 0.42 of misses.
PAUSES_PRIOR: Final = (1.0, 4.0)
RETURNS_PRIOR: Final = (3.0, 3.0)
# Holidays begin twice in half a year and go on for another day with this chance.
HOLIDAY_BEGINS: Final = 1 / 90
HOLIDAY_GOES_ON: Final = 0.8
HALF_YEAR: Final = 180
# How many silences as long in half a year of the person's habit are few: the stated rate of alerts
# about people who would have come back. Chosen on 1,500 simulated diaries.
TOLERATED: Final = 0.5
# A silence after pain rose by this many points is worth asking about four times as readily.
RISE: Final = 1.5
AFTER_A_RISE: Final = 4.0
# Ratings compared for that: the last ones with those before, and how many the latter must be.
RECENT, EARLIER, ENOUGH = 3, 14, 5
# Nobody is asked about a shorter silence, in whole days without an entry; who writes on fewer than
# half of the days may be away for a fortnight as well.
LEAST: Final = 4
LEAST_OF_THE_RARE: Final = 15
# What the sentence looks back on.
SHOWN: Final = 28


@dataclass(frozen=True, slots=True)
class Silence:
    """`since` is the day of the last entry, `silent` the whole days without one before `raised_on`.

    `expected` is how many silences at least as long the person's habit brings in half a year;
    `tolerated` what it had to fall below. `rose` is pain before and after, where it had risen.
    """

    since: dt.date
    raised_on: dt.date
    silent: int
    expected: float
    tolerated: float
    rose: tuple[float, float] | None
    sentence: Text


@dataclass(frozen=True)
class Habit:
    """How a person writes: weighted counts of entries, of pauses, and of the days missed in them
    beyond the first of each."""

    entries: float
    pauses: float
    missed: float

    @cached_property
    def _pause_begins(self) -> float:
        begins, goes_on = PAUSES_PRIOR
        return (begins + self.pauses) / (begins + goes_on + self.entries)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Beta parameters of the chance that a missed day is the last one of its pause."""
        ends, goes_on = RETURNS_PRIOR
        return ends + self.pauses, goes_on + self.missed

    @cached_property
    def missed_per_entry(self) -> float:
        ends, goes_on = self._ends
        return self._pause_begins * (1 + goes_on / (ends - 1))

    @property
    def least(self) -> int:
        """The shortest silence to ask about, in whole days."""
        return LEAST_OF_THE_RARE if self.missed_per_entry > 1 else LEAST

    def expected(self, days: int) -> float:
        """How many silences of at least `days` (1 or more) half a year of this habit brings."""
        ends, goes_on = self._ends
        # The mean of (1 - chance) ** (days - 1) over the Beta distribution of that chance.
        longer = exp(
            lgamma(goes_on + days - 1)
            - lgamma(goes_on)
            + lgamma(ends + goes_on)
            - lgamma(ends + goes_on + days - 1)
        )
        pauses = self._pause_begins / (1 + self.missed_per_entry) * longer
        # A holiday falls into the usual gaps, and so lengthens one before and one after it.
        beyond = max(0.0, days - 1 - 2 * self.missed_per_entry)
        holidays = HOLIDAY_BEGINS * exp(beyond * log(HOLIDAY_GOES_ON))
        return HALF_YEAR * (pauses + holidays)


def habit(dates: Sequence[dt.date], paused: Collection[dt.date] = ()) -> Habit:
    """From the days with an entry, in order; at least one. Days of a pause are not missed."""
    last = dates[-1]
    entries = pauses = missed = 0.0
    for one, other in pairwise(day for day in dates if (last - day).days <= WINDOW):
        weight = 0.5 ** ((last - other).days / HALF_LIFE)
        gap = missed_between(one, other, paused)
        entries += weight
        pauses += weight * (gap > 0)
        missed += weight * (min(max(gap, 1), LONGEST_COUNTED) - 1)
    return Habit(entries, pauses, missed)


def missed_between(one: dt.date, other: dt.date, paused: Collection[dt.date]) -> int:
    """Whole days strictly between two days, those of a pause left out."""
    return (other - one).days - 1 - sum(1 for day in paused if one < day < other)


def judge(days: Iterable[Day], today: dt.date, paused: Collection[dt.date] = ()) -> Silence | None:
    """Whether the silence since the last entry is more than a pause, as seen on `today`.

    `days` are those with an entry of any kind, in order, as far back as WINDOW days before the last;
    today itself is not over and counts as neither written nor missed. The days of a pause that was agreed on
    are no days: none of them is missed, and nobody is asked about on one. None while the silence is a
    likely one, or nothing was ever written.
    """
    written = [day for day in days if day.date < today]
    if not written or today in paused:
        return None
    last = written[-1].date
    silent = missed_between(last, today, paused)
    if silent < LEAST:
        return None
    window = [day for day in written if (last - day.date).days <= WINDOW]
    own, rose = habit([day.date for day in window], paused), risen(window)
    expected = own.expected(silent)
    if silent < own.least or expected > tolerated(rose):
        return None
    return Silence(
        since=last,
        raised_on=today,
        silent=silent,
        expected=round(expected, 3),
        tolerated=tolerated(rose),
        rose=rose,
        sentence=_sentence(window, rose, paused),
    )


def longest_pause(basis: dict[str, Any]) -> int:
    """The longest silence, in whole days, that would have passed for a pause; from the basis of one
    that did not."""
    own = habit([dt.date.fromisoformat(on) for on, _ in basis["days"]], _paused(basis))
    flagged = range(own.least, basis["silent"] + 1)
    first = next((days for days in flagged if own.expected(days) <= basis["tolerated"]), None)
    return (basis["silent"] if first is None else first) - 1


def tolerated(rose: tuple[float, float] | None) -> float:
    return TOLERATED * (AFTER_A_RISE if rose else 1)


def risen(days: Iterable[Day]) -> tuple[float, float] | None:
    """Mean pain before and lately, if it has risen by as much as to count."""
    ratings = [day.pain for day in days if day.pain is not None]
    lately, before = ratings[-RECENT:], ratings[-RECENT - EARLIER : -RECENT]
    if len(before) < ENOUGH or fmean(lately) - fmean(before) < RISE:
        return None
    return round(fmean(before), 1), round(fmean(lately), 1)


def record(
    days: Iterable[Day], silence: Silence, paused: Collection[dt.date] = ()
) -> dict[str, Any]:
    """JSON-serialisable basis of `silence`, which `judge(days, silence.raised_on, paused)` gave."""
    kept = [day for day in days if 0 <= (silence.since - day.date).days <= WINDOW]
    within = sorted(day for day in paused if kept[0].date < day < silence.raised_on)
    return {
        "version": VERSION,
        "days": [[day.date.isoformat(), day.pain] for day in kept],
        **({"paused": [day.isoformat() for day in within]} if within else {}),
        **_plain(silence),
    }


def holds_again(basis: dict[str, Any]) -> bool | None:
    """Whether the same silence follows from its basis; None where another version recorded it."""
    if basis["version"] != VERSION:
        return None
    days = [Day(dt.date.fromisoformat(on), pain=pain) for on, pain in basis["days"]]
    again = judge(days, dt.date.fromisoformat(basis["raised_on"]), _paused(basis))
    return again is not None and all(basis[name] == value for name, value in _plain(again).items())


def _paused(basis: dict[str, Any]) -> list[dt.date]:
    return [dt.date.fromisoformat(on) for on in basis.get("paused", ())]


def _plain(silence: Silence) -> dict[str, Any]:
    values = asdict(silence) | {
        "since": silence.since.isoformat(),
        "raised_on": silence.raised_on.isoformat(),
        "rose": list(silence.rose) if silence.rose else None,
    }
    del values["sentence"]
    return values


def _sentence(
    window: Sequence[Day], rose: tuple[float, float] | None, paused: Collection[dt.date]
) -> Text:
    """What was not received may have been written all the same, on a phone without a network."""
    last = window[-1].date
    dates = [day.date for day in window if (last - day.date).days < SHOWN]
    gaps = [missed_between(one, other, paused) for one, other in pairwise(dates)]
    span, longest = len(dates) + sum(gaps), max(gaps, default=0)
    en = f"No data received since {day_month(last, 'en')}"
    es = f"Sin datos recibidos desde el {day_month(last, 'es')}"
    if span == 1:
        return {"en": f"{en}, the only day so far.", "es": f"{es}, el único día hasta ahora."}
    en += f". Before that on {len(dates)} of {span} days, "
    es += f". Antes, en {len(dates)} de {span} días, "
    en += f"with pauses of {_count(longest, 'day')} at most" if longest else "without a pause"
    es += f"con pausas de {_count(longest, 'día')} como mucho" if longest else "sin pausas"
    if rose:
        before, lately = (round(value) for value in rose)
        en += f"; pain had risen from about {before} to about {lately}"
        es += f"; el dolor había subido de alrededor de {before} a alrededor de {lately}"
    return {"en": f"{en}.", "es": f"{es}."}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
