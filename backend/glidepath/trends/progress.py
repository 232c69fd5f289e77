"""Not improving as expected: by the time when most have improved, pain has not come down by as much
as matters, and is not low already.

Judged once in an episode, on the first day from DUE days on that has enough ratings behind it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import fmean
from typing import Any, Final

from glidepath.trends.days import Day
from glidepath.trends.words import Text

# Changes whenever the same days may lead to another decision.
VERSION: Final = "progress-1"

# Low back pain, acute or persistent, comes down markedly in the first six weeks and slowly after
# (Menezes Costa and others 2012, CMAJ 184:E613: 52 to 23 and 51 to 33 of 100).
DUE: Final = 42
# Too late to ask whether the first weeks went as expected.
TOO_LATE: Final = 84
# The smallest fall that matters: 2 points or 30 % (Ostelo and others 2008).
POINTS: Final = 2.0
SHARE: Final = 0.3
# Low already: 30 % of it would be less than a point.
LOW: Final = 2.0
# The level is a mean over so many days, with at least so many ratings.
SPAN: Final = 14
RATINGS: Final = 5
# How sure the shortfall must be, in standard errors: 80 %, one-sided. Ratings of one day carry over
# to the next (lag-one correlation about 0.3), so that a mean is less certain than it seems; and
# nobody's ratings vary by less than this SD.
SURE: Final = 0.84
LAG_ONE: Final = 0.3
LEAST_SD: Final = 0.5


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Mean pain at first and at the time of judging, and the fall that was expected by then."""

    first: dt.date
    raised_on: dt.date
    before: float
    now: float
    expected_fall: float
    sentence: Text


def judge(days: Iterable[Day]) -> Shortfall | None:
    """Judges an episode by its days, in order, from the first one on.

    None while it is too early, where the ratings are too few, and where pain has come down or is low.
    """
    rated = [(day.date, day.pain) for day in days if day.pain is not None]
    if not rated:
        return None
    first = rated[0][0]
    at_first = [pain for on, pain in rated if (on - first).days < SPAN]
    if len(at_first) < RATINGS:
        return None
    for on, _ in rated:
        if not DUE <= (on - first).days <= TOO_LATE:
            continue
        lately = [pain for other, pain in rated if 0 <= (on - other).days < SPAN]
        if len(lately) >= RATINGS:
            return _judge(first, on, at_first, lately)
    return None


def enough(basis: dict[str, Any]) -> float:
    """The mean of the last two weeks that would have been no shortfall, with the same ups and downs;
    from the basis of one that was."""
    days = [(dt.date.fromisoformat(on), pain) for on, pain in basis["days"]]
    first, on = days[0][0], dt.date.fromisoformat(basis["raised_on"])
    at_first = [pain for other, pain in days if (other - first).days < SPAN]
    lately = [pain for other, pain in days if 0 <= (on - other).days < SPAN]
    before = fmean(at_first)
    unsure = SURE * _standard_error(at_first, lately)
    return max(LOW, before - min(POINTS, SHARE * before) + unsure)


def _judge(
    first: dt.date, on: dt.date, at_first: Sequence[float], lately: Sequence[float]
) -> Shortfall | None:
    before, now = fmean(at_first), fmean(lately)
    expected = min(POINTS, SHARE * before)
    unsure = SURE * _standard_error(at_first, lately)
    if now <= LOW or before - now + unsure >= expected:
        return None
    return Shortfall(
        first=first,
        raised_on=on,
        before=round(before, 1),
        now=round(now, 1),
        expected_fall=round(expected, 1),
        sentence=_sentence(before, now, (on - first).days),
    )


def _standard_error(one: Sequence[float], other: Sequence[float]) -> float:
    """Of the difference of two means with one common day-to-day variation."""
    squares = sum((value - fmean(values)) ** 2 for values in (one, other) for value in values)
    variance = max(LEAST_SD**2, squares / (len(one) + len(other) - 2))
    inflation = (1 + LAG_ONE) / (1 - LAG_ONE)
    return sqrt(inflation * variance * (1 / len(one) + 1 / len(other)))


def record(days: Iterable[Day], shortfall: Shortfall) -> dict[str, Any]:
    """JSON-serialisable basis of `shortfall`, which `judge(days)` gave."""
    kept = [day for day in days if day.pain is not None and day.date <= shortfall.raised_on]
    return {
        "version": VERSION,
        "days": [[day.date.isoformat(), day.pain] for day in kept],
        **_plain(shortfall),
    }


def holds_again(basis: dict[str, Any]) -> bool | None:
    """Whether the same follows from a basis; None where another version recorded it."""
    if basis["version"] != VERSION:
        return None
    again = judge(Day(dt.date.fromisoformat(on), pain=pain) for on, pain in basis["days"])
    return again is not None and all(basis[name] == value for name, value in _plain(again).items())


def _plain(shortfall: Shortfall) -> dict[str, Any]:
    values = asdict(shortfall) | {
        "first": shortfall.first.isoformat(),
        "raised_on": shortfall.raised_on.isoformat(),
    }
    del values["sentence"]
    return values


def _sentence(before: float, now: float, days: int) -> Text:
    weeks = round(days / 7)
    return {
        "en": f"After {weeks} weeks pain was {now:.1f} on average, {before:.1f} in the first two; "
        "a fall of 2 points or 30 % was to be expected by then.",
        "es": f"A las {weeks} semanas el dolor era de {_comma(now)} de media, {_comma(before)} en las "
        "dos primeras; para entonces cabía esperar que bajara 2 puntos o un 30 %.",
    }


def _comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
