"""What a plan may ask for: the guard rails of a dose, and the one thing that is never allowed."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from glidepath.clinical.exercises import DOSE_FIELDS, Dose, Exercise, Range
from glidepath.clinical.safety import REST, Movement, glide_for
from glidepath.clinical.vocabulary import ExerciseKind, Side, Text


class ProblemCode(StrEnum):
    GLIDE_NEVER_STATIC = "glide_never_static"
    STRETCH_NEEDS_HOLD = "stretch_needs_hold"
    REPETITIONS_MISSING = "repetitions_missing"
    OUT_OF_BOUNDS = "out_of_bounds"
    OUTSIDE_USUAL_DOSE = "outside_usual_dose"
    WEEKDAYS_DIFFER = "weekdays_differ"
    REPLACES_NO_STRETCH = "replaces_no_stretch"
    NO_SUCH_GLIDE = "no_such_glide"


class Level(StrEnum):
    """A refused plan is not saved; a warning asks the therapist for a reason and lets it pass."""

    REFUSED = "refused"
    WARNING = "warning"


class Problem(Struct, frozen=True):
    """`field` is the field of the plan item that the problem is about."""

    code: ProblemCode
    level: Level
    field: str
    message: Text


# No plan needs more than this; it is a slip of the hand.
BOUNDS: Final[dict[str, Range]] = {
    "sets": Range(1, 10),
    "repetitions": Range(1, 60),
    "hold_seconds": Range(1, 120),
    "rest_seconds": Range(0, 600),
    "days_per_week": Range(1, 7),
}

_NAMES: Final[dict[str, Text]] = {
    "sets": Text("sets", "series"),
    "repetitions": Text("repetitions", "repeticiones"),
    "hold_seconds": Text("seconds of hold", "segundos de mantenimiento"),
    "rest_seconds": Text("seconds of rest", "segundos de descanso"),
    "days_per_week": Text("days a week", "días por semana"),
}


def check_item(exercise: Exercise, dose: Dose) -> list[Problem]:
    """What is wrong with one item of a plan, at most one problem per field; empty when all is well.

    Refused: a nerve glide with a hold of any length (safety.glide_never_static), a static stretch
    without one, an exercise without its repetitions, a number out of all proportion. A dose
    outside the exercise's guard rails is a warning.
    """
    problems = (_check_field(exercise, dose, field) for field in DOSE_FIELDS)
    return [problem for problem in problems if problem is not None]


def check_weekdays(weekdays: Sequence[int] | None, days_per_week: int) -> Problem | None:
    """Given days, from 1, Monday, to 7, must be as many as the dose has; None is any days."""
    if weekdays is None or (
        len(weekdays) == days_per_week and list(weekdays) == sorted(set(weekdays))
    ):
        return None
    return Problem(
        ProblemCode.WEEKDAYS_DIFFER,
        Level.REFUSED,
        "weekdays",
        Text(
            "Name each day once, from Monday on, and as many as the days a week.",
            "Indica cada día una sola vez, desde el lunes, y tantos como días por semana.",
        ),
    )


def check_replacement(
    item: Movement, named: str | None, plan: Sequence[Movement]
) -> Problem | None:
    """What takes the place of a stretch on a nerve flag must be a glide of the same plan, for every
    leg that is stretched; or REST, or None, as in `glide_for`."""
    if named is None:
        return None
    if item.kind is not ExerciseKind.STATIC_STRETCH:
        text = Text(
            "Only a static stretch is replaced by a nerve glide.",
            "Solo un estiramiento estático se sustituye por un deslizamiento del nervio.",
        )
        return Problem(ProblemCode.REPLACES_NO_STRETCH, Level.REFUSED, "on_nerve_flag", text)
    legs = (Side.LEFT, Side.RIGHT) if item.side is Side.BOTH else (item.side,)
    if named == REST or all(glide_for(plan, leg, named) for leg in legs):
        return None
    text = Text(
        "What replaces a stretch must be a nerve glide of this plan, for the same leg.",
        "Lo que sustituye a un estiramiento debe ser un deslizamiento del nervio de este plan, para la misma pierna.",
    )
    return Problem(ProblemCode.NO_SUCH_GLIDE, Level.REFUSED, "on_nerve_flag", text)


def _check_field(exercise: Exercise, dose: Dose, field: str) -> Problem | None:
    value: int | None = getattr(dose, field)
    if value is None:
        return _missing(exercise, field)
    if field == "hold_seconds" and exercise.kind is ExerciseKind.NERVE_GLIDE:
        return Problem(
            ProblemCode.GLIDE_NEVER_STATIC,
            Level.REFUSED,
            field,
            Text(
                "A nerve glide keeps moving. It has repetitions and no hold.",
                "Un deslizamiento del nervio no se detiene. Tiene repeticiones y no se mantiene.",
            ),
        )
    name, bounds = _NAMES[field], BOUNDS[field]
    if value not in bounds:
        return Problem(
            ProblemCode.OUT_OF_BOUNDS,
            Level.REFUSED,
            field,
            Text(
                f"Choose {bounds.least} to {bounds.most} {name.en}.",
                f"Elige de {bounds.least} a {bounds.most} {name.es}.",
            ),
        )
    usual: Range | None = getattr(exercise.usual, field)
    return None if usual is not None and value in usual else _unusual(field, usual)


def _missing(exercise: Exercise, field: str) -> Problem | None:
    if field == "hold_seconds" and exercise.kind is ExerciseKind.STATIC_STRETCH:
        text = Text(
            "A static stretch needs the seconds that it is held.",
            "Un estiramiento estático necesita los segundos que se mantiene.",
        )
        return Problem(ProblemCode.STRETCH_NEEDS_HOLD, Level.REFUSED, field, text)
    if field == "repetitions" and exercise.usual.repetitions is not None:
        text = Text(
            "This exercise needs a number of repetitions.",
            "Este ejercicio necesita un número de repeticiones.",
        )
        return Problem(ProblemCode.REPETITIONS_MISSING, Level.REFUSED, field, text)
    return None


def _unusual(field: str, usual: Range | None) -> Problem:
    name = _NAMES[field]
    if usual is None:
        text = Text(
            f"This exercise usually has no {name.en}. Give a reason.",
            f"Este ejercicio no suele llevar {name.es}. Indica el motivo.",
        )
    elif usual.least == usual.most:
        text = Text(
            f"The usual dose is {usual.most} {name.en}. Give a reason.",
            f"La dosis habitual es {usual.most} {name.es}. Indica el motivo.",
        )
    else:
        text = Text(
            f"The usual dose is {usual.least} to {usual.most} {name.en}. Give a reason.",
            f"La dosis habitual es de {usual.least} a {usual.most} {name.es}. Indica el motivo.",
        )
    return Problem(ProblemCode.OUTSIDE_USUAL_DOSE, Level.WARNING, field, text)
