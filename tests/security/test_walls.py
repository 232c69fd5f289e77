"""The wall below the code: what the application's role can do by hand (AC-3, AC-4, AC-5)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from glidepath.database.base import Base
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.database.tables import import_all_tables
from glidepath.settings import Settings
from tests.security.rolled_back import RolledBack
from tests.security.world import World

pytestmark = pytest.mark.anyio

Furnished = tuple[World, RolledBack]
import_all_tables()
TENANT_TABLES: Final = sorted(
    name for name, table in Base.metadata.tables.items() if "clinic_id" in table.columns
)
# Functions that run with the rights of who owns them, each with its reason in its migration.
OWNERS_FUNCTIONS: Final = {"prune_synthetic_clinic", "installation_clinics", "erase_patient"}
# What is tried against the rows of another clinic; each ends with none, or is refused.
DEEDS: Final = {
    "select": "select from {table} where clinic_id = {theirs}",
    "update": "update {table} set clinic_id = clinic_id where clinic_id = {theirs}",
    "take": "update {table} set clinic_id = {theirs}",
    "delete": "delete from {table} where clinic_id = {theirs}",
    "insert": "insert into {table} select (jsonb_populate_record(null::{table}, {row})).*",
    "upsert": "insert into {table} select (jsonb_populate_record(null::{table}, {row})).*"
    " on conflict do nothing",
    "copy": "copy (select from {table} where clinic_id = {theirs}) to stdout",
    "copy in": "copy {table} from stdin",
    "truncate": "truncate {table} cascade",
}
REFUSED: Final = (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)


def tried(
    connection: psycopg.Connection[Any], deed: str, table: str, *, own: UUID, theirs: UUID
) -> int | None:
    """How many rows of another clinic a deed reached; None if it was refused. Nothing of it stays."""
    statement = sql.SQL(deed).format(
        table=sql.Identifier(table),
        theirs=sql.Literal(str(theirs)),
        row=sql.Literal(f'{{"clinic_id": "{theirs}"}}'),
    )
    with connection.cursor() as cursor:
        try:
            cursor.execute("select set_config('app.clinic_id', %s, true)", [str(own)])
            if deed.startswith("copy"):
                with cursor.copy(statement) as copied:
                    return sum(1 for _ in copied) if "to stdout" in deed else 1
            cursor.execute(statement)
        except REFUSED:
            return None
        else:
            # A row of one's own that is given away counts as reached.
            return cursor.rowcount
        finally:
            connection.rollback()


async def test_no_deed_of_the_apps_role_reaches_another_clinics_rows(
    furnished: Furnished, settings: Settings, report: Callable[[str], None]
):
    own, theirs = furnished[0].other_clinic.id, furnished[0].clinic.id
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        found = {
            (table, deed): tried(connection, statement, table, own=own, theirs=theirs)
            for table in TENANT_TABLES
            for deed, statement in DEEDS.items()
        }
    assert {key: count for key, count in found.items() if count} == {}
    writes = [found[table, deed] for table in TENANT_TABLES for deed in ("insert", "copy in")]
    assert set(writes) == {None}
    report(f"AC-3: {len(TENANT_TABLES)} tables x {len(DEEDS)} deeds: 0 rows of another clinic")


async def test_there_are_rows_to_reach_and_without_the_wall_they_are(
    furnished: Furnished, settings: Settings, postgres: EmbeddedPostgres
):
    own, theirs = furnished[0].other_clinic.id, furnished[0].clinic.id
    assert settings.database_url is not None
    with (
        psycopg.connect(postgres.url("postgres", "matrix"), autocommit=True) as admin,
        psycopg.connect(settings.database_url) as connection,
    ):
        filled = [
            table
            for table in TENANT_TABLES
            if tried(admin, DEEDS["select"], table, own=own, theirs=theirs)
        ]
        assert len(filled) >= 30
        admin.execute("alter table check_ins disable row level security")
        try:
            assert tried(connection, DEEDS["select"], "check_ins", own=own, theirs=theirs)
            with pytest.raises(psycopg.errors.NotNullViolation):
                tried(connection, DEEDS["insert"], "check_ins", own=own, theirs=theirs)
        finally:
            admin.execute("alter table check_ins enable row level security")


async def test_who_has_entered_no_clinic_sees_no_row(furnished: Furnished, settings: Settings):
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        seen = Counter[str]()
        for table in [*TENANT_TABLES, "clinics", "procrastinate_jobs"]:
            rows = connection.execute(sql.SQL("select from {}").format(sql.Identifier(table)))
            seen[table] += rows.rowcount
    assert +seen == Counter()


async def test_every_row_of_one_clinic_alone_is_seen_in_it(
    furnished: Furnished, settings: Settings
):
    own = furnished[0].clinic.id
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("select set_config('app.clinic_id', %s, false)", [str(own)])
        for table in TENANT_TABLES:
            rows = connection.execute(
                sql.SQL("select distinct clinic_id from {}").format(sql.Identifier(table))
            ).fetchall()
            assert rows in ([], [(own,)]), table
        jobs = "select distinct args ->> 'clinic_id' from procrastinate_jobs"
        assert connection.execute(jobs).fetchall() == [(str(own),)]


async def test_no_view_and_no_function_looks_past_the_wall(
    furnished: Furnished, settings: Settings
):
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        views = connection.execute(
            "select relname from pg_class where relkind in ('v', 'm')"
            " and relnamespace = 'public'::regnamespace"
            " and not coalesce(reloptions @> '{security_invoker=true}', false)"
        ).fetchall()
        functions = connection.execute(
            "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
        ).fetchall()
    assert views == []
    assert {name for (name,) in functions} == OWNERS_FUNCTIONS


async def test_every_link_between_rows_of_clinics_carries_the_clinic(
    furnished: Furnished, settings: Settings
):
    """AC-5, as the database has it: a check of a foreign key is past row-level security."""
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        links = connection.execute(
            "select c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,"
            " array(select attname::text from pg_attribute where attrelid = c.conrelid"
            "  and attnum = any(c.conkey)),"
            " array(select attname::text from pg_attribute where attrelid = c.confrelid"
            "  and attnum = any(c.confkey))"
            " from pg_constraint c where contype = 'f' and connamespace = 'public'::regnamespace"
        ).fetchall()
    between = [one for one in links if {one[1], one[2]} <= set(TENANT_TABLES)]
    assert len(between) > 50
    for name, _, __, here, there in between:
        assert "clinic_id" in here, name
        assert "clinic_id" in there, name


@pytest.mark.assurance
async def test_no_context_is_left_in_a_pooled_connection(
    furnished: Furnished, settings: Settings, report: Callable[[str], None]
):
    """AC-4: 10,000 transactions of two clinics by turns on five connections, of which many are
    cancelled, time out or fail."""
    assert settings.database_url is not None
    seed = random.randrange(2**32)
    chance, ends = random.Random(seed), Counter[str]()
    clinics = (furnished[0].clinic.id, furnished[0].other_clinic.id)
    database = Database(settings.database_url, pool_size=5)

    async def one(number: int) -> None:
        clinic_id, fate = clinics[number % 2], chance.random()
        unit = database.reading if chance.random() < 0.5 else database.writing
        async with unit(clinic_id) as session:
            seen = (
                await session.execute(text("select distinct clinic_id from accounts"))
            ).scalars()
            assert set(seen) == {clinic_id}
            if fate < 0.1:
                raise ZeroDivisionError
            if fate < 0.2:
                await session.execute(text("set local statement_timeout = 1"))
                await session.execute(text("select pg_sleep(1)"))
            if fate < 0.3:
                await session.execute(text("select 1 / 0"))
            if fate < 0.4:
                await asyncio.sleep(1)

    async def ended(number: int) -> None:
        work = asyncio.create_task(one(number))
        if chance.random() < 0.2:
            await asyncio.sleep(chance.random() / 50)
            work.cancel()
        try:
            await asyncio.wait_for(work, 0.2)
            ends["done"] += 1
        except (ZeroDivisionError, DBAPIError, TimeoutError, asyncio.CancelledError) as error:
            ends[type(error).__name__] += 1
        async with database.reading() as session:
            left = await session.execute(text("select current_setting('app.clinic_id', true)"))
            assert not left.scalar_one()
            none = await session.execute(text("select count(*) from accounts"))
            assert none.scalar_one() == 0

    for start in range(0, 10_000, 20):
        await asyncio.gather(*(ended(number) for number in range(start, start + 20)))
    await database.close()
    assert len(ends) >= 4
    report(f"AC-4: 10,000 transactions, seed {seed}, {dict(ends)}: 0 rows of another clinic")
