"""Muscle or nerve (differentiate.* facts), read from `data/differentiate.json`.

It words what the answers suggest; it is no diagnosis. Where the answers are thin or contradict each
other, the result is "unclear" and the advice is an assessment (differentiate.unsure).
"""

from collections.abc import Collection
from enum import StrEnum
from functools import cache
from typing import Final

from msgspec import Struct

from glidepath.clinical.tables import (
    NONE_OF_THESE,
    Clause,
    TableError,
    Value,
    check_words,
    holds,
    read,
)
from glidepath.clinical.vocabulary import ChangesWith, Place, Sensation, Text


class Likely(StrEnum):
    MUSCLE = "muscle"
    NERVE = "nerve"
    UNCLEAR = "unclear"


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """What the patient answered; None is "not answered" or, for `changes_with`, "not tested"."""

    sensations: Collection[Sensation] | None
    place: Place | None
    changes_with: Collection[ChangesWith] | None


class Sign(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason. `points_to` "unclear" is a reason for neither side."""

    key: str
    points_to: Likely
    when: tuple[Clause, ...]
    text: Text


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    title: Text
    body: Text


class Differentiation(Struct, frozen=True):
    """`reasons` are all the signs found, for and against, in the order of the table."""

    likely: Likely
    rule: str
    answer: Answer
    reasons: tuple[Sign, ...]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    why: str
    when: tuple[Clause, ...]
    likely: Likely


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    given: Report
    likely: Likely
    rule: str
    reasons: tuple[str, ...]


class DifferentiationTable(Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    signs: tuple[Sign, ...]
    rules: tuple[Rule, ...]
    answers: dict[Likely, Answer]
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        for when in [entry.when for entry in self.signs] + [entry.when for entry in self.rules]:
            check_words(when, _WORDS)
        if self.answers.keys() != set(Likely):
            raise TableError("every answer needs its words")
        if not self.rules or self.rules[-1].when:
            raise TableError("the last rule must hold for every report")


_WORDS: Final[dict[str, Collection[Value]]] = {
    "sensations": (*Sensation, NONE_OF_THESE, None),
    "place": (*Place, None),
    "changes_with": (*ChangesWith, NONE_OF_THESE, None),
}


@cache
def differentiation_table() -> DifferentiationTable:
    return read("differentiate.json", DifferentiationTable)


def differentiate(report: Report) -> Differentiation:
    """The first rule that holds, with every sign that was found. The place alone never decides."""
    table = differentiation_table()
    rule = next(rule for rule in table.rules if holds(rule.when, report))
    return Differentiation(
        likely=rule.likely,
        rule=rule.key,
        answer=table.answers[rule.likely],
        reasons=tuple(sign for sign in table.signs if holds(sign.when, report)),
    )
