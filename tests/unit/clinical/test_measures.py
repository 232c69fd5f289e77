"""Outcome measures: every formula against tables that were computed by hand, and what a change means."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from glidepath.clinical.measures import (
    Change,
    Due,
    RatingError,
    Result,
    change,
    occasions,
    parse,
    results,
    shipped,
    waiting,
)

MEASURES = shipped()


def rated(key: str, *numbers: int | None) -> dict[str, int]:
    """Answers in the order of the items; None for one that was left out."""
    keys = MEASURES[key].item_keys()
    return {item: number for item, number in zip(keys, numbers, strict=False) if number is not None}


def test_what_needs_a_licence_is_not_shipped():
    assert list(MEASURES) == ["nprs", "psfs", "rmdq24", "lefs", "peg", "groc"]
    for measure in MEASURES.values():
        assert measure.licence.status in ("free", "notice")
        assert measure.licence.source
    assert "Binkley" in MEASURES["lefs"].licence.notice


# By hand: what was answered, and the score with how many answers it stands on.
SCORED: list[tuple[str, Sequence[int | None], dict[str, Result]]] = [
    (
        "nprs",
        [7, 4, None],
        {
            "back": Result(Fraction(7), 1, 1),
            "thigh": Result(Fraction(4), 1, 1),
            "below_knee": Result(None, 0, 1),
        },
    ),
    (
        "nprs",
        [0, 0, 0],
        {key: Result(Fraction(0), 1, 1) for key in ("back", "thigh", "below_knee")},
    ),
    # A mean of three: 13 by 3.
    ("psfs", [2, 5, 6], {"mean": Result(Fraction(13, 3), 3, 5)}),
    # And of five: 26 by 5.
    ("psfs", [0, 3, 4, 10, 9], {"mean": Result(Fraction("5.2"), 5, 5)}),
    # Two are too few; a missing one is no zero.
    ("psfs", [8, None, 9], {"mean": Result(None, 2, 5)}),
    ("psfs", [8, None, 9, 1], {"mean": Result(Fraction(6), 3, 5)}),
    # What is not ticked was answered: no.
    ("rmdq24", [], {"total": Result(Fraction(0), 24, 24)}),
    ("rmdq24", [1, None, 1, 1] + [None] * 19 + [1], {"total": Result(Fraction(4), 24, 24)}),
    ("rmdq24", [1] * 24, {"total": Result(Fraction(24), 24, 24)}),
    # 5 x 0 + 5 x 1 + 5 x 2 + 3 x 3 + 2 x 4
    (
        "lefs",
        [0] * 5 + [1] * 5 + [2] * 5 + [3] * 3 + [4] * 2,
        {"total": Result(Fraction(32), 20, 20)},
    ),
    ("lefs", [4] * 20, {"total": Result(Fraction(80), 20, 20)}),
    # No rule for a missing item was published: no score.
    ("lefs", [4] * 19 + [None], {"total": Result(None, 19, 20)}),
    # 19 by 3.
    ("peg", [7, 6, 6], {"mean": Result(Fraction(19, 3), 3, 3)}),
    ("peg", [7, None, 6], {"mean": Result(None, 2, 3)}),
    ("groc", [-7], {"rating": Result(Fraction(-7), 1, 1)}),
    ("groc", [5], {"rating": Result(Fraction(5), 1, 1)}),
    ("groc", [], {"rating": Result(None, 0, 1)}),
]


@pytest.mark.parametrize(("key", "numbers", "expected"), SCORED)
def test_each_formula_is_exact(
    key: str, numbers: Sequence[int | None], expected: dict[str, Result]
):
    assert results(MEASURES[key], rated(key, *numbers)) == expected


# Items 1 to 20 of one person on four occasions, and the totals, as a case report prints them: BMJ Case Reports,
# "Lower Extremity Functional Scale (LEFS)", table 1 (casereports.bmj.com, figure 238681).
PUBLISHED = (
    ("12444123144143330312", 50),
    ("33444414144343410043", 58),
    ("23444324144443400013", 54),
    ("23444423244232422223", 58),
)


@pytest.mark.parametrize(("digits", "total"), PUBLISHED)
def test_a_published_example_comes_to_its_published_total(digits: str, total: int):
    ratings = rated("lefs", *map(int, digits))
    assert results(MEASURES["lefs"], ratings)["total"] == Result(Fraction(total), 20, 20)


def test_every_measure_has_its_table():
    assert {key for key, _, _ in SCORED} == MEASURES.keys()


def test_of_three_named_activities_three_are_counted():
    assert results(MEASURES["psfs"], rated("psfs", 1, 2, 3), named=3)["mean"] == Result(
        Fraction(2), 3, 3
    )


# Measure, score, before, after; then what it went by, whether that is better, how much it is, and whether it is
# more than an error of measurement.
CHANGES: list[tuple[str, str, Sequence[int | None], Sequence[int | None], Change | None]] = [
    # The mean of three goes up by exactly 4/3, just over the least of 1.3.
    ("psfs", "mean", [2, 2, 2], [3, 3, 4], Change(Fraction(4, 3), "better", "small", None)),
    # Four activities, 5/4: under it.
    ("psfs", "mean", [2, 2, 2, 2], [3, 3, 3, 4], Change(Fraction(5, 4), "better", None, None)),
    # Over 2.3.
    ("psfs", "mean", [2] * 5, [4, 4, 4, 5, 5], Change(Fraction(12, 5), "better", "medium", None)),
    ("psfs", "mean", [6] * 3, [3, 3, 3], Change(Fraction(3), "worse", "large", None)),
    # Only what was rated both times: 1, 2, 3 to 3, 4, 5.
    ("psfs", "mean", [1, 2, 3, 10], [3, 4, 5, None], Change(Fraction(2), "better", "small", None)),
    ("psfs", "mean", [1, 2, 3, None], [3, 4, None, 9], None),
    # 2 points, and less than what may be an error.
    ("nprs", "back", [8], [6], Change(Fraction(2), "better", "important", False)),
    # 1 point of 3 is 33 %.
    ("nprs", "back", [3], [2], Change(Fraction(1), "better", "important", False)),
    ("nprs", "back", [8], [7], Change(Fraction(1), "better", None, False)),
    ("nprs", "back", [8], [5], Change(Fraction(3), "better", "important", True)),
    # Of nothing there is no share.
    ("nprs", "back", [0], [1], Change(Fraction(1), "worse", None, False)),
    ("nprs", "back", [4], [4], Change(Fraction(0), "same", None, False)),
    ("nprs", "back", [0], [0], Change(Fraction(0), "same", None, False)),
    # The leg: 1.75 or 23.5 %: 1 of 4 is 25 %, 1 of 5 is 20 %.
    ("nprs", "thigh", [None, 4], [None, 3], Change(Fraction(1), "better", "important", False)),
    ("nprs", "thigh", [None, 5], [None, 4], Change(Fraction(1), "better", None, False)),
    ("nprs", "thigh", [5], [4], None),
    ("rmdq24", "total", [1] * 12, [1] * 7, Change(Fraction(5), "better", "important", None)),
    # 4 of 13 are 30.8 %, 4 of 14 are 28.6 %.
    ("rmdq24", "total", [1] * 13, [1] * 9, Change(Fraction(4), "better", "important", None)),
    ("rmdq24", "total", [1] * 14, [1] * 10, Change(Fraction(4), "better", None, None)),
    (
        "lefs",
        "total",
        [2] * 20,
        [2] * 11 + [3] * 9,
        Change(Fraction(9), "better", "important", True),
    ),
    ("lefs", "total", [2] * 20, [2] * 12 + [1] * 8, Change(Fraction(8), "worse", None, False)),
    # 19/3 to 13/3 is 31.6 %; to 14/3 is 26.3 %.
    ("peg", "mean", [7, 6, 6], [5, 4, 4], Change(Fraction(2), "better", "important", None)),
    ("peg", "mean", [7, 6, 6], [5, 5, 4], Change(Fraction(5, 3), "better", None, None)),
    # A change in itself.
    ("groc", "rating", [1], [5], None),
]


@pytest.mark.parametrize(("key", "score", "before", "after", "expected"), CHANGES)
def test_a_change_is_told_by_its_published_size(
    key: str,
    score: str,
    before: Sequence[int | None],
    after: Sequence[int | None],
    expected: Change | None,
):
    found = change(MEASURES[key], score, rated(key, *before), rated(key, *after))
    assert found == expected


def own(**changes: Any) -> bytes:
    """A clinic's own form: five items of 0 to 3, of which four are needed."""
    text = {"en": "Words", "es": "Palabras"}
    form = {
        "key": "own_form",
        "version": 1,
        "short": "OWN",
        "title": text,
        "licence": {
            "status": "own",
            "holder": "Holder",
            "notice": "Used under licence",
            "source": "The clinic",
            "unverified": False,
        },
        "own_translations": [],
        "instructions": text,
        "scale": {"least": 0, "most": 3, "words": {"0": text}},
        "items": [{"key": key, "ask": text} for key in ("a", "b", "c", "d", "e")],
        "scores": [
            {"key": "total", "title": text, "rule": "sum", "needs": 4, "better": "lower"},
            {
                "key": "part",
                "title": text,
                "rule": "mean",
                "items": ["d", "e"],
                "needs": 2,
                "better": "lower",
            },
        ],
        "at_intake": True,
        "weeks": [6],
        "at_discharge": False,
    }
    return msgspec.json.encode(form | changes)


