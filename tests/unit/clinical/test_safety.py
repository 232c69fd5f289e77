"""The safety table over every situation there is, and its own cases."""

from collections.abc import Iterator
from functools import cache
from itertools import chain, combinations, product
from typing import Any

import msgspec
import pytest

from glidepath.clinical.safety import (
    Action,
    Case,
    Decision,
    GlideCase,
    NewnessCase,
    SafetyTable,
    Situation,
    decide,
    glide_for,
    loss_is_new,
    safety_table,
)
from glidepath.clinical.tables import TableError
from glidepath.clinical.vocabulary import NERVE_LOSS, ExerciseKind, RedFlag, Sensation

FACTS = ("stops_today", "offers_glide", "tells_therapist", "asks_red_flags")
HARMLESS = {Sensation.DULL_STRETCH, Sensation.TIGHTNESS, Sensation.PULLING}
ALARMING = frozenset(Sensation) - HARMLESS

# Exercise, sensations, worse, loss_is_new, red_flags, glide_in_plan.
Facts = tuple[Any, ...]


def subsets(items: frozenset[Any]) -> Iterator[frozenset[Any]]:
    ordered = sorted(items)
    sizes = range(len(ordered) + 1)
    return map(frozenset, chain.from_iterable(combinations(ordered, size) for size in sizes))


def all_facts() -> Iterator[Facts]:
    return product(
        (None, *ExerciseKind),
        (None, *subsets(ALARMING)),
        (None, False, True),
        (None, False, True),
        (None, frozenset(), *(frozenset({flag}) for flag in RedFlag), frozenset(RedFlag)),
        (False, True),
    )


def situation(facts: Facts) -> Situation:
    exercise, sensations, worse, loss_is_new, red_flags, glide_in_plan = facts
    return Situation(
        exercise=exercise,
        sensations=sensations,
        worse=worse,
        loss_is_new=loss_is_new,
        red_flags=red_flags,
        glide_in_plan=glide_in_plan,
    )


@cache
def decided() -> dict[Facts, Decision]:
    return {facts: decide(situation(facts)) for facts in all_facts()}


def made_worse(facts: Facts) -> Iterator[Facts]:
    """Every situation that is one step more alarming."""
    exercise, sensations, worse, loss_is_new, red_flags, glide = facts
    for sensation in ALARMING - (sensations or frozenset()):
        more = (sensations or frozenset()) | {sensation}
        yield exercise, more, worse, loss_is_new, red_flags, glide
    if not worse:
        yield exercise, sensations, True, loss_is_new, red_flags, glide
    if loss_is_new is False:
        yield exercise, sensations, worse, True, red_flags, glide
        yield exercise, sensations, worse, None, red_flags, glide
    for flags in ({RedFlag.SADDLE_NUMBNESS}, set(RedFlag)):
        if not flags <= (red_flags or frozenset()) and not red_flags:
            yield exercise, sensations, worse, loss_is_new, frozenset(flags), glide


@pytest.mark.parametrize("case", safety_table().cases, ids=lambda case: case.name)
def test_the_table_keeps_its_own_cases(case: Case):
    decision = decide(case.given)

    true_facts = {fact for fact in FACTS if getattr(decision, fact)}
    assert (decision.rule, decision.action, true_facts) == (case.rule, case.action, set(case.facts))


@pytest.mark.parametrize("case", safety_table().newness_cases, ids=lambda case: case.name)
def test_the_table_keeps_its_cases_of_newness(case: NewnessCase):
    assert loss_is_new(case.sensations, case.on, case.earlier) is case.is_new


@pytest.mark.parametrize("case", safety_table().glide_cases, ids=lambda case: case.name)
def test_the_table_keeps_its_cases_of_what_replaces_a_stretch(case: GlideCase):
    expected = None if case.offered is None else case.items[case.offered]
    assert glide_for(case.items, case.side, case.named) is expected


