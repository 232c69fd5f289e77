"""When a clinic is open: pure arithmetic over its wall clock, holidays and changes of the clock included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MIDNIGHT: Final = 24 * 60
_MINUTE: Final = timedelta(minutes=1)
# How far ahead an opening is looked for. A clinic that is closed for longer is never waited for.
HORIZON_DAYS: Final = 400


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of the wall clock since midnight; `closes` is 1440 at the most."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Seven days of spans, Monday first, each in order and apart; single days on which it is closed."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    closed_on: frozenset[date] = field(default_factory=frozenset)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def moment(self, day: date, minute: int) -> datetime:
        """A minute of a day's wall clock, in UTC. For one that the clock leaves out, the moment at which it
        goes on; of one that it shows twice, the first."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        at = wall.replace(tzinfo=self.zone).astimezone(UTC)
        while self._wall(at) > wall and self._wall(at - _MINUTE) > wall:
            at -= _MINUTE
        return at

    def _wall(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)

    def open_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when it is open on a day, in UTC."""
        if day in self.closed_on:
            return []
        spans = [
            (self.moment(day, span.opens), self.moment(day, span.closes))
            for span in self.week[day.weekday()]
        ]
        # A span in the hour that the clock leaves out is none.
        return [(opens, closes) for opens, closes in spans if opens < closes]

    def open_days(self, first: date) -> Iterator[tuple[date, list[tuple[datetime, datetime]]]]:
        """Days on which it is open, from `first` on, as far as one looks ahead, and when it is on them."""
        for ahead in range(HORIZON_DAYS):
            day = first + timedelta(days=ahead)
            if spans := self.open_on(day):
                yield day, spans

    def spans_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the present span, and those after it."""
        for _, spans in self.open_days(self.day_of(at)):
            for opens, closes in spans:
                if closes > at:
                    yield max(opens, at), closes


def is_open(hours: Hours, at: datetime) -> bool:
    return any(opens <= at < closes for opens, closes in hours.open_on(hours.day_of(at)))


def opening(hours: Hours, at: datetime) -> datetime:
    """The moment itself while it is open, or else when it opens next; itself, too, if it never does."""
    at = at.astimezone(UTC)
    return next((opens for opens, _ in hours.spans_from(at)), at)


def after_minutes(hours: Hours, at: datetime, minutes: int) -> datetime:
    """When it has been open for so many minutes since then. A clinic that never opens is not waited for."""
    at, left = at.astimezone(UTC), timedelta(minutes=minutes)
    for opens, closes in hours.spans_from(at):
        if opens + left <= closes:
            return opens + left
        left -= closes - opens
    return at + timedelta(minutes=minutes)


def after_days(hours: Hours, at: datetime, days: int) -> datetime:
    """The same time of the wall clock so many open days later, or as near to it as it is open then.

    What happens while it is closed happens when it opens.
    """
    start = opening(hours, at)
    local = start.astimezone(hours.zone)
    later = hours.open_days(local.date() + timedelta(days=1))
    found = next((one for number, one in enumerate(later, 1) if number == days), None)
    if found is None:
        return start + timedelta(days=days)
    day, spans = found
    wanted = hours.moment(day, local.hour * 60 + local.minute) + timedelta(
        seconds=local.second, microseconds=local.microsecond
    )
    return min(max(wanted, spans[0][0]), spans[-1][1])
