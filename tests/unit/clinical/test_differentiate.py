"""Muscle or nerve, over every report there is, and the table's own cases."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import chain, combinations, product
from typing import Any

import msgspec
import pytest

from glidepath.clinical.differentiate import (
    Case,
    DifferentiationTable,
    Likely,
    Report,
    differentiate,
    differentiation_table,
)
from glidepath.clinical.tables import TableError
from glidepath.clinical.vocabulary import NERVE_SENSATIONS, ChangesWith, Place, Sensation


def subsets(items: type[StrEnum]) -> Iterator[tuple[Any, ...]]:
    members = list(items)
    return chain.from_iterable(combinations(members, n) for n in range(len(members) + 1))


def reports() -> Iterator[Report]:
    answers = product((None, *subsets(Sensation)), (None, *Place), (None, *subsets(ChangesWith)))
    return (Report(*answer) for answer in answers)


@pytest.mark.parametrize("case", differentiation_table().cases, ids=lambda case: case.name)
def test_the_table_keeps_its_own_cases(case: Case):
    result = differentiate(case.given)

    reasons = tuple(sign.key for sign in result.reasons)
    assert (result.likely, result.rule, reasons) == (case.likely, case.rule, case.reasons)
    assert result.answer == differentiation_table().answers[case.likely]


def test_every_rule_and_every_sign_has_a_case():
    table = differentiation_table()
    assert {case.rule for case in table.cases} == {rule.key for rule in table.rules}
    named = set(chain.from_iterable(case.reasons for case in table.cases))
    assert named == {sign.key for sign in table.signs}


def test_whatever_changes_with_ankle_or_neck_involves_the_nerve():
    for report in reports():
        if report.changes_with:
            assert differentiate(report).likely is Likely.NERVE, report


def test_the_place_alone_never_decides():
    for place in (None, *Place):
        for sensations in (None, ()):
            for changes_with in (None, ()):
                report = Report(sensations, place, changes_with)
                assert differentiate(report).likely is Likely.UNCLEAR, report


def test_another_place_never_turns_muscle_into_nerve():
    for report in reports():
        if report.place is None:
            answers = {
                differentiate(Report(report.sensations, place, report.changes_with)).likely
                for place in (None, *Place)
            }
            assert not answers >= {Likely.MUSCLE, Likely.NERVE}, report


def test_muscle_needs_a_reason_for_it_and_none_against_it():
    for report in reports():
        result = differentiate(report)
        if result.likely is Likely.MUSCLE:
            pointing = {sign.points_to for sign in result.reasons}
            assert Likely.MUSCLE in pointing, report
            assert Likely.NERVE not in pointing, report
            assert not set(report.sensations or ()) & {*NERVE_SENSATIONS, Sensation.WEAKNESS}


def test_nerve_always_has_a_reason_for_it():
    for report in reports():
        result = differentiate(report)
        if result.likely is Likely.NERVE:
            assert Likely.NERVE in {sign.points_to for sign in result.reasons}, report


def raw() -> dict[str, Any]:
    table: dict[str, Any] = msgspec.to_builtins(differentiation_table(), str_keys=True)
    return table


def test_a_misspelt_word_in_a_sign_is_refused():
    table = raw()
    table["signs"][0]["when"][0]["any_of"] = ["tinglng"]
    with pytest.raises((TableError, msgspec.ValidationError), match="tinglng"):
        msgspec.convert(table, DifferentiationTable)


def test_an_answer_without_words_is_refused():
    table = raw()
    del table["answers"]["unclear"]
    with pytest.raises((TableError, msgspec.ValidationError), match="words"):
        msgspec.convert(table, DifferentiationTable)


def test_a_table_with_a_gap_is_refused():
    table = raw()
    table["rules"] = table["rules"][:-1]
    with pytest.raises((TableError, msgspec.ValidationError), match="every report"):
        msgspec.convert(table, DifferentiationTable)
