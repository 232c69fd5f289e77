"""One database for test after test: wiped in a few milliseconds, where making another takes a hundred."""

import itertools
import os
from typing import Any
from uuid import UUID

import psycopg
import pytest

from glidepath.database.embedded import EmbeddedPostgres

# What a migration or a test may change of the schema leaves a newer row in one of these.
_CATALOGUES = (
    "pg_class",
    "pg_attribute",
    "pg_constraint",
    "pg_index",
    "pg_proc",
    "pg_trigger",
    "pg_policy",
    "pg_namespace",
)
_SHAPE = "select " + ", ".join(
    f"(select (count(*), max(xmin::text::bigint)) from {one})" for one in _CATALOGUES
)
# Each table with the column that says whose a row is, if one does.
_TABLES = """
    select relname, case
        when relname = 'clinics' then 'id'
        when exists (
            select from pg_attribute where attrelid = pg_class.oid and attname = 'clinic_id'
        ) then 'clinic_id'
    end
    from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'
    order by relname
"""
_SEQUENCES = """
    select format('select setval(%L, 1, false)', relname) from pg_class
    where relkind = 'S' and relnamespace = 'public'::regnamespace
"""
_END_OTHERS = """
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
_numbers = itertools.count()

# What the demo clinic is seeded for, in one process of all, so that it is seeded once.
seeds_once = pytest.mark.xdist_group("demo")


class Slate:
    """A migrated database that `wipe` makes new again, and that remembers what was once made for a clinic."""

    def __init__(self, postgres: EmbeddedPostgres, template: str) -> None:
        self._postgres, self._template = postgres, template
        self._make()

    def _make(self) -> None:
        self.name = f"test_{os.getpid()}_{next(_numbers)}"
        self._postgres.create(self.name, template=self._template)
        self._connect()
        self._run("create schema blank; create schema kept")
        self._clinic_columns = dict(self._rows(_TABLES))
        for table in self._clinic_columns:
            self._run(
                f'create table blank."{table}" as table public."{table}"; '
                f'create table kept."{table}" as table public."{table}" with no data'
            )
        self._restart = "; ".join(row[0] for row in self._rows(_SEQUENCES))
        self._shape = self._rows(_SHAPE)

    def _connect(self) -> None:
        self._connection = psycopg.connect(
            self._postgres.url("postgres", self.name), autocommit=True
        )
        # Neither triggers nor foreign keys hold what this connection does.
        self._run("set session_replication_role = replica")

    def wipe(self) -> None:
        """Ends what is connected yet, and puts everything back; a changed schema makes it another database."""
        try:
            self._run(_END_OTHERS)
        except psycopg.OperationalError:
            # A test cut everybody off, this one as well.
            self._connect()
            self._run(_END_OTHERS)
        if self._rows(_SHAPE) != self._shape:
            self._connection.close()
            self._postgres.drop(self.name)
            self._make()
            return
        self._run(
            "; ".join(
                f'delete from public."{table}"; '
                f'insert into public."{table}" overriding system value table blank."{table}"'
                for table in self._clinic_columns
            )
        )
        self._run(self._restart)

    def keep(self, clinic_id: UUID) -> None:
        """Remembers the clinic as it is."""
        self._copy("public", "kept", clinic_id)

    def put_back(self, clinic_id: UUID) -> None:
        """The clinic as it was when it was kept."""
        self._copy("kept", "public", clinic_id)

    def _copy(self, source: str, target: str, clinic_id: UUID) -> None:
        self._run(
            "; ".join(
                f'insert into {target}."{table}" overriding system value '
                f"select * from {source}.\"{table}\" where {column} = '{clinic_id}'"
                for table, column in self._clinic_columns.items()
                if column
            )
        )

    def close(self) -> None:
        self._connection.close()

    def _run(self, statements: str) -> None:
        self._connection.execute(statements.encode())

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query.encode()).fetchall()