def test_every_rule_has_a_case():
    assert {case.rule for case in safety_table().cases} == {r.key for r in safety_table().rules}


def test_any_red_flag_is_an_emergency_and_nothing_else_is():
    for facts, decision in decided().items():
        assert (decision.action is Action.EMERGENCY) == bool(facts[4]), facts


def test_weakness_and_numbness_never_lead_to_a_glide():
    for facts, decision in decided().items():
        if facts[1] is not None and facts[1] & NERVE_LOSS:
            assert not decision.offers_glide, facts


def test_a_glide_is_offered_only_where_the_plan_has_one_and_it_is_not_the_glide_that_hurts():
    for facts, decision in decided().items():
        if decision.offers_glide:
            assert facts[5], facts
            assert facts[0] is not ExerciseKind.NERVE_GLIDE, facts
            assert facts[2] is not True, facts


def test_any_nerve_symptom_stops_any_exercise():
    for facts, decision in decided().items():
        if facts[0] is not None and facts[1]:
            assert decision.action is not Action.CONTINUE, facts


def test_what_gets_worse_ends_the_day():
    for facts, decision in decided().items():
        if facts[2]:
            assert decision.stops_today, facts
            assert decision.tells_therapist, facts


def test_a_more_alarming_situation_is_never_taken_more_lightly():
    for facts, decision in decided().items():
        for worse_facts in made_worse(facts):
            harder = decided()[worse_facts]
            assert harder.action.severity >= decision.action.severity, (facts, worse_facts)
            if decision.stops_today:
                assert harder.stops_today, (facts, worse_facts)


def test_the_red_flag_question_is_asked_only_while_it_is_unanswered():
    for facts, decision in decided().items():
        if decision.asks_red_flags:
            assert facts[4] is None, facts


def test_new_or_unchecked_loss_asks_about_red_flags():
    for facts, decision in decided().items():
        if facts[1] and facts[1] & NERVE_LOSS and facts[3] is not False and facts[4] is None:
            assert decision.asks_red_flags, facts


def test_stopping_is_always_seen_by_the_therapist():
    for facts, decision in decided().items():
        assert decision.tells_therapist == (decision.action is not Action.CONTINUE), facts


@pytest.mark.parametrize("exercise", [None, *ExerciseKind])
def test_what_a_stretch_feels_like_changes_no_decision(exercise):
    for alarming in subsets(ALARMING):
        without = Situation(exercise=exercise, sensations=alarming, glide_in_plan=True)
        with_it = Situation(exercise=exercise, sensations=alarming | HARMLESS, glide_in_plan=True)
        assert decide(with_it) == decide(without)


def test_only_the_emergency_names_a_number():
    for key, outcome in safety_table().outcomes.items():
        for body in (outcome.body.en, outcome.body.es):
            assert ("{number}" in body) == (key == "emergency")


def raw() -> dict[str, Any]:
    table: dict[str, Any] = msgspec.to_builtins(safety_table())
    return table


def refuse(table: dict[str, Any]) -> str:
    with pytest.raises((TableError, msgspec.ValidationError)) as refused:
        msgspec.convert(table, SafetyTable)
    return str(refused.value)


def test_a_misspelt_word_in_a_rule_is_refused():
    table = raw()
    table["rules"][0]["when"][0]["any_of"] = ["sadle_numbness"]
    assert "sadle_numbness" in refuse(table)


def test_a_mild_rule_above_a_severe_one_is_refused():
    table = raw()
    table["rules"] = [table["rules"][-2], *table["rules"]]
    assert "milder" in refuse(table)


def test_a_table_with_a_gap_is_refused():
    table = raw()
    table["rules"] = table["rules"][:-1]
    del table["outcomes"]["continue"]
    assert "every situation" in refuse(table)


def test_a_rule_without_its_outcome_is_refused():
    table = raw()
    del table["outcomes"]["rest"]
    assert "rest" in refuse(table)