def test_a_clinics_own_form_is_scored_by_its_own_rules():
    form = parse(own())
    # Four of five answered: 9 / 4 x 5; of the part, one is missing.
    assert results(form, {"a": 1, "b": 2, "c": 3, "d": 3}) == {
        "total": Result(Fraction(45, 4), 4, 5),
        "part": Result(None, 1, 2),
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"scale": {"least": 3, "most": 3, "words": {}}}, "ends before it begins"),
        ({"scale": {"least": 0, "most": 3, "words": {"4": {"en": "", "es": ""}}}}, "words for a"),
        ({"items": []}, "either items or names"),
        ({"ticks": True}, "0 or 1"),
        ({"weeks": [6, 6]}, "weeks do not rise"),
        ({"key": "Own form"}, "key"),
        ({"colour": "red"}, "colour"),
        ({"scores": []}, "scores"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused_with_the_place(
    changes: dict[str, Any], says: str
):
    with pytest.raises(msgspec.ValidationError, match=says):
        parse(own(**changes))


def test_a_score_of_items_that_are_not_there_is_refused():
    broken = msgspec.json.decode(own())
    broken["scores"][1]["items"] = ["d", "x"]
    with pytest.raises(msgspec.ValidationError, match="part counts what is not asked: x"):
        parse(msgspec.json.encode(broken))


@pytest.mark.parametrize(
    ("key", "ratings"),
    [("nprs", {"back": 11}), ("nprs", {"back": -1}), ("nprs", {"front": 1}), ("groc", {"x": 0})],
)
def test_an_answer_that_the_measure_does_not_have_is_refused(key: str, ratings: dict[str, int]):
    with pytest.raises(RatingError):
        results(MEASURES[key], ratings)


def test_an_activity_that_was_not_named_is_not_rated():
    with pytest.raises(RatingError, match="named_4"):
        results(MEASURES["psfs"], rated("psfs", 1, 2, 3, 4), named=3)


INTAKE = date(2026, 3, 2)


def test_a_measure_is_asked_at_intake_after_its_weeks_and_at_discharge():
    intake, two, four = (
        Due("intake", 0, INTAKE),
        Due("week", 2, date(2026, 3, 16)),
        Due("week", 4, date(2026, 3, 30)),
    )
    nprs = MEASURES["nprs"]
    assert occasions(nprs, INTAKE, None) == [intake, two, four]
    end = Due("discharge", 0, date(2026, 3, 30))
    assert occasions(nprs, INTAKE, end.on) == [intake, two, end]
    assert [due.occasion for due in occasions(MEASURES["groc"], INTAKE, end.on)] == [
        "week",
        "discharge",
    ]


def test_the_latest_that_has_come_waits_until_it_is_answered():
    dues = occasions(MEASURES["nprs"], INTAKE, None)
    assert waiting(dues, date(2026, 3, 1), []) is None
    assert waiting(dues, date(2026, 3, 15), []) == dues[0]
    assert waiting(dues, date(2026, 3, 15), [("intake", 0)]) is None
    # What was passed over at intake is not asked two weeks later: the answer would be another one.
    assert waiting(dues, date(2026, 3, 16), []) == dues[1]
    assert waiting(dues, date(2026, 3, 16), [("intake", 0)]) == dues[1]
    assert waiting(dues, date(2026, 5, 1), [("week", 4)]) is None
