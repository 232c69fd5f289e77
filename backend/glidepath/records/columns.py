"""Whose data each column is, and which rows are a patient's, as `data/columns.toml` says."""

from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Table, false, or_, select

from glidepath.database.base import Base
from glidepath.database.tables import import_all_tables

FILE: Final = Path(__file__).with_name("data") / "columns.toml"


class Marks(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a table; the names of columns are parted by white space."""

    of: tuple[str, ...] = ()
    subject: str = ""
    named: str = ""
    someone: str = ""
    others: str = ""
    shared: str = ""
    copies: str = ""
    opens: str = ""
    clinic: str = ""
    working: str = ""

    def columns(self, *marks: str) -> list[str]:
        return [name for mark in marks for name in getattr(self, mark).split()]


# What a mark may be, and those whose columns come out in an export.
MARKS: Final = tuple(name for name in Marks.__struct_fields__ if name != "of")
GIVEN: Final = ("subject", "named", "someone")


@cache
def marks() -> dict[str, Marks]:
    """By the names of the tables."""
    return msgspec.toml.decode(FILE.read_bytes(), type=dict[str, Marks])


def tables_of_patients() -> list[Table]:
    """Those that hold rows of a patient; what a row names stands before it."""
    import_all_tables()
    return [table for table in Base.metadata.sorted_tables if marks()[table.name].of]


def rows_of(table: Table, patient_id: UUID) -> ColumnElement[bool]:
    """Which rows of the transaction's clinic are the patient's; none of a table that is no patient's."""
    ways = [_way(table, way, patient_id) for way in marks()[table.name].of]
    return or_(false(), *ways)


def _way(table: Table, way: str, patient_id: UUID) -> ColumnElement[bool]:
    name, _, other = way.partition(" > ")
    if other:
        parent = table.metadata.tables[other]
        theirs = select(_id_of(parent)).where(rows_of(parent, patient_id))
        return table.c[name].in_(theirs)
    if name.endswith("[]"):
        return table.c[name.removesuffix("[]")].contains([patient_id])
    return table.c[name] == patient_id


def _id_of(table: Table) -> ColumnElement[Any]:
    return table.c["id"]
