"""What would have had to be different for a worsening not to be raised: the decision taken again on
days that were a little better."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle
from math import ceil
from typing import Any, TypeVar

from glidepath.trends.basis import recompute
from glidepath.trends.days import PLACES, Channel, Day
from glidepath.trends.explain import EARLIER
from glidepath.trends.monitor import Monitor
from glidepath.trends.policy import Levels, Sensitivity, Watch

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spared:
    """What the last day of a signal's basis could have said so that nothing was raised on it yet,
    each by itself with the rest of the day as it was.

    `pain` is the highest whole rating and `place` the most distal place below what was logged, None
    where none is enough; `nerve` whether a day without nerve symptoms is.
    """

    pain: int | None
    nerve: bool
    place: str | None


@dataclass(frozen=True, slots=True)
class Unworsened:
    """The diary, had a channel gone on from a worsening's onset as it was before: the first day by
    which a worsening would have been raised all the same, None if there is none."""

    channel: Channel
    raised_on: date | None


def last_day(basis: dict[str, Any]) -> Spared:
    """From a signal's basis alone. Raises OtherVersionError as `recompute` does."""
    *earlier, last = basis["days"]
    day = Day.from_list(last)

    def spares(**changed: Any) -> bool:
        other = replace(day, **changed)
        return recompute(basis | {"days": [*earlier, other.as_list()]}) is None

    lower = range(ceil(day.pain or 0))
    nearer = PLACES[: PLACES.index(day.place)] if day.place else ()
    return Spared(
        pain=_last_while(lower, lambda rating: spares(pain=float(rating))),
        nerve=bool(day.nerve) and spares(nerve=0),
        place=_last_while(nearer, lambda place: spares(place=place)),
    )


def unworsened(
    days: Sequence[Day],
    onset: date,
    until: date,
    channels: Iterable[Channel],
    sensitivity: Sensitivity | Levels = "standard",
) -> list[Unworsened]:
    """For each channel, whether the others would have raised a worsening from `onset` on by `until`.

    `days` are a diary's logged days in order. The channel's answers since the onset are replaced by
    those of the two weeks of answers before it, over and over, so that its usual ups and downs go on;
    a channel that was never answered before is left out.
    """
    monitor, watch = Monitor(), Watch(sensitivity)
    before = [day for day in days if day.date < onset]
    for day in before:
        verdict = monitor.step(day)
        if verdict is not None:
            watch.step(verdict)
    after = [day for day in days if onset <= day.date <= until]
    found = []
    for channel in channels:
        usual = [value for day in before if (value := getattr(day, channel)) is not None]
        if usual:
            others = _going_on(after, channel, usual[-EARLIER:])
            raised_on = _first_raised(monitor.copy(), watch.copy(), others)
            found.append(Unworsened(channel, raised_on))
    return found


def _going_on(days: Sequence[Day], channel: Channel, usual: Sequence[Any]) -> list[Day]:
    values = cycle(usual)
    return [
        day if getattr(day, channel) is None else replace(day, **{channel: next(values)})
        for day in days
    ]


def _first_raised(monitor: Monitor, watch: Watch, days: Iterable[Day]) -> date | None:
    for day in days:
        verdict = monitor.step(day)
        if verdict is not None and watch.step(verdict) is not None:
            return day.date
    return None


def _last_while(values: Iterable[T], holds: Callable[[T], bool]) -> T | None:
    """The last of the values up to which all hold."""
    found = None
    for value in values:
        if not holds(value):
            break
        found = value
    return found
