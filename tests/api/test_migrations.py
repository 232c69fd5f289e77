"""Migrations: down and up again on data, and nothing left that the models do not say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from litestar import Litestar

from glidepath.database import migrate
from glidepath.database.base import Base
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.encryption import ring
from glidepath.database.engine import sync_engine
from glidepath.database.tables import import_all_tables
from glidepath.identity import operators
from glidepath.settings import Settings
from tests.clinics import Clinic, browser, check_in, handle, own_day, sign_in, sync
from tests.conftest import TEMPLATE

SCHEMA = """
select table_name, column_name, data_type, is_nullable from information_schema.columns
where table_schema = 'public' union all
select tablename, policyname, qual, with_check from pg_policies union all
select conrelid::regclass::text, conname, pg_get_constraintdef(oid), null from pg_constraint
where connamespace = 'public'::regnamespace union all
select tablename, indexname, indexdef, null from pg_indexes where schemaname = 'public' union all
select grantee, table_name, privilege_type, null from information_schema.role_table_grants
where table_schema = 'public' order by 1, 2, 3
"""


@pytest.fixture
def database_name(postgres: EmbeddedPostgres) -> Iterator[str]:
    """One for each, since these take its schema apart."""
    postgres.create("migrated", template=TEMPLATE)
    yield "migrated"
    postgres.drop("migrated")


@pytest.fixture
def owner_url(settings: Settings) -> str:
    assert settings.owner_database_url is not None
    return settings.owner_database_url


@pytest.fixture
def owner(owner_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        yield connection


def test_the_tables_are_what_the_models_say(owner_url: str):
    import_all_tables()
    engine = sync_engine(owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": lambda _, name, kind, *__: "procrastinate" not in (name or "")},
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_down_and_up_again_ends_in_the_same_schema(owner_url: str, owner: psycopg.Connection[Any]):
    before = owner.execute(SCHEMA).fetchall()
    migrate.downgrade(owner_url, "base")
    left = owner.execute("select relname from pg_class where relnamespace = 'public'::regnamespace")
    assert {row[0] for row in left} <= {"alembic_version", "alembic_version_pkc"}
    migrate.upgrade(owner_url)
    assert owner.execute(SCHEMA).fetchall() == before


@pytest.mark.anyio
async def test_a_diary_survives_every_step_above_the_tables_themselves(
    clinic: Clinic, postgres: EmbeddedPostgres, database_name: str, owner_url: str
):
    await sync(clinic, check_in(pain_now=7, note="keep me"))
    before = (await clinic.patient.get("/api/diary")).json()
    await clinic.app.state.database.close()
    migrate.downgrade(owner_url, "0001")
    with psycopg.connect(postgres.url("postgres", database_name)) as admin:
        ((pain, sealed),) = admin.execute("select pain_now, note from check_ins").fetchall()
    assert (pain, ring().open(sealed, "check_ins.note")) == (7, "keep me")
    migrate.upgrade(owner_url)
    assert (await clinic.patient.get("/api/diary")).json() == before


@pytest.mark.anyio
async def test_alerts_of_kinds_that_an_older_schema_lacks_go_and_the_others_stay(
    clinic: Clinic, owner_url: str, database_name: str, postgres: EmbeddedPostgres
):
    today = own_day()
    await sync(clinic, check_in(today - timedelta(days=1), pain_now=2))
    await sync(clinic, check_in(today, pain_now=9, red_flags=["both_legs"]))
    await clinic.app.state.database.close()
    migrate.downgrade(owner_url, "0003")
    with psycopg.connect(postgres.url("postgres", database_name)) as admin:
        assert admin.execute("select kind from alerts").fetchall() == [("red_flag",)]
        assert admin.execute("select count(*) from alert_events").fetchone() == (1,)
        forced = "select count(*) from pg_class where relname like 'alert%' and relforcerowsecurity"
        assert admin.execute(forced).fetchone() == (2,)
    migrate.upgrade(owner_url)
    # Of the sessions that there were, nobody knows how many factors they were opened with.
    assert (await clinic.therapist.get("/api/triage")).json()["code"] == "second_factor_needed"
    await sign_in(clinic.therapist, "therapist@north.example")
    assert len((await clinic.therapist.get("/api/triage")).json()["rows"]) == 1


@pytest.mark.anyio
async def test_what_was_done_about_alerts_survives_in_the_words_of_each_schema(
    clinic: Clinic, owner_url: str, database_name: str, postgres: EmbeddedPostgres
):
    today = own_day()
    client = clinic.therapist

    async def newest() -> dict[str, Any]:
        page = (await client.get(f"/api/patients/{clinic.patient_id}")).json()
        alert: dict[str, Any] = page["alerts"][0]
        return alert

    for outcome, useful in (("no_action", False), ("no_action", None), ("referred", True)):
        await sync(clinic, check_in(red_flags=["both_legs"]))
        await handle(client, await newest(), "resolve", outcome=outcome, useful=useful)
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await handle(client, await newest(), "resolve", outcome="called")
    await handle(client, await newest(), "undo")
    await handle(client, await newest(), "acknowledge")
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    await handle(client, await newest(), "snooze", until=str(today + timedelta(days=1)))
    await clinic.app.state.database.close()
    migrate.downgrade(owner_url, "0009")
    with psycopg.connect(postgres.url("postgres", database_name)) as admin:
        said = "select outcome from alert_events where outcome is not null order by at"
        assert [row[0] for row in admin.execute(said)] == [
            "not_useful",
            "no_action_needed",
            "contacted",
        ]
        kinds = (
            "select e.kind from alert_events e join alerts a on a.id = e.alert_id"
            " where a.state = 'open' order by e.at, e.id"
        )
        assert [row[0] for row in admin.execute(kinds)] == ["opened", "acknowledged", "extended"]
    migrate.upgrade(owner_url)
    await sign_in(client, "therapist@north.example")
    page = (await client.get(f"/api/patients/{clinic.patient_id}")).json()
    ends = [(one["version"], one["events"][-1]) for one in page["alerts"]]
    assert [(version, end["outcome"], end["useful"]) for version, end in ends] == [
        (3, None, None),
        (2, "called", None),
        (2, "no_action", None),
        (2, "no_action", False),
    ]
    seen = await handle(client, page["alerts"][0], "acknowledge")
    assert (await handle(client, seen.json(), "undo")).json()["state"] == "open"


@pytest.mark.anyio
async def test_what_waited_before_alerts_climbed_waits_since_the_upgrade_and_no_longer(
    clinic: Clinic, owner_url: str, database_name: str, postgres: EmbeddedPostgres
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await clinic.app.state.database.close()
    since = "select climbs_since > now() - interval '1 minute' from clinics"
    # From before escalation; then from a schema in which a worker had looked at all that waits.
    for older, found in (("0024", True), ("0028", None)):
        migrate.downgrade(owner_url, older)
        if older == "0028":
            with psycopg.connect(postgres.url("postgres", database_name)) as worker:
                worker.execute(
                    "insert into alert_climbs (clinic_id, alert_id, round, state, changed_at)"
                    " select clinic_id, id, 1, 'waiting', now() from alerts"
                )
        migrate.upgrade(owner_url)
        with psycopg.connect(postgres.url("postgres", database_name)) as admin:
            assert admin.execute(since).fetchone() == (found,)


@pytest.mark.anyio
async def test_operators_go_with_all_that_is_theirs_where_a_schema_has_none(
    clinic: Clinic, owner_url: str, database_name: str, postgres: EmbeddedPostgres
):
    database = clinic.app.state.database
    async with database.writing() as session:
        await operators.add(session, "op@x.example", "Op", "en", "", datetime.now(UTC))
    async with browser(clinic.app) as client:
        await sign_in(client, "op@x.example")
        assert (await client.get("/api/triage")).json()["code"] == "staff_only"
    await database.close()
    migrate.downgrade(owner_url, "0039")
    with psycopg.connect(postgres.url("postgres", database_name)) as admin:
        assert admin.execute("select id, synthetic from clinics").fetchall() == [(clinic.id, False)]
        assert admin.execute("select count(*) from audit_heads").fetchone() == (1,)
    migrate.upgrade(owner_url)
    assert (await clinic.therapist.get("/api/triage")).status_code == 200


def test_the_newest_revision_is_the_one_that_was_reached(
    owner: psycopg.Connection[Any], built: Litestar
):
    row = owner.execute("select version_num from alembic_version").fetchone()
    assert row == (migrate.head(),)
    assert OWNER in str(owner.info.user)
