"""What is plausible: how far a day may lie from today, how wrong a clock may be, how full a day.

A patient's phone may be off for weeks, stand in any zone and have a clock that is wrong; and whoever
writes to us by program may write anything.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol, Self
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from glidepath.diary.models import Entry as Stored

# How far an entry's day may lie from the same zone's today. Wrong days would teach the detector.
OLDEST: Final = timedelta(days=60)
AHEAD: Final = timedelta(days=1)
# "The latest made counts", so that a clock far ahead would outdo every later edit.
CLOCK_AHEAD: Final = timedelta(days=2)
# A clock is called wrong from here on; no network takes that long, and no wrong zone is less.
CLOCK_OFF: Final = timedelta(hours=1)
JUST_AFTER: Final = timedelta(seconds=1)
# Nobody has as much to say; a program might.
ENTRIES_A_DAY: Final = 200
EDITS_A_DAY: Final = 20

ZONES: Final = frozenset(available_timezones())
NO_TIME: Final = timedelta()


class Timed(Protocol):
    """What a phone says of when something happened and was written down."""

    local_date: date
    happened_at: datetime
    zone: str
    made_at: datetime


def _is_readable(moment: datetime) -> bool:
    """Near the ends of the calendar an offset cannot be subtracted."""
    return 2000 <= moment.year <= 2200


@dataclass(frozen=True, slots=True)
class Clock:
    """A phone's clock beside ours, as its batch shows it: `skew` is how far it is ahead."""

    now: datetime
    skew: timedelta

    @classmethod
    def read(cls, sent_at: datetime | None, now: datetime) -> Self:
        """`sent_at` is the phone's time of sending; without it the clock is taken at its word."""
        if sent_at is None or not _is_readable(sent_at):
            return cls(now, NO_TIME)
        skew = sent_at - now
        return cls(now, skew if abs(skew) >= CLOCK_OFF else NO_TIME)

    def day_of(self, entry: Timed, original: Stored | None) -> date:
        """The day on which an entry counts: the one it was written under, unless a clock that is off
        by more than a day wrote it there.

        Within a day the wall clock may well be right, and only the zone wrong. What was made later
        than it was sent, or would lie out of range, is from before the clock became wrong.
        """
        if original is not None and original.happened_at == entry.happened_at:
            return original.day
        made_before = entry.made_at > self.now + self.skew + CLOCK_OFF
        if abs(self.skew) <= AHEAD or made_before:
            return entry.local_date
        # By the zone: when the wrong clock's day was, it may have had another offset.
        corrected = (entry.happened_at - self.skew).astimezone(ZoneInfo(entry.zone)).date()
        return corrected if self._is_in_range(corrected, entry.zone) else entry.local_date

    def error_of(self, entry: Timed) -> timedelta:
        """How wrong the clock was, as far as an entry and its sending tell; zero is "not that we know"."""
        ahead = entry.made_at - self.now
        return self.skew or (ahead if ahead >= CLOCK_OFF else NO_TIME)

    def refusal(
        self, entry: Timed, original: Stored | None, revised: datetime | None = None
    ) -> str | None:
        """The code of the first bound that an entry's times break; `revised` is when the last stored
        revision of the same entry was made."""
        if entry.happened_at.date() != entry.local_date:
            return "day_mismatch"
        if entry.zone not in ZONES:
            return "unknown_zone"
        if not (
            _is_readable(entry.happened_at)
            and self._is_in_range(self.day_of(entry, original), entry.zone)
        ):
            return "day_out_of_range"
        if not (_is_readable(entry.made_at) and self._is_plausible(entry.made_at, revised)):
            return "clock_wrong"
        return None

    def _is_in_range(self, day: date, zone: str) -> bool:
        today = self.now.astimezone(ZoneInfo(zone)).date()
        return today - OLDEST <= day <= today + AHEAD

    def _is_plausible(self, made_at: datetime, revised: datetime | None) -> bool:
        earliest = self.now + min(NO_TIME, self.skew) - OLDEST - CLOCK_AHEAD
        latest = self.now + max(NO_TIME, self.skew) + CLOCK_AHEAD
        # A phone makes a change later than what it changes, whatever clock that was made by.
        if revised is not None:
            latest = max(latest, revised + JUST_AFTER)
        return earliest <= made_at <= latest


@dataclass(slots=True)
class Room:
    """How full the days and the entries are that a batch touches."""

    # The originals' ids on each day.
    entries: defaultdict[date, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    # By the original's id, how many edits of it came today.
    edits: Counter[UUID] = field(default_factory=Counter)

    def refusal(self, root: UUID, day: date, *, is_edit: bool) -> str | None:
        """Why there is none for an entry; where there is, the entry takes it."""
        on_day = self.entries[day]
        if root not in on_day and len(on_day) >= ENTRIES_A_DAY:
            return "day_full"
        if is_edit and self.edits[root] >= EDITS_A_DAY:
            return "too_many_edits"
        on_day.add(root)
        self.edits[root] += is_edit
        return None
