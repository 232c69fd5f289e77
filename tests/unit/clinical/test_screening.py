"""What to ask before exercises: the list's own cases, and what it must hold."""

from typing import Any

import msgspec
import pytest

from glidepath.clinical.screening import (
    BLOCKING,
    Case,
    Level,
    blocking,
    cautions,
    screening_list,
    standing,
    unknown,
)
from glidepath.clinical.tables import TableError
from glidepath.clinical.vocabulary import RedFlag


@pytest.mark.parametrize("case", screening_list().cases, ids=lambda case: case.name)
def test_the_list_keeps_its_own_cases(case: Case):
    answers = standing(case.rounds)
    assert answers == case.standing
    assert tuple(one.key for one in blocking(answers)) == case.blocking
    assert tuple(one.key for one in cautions(answers)) == case.cautions


def test_every_question_alone_blocks_or_warns_by_its_level():
    for question in screening_list().questions:
        blocks = blocking({question.key: "yes"}) == [question]
        warns = cautions({question.key: "yes"}) == [question]
        assert (blocks, warns) == (question.level in BLOCKING, question.level is Level.CAUTION)
        assert blocking({question.key: "no"}) == cautions({question.key: "no"}) == []


def test_every_red_flag_of_the_diary_is_asked_and_is_an_emergency():
    emergencies = {one.key for one in screening_list().questions if one.level is Level.EMERGENCY}
    renamed = {"leg_weakness_worsening": "weakness_progressing"}
    assert {renamed.get(flag, flag.value) for flag in RedFlag} <= emergencies


def test_nobody_has_signed_the_list_off_and_it_says_so():
    assert screening_list().signed_off_by is None
    assert "no clinician has signed it off" in screening_list().about


def test_a_key_that_is_no_question_is_told():
    assert unknown({"saddle_numbness": "no", "saddle": "yes"}) == {"saddle"}


def test_a_list_that_contradicts_itself_is_refused():
    whole = screening_list()
    contradictions: list[dict[str, Any]] = [
        {"questions": (*whole.questions, whole.questions[-1])},
        {"questions": whole.questions[::-1]},
        {"sources": {}},
    ]
    for broken in contradictions:
        with pytest.raises(TableError):
            msgspec.structs.replace(whole, **broken)
