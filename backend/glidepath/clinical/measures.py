"""Outcome measures: what is asked, how it is scored and what a change means, each read from a file of its own.

`data/measures/` holds those that may be shipped; a clinic adds its own by a file of the same shape. A score is
computed exactly, in fractions: a change of 1.3 that a float makes 1.2999 would lose its meaning.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from glidepath.clinical.tables import DATA, TableError, read
from glidepath.clinical.vocabulary import Condition, Text

Key = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# By the items' keys; what was not answered is left out.
Ratings = Mapping[str, int]
# "important" where a source gives one bound alone.
Size = Literal["small", "medium", "large", "important"]
Direction = Literal["better", "worse", "same"]
Occasion = Literal["intake", "week", "discharge"]

Number = Annotated[int, Meta(ge=-1000, le=1000)]

# Patients name so many activities themselves at most (PSFS).
NAMED_AT_MOST: Final = 10


class FormError(TableError):
    """A form that contradicts itself; `words` say how to whoever wrote it."""

    def __init__(self, en: str, es: str) -> None:
        super().__init__(en)
        self.words = Text(en, es)


class Licence(Struct, frozen=True, forbid_unknown_fields=True):
    """`status`: "free", "notice" (free, with its words shown), or "own" (the clinic has a licence of its own).

    `unverified`: the status was told, and not seen at the holder's.
    """

    status: Literal["free", "notice", "own"]
    holder: str
    notice: str
    source: str
    unverified: bool

    def __post_init__(self) -> None:
        if self.status != "free" and not self.notice.strip():
            raise FormError(
                "This licence needs its notice in words.",
                "Esta licencia necesita su aviso en palabras.",
            )
        if self.status == "own" and not self.holder.strip():
            raise FormError(
                "A licence of your own names who holds the rights.",
                "Una licencia propia nombra a quien tiene los derechos.",
            )


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    """Whole numbers from `least` to `most`. `words` by number: with each number, or with some of them."""

    least: Number
    most: Number
    words: dict[Number, Text]

    def __post_init__(self) -> None:
        if not self.least < self.most:
            raise FormError(
                "The scale ends before it begins.", "La escala termina antes de empezar."
            )
        if any(number not in self for number in self.words):
            raise FormError(
                "There are words for a number that the scale does not have.",
                "Hay palabras para un número que la escala no tiene.",
            )

    def __contains__(self, number: int) -> bool:
        return self.least <= number <= self.most


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    key: Key
    ask: Text


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """Items that each patient names once, at intake, and rates again each time: keys `named_1` and so on."""

    least: Annotated[int, Meta(ge=1)]
    most: Annotated[int, Meta(le=NAMED_AT_MOST)]
    ask: Text
    example: Text

    def keys(self) -> tuple[str, ...]:
        return tuple(f"named_{number}" for number in range(1, self.most + 1))


class Bound(Struct, frozen=True, forbid_unknown_fields=True):
    """A change of so many points, at least, is of this size."""

    size: Size
    points: Annotated[float, Meta(gt=0)]
    source: str
    unverified: bool


class Share(Struct, frozen=True, forbid_unknown_fields=True):
    """So many per cent of the first score, at least, are an important change, too."""

    percent: Annotated[float, Meta(gt=0)]
    source: str
    unverified: bool


class Detectable(Struct, frozen=True, forbid_unknown_fields=True):
    """Less than so many points may be error of measurement; `level` in per cent, as MDC90 or MDC95."""

    points: Annotated[float, Meta(gt=0)]
    level: int
    source: str
    unverified: bool


class Score(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`items`: empty for all of them. `needs`: with fewer answers there is no score; of what is missing beyond
    that a "sum" takes the mean of the others in its place, and a "mean" leaves it out.

    "anchor": a change in itself (a global rating), which is not compared with another one.
    """

    key: Key
    title: Text
    rule: Literal["sum", "mean", "anchor"]
    items: tuple[str, ...] = ()
    needs: Annotated[int, Meta(ge=1)]
    better: Literal["lower", "higher"]
    bounds: tuple[Bound, ...] = ()
    share: Share | None = None
    detectable: Detectable | None = None

    def __post_init__(self) -> None:
        points = [bound.points for bound in self.bounds]
        if points != sorted(set(points)):
            raise FormError(
                "The bounds of a change do not rise.", "Los límites de un cambio no van en aumento."
            )
        if self.rule == "anchor" and (self.bounds or self.share or self.detectable):
            raise FormError(
                "An anchor is a change in itself, and has no bounds.",
                "Un ancla ya es un cambio y no tiene límites.",
            )


