"""What tells whether two databases hold the same: of each table how many rows, and a sum over what stands in them."""

from typing import Any, Final

import psycopg
from psycopg import sql

from glidepath.backups.container import Table

# How a row is written as text must not depend on who asks.
_PLAINLY: Final = (
    "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';"
    " set extra_float_digits = 1; set bytea_output = 'hex'"
)
_TABLES: Final = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname
"""
# In whichever order the rows come; a sum, so that a row that is there twice does not cancel itself.
_SUM: Final = sql.SQL("""
    select count(*), coalesce(sum(
        ('x' || encode(substr(sha256(convert_to("each row"::text, 'UTF8')), 1, 8), 'hex'))
        ::bit(64)::bigint::numeric
    ), 0)::text
    from only public.{} as "each row"
""")
_SEQUENCES: Final = """
    select sequencename, coalesce(last_value, 0) from pg_sequences
    where schemaname = 'public' order by sequencename
"""


def tables(connection: psycopg.Connection[Any]) -> dict[str, Table]:
    """Every table, of which the connection must see all rows."""
    connection.execute(_PLAINLY)
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    return {name: _sum(connection, name) for name in names}


def _sum(connection: psycopg.Connection[Any], name: str) -> Table:
    ((rows, total),) = connection.execute(_SUM.format(sql.Identifier(name))).fetchall()
    return Table(rows, total)


def sequences(connection: psycopg.Connection[Any]) -> dict[str, int]:
    return dict(connection.execute(_SEQUENCES).fetchall())


def differences(expected: dict[str, Table], found: dict[str, Table]) -> list[str]:
    """A sentence each, of names and counts alone."""
    said = list[str]()
    for name in sorted(expected.keys() | found.keys()):
        was, now = expected.get(name), found.get(name)
        if was is None:
            said.append(f"{name} is too much")
        elif now is None:
            said.append(f"{name} is missing")
        elif was.rows != now.rows:
            said.append(f"{name} has {now.rows} rows instead of {was.rows}")
        elif was != now:
            said.append(f"{name} has {now.rows} rows, but not the same ones")
    return said
