"""A score and what became of it in words, for the patient and the therapist alike."""

from fractions import Fraction
from typing import Final

from glidepath.clinical.measures import Change, Measure, Score
from glidepath.clinical.vocabulary import Text

_SIZES: Final = {
    "small": Text("a small change", "un cambio pequeño"),
    "medium": Text("a medium change", "un cambio mediano"),
    "large": Text("a large change", "un cambio grande"),
    "important": Text("an important change", "un cambio importante"),
}
_BELOW: Final = Text("less than an important change", "menos que un cambio importante")
_SAME: Final = Text("no change", "sin cambios")
_MAY_BE_ERROR: Final = Text("may be an error of measurement", "puede ser un error de medición")


def number(value: Fraction) -> Text:
    """With one decimal at most, halves away from zero; what is whole without."""
    tenths = int(abs(value) * 10 + Fraction(1, 2))
    whole, rest = divmod(tenths, 10)
    sign = "-" if value < 0 and tenths else ""
    said = f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"
    return Text(said, said.replace(".", ","))


def became(score: Score, change: Change) -> Text:
    """ "2.3 better: a medium change"."""
    if change.direction == "same":
        return _SAME
    points = number(change.points)
    by = Text(
        f"{points.en} {change.direction}",
        f"{points.es} {'mejor' if change.direction == 'better' else 'peor'}",
    )
    if change.size is not None:
        by = _join(by, ": ", _SIZES[change.size])
    elif score.bounds or score.share:
        by = _join(by, ": ", _BELOW)
    return _join(by, "; ", _MAY_BE_ERROR) if change.beyond_error is False else by


def course(name: Text, first: Fraction, last: Fraction, change: Change, score: Score) -> Text:
    """ "PSFS 4.3 → 6.6: 2.3 better, a medium change"."""
    before, after, words = number(first), number(last), became(score, change)
    return Text(
        f"{name.en} {before.en} → {after.en}: {words.en.replace(': ', ', ')}",
        f"{name.es} {before.es} → {after.es}: {words.es.replace(': ', ', ')}",
    )


def rated(measure: Measure, value: Fraction) -> Text:
    """What a rating is called that is a change in itself; its number where the scale has no words for it."""
    words = measure.scale.words.get(int(value)) if value.denominator == 1 else None
    return words or number(value)


def _join(one: Text, between: str, other: Text) -> Text:
    return Text(f"{one.en}{between}{other.en}", f"{one.es}{between}{other.es}")
