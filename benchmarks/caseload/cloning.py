"""Many clinics out of one: the same rows under other ids, as fast as PostgreSQL can write them."""

from collections.abc import Iterator
from hashlib import md5
from uuid import UUID

import psycopg
from psycopg import sql

# Every id of a copy follows from the original's and the copy's number, here and there alike.
_ID = "md5({column}::text || ':' || %(number)s)::uuid"
_AS_COPIED = {
    "uuid": _ID,
    "_uuid": f"array(select {_ID.format(column='one')} from unnest({{column}}) as one)",  # noqa: S608
    # What opens something has to open one thing only.
    "bytea": "sha256({column} || %(number)s::bytea)",
}
# A copied session is opened by what `token` says.
_TOKEN_HASH = "sha256(convert_to(" + _ID.format(column="account_id") + "::text, 'utf8'))"
_COLUMNS = """
    select table_name, column_name, udt_name from information_schema.columns
    where table_schema = 'public' and is_generated = 'NEVER'
        and (table_name = 'clinics' or table_name in (
            select table_name from information_schema.columns
            where table_schema = 'public' and column_name = 'clinic_id'))
        and table_name in (select tablename from pg_tables where schemaname = 'public')
    order by table_name, ordinal_position
"""


def copy_of(original: UUID, number: int) -> UUID:
    return UUID(md5(f"{original}:{number}".encode(), usedforsecurity=False).hexdigest())


def token(account_id: UUID, number: int) -> str:
    """Of the session of a copied account that had one."""
    return str(copy_of(account_id, number))


def copy_clinic(admin_url: str, clinic_id: UUID, numbers: range) -> None:
    """Copies a clinic with all that it has, once for each number. `admin_url`: as a superuser, since nobody
    else looks at the rows of more than one clinic, or writes past the triggers of what is append-only."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("set session_replication_role = replica")
        for table, columns in _tables(connection):
            statement = _statement(table, columns)
            with connection.cursor() as cursor:
                cursor.executemany(
                    statement,
                    [{"clinic": clinic_id, "number": str(number)} for number in numbers],
                )
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _tables(connection: psycopg.Connection) -> Iterator[tuple[str, dict[str, str]]]:
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(_COLUMNS):
        tables.setdefault(table, {})[column] = kind
    yield from tables.items()


def _statement(table: str, columns: dict[str, str]) -> sql.Composed:
    def copied(column: str, kind: str) -> sql.Composable:
        if (table, column) == ("sessions", "token_hash"):
            return sql.SQL(_TOKEN_HASH)
        # The chain of events goes on from where the original's was.
        if kind == "bytea" and table in ("audit_events", "audit_heads"):
            return sql.Identifier(column)
        template = _AS_COPIED.get(kind, "{column}")
        return sql.SQL(template).format(column=sql.Identifier(column))

    return sql.SQL(
        "insert into {table} ({names}) select {values} from {table} where {owner} = %(clinic)s"
    ).format(
        table=sql.Identifier(table),
        names=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(copied(*one) for one in columns.items()),
        owner=sql.Identifier("id" if table == "clinics" else "clinic_id"),
    )