class Measure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`ticks`: items are statements that are ticked (1) or not (0); what is not ticked was answered.

    `weeks` after the intake at which it is asked again, besides intake and discharge. `own_translations`: in these
    languages the words are the product's own, and no study has looked at them.
    """

    key: Key
    version: Annotated[int, Meta(ge=1, le=1000)]
    short: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Text
    licence: Licence
    own_translations: tuple[Literal["en", "es"], ...]
    instructions: Text
    scale: Scale
    items: Annotated[tuple[Item, ...], Meta(max_length=120)] = ()
    named: Named | None = None
    ticks: bool = False
    scores: Annotated[tuple[Score, ...], Meta(min_length=1, max_length=12)]
    at_intake: bool
    weeks: Annotated[tuple[Annotated[int, Meta(ge=1, le=104)], ...], Meta(max_length=52)]
    at_discharge: bool

    def __post_init__(self) -> None:
        if bool(self.items) == (self.named is not None):
            raise FormError(
                "It has either items or names for the patient to give.",
                "Tiene preguntas, o nombres que da el paciente; una de las dos cosas.",
            )
        keys = self.item_keys()
        if len(set(keys)) != len(keys):
            raise FormError("Two items share a key.", "Dos preguntas comparten clave.")
        if self.ticks and (self.scale.least, self.scale.most) != (0, 1):
            raise FormError("What is ticked is 0 or 1.", "Lo que se marca vale 0 o 1.")
        if list(self.weeks) != sorted(set(self.weeks)):
            raise FormError("The weeks do not rise.", "Las semanas no van en aumento.")
        for score in self.scores:
            unknown = set(score.items) - set(keys)
            if unknown:
                named = ", ".join(sorted(unknown))
                raise FormError(
                    f"The score {score.key} counts what is not asked: {named}.",
                    f"La puntuación {score.key} cuenta lo que no se pregunta: {named}.",
                )
            if score.needs > len(score.items or keys):
                raise FormError(
                    f"The score {score.key} needs more answers than it counts.",
                    f"La puntuación {score.key} necesita más respuestas de las que cuenta.",
                )
        if len({score.key for score in self.scores}) != len(self.scores):
            raise FormError("Two scores share a key.", "Dos puntuaciones comparten clave.")

    def item_keys(self) -> tuple[str, ...]:
        return (
            self.named.keys() if self.named is not None else tuple(item.key for item in self.items)
        )

    def score(self, key: str) -> Score:
        """Raises KeyError for a key that no score has."""
        return {score.key: score for score in self.scores}[key]


class Result(Struct, frozen=True):
    """`value` is None where too little was answered; `answered` of `of`."""

    value: Fraction | None
    answered: int
    of: int


class Change(Struct, frozen=True):
    """From an earlier score to a later one. `points` is what it went up or down by, without a sign.

    `size` is None below the least bound, and where no bound is known. `beyond_error`: whether it is at least
    what can be told from an error of measurement; None where nobody knows that.
    """

    points: Fraction
    direction: Direction
    size: Size | None
    beyond_error: bool | None


class RatingError(ValueError):
    """An answer that the measure does not have; `args[0]` says which and why."""


@cache
def versions() -> dict[tuple[str, int], Measure]:
    """Every version that was ever shipped, in the order in which they are offered: what somebody answered is never
    edited, another version takes its place beside it."""
    measures = [parse(path.read_bytes()) for path in sorted((DATA / "measures").glob("*.json"))]
    by_version = {(measure.key, measure.version): measure for measure in measures}
    if len(by_version) != len(measures):
        raise TableError("two measures share a key and a version")
    return by_version


@cache
def shipped() -> dict[str, Measure]:
    """The newest version of each, by their keys."""
    return newest(versions())


def newest(every: Mapping[tuple[str, int], Measure]) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for (key, version), measure in every.items():
        if key not in found or found[key].version < version:
            found[key] = measure
    return found


@cache
def usual(condition: Condition) -> tuple[str, ...]:
    """The keys of what is proposed for a condition; nobody has to take them."""
    return read("measure_sets.json", dict[Condition, tuple[str, ...]])[condition]


def parse(raw: bytes) -> Measure:
    """Raises msgspec.ValidationError, with the place, for a file that is not one of a measure."""
    return msgspec.json.decode(raw, type=Measure)


def check(measure: Measure, ratings: Ratings, named: int | None = None) -> None:
    """Raises RatingError. `named`: how many items the patient named, where they do."""
    keys = measure.item_keys()[: named if named is not None else None]
    for key, number in ratings.items():
        if key not in keys:
            raise RatingError(f"{measure.short} does not ask {key}")
        if number not in measure.scale:
            raise RatingError(
                f"{key} is {number}, outside {measure.scale.least} to {measure.scale.most}"
            )


def results(measure: Measure, ratings: Ratings, named: int | None = None) -> dict[str, Result]:
    """Each score of the measure, by its key. `named` as in `check`."""
    check(measure, ratings, named)
    return {score.key: _result(measure, score, ratings, named) for score in measure.scores}


def _result(measure: Measure, score: Score, ratings: Ratings, named: int | None) -> Result:
    keys = (score.items or measure.item_keys())[: named if named is not None else None]
    answers = [ratings[key] for key in keys if key in ratings]
    if measure.ticks:
        answers = [ratings.get(key, 0) for key in keys]
    if len(answers) < score.needs:
        return Result(None, len(answers), len(keys))
    mean = Fraction(sum(answers), len(answers))
    return Result(mean * len(keys) if score.rule == "sum" else mean, len(answers), len(keys))


def change(
    measure: Measure,
    score_key: str,
    before: Ratings,
    after: Ratings,
    named: int | None = None,
) -> Change | None:
    """What became of a score. None where one of the two is missing, and for a rating that is a change in itself.

    Of items that a patient named, those that were rated both times are compared, since another mix of
    activities would be a change by itself.
    """
    score = measure.score(score_key)
    if score.rule == "anchor":
        return None
    if measure.named is not None:
        both = before.keys() & after.keys()
        before = {key: before[key] for key in both}
        after = {key: after[key] for key in both}
    first = results(measure, before, named)[score_key].value
    last = results(measure, after, named)[score_key].value
    return None if first is None or last is None else _change(score, first, last)


def _change(score: Score, first: Fraction, last: Fraction) -> Change:
    points = abs(last - first)
    error = score.detectable
    return Change(
        points=points,
        direction=_direction(score, first, last),
        size=_size(score, first, points),
        beyond_error=None if error is None else points >= _exact(error.points),
    )


def _direction(score: Score, first: Fraction, last: Fraction) -> Direction:
    if first == last:
        return "same"
    return "better" if (last < first) == (score.better == "lower") else "worse"


def _size(score: Score, first: Fraction, points: Fraction) -> Size | None:
    reached = [bound.size for bound in score.bounds if points >= _exact(bound.points)]
    if reached:
        return reached[-1]
    if score.share is None or not first:
        return None
    return "important" if points * 100 >= _exact(score.share.percent) * first else None


def _exact(number: float) -> Fraction:
    """The decimal number that a file says, not the float nearest to it."""
    return Fraction(str(number))


class Due(Struct, frozen=True):
    """When a measure is asked: `occasion` names it for good, `on` is the day from which it waits."""

    occasion: Occasion
    week: int
    on: date


def occasions(measure: Measure, intake: date, discharge: date | None) -> list[Due]:
    """All of an episode of care that began on `intake`; none after a discharge but the discharge itself."""
    found = [Due("intake", 0, intake)] if measure.at_intake else []
    for week in measure.weeks:
        day = intake + timedelta(weeks=week)
        if discharge is None or day < discharge:
            found.append(Due("week", week, day))
    if measure.at_discharge and discharge is not None:
        found.append(Due("discharge", 0, discharge))
    return found


def waiting(dues: Iterable[Due], today: date, answered: Iterable[tuple[str, int]]) -> Due | None:
    """The latest that has come and has no answer; an earlier one that was passed over is not asked any more."""
    come = [due for due in dues if due.on <= today]
    if not come:
        return None
    last = come[-1]
    return None if (last.occasion, last.week) in set(answered) else last
