"""How the rule tables in `data/` are read. frontend/src/domain/tables.ts reads them the same way."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
Value = str | bool | None

DATA: Final = Path(__file__).with_name("data")
# What an empty list says: asked, and none of them.
NONE_OF_THESE: Final = "none"


class TableError(ValueError):
    """A data file that contradicts itself or names a word that does not exist."""


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Holds when the fact has at least one of these values.

    A fact that is a list has every value in it; an empty list has the one value "none"; a fact
    that was not answered has the one value null, so a rule must name null to speak of it.
    """

    fact: str
    any_of: tuple[Value, ...]


def read(name: str, kind: type[T]) -> T:
    """Raises msgspec.ValidationError where the file does not have the shape of `kind`."""
    return msgspec.json.decode((DATA / name).read_bytes(), type=kind)


def holds(when: Iterable[Clause], facts: object) -> bool:
    """Whether every clause holds; facts are attributes of `facts`. No clause at all holds."""
    return all(
        any(value in clause.any_of for value in _values(getattr(facts, clause.fact)))
        for clause in when
    )


def check_words(when: Iterable[Clause], words: Mapping[str, Collection[Value]]) -> None:
    """A misspelt word would never match, silently: raises TableError instead."""
    for clause in when:
        unknown = set(clause.any_of) - set(words.get(clause.fact, ()))
        if unknown or not clause.any_of:
            raise TableError(f"{clause.fact} cannot be any of {sorted(map(str, unknown))}")


def _values(fact: Value | Collection[Value]) -> tuple[Value, ...]:
    if fact is None or isinstance(fact, str | bool):
        return (fact,)
    return tuple(fact) or (NONE_OF_THESE,)
