"""What the first version kept is there in the newest, and its people go on as if nothing had been (OP-3)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from alembic.script import ScriptDirectory
from litestar import Litestar
from psycopg import sql

from glidepath import startup
from glidepath.assets import migrations_dir
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.encryption import ring
from glidepath.identity.cookies import COOKIE
from glidepath.settings import Settings
from tests.api.test_migrations import SCHEMA
from tests.clinics import HOST, browser, check_in, sign_in
from tests.conftest import TEMPLATE

FIRST: Final = "0003"
KEPT: Final = Path(__file__).parents[1] / "fixtures" / "first_version.sql"
# A session's secret as the phone of the first version has it.
PHONE: Final = "a phone of the first version"
CALLED: Final = "Called, and came in the same day."
NOTES: Final = {"Written on the first day.", "Corrected the same evening.", "And one more."}
PATIENT: Final = "01a2249e-a322-722d-a17c-0ace21d3bb05"
# Where the first version had nothing to keep after that month.
EMPTY: Final = {"invitations", "procrastinate_periodic_defers", "procrastinate_workers"}
Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def database_name(postgres: EmbeddedPostgres) -> Iterator[str]:
    """As the first version left it."""
    postgres.create("first_version")
    migrate.upgrade(postgres.url(OWNER, "first_version"), FIRST)
    with psycopg.connect(postgres.url("postgres", "first_version")) as admin:
        admin.execute(KEPT.read_bytes())
        # Whatever the day of this test, the phone was in use.
        admin.execute("update sessions set created_at = now(), last_seen_at = now()")
    yield "first_version"
    postgres.drop("first_version")


@pytest.fixture
def owner_url(settings: Settings) -> str:
    assert settings.owner_database_url is not None
    return settings.owner_database_url


@pytest.fixture
def admin(postgres: EmbeddedPostgres, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres.url("postgres", database_name), autocommit=True) as connection:
        yield connection


def rows(admin: psycopg.Connection[Any], tables: set[str]) -> Rows:
    """Each by its table and what identifies it there."""
    found: Rows = {}
    for table in tables:
        asked = sql.SQL("select to_jsonb(one) from {} one").format(sql.Identifier("public", table))
        for (row,) in admin.execute(asked):
            key = row.get("id") or [row[name] for name in sorted(row) if name.endswith("_id")]
            found[table, str(key)] = row
    return found


def first_tables(admin: psycopg.Connection[Any]) -> set[str]:
    asked = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind = 'r' and relname <> 'alembic_version'"
    )
    return {name for (name,) in admin.execute(asked)}


def changed(before: Rows, after: Rows) -> set[tuple[str, str]]:
    """The columns, by table, that any kept row has lost or has otherwise."""
    return {
        (table, column)
        for (table, key), row in before.items()
        for column, value in row.items()
        if after[table, key].get(column, ...) != value
    }


@pytest.mark.anyio
async def test_a_clinic_of_the_first_version_goes_on_in_the_newest(
    app: Litestar,
    settings: Settings,
    owner_url: str,
    admin: psycopg.Connection[Any],
    postgres: EmbeddedPostgres,
):
    """As `glidepath migrate upgrade` does it: up to the newest schema, and what is in plain is sealed."""
    tables = first_tables(admin)
    before = rows(admin, tables)
    assert {table for table, _ in before} >= tables - EMPTY
    migrate.upgrade(owner_url)
    startup.seal_texts(settings, owner_url)
    after = rows(admin, tables)
    assert before.keys() == after.keys()
    assert changed(before, after) == {
        ("accounts", "joined_at"),  # staff had no moment of joining
        ("alert_events", "outcome"),  # its words
        ("alert_events", "note"),
        ("check_ins", "note"),
    }
    opened = {
        ring().open(row["note"], "check_ins.note")
        for (table, _), row in after.items()
        if table == "check_ins" and row["note"] is not None
    }
    assert opened == NOTES
    with psycopg.connect(postgres.url("postgres", TEMPLATE)) as fresh:
        assert admin.execute(SCHEMA).fetchall() == fresh.execute(SCHEMA).fetchall()

    async with browser(app) as phone, browser(app) as office:
        phone.cookies.set(COOKIE, PHONE, domain=HOST)
        entries = (await phone.get("/api/diary")).json()["check_ins"]
        assert {one["note"] for one in entries} - {None} == NOTES
        assert len(entries) == len([1 for table, _ in before if table == "check_ins"])
        body = {"account_id": PATIENT, "check_ins": [check_in()], "exercise_sessions": []}
        sent = (await phone.post("/api/sync", json=body)).json()
        assert [one["status"] for one in sent["results"]] == ["stored"]
        await sign_in(office, "therapist@north.example")
        (row,) = (await office.get("/api/triage")).json()["rows"]
        assert (row["patient_id"], row["alert"]["kind"]) == (PATIENT, "worsening")
        alerts = (await office.get(f"/api/patients/{PATIENT}")).json()["alerts"]
        assert {(one["kind"], one["state"]) for one in alerts} >= {
            ("worsening", "open"),
            ("red_flag", "resolved"),
        }
        ends = [each for one in alerts for each in one["events"] if each["kind"] == "resolved"]
        assert [(one["outcome"], one["note"]) for one in ends] == [("called", CALLED)]


@pytest.mark.assurance
def test_every_step_up_can_be_taken_back_and_again_with_a_diary_in_it(
    owner_url: str, admin: psycopg.Connection[Any]
):
    tables = first_tables(admin)
    script = ScriptDirectory(str(migrations_dir()))
    steps = [one.revision for one in script.iterate_revisions("head", FIRST)][::-1]
    below, otherwise = FIRST, dict[tuple[str, str], set[tuple[str, str]]]()
    for step in steps:
        before = rows(admin, tables)
        migrate.upgrade(owner_url, step)
        up, schema = rows(admin, tables), admin.execute(SCHEMA).fetchall()
        migrate.downgrade(owner_url, below)
        if different := changed(before, rows(admin, tables)):
            otherwise[step, "down"] = different
        migrate.upgrade(owner_url, step)
        assert admin.execute(SCHEMA).fetchall() == schema
        if different := changed(up, rows(admin, tables)):
            otherwise[step, "up"] = different
        below = step
    assert otherwise == {
        # The moment of the upgrade.
        ("0031", "up"): {("clinics", "climbs_since")},
        # Staff joined when they were added; nobody is the worse for knowing that.
        ("0034", "down"): {("accounts", "joined_at")},
    }
