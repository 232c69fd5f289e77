"""Every column has a level (levels.yaml), and each level what docs/privacy.md says that it demands (V14.1.1, V14.2.4)."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from sqlalchemy import Column, LargeBinary, Table, Text

from glidepath.database.base import Base
from glidepath.database.encryption import Sealed
from glidepath.database.tables import import_all_tables
from tests.api.test_sealed import NOT_SEALED
from tests.security import canaries
from tests.security.matrix import AUDITED, ROUTES

LEVELS: Final = ("internal", "personal", "health", "secret")
WRITTEN: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "levels.yaml").read_text(encoding="utf-8")
)
PAGE: Final = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
# Words of ours and time zones say nothing that the level holds back; all else that is a text of health is sealed.
SAYS_NOTHING: Final = re.compile(rf"{NOT_SEALED['a word of ours'].pattern}|\.(timezone|zone)$")
# Hashed by Argon2id, in the form that says so.
HASHED: Final = {"accounts.passphrase_hash"}
# Of whom a route with this row tells something that is health.
OF_HEALTH: Final = {"who cares for the patient", "the patient alone"}


def tables() -> dict[str, Table]:
    import_all_tables()
    return {table.name: table for table in Base.metadata.sorted_tables}


def level_of(column: Column[Any], written: Mapping[str, Any] = WRITTEN) -> str:
    usual, others = written[column.table.name]
    return next((str(level) for level, names in others.items() if column.name in names), str(usual))


def place(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


def columns(*levels: str, written: Mapping[str, Any] = WRITTEN) -> list[Column[Any]]:
    return [
        column
        for table in tables().values()
        for column in table.columns
        if level_of(column, written) in levels
    ]


def told_in_the_open(written: Mapping[str, Any]) -> set[str]:
    """Secrets and texts of health that the database would tell."""
    found = set()
    for column in columns("secret", written=written):
        if not isinstance(column.type, (LargeBinary, Sealed)) and place(column) not in HASHED:
            found.add(place(column))
    for column in columns("health", written=written):
        if isinstance(column.type, Text) and not SAYS_NOTHING.search(place(column)):
            found.add(place(column))
    return found


def below_its_level(written: Mapping[str, Any]) -> set[str]:
    """What is sealed or a hash, and is not called health or secret."""
    found = set()
    for column in columns("internal", "personal", written=written):
        if isinstance(column.type, Sealed) or column.name.endswith(("_hash", "secret")):
            found.add(place(column))
    return found


def test_every_table_has_its_level_and_every_level_its_words():
    assert set(WRITTEN) == set(tables())
    for name, (usual, others) in WRITTEN.items():
        assert {usual, *others} <= set(LEVELS), name
        named = [column for columns in others.values() for column in columns]
        assert len(named) == len(set(named))
        assert set(named) <= set(tables()[name].columns.keys()), name
    for level in LEVELS:
        assert f"| **{level}** |" in PAGE


def test_what_is_secret_is_hashed_or_sealed_and_what_is_written_of_health_is_sealed():
    assert told_in_the_open(WRITTEN) == set()
    assert below_its_level(WRITTEN) == set()


@pytest.mark.parametrize(
    ("find", "table", "level"),
    [
        (told_in_the_open, "accounts", ["health", {}]),
        (told_in_the_open, "clinics", ["secret", {}]),
        (below_its_level, "messages", ["personal", {}]),
        (below_its_level, "sessions", ["personal", {}]),
    ],
)
def test_a_level_that_is_not_held_is_found(
    find: Callable[[Mapping[str, Any]], set[str]], table: str, level: list[Any]
):
    """The mutants: a level too high for how it is kept, and one too low."""
    assert find({**WRITTEN, table: level}) != set()


def test_whatever_is_written_of_somebody_has_a_canary():
    """So that PH-1, AC-2 and the rules for mails hold each level, and none is left out of them."""
    sown = canaries.columns()
    left_out = {
        place(column)
        for column in columns("personal", "health")
        if isinstance(column.type, (Text, Sealed))
        and place(column) not in sown
        and not canaries.OURS.search(place(column))
        and not canaries.NO_ROOM.search(place(column))
    }
    assert left_out == set()


def test_what_is_of_a_person_stands_behind_its_clinics_wall():
    outside = {column.table.name for column in columns("personal", "health")}
    assert {
        name for name in outside if "clinic_id" not in tables()[name].primary_key.columns
    } == set()


def test_what_tells_of_health_is_written_down():
    unwritten = {
        route for route, row in ROUTES.items() if row in OF_HEALTH and route not in AUDITED
    }
    assert unwritten == set()
