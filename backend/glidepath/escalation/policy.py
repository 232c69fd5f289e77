"""A clinic's rules for alerts that nobody looks at, as numbers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from glidepath.escalation.hours import Hours, Span, after_days, after_minutes, opening

REPEATS_AT_MOST: Final = 9
_OFFICE: Final = (Span(9 * 60, 17 * 60),)
# Until a clinic says when it is open.
USUAL_WEEK: Final = (_OFFICE,) * 5 + ((),) * 2


@dataclass(frozen=True, slots=True)
class Urgent:
    """Minutes count while the clinic is open, or all of them if somebody is there round the clock."""

    round_the_clock: bool = False
    first_minutes: int = 30
    second_minutes: int = 30
    again_minutes: int = 60
    look_holds_hours: int = 24


@dataclass(frozen=True, slots=True)
class Others:
    """In days on which the clinic is open."""

    first_days: int = 1
    second_days: int = 1
    again_days: int = 1
    look_holds_days: int = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """`version` 0 is what holds for a clinic that never saved one. `began`: since when anything climbs at
    all; what waits for longer waits since then, so that an upgrade sets off nothing of last month."""

    hours: Hours
    urgent: Urgent = Urgent()
    others: Others = Others()
    repeats: int = REPEATS_AT_MOST
    version: int = 0
    began: datetime | None = None

    def counts_from(self, since: datetime) -> datetime:
        return since if self.began is None else max(since, self.began)

    def first(self, severity: str, since: datetime) -> datetime:
        """By when somebody is to look at what waits since then."""
        return self._after(severity, since, self.urgent.first_minutes, self.others.first_days)

    def second(self, severity: str, last: datetime) -> datetime:
        return self._after(severity, last, self.urgent.second_minutes, self.others.second_days)

    def again(self, severity: str, last: datetime) -> datetime:
        return self._after(severity, last, self.urgent.again_minutes, self.others.again_days)

    def at_once(self, severity: str, now: datetime) -> datetime:
        """What has nobody at all is not left for the next morning if it is urgent."""
        return now.astimezone(UTC) if severity == "urgent" else opening(self.hours, now)

    def look_ends(self, severity: str, at: datetime) -> datetime:
        """When a look without an outcome counts no more; never while the clinic is closed."""
        if severity == "urgent":
            return opening(self.hours, at + timedelta(hours=self.urgent.look_holds_hours))
        return after_days(self.hours, at, self.others.look_holds_days)

    def _after(self, severity: str, at: datetime, minutes: int, days: int) -> datetime:
        if severity != "urgent":
            return after_days(self.hours, at, days)
        if self.urgent.round_the_clock:
            return at.astimezone(UTC) + timedelta(minutes=minutes)
        return after_minutes(self.hours, at, minutes)


def usual(zone: ZoneInfo, began: datetime | None = None) -> Policy:
    return Policy(Hours(zone, USUAL_WEEK), began=began)
