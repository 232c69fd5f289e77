"""When the diary says that the next step of a plan may be taken. It proposes; a person decides."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text

VERSION: Final = "progression-1"


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For `days` days no rating above `pain_most`, and where `no_nerve` asks for it no nerve symptom,
    with at least `logged_least` days that say so: silence is never progress."""

    pain_most: Annotated[int, Meta(ge=0, le=9)]
    no_nerve: bool
    days: Annotated[int, Meta(ge=3, le=28)]
    logged_least: Annotated[int, Meta(ge=1, le=28)]


class ToldDay(Struct, frozen=True):
    """What a day's entries say together; None is "nobody said".

    `pain`: the highest rating, however it was asked. `nerve`: whether tingling, burning, shooting,
    numbness or weakness was named, at a check-in or in an exercise. `alarming`: a red flag, or an
    exercise that was stopped because it got worse.
    """

    date: date
    pain: int | None
    nerve: bool | None
    alarming: bool


class Window(Struct, frozen=True):
    """The days that fulfilled a criterion."""

    first: date
    last: date
    logged: int
    pain_highest: int


def judge(criterion: Criterion, days: Iterable[ToldDay], since: date, today: date) -> Window | None:
    """The window up to `today` if it fulfils the criterion, else None.

    It begins on `since` at the earliest: days of another plan, or from before a therapist decided
    otherwise, prove nothing. A day that says only a part counts against, and not for it.
    """
    first = today - timedelta(days=criterion.days - 1)
    if first < since:
        return None
    # What a fast clock dates ahead is no reason to go on, and may be one not to.
    within = [day for day in days if day.date >= first]
    if any(_speaks_against(criterion, day) for day in within):
        return None
    pains = [day.pain for day in within if day.date <= today and day.pain is not None]
    logged = sum(_is_whole(criterion, day) for day in within if day.date <= today)
    if not pains or logged < criterion.logged_least:
        return None
    return Window(first, today, logged, max(pains))


def _speaks_against(criterion: Criterion, day: ToldDay) -> bool:
    return (
        day.alarming
        or (day.pain is not None and day.pain > criterion.pain_most)
        or (criterion.no_nerve and bool(day.nerve))
    )


def _is_whole(criterion: Criterion, day: ToldDay) -> bool:
    return day.pain is not None and not (criterion.no_nerve and day.nerve is None)


def why(criterion: Criterion, window: Window) -> Text:
    """The reason of a proposal, for the therapist."""
    en = f"Worst pain {window.pain_highest} of 10"
    es = f"Dolor máximo de {window.pain_highest} sobre 10"
    if criterion.no_nerve:
        en, es = f"{en} and no nerve symptom", f"{es} y ningún síntoma nervioso"
    return Text(
        f"{en} in the last {criterion.days} days; {window.logged} of them logged.",
        f"{es} en los últimos {criterion.days} días; {window.logged} de ellos con registro.",
    )
