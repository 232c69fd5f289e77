"""Muscle or nerve over weeks: how each day's answers point by the table of differentiation, counted.

No diagnosis, and no day is guessed: one on which nothing was felt and nothing tested says nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, Literal

from msgspec import Struct

from glidepath.clinical.differentiate import (
    Differentiation,
    Likely,
    Report,
    differentiate,
    differentiation_table,
)
from glidepath.clinical.vocabulary import ChangesWith, Place, Sensation, Text
from glidepath.diary.days import DiaryDay

WEEK: Final = 7
# Now is the last two weeks; before, the four weeks before them.
NOW, BEFORE = timedelta(days=14), timedelta(days=28)
WEEKS: Final = 12
# Fewer days with symptoms than this on either side tell of no change, nor does a smaller change of
# the share of days that point to the nerve.
ENOUGH: Final = 4
CHANGED: Final = 0.2


class Reason(Struct):
    """A sign, and on how many of the days it was found."""

    key: str
    points_to: Likely
    text: Text
    days: int


class Stretch(Struct):
    """Some days, both ends included: on how many of them the answers point where."""

    first: date
    last: date
    muscle: int
    nerve: int
    unclear: int
    reasons: list[Reason]

    @property
    def told(self) -> int:
        """Days on which anything was felt or tested."""
        return self.muscle + self.nerve + self.unclear


class Pointing(Struct):
    """`weeks` oldest first, each of seven days, the last one up to today; without reasons.

    `turned` is null where there is too little to tell.
    """

    summary: Text
    now: Stretch
    before: Stretch
    turned: Literal["to_nerve", "from_nerve", "same"] | None
    weeks: list[Stretch]


def pointing(days: Mapping[date, DiaryDay], today: date) -> Pointing:
    """`days` that carry an entry; `today` is the patient's own."""
    found = {
        on: differentiate(report)
        for on, day in days.items()
        if on <= today and (report := _report(day)) is not None
    }
    recent = _stretch(found, today - NOW + timedelta(days=1), today)
    earlier = _stretch(found, recent.first - BEFORE, recent.first - timedelta(days=1))
    turned = _turned(recent, earlier)
    return Pointing(
        summary=_summary(recent, turned),
        now=recent,
        before=earlier,
        turned=turned,
        weeks=list(_weeks(found, today)),
    )


def _report(day: DiaryDay) -> Report | None:
    """What the day's entries say together; None where nothing was felt or tested."""
    felt = {Sensation(one) for report in day.reports for one in report.sensations or ()}
    if not felt and day.changes_with is None:
        return None
    return Report(
        sensations=felt,
        place=None if day.place is None else Place(day.place),
        changes_with=None
        if day.changes_with is None
        else [ChangesWith(joint) for joint in day.changes_with],
    )


def _stretch(found: Mapping[date, Differentiation], first: date, last: date) -> Stretch:
    inside = [one for on, one in found.items() if first <= on <= last]
    likely = Counter(one.likely for one in inside)
    signs = Counter(sign.key for one in inside for sign in one.reasons)
    return Stretch(
        first=first,
        last=last,
        muscle=likely[Likely.MUSCLE],
        nerve=likely[Likely.NERVE],
        unclear=likely[Likely.UNCLEAR],
        reasons=[
            Reason(sign.key, sign.points_to, sign.text, signs[sign.key])
            for sign in differentiation_table().signs
            if signs[sign.key]
        ],
    )


def _weeks(found: Mapping[date, Differentiation], today: date) -> Iterable[Stretch]:
    """From the first week with something to tell, at most WEEKS."""
    if not found:
        return
    needed = min(WEEKS, (today - min(found)).days // WEEK + 1)
    for ago in range(needed - 1, -1, -1):
        last = today - timedelta(days=ago * WEEK)
        week = _stretch(found, last - timedelta(days=WEEK - 1), last)
        week.reasons = []
        yield week


def _turned(now: Stretch, before: Stretch) -> Literal["to_nerve", "from_nerve", "same"] | None:
    if min(now.told, before.told) < ENOUGH:
        return None
    change = now.nerve / now.told - before.nerve / before.told
    if abs(change) < CHANGED:
        return "same"
    return "to_nerve" if change > 0 else "from_nerve"


_TURNED: Final[dict[str | None, Text]] = {
    "to_nerve": Text("more often than before", "más a menudo que antes"),
    "from_nerve": Text("less often than before", "menos a menudo que antes"),
    "same": Text("as before", "como antes"),
}


def _summary(now: Stretch, turned: str | None) -> Text:
    if now.told == 0:
        return Text(
            "In the last 14 days nothing was felt or tested that tells muscle from nerve.",
            "En los últimos 14 días no se notó ni se probó nada que distinga músculo de nervio.",
        )
    english = _counted("Nerve on {nerve}, muscle on {muscle}, unclear on {unclear} of {told}", now)
    spanish = _counted(
        "Nervio en {nerve}, músculo en {muscle}, sin aclarar en {unclear} de {told}", now
    )
    days = Text(
        "day with symptoms" if now.told == 1 else "days with symptoms",
        "día con síntomas" if now.told == 1 else "días con síntomas",
    )
    change = _TURNED.get(turned)
    return Text(
        f"{english} {days.en} in the last 14" + (f"; nerve {change.en}." if change else "."),
        f"{spanish} {days.es} en los últimos 14" + (f"; nervio {change.es}." if change else "."),
    )


def _counted(words: str, of: Stretch) -> str:
    return words.format(nerve=of.nerve, muscle=of.muscle, unclear=of.unclear, told=of.told)
