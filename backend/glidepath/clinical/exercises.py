"""The exercise library, read from `data/exercises.json`."""

from enum import StrEnum
from functools import cache
from typing import Annotated, Final

from msgspec import Meta, Struct

from glidepath.clinical.tables import TableError, read
from glidepath.clinical.vocabulary import Condition, ExerciseKind, Text

DOSE_FIELDS: Final = ("sets", "repetitions", "hold_seconds", "rest_seconds", "days_per_week")


class Sides(StrEnum):
    """Done with one leg at a time, or with both at once."""

    PER_LEG = "per_leg"
    BOTH = "both"


class Dose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much. A stretch counts its holds as sets and has no repetitions; a glide has no hold."""

    sets: int
    repetitions: int | None = None
    hold_seconds: int | None = None
    rest_seconds: int
    days_per_week: int


class Range(Struct, frozen=True, forbid_unknown_fields=True):
    """Both ends belong to it."""

    least: int
    most: int

    def __contains__(self, value: int) -> bool:
        return self.least <= value <= self.most


class UsualDose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The guard rails: outside them a therapist gives a reason.

    None: this exercise has no such number. A hold with a range and no default may be added.
    """

    sets: Range
    repetitions: Range | None = None
    hold_seconds: Range | None = None
    rest_seconds: Range
    days_per_week: Range


class Exercise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`minutes` is the time for the default dose, with rests, on all the legs it is done with."""

    key: str
    kind: ExerciseKind
    title: Text
    summary: Text
    position: Text
    steps: Annotated[list[Text], Meta(min_length=1, max_length=6)]
    caution: Text
    stop_when: Text
    dose: Dose
    usual: UsualDose
    sides: Sides
    minutes: Annotated[int, Meta(ge=1)]
    for_conditions: list[Condition]

    def __post_init__(self) -> None:
        if self.kind is ExerciseKind.NERVE_GLIDE and self.usual.hold_seconds is not None:
            raise TableError(f"{self.key}: a nerve glide is never held (safety.glide_never_static)")
        for field in DOSE_FIELDS:
            value, usual = getattr(self.dose, field), getattr(self.usual, field)
            if value is not None and (usual is None or value not in usual):
                raise TableError(f"{self.key}: the default {field} lies outside the usual dose")


class Easing(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to take tension off the nerve (modify.reduce_tension)."""

    key: str
    text: Text


class Library(Struct, frozen=True, forbid_unknown_fields=True):
    """`stop_when`: for an exercise of a kind that has no words of its own for it."""

    about: str
    exercises: tuple[Exercise, ...]
    easing: tuple[Easing, ...]
    stop_when: dict[ExerciseKind, Text]

    def __post_init__(self) -> None:
        if self.stop_when.keys() != set(ExerciseKind):
            raise TableError("a kind of exercise does not say when to stop")


@cache
def library() -> Library:
    return read("exercises.json", Library)


def exercise(key: str) -> Exercise:
    """Raises KeyError for a key that the library does not have."""
    return _by_key()[key]


@cache
def _by_key() -> dict[str, Exercise]:
    exercises = library().exercises
    by_key = {exercise.key: exercise for exercise in exercises}
    if len(by_key) != len(exercises):
        raise TableError("two exercises share a key")
    return by_key
