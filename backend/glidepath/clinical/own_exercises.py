"""An exercise in a clinic's own words, made whole: what it is usually given in, and when to stop, are
those of its kind and not the clinic's to leave out."""

from functools import cache
from math import ceil
from typing import Annotated, Final

from msgspec import Meta, Struct

from glidepath.clinical.exercises import Dose, Exercise, Sides, library
from glidepath.clinical.plans import Problem, check_item
from glidepath.clinical.vocabulary import Condition, ExerciseKind, Text

# Not blank, and on one line: it is shown and read aloud as it is.
_LINE: Final = r"^\s*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Title = Annotated[str, Meta(max_length=80, pattern=_LINE)]
Sentence = Annotated[str, Meta(max_length=300, pattern=_LINE)]
# Seconds that a repetition takes, out and back.
REPETITION: Final = 4


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What the patient reads, in one language."""

    title: Title
    summary: Sentence
    position: Sentence
    steps: Annotated[list[Sentence], Meta(min_length=1, max_length=6)]
    caution: Sentence


class OwnExercise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`en` or `es` may be null; who reads that language then gets the other."""

    kind: ExerciseKind
    sides: Sides
    dose: Dose
    en: Words | None
    es: Words | None


class NoWords(ValueError):
    """Neither language has words, or they have not as many steps."""


def whole(key: str, own: OwnExercise) -> Exercise:
    """The exercise as a plan and a phone know it.

    Raises NoWords, and TableError where the dose is not a usual one for its kind.
    """
    en, es = own.en or own.es, own.es or own.en
    if en is None or es is None or len(en.steps) != len(es.steps):
        raise NoWords(key)
    model = _model(own.kind)
    return Exercise(
        key=key,
        kind=own.kind,
        title=Text(en.title, es.title),
        summary=Text(en.summary, es.summary),
        position=Text(en.position, es.position),
        steps=[Text(*pair) for pair in zip(en.steps, es.steps, strict=True)],
        caution=Text(en.caution, es.caution),
        stop_when=library().stop_when[own.kind],
        dose=own.dose,
        usual=model.usual,
        sides=own.sides,
        minutes=_minutes(own),
        for_conditions=list(Condition),
    )


def problems(own: OwnExercise) -> list[Problem]:
    """What is wrong with its usual dose: it must lie within the guard rails of its kind."""
    return check_item(_model(own.kind), own.dose)


@cache
def _model(kind: ExerciseKind) -> Exercise:
    """The library's first of that kind."""
    return next(one for one in library().exercises if one.kind is kind)


def _minutes(own: OwnExercise) -> int:
    dose = own.dose
    work = dose.hold_seconds or REPETITION * (dose.repetitions or 0)
    legs = 2 if own.sides is Sides.PER_LEG else 1
    seconds = legs * (dose.sets * work + (dose.sets - 1) * dose.rest_seconds)
    return max(1, ceil(seconds / 60))
