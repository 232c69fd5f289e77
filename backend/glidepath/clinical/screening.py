"""What to ask before a home programme, and what an answer leads to; read from `data/screening.json`.

A question that was not asked has no answer, and no answer is not "no".
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from glidepath.clinical.tables import TableError, read
from glidepath.clinical.vocabulary import Text

Answer = Literal["yes", "no"]
# By the questions' keys; what was not asked is left out.
Answers = Mapping[str, Answer]


class Level(StrEnum):
    """What a "yes" means: a doctor today, a doctor before any exercise, or exercise with care."""

    EMERGENCY = "emergency"
    REFER = "refer"
    CAUTION = "caution"


# With one of these there is no home programme.
BLOCKING: Final = frozenset({Level.EMERGENCY, Level.REFER})


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """`sources` are keys of the list's; `then` says what a "yes" asks of the therapist."""

    key: str
    level: Level
    why: str
    sources: Annotated[list[str], Meta(min_length=1)]
    ask: Text
    then: Text


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """`rounds` in the order in which they were asked."""

    name: str
    rounds: tuple[dict[str, Answer], ...]
    standing: dict[str, Answer]
    blocking: tuple[str, ...]
    cautions: tuple[str, ...]


class ScreeningList(Struct, frozen=True, forbid_unknown_fields=True):
    """`signed_off_by` names the clinician who answers for the list; null while nobody does."""

    about: str
    version: Annotated[int, Meta(ge=1)]
    signed_off_by: str | None
    sources: dict[str, str]
    questions: tuple[Question, ...]
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        keys = [question.key for question in self.questions]
        if len(keys) != len(set(keys)):
            raise TableError("a question stands twice")
        named = {source for question in self.questions for source in question.sources}
        if named != self.sources.keys():
            raise TableError(f"sources do not meet in {sorted(named ^ self.sources.keys())}")
        levels = [list(Level).index(question.level) for question in self.questions]
        if levels != sorted(levels):
            raise TableError("a milder question stands before a more severe one")


@cache
def screening_list() -> ScreeningList:
    return read("screening.json", ScreeningList)


def standing(rounds: Iterable[Answers]) -> dict[str, Answer]:
    """The last answer to each question, of rounds in the order in which they were asked."""
    return {key: answer for answers in rounds for key, answer in answers.items()}


def blocking(answers: Answers) -> list[Question]:
    """What leaves no room for a home programme, the most severe first."""
    return [one for one in _affirmed(answers) if one.level in BLOCKING]


def cautions(answers: Answers) -> list[Question]:
    return [one for one in _affirmed(answers) if one.level not in BLOCKING]


def unknown(answers: Answers) -> set[str]:
    """Keys that are no question's."""
    return set(answers) - {question.key for question in screening_list().questions}


def _affirmed(answers: Answers) -> list[Question]:
    return [one for one in screening_list().questions if answers.get(one.key) == "yes"]
