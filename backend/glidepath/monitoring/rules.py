"""The rules of remote therapeutic monitoring, read from a data file, so that a payer's other rule is another file."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

FILE: Final = Path(__file__).with_name("data") / "rtm_2026.json"
Cpt = Annotated[str, Meta(pattern=r"^[0-9]{5}$")]
Modifier = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]$")]


class RulesError(ValueError):
    """A file of rules that contradicts itself."""


class ByDays(Struct, frozen=True, forbid_unknown_fields=True):
    """From so many days of data in a period. `unverified`: told, and not seen at a source."""

    code: Cpt
    least_days: Annotated[int, Meta(ge=1)]
    unverified: bool


class ByMinutes(Struct, frozen=True, forbid_unknown_fields=True):
    code: Cpt
    least_minutes: Annotated[int, Meta(ge=1)]
    unverified: bool


class Further(Struct, frozen=True, forbid_unknown_fields=True):
    """Once more for each so many minutes beyond the first."""

    code: Cpt
    each_minutes: Annotated[int, Meta(ge=1)]
    unverified: bool


class Discipline(Struct, frozen=True, forbid_unknown_fields=True):
    """On each code, since each is under a plan of care."""

    modifier: Modifier
    unverified: bool


class Assistant(Struct, frozen=True, forbid_unknown_fields=True):
    """On these codes where an assistant did more than so much of the time."""

    modifier: Modifier
    more_than_percent: Annotated[int, Meta(ge=0, lt=100)]
    codes: tuple[Cpt, ...]
    unverified: bool


class Rules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`from_day`: nothing before it is looked at by these."""

    about: str
    version: Annotated[int, Meta(ge=1)]
    from_day: date
    period_days: Annotated[int, Meta(ge=1)]
    setup: ByDays
    supply: Annotated[tuple[ByDays, ...], Meta(min_length=1)]
    short: ByMinutes
    first: ByMinutes
    further: Further
    discipline: Discipline
    assistant: Assistant
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        days = [one.least_days for one in self.supply]
        if days != sorted(set(days)) or days[-1] > self.period_days:
            raise RulesError("the days of supply do not rise within a period")
        if self.short.least_minutes >= self.first.least_minutes:
            raise RulesError("the short time is no shorter than the first")


@cache
def rules() -> Rules:
    return msgspec.json.decode(FILE.read_bytes(), type=Rules)
