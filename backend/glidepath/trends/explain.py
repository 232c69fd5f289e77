"""Which channels speak for a worsening, and in which words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any, Final

from glidepath.trends import words
from glidepath.trends.days import CHANNELS, PLACES, Channel, Day
from glidepath.trends.words import Text

# How many logged days "now" and "before" mean in a sentence, and "now" for pain, which may climb.
NOW: Final = 7
EARLIER: Final = 14
RECENT: Final = 5
# A smaller rise of pain, in points, matters to nobody, not even from a low level.
MATTERS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one channel contributes: its share of the evidence and the change it shows.

    `before` and `after` are mean points (pain), the share of days (nerve) or a place.
    """

    channel: Channel
    weight: float
    since: date
    before: float | str
    after: float | str
    sentence: Text


# What it was, what it is now, and the sentence about it; None unless it got worse.
_Change = tuple[float | str, float | str, Text] | None


def explain(
    before: Sequence[Day], after: Sequence[Day], strengths: dict[Channel, float]
) -> tuple[Evidence, ...]:
    """Evidence of the channels that speak for an onset between `before` and `after`.

    `strengths` are log likelihood ratios. The strongest channel comes first; one that speaks for
    the onset without a change that can be put in words is left out.
    """
    found = []
    for channel in sorted(CHANNELS, key=lambda name: -strengths[name]):
        if strengths[channel] <= 0:
            break
        start = _first_shown(before, after, channel)
        then = _answers([*before, *after[:start]], channel)[-EARLIER:]
        now = _answers(after[start:], channel)[-NOW:]
        if not then or not now:
            continue
        since = after[start].date
        change = _CHANGES[channel](then, now, since)
        if change is not None:
            found.append((channel, since, *change))
    total = sum(strengths[channel] for channel, *_ in found)
    return tuple(
        Evidence(channel, round(strengths[channel] / total, 3), since, then, now, sentence)
        for channel, since, then, now, sentence in found
    )


def _first_shown(before: Sequence[Day], after: Sequence[Day], channel: Channel) -> int:
    """The first of the days after an onset that shows it: what comes by and by begins before it
    can be seen, and people remember the day on which they saw it."""
    if channel == "pain":
        return 0
    places = _answers(before, "place") if channel == "place" else []
    usual = PLACES.index(_most_often(places)) if places else 0
    for at, day in enumerate(after):
        nerve = channel == "nerve" and day.nerve is not None and day.nerve > 0
        place = channel == "place" and day.place is not None and PLACES.index(day.place) > usual
        if nerve or place:
            return at
    return 0


def _answers(days: Sequence[Day], channel: Channel) -> list[Any]:
    return [value for day in days if (value := getattr(day, channel)) is not None]


def _pain(then: list[float], now: list[float], since: date) -> _Change:
    before, after = fmean(then), fmean(now[-RECENT:])
    if after - before < MATTERS:
        return None
    return round(before, 1), round(after, 1), words.pain(before, after, since)


def _nerve(then: list[int], now: list[int], since: date) -> _Change:
    felt_before, felt = sum(v > 0 for v in then), sum(v > 0 for v in now)
    before, after = felt_before / len(then), felt / len(now)
    if after <= before:
        return None
    sentence = words.nerve((felt_before, len(then)), (felt, len(now)), since)
    return round(before, 3), round(after, 3), sentence


def _place(then: list[str], now: list[str], since: date) -> _Change:
    usual = _most_often(then)
    further = [place for place in now if PLACES.index(place) > PLACES.index(usual)]
    if not further:
        return None
    new = _most_often(further)
    reached = sum(PLACES.index(place) >= PLACES.index(new) for place in now)
    return usual, new, words.place(usual, new, (reached, len(now)), since)


def _most_often(places: Sequence[str]) -> str:
    """The more distal of equals."""
    return max(PLACES, key=lambda place: (places.count(place), PLACES.index(place)))


_CHANGES: Final[dict[Channel, Callable[[list[Any], list[Any], date], _Change]]] = {
    "pain": _pain,
    "nerve": _nerve,
    "place": _place,
}
