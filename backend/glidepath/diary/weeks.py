"""Days in short, a character each: what a list of many patients says of the last weeks.

`pain` is the day's highest "pain now", 0-9 and "a" for ten; `nerve` how many nerve sensations were
named, 0-4; `place` the most distal place by its rank, 0-4. "-" is "nobody said", never zero or none.
"""

from datetime import date
from typing import Final, NamedTuple, Self

from glidepath.clinical.vocabulary import Place

GAP: Final = "-"
# Four weeks, and some days more: entries may lie ahead of what the clinic calls the patient's today.
KEPT: Final = 35

_PLACES = tuple(Place)


class Weeks(NamedTuple):
    """Neighbouring days, oldest first."""

    pain: str
    nerve: str
    place: str

    @classmethod
    def unwritten(cls, days: int) -> Self:
        return cls(GAP * days, GAP * days, GAP * days)

    def up_to(self, today: date, days: int, *, ending: date) -> Self:
        """The `days` days up to today, of at least so many and a few more that end on another day."""
        silent = (today - ending).days
        if silent < 0:
            return self.__class__(*(one[:silent][-days:] for one in self))
        return self.__class__(*((one + GAP * silent)[-days:] for one in self))

    def last(self, days: int) -> Self:
        return self.__class__(self.pain[-days:], self.nerve[-days:], self.place[-days:])

    @property
    def logged(self) -> int:
        """On how many of the days there was a check-in."""
        if GAP not in self.pain:
            return len(self.pain)
        silent = (GAP, GAP, GAP)
        return len(self.pain) - list(zip(*self, strict=True)).count(silent)

    @property
    def typical_pain(self) -> int | None:
        """The median of the rated days, rounded."""
        rated = sorted(self.pain.replace(GAP, ""))
        if not rated:
            return None
        middle = len(rated) // 2
        return round((int(rated[middle], 16) + int(rated[~middle], 16)) / 2)

    @property
    def nerve_days(self) -> int:
        return len(self.nerve) - self.nerve.count(GAP) - self.nerve.count("0")

    @property
    def last_place(self) -> Place | None:
        """Where it was felt when that was last said."""
        said = self.place.rstrip(GAP)
        return _PLACES[int(said[-1])] if said else None
