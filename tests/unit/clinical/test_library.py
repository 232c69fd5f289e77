"""The data files that hold words: exercises, labels, emergency numbers."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from glidepath.clinical.emergency import emergency_number
from glidepath.clinical.exercises import Exercise, exercise, library
from glidepath.clinical.labels import Labels, labels
from glidepath.clinical.tables import DATA, TableError
from glidepath.clinical.vocabulary import ExerciseKind, Place, RedFlag, Sensation

KINDS = {
    "hamstring_stretch": "static_stretch",
    "sciatic_glide": "nerve_glide",
    "hamstring_curl": "strength",
    "glute_bridge": "control",
    "romanian_deadlift": "strength",
    "pelvic_control": "control",
    "lumbar_mobility": "mobility",
}


def texts(node: Any, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every {en, es} in a data file, with where it stands."""
    if isinstance(node, dict) and "en" in node:
        yield path, node
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from texts(child, f"{path}.{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from texts(child, f"{path}[{number}]")


EVERY_TEXT = [
    found
    for file in sorted(DATA.glob("*.json"))
    for found in texts(json.loads(file.read_text(encoding="utf-8")), file.stem)
]


def test_the_library_has_the_exercises_that_plans_name():
    assert {e.key: e.kind for e in library().exercises} == KINDS


def test_an_exercise_of_the_library_takes_three_to_five_steps():
    assert {len(one.steps) for one in library().exercises} <= {3, 4, 5}


def test_an_unknown_exercise_is_a_key_error():
    with pytest.raises(KeyError):
        exercise("headstand")


def test_the_nerve_glide_has_no_hold_anywhere():
    file = json.loads((DATA / "exercises.json").read_text(encoding="utf-8"))
    glide = next(e for e in file["exercises"] if e["kind"] == "nerve_glide")
    assert "hold_seconds" not in glide["dose"] | glide["usual"]


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("sciatic_glide", {"usual": {"hold_seconds": {"least": 5, "most": 10}}}, "never held"),
        ("hamstring_stretch", {"dose": {"hold_seconds": 45}}, "hold_seconds lies outside"),
        ("hamstring_curl", {"dose": {"hold_seconds": 5}}, "hold_seconds lies outside"),
    ],
)
def test_a_library_that_contradicts_itself_is_refused(key, change, words):
    raw = msgspec.to_builtins(exercise(key))
    for part, fields in change.items():
        raw[part] = raw[part] | fields
    with pytest.raises((TableError, msgspec.ValidationError), match=words):
        msgspec.convert(raw, Exercise)


def test_every_kind_of_exercise_is_there():
    assert {e.kind for e in library().exercises} == set(ExerciseKind)


def test_no_text_is_empty_or_left_untranslated():
    same_in_both = {"labels.exercise_kinds.control"}
    assert len(EVERY_TEXT) > 100
    for path, text in EVERY_TEXT:
        assert text.keys() == {"en", "es"}, path
        assert all(words and words == words.strip() for words in text.values()), path
        assert text["en"] != text["es"] or path in same_in_both, path


def test_no_text_needs_a_long_breath():
    for path, text in EVERY_TEXT:
        for words in text.values():
            for sentence in words.replace("?", ".").replace(":", ".").replace(";", ".").split("."):
                assert len(sentence.split()) <= 24, (path, sentence)


def test_labels_stand_in_the_order_of_the_vocabulary():
    words = labels()
    assert list(words.places) == list(Place)
    assert list(words.sensations) == list(Sensation)
    assert list(words.red_flags) == list(words.red_flag_questions) == list(RedFlag)


def test_a_word_without_a_label_is_refused():
    raw = msgspec.to_builtins(labels(), str_keys=True)
    del raw["red_flag_questions"]["both_legs"]
    with pytest.raises((TableError, msgspec.ValidationError), match="RedFlag"):
        msgspec.convert(raw, Labels)


@pytest.mark.parametrize(
    ("country", "number"),
    [("ES", "112"), ("us", "911"), ("GB", "999"), ("MX", "911"), ("AR", "107"), ("EU", "112")],
)
def test_a_country_has_its_emergency_number(country, number):
    assert emergency_number(country) == number


def test_an_unknown_country_gets_the_number_that_every_mobile_network_knows():
    assert emergency_number("XX") == "112"
