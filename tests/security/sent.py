"""The statements that a request really sends, each with the clinic in which it is sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from glidepath.database.base import Base, ClinicOwned
from glidepath.database.engine import Database
from glidepath.database.tables import import_all_tables
from tests.security.distribution import OPENED_BY

import_all_tables()
SPREAD: Final = frozenset(
    name for name, table in Base.metadata.tables.items() if "clinic_id" in table.columns
)
_WORD: Final = re.compile(r"\w+")
_SETTING: Final = re.compile(r"set_config\('app\.(clinic_id|key)', ('')?")
# What rows are taken from, each under its name in the statement; as asyncpg numbers values.
_TAKEN: Final = re.compile(r"(?:\b(?:from|join|update)|,)\s+(\w+)(?:\s+as\s+(\w+))?", re.IGNORECASE)
_EQUAL: Final = re.compile(r"\b(?:(\w+)\.)?clinic_id = (?:\$(\d+)|(\w+)\.clinic_id\b)")


class Sent(NamedTuple):
    """`entered`: the clinic that its transaction is in; `key`: the kind of key that it has shown; `named`: the statement itself says,
    as a value, of which clinic each of its rows is."""

    text: str
    tables: frozenset[str]
    entered: UUID | None
    key: str
    named: bool


@contextmanager
def recorded(database: Database, *, naming: bool = False) -> Iterator[list[Sent]]:
    """What touches tables that would be spread, in order. `naming`: with the clinic's id put into each statement."""
    found: list[Sent] = []
    settings = {"clinic_id": "", "key": ""}

    def note(_: Any, __: Any, text: str, values: Any, ___: Any, many: bool) -> None:
        rows = values if many else [values]
        asked = _SETTING.findall(text)
        for number, (setting, is_forgotten) in enumerate(asked):
            settings[setting] = "" if is_forgotten else str(rows[0][number])
        tables = SPREAD & set(_WORD.findall(text))
        if tables and not asked:
            entered = UUID(settings["clinic_id"]) if settings["clinic_id"] else None
            named = entered is not None and all(names(text, row, entered) for row in rows)
            found.append(Sent(text, tables, entered, settings["key"].partition(":")[0], named))

    # Where a transaction ends, all of it is forgotten.
    def forget(*_: Any) -> None:
        settings.update(clinic_id="", key="")

    def name(state: ORMExecuteState) -> None:
        if naming and settings["clinic_id"] and not state.is_insert:
            clinic_id = UUID(settings["clinic_id"])
            in_clinic = with_loader_criteria(
                ClinicOwned, lambda table: table.clinic_id == clinic_id, include_aliases=True
            )
            state.statement = state.statement.options(in_clinic)

    engine = database._engine.sync_engine
    hooks: list[tuple[Any, str, Any]] = [
        (engine, "before_cursor_execute", note),
        (engine, "begin", forget),
        (Session, "do_orm_execute", name),
    ]
    for where, what, hook in hooks:
        event.listen(where, what, hook)
    try:
        yield found
    finally:
        for where, what, hook in hooks:
            event.remove(where, what, hook)


def names(text: str, values: Any, clinic_id: UUID) -> bool:
    """Whether it makes rows of this clinic, or of all that it takes says `clinic_id = ` this one, or as another has it
    that it says so of."""
    if text.lstrip().lower().startswith("insert"):
        return "clinic_id" in text and str(clinic_id) in map(str, values)
    taken = {alias or table for table, alias in _TAKEN.findall(text) if table in SPREAD}
    (only,) = taken if len(taken) == 1 else ("",)
    known, equals = set(), list(_EQUAL.findall(text))
    for _ in equals:
        for here, place, there in equals:
            if place and str(values[int(place) - 1]) == str(clinic_id):
                known.add(here or only)
            if there and {here, there} & known:
                known |= {here, there}
    return bool(taken) and taken <= known


def past_a_clinic(sent: list[Sent], clinic_id: UUID) -> list[Sent]:
    """What is asked of tables of clinics without being in this one, and not by a key of what that key opens."""
    return [
        one
        for one in sent
        if one.entered != clinic_id
        and not (one.entered is None and one.tables <= OPENED_BY.get(one.key, set()))
    ]
