"""Seals texts anew, as the owner of the tables and while the application runs: `glidepath keys`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from glidepath.database.base import Base
from glidepath.database.encryption import PREFIX, Keyring, Sealed
from glidepath.database.tables import import_all_tables

# So many rows are held at a time, and no longer than it takes.
BATCH: Final = 200
# Lets the owner see the rows of all clinics, in tables that have sealed columns.
_AS_RESEALER = "select set_config('app.reseal', 'on', false)"


class Place(NamedTuple):
    table: str
    column: str
    # Of the primary key.
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"


def places() -> list[Place]:
    """Every sealed column."""
    import_all_tables()
    return [
        Place(table.name, column.name, tuple(one.name for one in table.primary_key))
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def status(owner_url: str) -> Counter[str]:
    """How many texts each key sealed; "" are those that are not sealed."""
    found = Counter[str]()
    with _opened(owner_url) as connection:
        for place in places():
            rows = connection.execute(
                sql.SQL(
                    "select case when starts_with({column}, %s) then split_part({column}, ':', 2)"
                    " else '' end, count(*) from {table} where {column} is not null group by 1"
                ).format(**_names(place)),
                [PREFIX],
            )
            for key, count in rows:
                found[key] += count
    return found


def reseal(owner_url: str, ring: Keyring) -> Iterator[int]:
    """Seals with the first key whatever it did not; yields how many texts, batch by batch.

    Each batch is committed, so that it may be stopped at any time and gone on with later.
    """
    with _opened(owner_url) as connection:
        for place in places():
            yield from _reseal(connection, place, ring)


def _opened(owner_url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(owner_url, autocommit=True)
    connection.execute(_AS_RESEALER)
    return connection


def _reseal(connection: psycopg.Connection[Any], place: Place, ring: Keyring) -> Iterator[int]:
    names = _names(place)
    keys = sql.SQL(", ").join(map(sql.Identifier, place.key))
    others = sql.SQL(
        "select {keys}, {column} from {table} where {column} is not null"
        " and not starts_with({column}, %s) limit %s for update skip locked"
    ).format(keys=keys, **names)
    is_it = sql.SQL(" and ").join(
        sql.SQL("{} = %s").format(sql.Identifier(one)) for one in place.key
    )
    change = sql.SQL("update {table} set {column} = %s where ").format(**names) + is_it
    while True:
        with connection.transaction():
            rows = connection.execute(others, [ring.sealed_by_first, BATCH]).fetchall()
            for *key, kept in rows:
                sealed = ring.seal(ring.open(kept, place.name), place.name)
                connection.execute(change, [sealed, *key])
        if not rows:
            return
        yield len(rows)


def _names(place: Place) -> dict[str, sql.Identifier]:
    return {"table": sql.Identifier(place.table), "column": sql.Identifier(place.column)}
