"""The doctor on a database: nothing is wrong with what is sound, and each fault that is made is named alone (OP-8)."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from glidepath import startup
from glidepath.audit.verifying import ends
from glidepath.cli import cli
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.doctor import of_database
from glidepath.doctor.commands import database as examine
from glidepath.settings import Settings
from tests.clinics import Clinic, check_in, sync

pytestmark = pytest.mark.anyio
NOBODY = "00000000-0000-0000-0000-000000000001"

Admin = psycopg.Connection[Any]


@pytest.fixture
def admin(postgres: EmbeddedPostgres, database_name: str) -> Iterator[Admin]:
    with psycopg.connect(postgres.url("postgres", database_name), autocommit=True) as connection:
        connection.execute("insert into procrastinate_workers (last_heartbeat) values (now())")
        yield connection


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """As on one machine, with files of its own."""
    return msgspec.structs.replace(
        settings,
        base_url="http://127.0.0.1:8000",
        data_dir=tmp_path,
        audit_anchor=tmp_path / "anchors.jsonl",
        erasure_list=tmp_path / "erasures.jsonl",
    )


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The address of a database without tables."""
    postgres.create("no_tables")
    yield postgres.url(database="no_tables")
    postgres.drop("no_tables")


@pytest.fixture
def front() -> Iterator[str]:
    """Something that answers as the web server does."""

    class Lives(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/livez" else 404)
            self.end_headers()
            self.wfile.write(b'{"status": "ok"}')

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Lives) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def wrong(url: str | None, settings: Settings) -> list[str]:
    assert url is not None
    found = await asyncio.to_thread(lambda: list(examine(url, settings, datetime.now(UTC))))
    return [one.about for one in found if one.state == "wrong"]


async def test_nothing_is_wrong_with_what_is_sound_and_nothing_is_told_of_anybody(
    clinic: Clinic,
    settings: Settings,
    admin: Admin,
    front: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    await sync(clinic, check_in(note="canary-of-the-doctor"))
    monkeypatch.setattr(startup, "require_front_end", lambda: None)
    environ = {
        "GLIDEPATH_DATABASE_URL": settings.database_url,
        "GLIDEPATH_OWNER_DATABASE_URL": settings.owner_database_url,
        "GLIDEPATH_AUDIT_KEY": "5e" * 32,
        "GLIDEPATH_FIELD_KEYS": "7c" * 32,
        "GLIDEPATH_DATA_DIR": str(tmp_path),
        "GLIDEPATH_BASE_URL": front,
    }
    said = await asyncio.to_thread(CliRunner().invoke, cli, ["doctor"], env=environ)
    assert said.exit_code == 0, said.output
    assert said.output.endswith("Nothing is wrong.\n")
    assert [one for one in ("canary", "Pat Doe", "@") if one in said.output] == []
    environ["GLIDEPATH_BASE_URL"] = f"{front.rpartition(':')[0]}:9"
    said = await asyncio.to_thread(CliRunner().invoke, cli, ["doctor"], env=environ)
    assert said.exit_code == 1
    assert "wrong  address" in said.output
    assert "1 thing is wrong." in said.output


# What breaks it, what mends it, and what is said to be wrong meanwhile.
FAULTS = [
    (
        "alter table check_ins no force row level security",
        "alter table check_ins force row level security",
        "walls",
    ),
    (
        "alter table clinics disable row level security",
        "alter table clinics enable row level security",
        "walls",
    ),
    (
        "update alembic_version set version_num = '0001'",
        "update alembic_version set version_num = '{newest}'",
        "migrations",
    ),
    (
        "update procrastinate_workers set last_heartbeat = now() - interval '1 hour'",
        "update procrastinate_workers set last_heartbeat = now()",
        "worker",
    ),
    (
        f"insert into erased_accounts values ('{{clinic}}', '{NOBODY}', now())",
        "delete from erased_accounts",
        "erasure list",
    ),
]


async def test_each_fault_of_a_database_is_named_alone(
    clinic: Clinic, own: Settings, admin: Admin, empty: str
):
    """OP-8, each with its mutant: what is mended is not named any more."""
    ((newest,),) = admin.execute("select version_num from alembic_version").fetchall()
    admin.execute("set session_replication_role = replica")
    assert await wrong(own.database_url, own) == []
    for fault, mend, about in FAULTS:
        admin.execute(fault.format(clinic=clinic.id).encode())
        assert await wrong(own.database_url, own) == [about], fault
        admin.execute(mend.format(newest=newest).encode())
    assert await wrong(own.database_url, own) == []
    assert "role" in await wrong(own.owner_database_url, own)
    assert await wrong(empty, own) == ["migrations"]


async def test_keys_that_are_not_those_of_the_database_are_named(
    clinic: Clinic, own: Settings, admin: Admin, database: Database
):
    await sync(clinic, check_in(note="sealed"))
    assert await ends(database)
    other = msgspec.structs.replace(own, audit_key="4d" * 32, field_keys="4d" * 32)
    assert await wrong(own.database_url, other) == ["audit key"]
    assert own.owner_database_url is not None
    assert [one.state for one in of_database.sealed(own.owner_database_url, own)] == ["well"] * 2
    found = [(one.about, one.state) for one in of_database.sealed(own.owner_database_url, other)]
    assert found == [("sealed texts", "wrong"), ("backup", "well")]
