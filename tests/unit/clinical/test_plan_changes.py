"""What changed from one plan to the next, in both languages."""

import pytest

from glidepath.clinical.exercises import DOSE_FIELDS, Dose, exercise, library
from glidepath.clinical.plan_changes import Plan, Prescribed, changes
from glidepath.clinical.vocabulary import Side


def item(key: str = "hamstring_stretch", side: Side = Side.LEFT, **dose: int | None) -> Prescribed:
    usual = exercise(key).dose
    values = {name: getattr(usual, name) for name in DOSE_FIELDS} | dose
    return Prescribed(exercise(key), side, Dose(**values))


def planned(
    key: str, weekdays: list[int] | None = None, on_nerve_flag: str | None = None
) -> Prescribed:
    one = item(key) if weekdays is None else item(key, days_per_week=len(weekdays))
    return Prescribed(one.exercise, one.side, one.dose, weekdays, on_nerve_flag)


def said(before: list[Prescribed], after: list[Prescribed]) -> list[str]:
    return [text.en for text in changes(Plan(before, None), Plan(after, None))]


def test_the_same_plan_in_another_order_is_no_change():
    one, other = item(), item("sciatic_glide")
    assert said([one, other], [other, one]) == []


def test_what_came_is_told_with_its_dose_and_what_went_by_name():
    before, after = Plan([item("sciatic_glide")], None), Plan([item("hamstring_curl")], None)
    assert [(text.en, text.es) for text in changes(before, after)] == [
        (
            "New: Hamstring curl, left leg (2 sets, 10 repetitions, 3 days a week).",
            (
                "Se añade: Flexión de rodilla boca abajo, pierna izquierda"
                " (2 series, 10 repeticiones, 3 días por semana)."
            ),
        ),
        (
            "Taken out: Sciatic nerve glide, left leg.",
            "Se quita: Deslizamiento del nervio ciático, pierna izquierda.",
        ),
    ]


def test_a_dose_is_told_from_and_to_in_one_sentence():
    before = Plan([item(sets=3, hold_seconds=20, days_per_week=7)], None)
    after = Plan([item(sets=1, hold_seconds=30, days_per_week=7)], None)
    assert [(text.en, text.es) for text in changes(before, after)] == [
        (
            "Hamstring stretch, left leg: 1 set instead of 3; 30 seconds of hold instead of 20.",
            (
                "Estiramiento de isquiotibiales, pierna izquierda: 1 serie en lugar de 3;"
                " 30 segundos de mantenimiento en lugar de 20."
            ),
        )
    ]


def test_a_figure_may_come_and_go():
    without, held = item("glute_bridge"), item("glute_bridge", hold_seconds=3)
    name = "Glute bridge, left leg"
    assert said([without], [held]) == [f"{name}: now 3 seconds of hold."]
    assert said([held], [without]) == [f"{name}: no seconds of hold any more."]


def test_another_leg_is_a_change_of_side():
    assert said([item()], [item(side=Side.RIGHT, sets=2)]) == [
        "Hamstring stretch: right leg instead of left leg; 2 sets instead of 3."
    ]


def test_an_exercise_for_each_leg_is_compared_leg_by_leg():
    left, right = item(), item(side=Side.RIGHT)
    assert said([left, right], [right, item(sets=2)]) == [
        "Hamstring stretch, left leg: 2 sets instead of 3."
    ]
    assert said([left, right], [right]) == ["Taken out: Hamstring stretch, left leg."]
    assert said([right], [left, right]) == [
        "New: Hamstring stretch, left leg (3 sets, 30 seconds of hold, 5 days a week)."
    ]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (None, "Slowly", "There is a note."),
        ("Slowly", None, "The note was taken out."),
        ("Slowly", "Faster", "The note has changed."),
        ("Slowly", " Slowly\n", None),
        (None, "  ", None),
    ],
)
def test_the_note_is_told(before, after, text):
    told = changes(Plan([item()], before), Plan([item()], after))
    assert [one.en for one in told] == ([text] if text else [])


@pytest.mark.parametrize("key", [one.key for one in library().exercises])
def test_no_word_about_a_plan_that_stayed(key):
    assert said([item(key)], [item(key)]) == []
    assert len(said([item(key)], [])) == len(said([], [item(key)])) == 1


def test_given_days_are_told_by_name():
    any_days, given = planned("hamstring_stretch"), planned("hamstring_stretch", [1, 3, 5])
    assert said([any_days], [given]) == [
        "Hamstring stretch, left leg: Monday, Wednesday and Friday instead of 5 days a week."
    ]
    assert said([given], [any_days]) == [
        "Hamstring stretch, left leg: 5 days a week instead of Monday, Wednesday and Friday."
    ]
    assert said([given], [planned("hamstring_stretch", [2, 4])]) == [
        "Hamstring stretch, left leg: Tuesday and Thursday instead of Monday, Wednesday and Friday."
    ]
    new = changes(Plan([], None), Plan([planned("hamstring_curl", [7])], None))
    assert new[0].en.endswith("10 repetitions, Sunday).")
    assert new[0].es.endswith("10 repeticiones, domingo).")


def test_what_replaces_a_stretch_is_told():
    glide = planned("sciatic_glide")
    left_open = planned("hamstring_stretch")
    named = planned("hamstring_stretch", on_nerve_flag="sciatic_glide")
    rest = planned("hamstring_stretch", on_nerve_flag="rest")
    start = "Hamstring stretch, left leg: if it tingles, burns or shoots,"
    assert said([left_open, glide], [named, glide]) == [f"{start} Sciatic nerve glide instead."]
    assert said([named, glide], [rest, glide]) == [f"{start} rest instead."]
    assert said([rest, glide], [left_open, glide]) == [f"{start} the plan's nerve glide instead."]
    assert "if it tingles, burns or shoots, rest instead)." in said([], [rest])[0]
