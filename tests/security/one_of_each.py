"""A row of a patient's in each table that the world left without one, made from the schema alone."""

import re
from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects import postgresql

from glidepath.database.base import Base

MOMENT: Final = "2026-01-05T10:00:00+00:00"
BY_TYPE: Final[dict[str, Any]] = {
    "TEXT": "x",
    "UUID": None,
    "SMALLINT": 1,
    "INTEGER": 1,
    "BIGINT": 1,
    "DOUBLE PRECISION": 1,
    "BOOLEAN": False,
    "DATE": MOMENT[:10],
    "TIME WITHOUT TIME ZONE": MOMENT[11:19],
    "TIMESTAMP WITH TIME ZONE": MOMENT,
    "INTERVAL": "0",
    "BYTEA": "\\x78",
    "JSONB": {},
}
_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


def fill(admin: psycopg.Connection[Any], tables: Iterable[str], ids: dict[str, str]) -> None:
    """`ids`: by name of a column whose rows they are; other ids are new. Neither triggers nor foreign keys hold."""
    admin.execute("set session_replication_role = replica")
    for name in tables:
        table = Base.metadata.tables[name]
        row = {column.name: _value(table, column, ids) for column in table.columns}
        admin.execute(
            sql.SQL("insert into {0} select (jsonb_populate_record(null::{0}, %s)).*").format(
                sql.Identifier(name)
            ),
            [Jsonb(row)],
        )


def _value(table: Table, column: Column[Any], ids: dict[str, str]) -> Any:
    if column.name in ids:
        return ids[column.name]
    if column.nullable:
        return None
    if str(column.type) == "UUID":
        return str(uuid4())
    allowed = _allowed(column, table.constraints)
    return allowed or BY_TYPE[column.type.compile(_POSTGRESQL).split("(")[0]]


def _allowed(column: Column[Any], constraints: Collection[Any]) -> str | None:
    """The first word of the vocabulary that a check holds the column to, if one does."""
    for one in constraints:
        if isinstance(one, CheckConstraint):
            found = re.match(rf"{column.name} in \('([^']+)'", str(one.sqltext))
            if found:
                return found[1]
    return None
