"""The guard rails of a plan."""

from itertools import product

import pytest

from glidepath.clinical.exercises import DOSE_FIELDS, Dose, exercise, library
from glidepath.clinical.plans import (
    BOUNDS,
    Level,
    ProblemCode,
    check_item,
    check_replacement,
    check_weekdays,
)
from glidepath.clinical.safety import Movement
from glidepath.clinical.vocabulary import ExerciseKind, Side

EVERY_EXERCISE = pytest.mark.parametrize("key", [e.key for e in library().exercises])


def changed(key: str, **fields: int | None) -> Dose:
    usual = exercise(key).dose
    return Dose(**{name: getattr(usual, name) for name in DOSE_FIELDS} | fields)


def codes(key: str, **fields: int | None) -> dict[str, ProblemCode]:
    problems = check_item(exercise(key), changed(key, **fields))
    return {problem.field: problem.code for problem in problems}


@EVERY_EXERCISE
def test_the_default_dose_has_no_problem(key):
    assert check_item(exercise(key), exercise(key).dose) == []


def test_a_nerve_glide_with_any_hold_is_refused():
    for hold in (-1, 0, 1, 2, 20, 30, 3600):
        problems = check_item(
            exercise("sciatic_glide"), changed("sciatic_glide", hold_seconds=hold)
        )
        assert [(p.code, p.field) for p in problems] == [("glide_never_static", "hold_seconds")]
        assert problems[0].level is Level.REFUSED


def test_no_dose_of_a_nerve_glide_lets_a_hold_pass():
    for sets, repetitions, hold in product((0, 1, 2, 99), (None, 10, 99), range(40)):
        dose = changed("sciatic_glide", sets=sets, repetitions=repetitions, hold_seconds=hold)
        found = {problem.code for problem in check_item(exercise("sciatic_glide"), dose)}
        assert ProblemCode.GLIDE_NEVER_STATIC in found


def test_a_static_stretch_without_a_hold_is_refused():
    problems = check_item(
        exercise("hamstring_stretch"), changed("hamstring_stretch", hold_seconds=None)
    )
    assert [problem.code for problem in problems] == [ProblemCode.STRETCH_NEEDS_HOLD]
    assert problems[0].level is Level.REFUSED


def test_an_exercise_counted_in_repetitions_needs_them():
    assert codes("sciatic_glide", repetitions=None) == {"repetitions": "repetitions_missing"}
    assert codes("hamstring_curl", repetitions=None) == {"repetitions": "repetitions_missing"}


@pytest.mark.parametrize(
    ("key", "field", "inside", "outside"),
    [
        ("hamstring_stretch", "hold_seconds", (20, 25, 30), (19, 31, 60)),
        ("hamstring_stretch", "sets", (2, 3), (1, 4)),
        ("sciatic_glide", "repetitions", (10, 12, 15), (9, 16, 30)),
    ],
)
def test_outside_the_guard_rails_a_reason_is_asked_for(key, field, inside, outside):
    for value in inside:
        assert codes(key, **{field: value}) == {}
    for value in outside:
        assert codes(key, **{field: value}) == {field: "outside_usual_dose"}
        problems = check_item(exercise(key), changed(key, **{field: value}))
        assert problems[0].level is Level.WARNING


def test_a_hold_is_unusual_in_strength_and_possible_in_control():
    assert codes("hamstring_curl", hold_seconds=5) == {"hold_seconds": "outside_usual_dose"}
    assert codes("glute_bridge", hold_seconds=5) == {}


@EVERY_EXERCISE
@pytest.mark.parametrize("field", DOSE_FIELDS)
def test_a_number_out_of_all_proportion_is_refused(key, field):
    for value in (BOUNDS[field].least - 1, BOUNDS[field].most + 1):
        problems = check_item(exercise(key), changed(key, **{field: value}))
        assert [(p.field, p.level) for p in problems] == [(field, Level.REFUSED)]


def test_several_problems_are_told_at_once():
    found = codes("sciatic_glide", sets=0, repetitions=30, hold_seconds=20)
    assert found == {
        "sets": "out_of_bounds",
        "repetitions": "outside_usual_dose",
        "hold_seconds": "glide_never_static",
    }


@EVERY_EXERCISE
def test_the_guard_rails_lie_within_the_bounds(key):
    for field in DOSE_FIELDS:
        usual = getattr(exercise(key).usual, field)
        if usual is not None:
            assert BOUNDS[field].least <= usual.least <= usual.most <= BOUNDS[field].most


def test_only_the_stretch_must_be_held():
    held = {e.key for e in library().exercises if e.dose.hold_seconds is not None}
    assert held == {e.key for e in library().exercises if e.kind is ExerciseKind.STATIC_STRETCH}


@pytest.mark.parametrize(
    ("weekdays", "days_per_week", "right"),
    [
        (None, 5, True),
        ([1, 3, 5], 3, True),
        ([7], 1, True),
        ([1, 3, 5], 2, False),
        ([3, 1], 2, False),
        ([1, 1], 2, False),
    ],
)
def test_given_days_are_as_many_as_the_days_a_week(weekdays, days_per_week, right):
    assert (check_weekdays(weekdays, days_per_week) is None) is right


def movement(key: str, side: Side) -> Movement:
    return Movement(key, exercise(key).kind, side)


@pytest.mark.parametrize(
    ("side", "glides", "named", "code"),
    [
        (Side.LEFT, [Side.LEFT], None, None),
        (Side.LEFT, [], None, None),
        (Side.LEFT, [], "rest", None),
        (Side.LEFT, [Side.LEFT], "sciatic_glide", None),
        (Side.LEFT, [Side.BOTH], "sciatic_glide", None),
        (Side.BOTH, [Side.LEFT, Side.RIGHT], "sciatic_glide", None),
        (Side.BOTH, [Side.LEFT], "sciatic_glide", ProblemCode.NO_SUCH_GLIDE),
        (Side.LEFT, [Side.RIGHT], "sciatic_glide", ProblemCode.NO_SUCH_GLIDE),
        (Side.LEFT, [], "sciatic_glide", ProblemCode.NO_SUCH_GLIDE),
        (Side.LEFT, [Side.LEFT], "hamstring_stretch", ProblemCode.NO_SUCH_GLIDE),
    ],
)
def test_a_stretch_is_replaced_by_a_glide_of_the_same_plan_and_leg(side, glides, named, code):
    stretch = movement("hamstring_stretch", side)
    plan = [stretch, *(movement("sciatic_glide", leg) for leg in glides)]
    problem = check_replacement(stretch, named, plan)
    assert (problem and problem.code) == code


@pytest.mark.parametrize("named", ["rest", "sciatic_glide"])
def test_nothing_but_a_static_stretch_is_replaced(named):
    plan = [movement("hamstring_curl", Side.LEFT), movement("sciatic_glide", Side.LEFT)]
    for item in plan:
        problem = check_replacement(item, named, plan)
        assert problem is not None
        assert (problem.code, problem.level) == ("replaces_no_stretch", Level.REFUSED)
