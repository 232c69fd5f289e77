"""The base of every table: names, keys and the clinic that a row belongs to."""

from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: PG_UUID(as_uuid=True),
        datetime: TIMESTAMP(timezone=True),
        str: Text,
        int: SmallInteger,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: ARRAY(Text),
        list[int]: ARRAY(SmallInteger),
    }


class ClinicOwned:
    """A row of one clinic. `clinic_id` leads every key, so that a link across clinics is no link.

    Foreign-key checks bypass row-level security; composite keys are what stops them from crossing.
    """

    clinic_id: Mapped[UUID] = mapped_column(
        ForeignKey("clinics.id"), primary_key=True, sort_order=-30
    )


def table_of(model: type[Base]) -> Table:
    """Without the mapping: rows of what every request or sync sends are not made into objects."""
    return cast("Table", model.__table__)


def within_clinic(table: str, *columns: str, to: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A foreign key to a row of the same clinic."""
    return ForeignKeyConstraint(
        ["clinic_id", *columns], [f"{table}.clinic_id", *(f"{table}.{column}" for column in to)]
    )


def door(table: str, key: str, policy: str = "holder") -> Index:
    """An index on the secret by which a row is found before its clinic is known, in the words of that policy. It
    is joined to the clinic's own by `or`: without it each row of a clinic would be looked for in all clinics.
    """
    return Index(f"ix_{table}_{policy}", text(f"({key})"))


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL of a check that holds a text column to a vocabulary."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({listed})"


def all_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL of a check that holds a text array to a vocabulary."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} <@ array[{listed}]::text[]"
