"""How a try to deliver ends, and when the next one is."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

# From a second to half an hour apart, for a day and a bit: whoever mends a mail server over night
# finds that nothing was given up.
FIRST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=30)
GIVE_UP_AFTER: Final = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has taken it."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may go better another time: not before `after`, if the other side said so."""

    code: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It never will by this channel."""

    code: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that went nowhere: this installation shows it to its admins instead."""

    to: str
    subject: str
    text: str


Outcome = Sent | Later | Refused | Kept


@dataclass(frozen=True, slots=True)
class Pushed:
    """How a push ends, and what it taught of the browsers that it went to."""

    ends: Outcome
    told: tuple[UUID, ...]
    # Why, by browser.
    gone: Mapping[UUID, str]


def pause(tries: int, after: timedelta | None, chance: random.Random) -> timedelta:
    """How long to wait after the try of this number, the first being 1.

    Half of it by chance, or all that failed together would come back together.
    """
    longest = min(LONGEST, FIRST * (1 << min(tries - 1, 20)))
    drawn = longest * chance.uniform(0.5, 1)
    return drawn if after is None else max(after, drawn)
