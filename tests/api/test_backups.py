"""A backup holds every clinic's rows, tells nobody of them, and is brought back as it was or not at all (OP-1, OP-2, PH-5)."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import click
import msgspec
import psycopg
import pytest
from click.testing import CliRunner, Result

from glidepath.audit import anchors
from glidepath.audit.anchors import End
from glidepath.backups import commands, counting, drilling, keys, making, restoring
from glidepath.backups.container import Refused, read_header
from glidepath.cli import cli
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.revisions import revisions
from glidepath.records import erasure_list
from glidepath.settings import Settings
from glidepath.startup import Addresses
from tests.clinics import Clinic, check_in, sync
from tests.dumps import dump

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)
# What a backup must not tell: a name, which the database can read, and a note, which it cannot.
CANARIES = (b"Pat Doe", b"canary-backed-up", b"therapist@north.example")
TABLES = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname
"""

Run = Callable[..., Result]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    keys.make(tmp_path / "backup.key", NOW, None)
    return tmp_path / "backup.key"


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The address of an empty database, as its owner's role."""
    postgres.create("brought_back")
    yield postgres.url(OWNER, "brought_back")
    postgres.drop("brought_back")


@pytest.fixture
def glidepath(settings: Settings, tmp_path: Path, key: Path) -> Run:
    """Runs a command of an installation on this test's database, as its owner would."""

    def run(*arguments: object, **others: str) -> Result:
        told = {
            "database_url": settings.database_url,
            "owner_database_url": settings.owner_database_url,
            "audit_key": "5e" * 32,
            "field_keys": "7c" * 32,
            "data_dir": str(tmp_path),
            "backup_recipient": public(key),
            **others,
        }
        environ = {f"GLIDEPATH_{name.upper()}": value for name, value in told.items()}
        return CliRunner().invoke(cli, [str(one) for one in arguments], env=environ)

    return run


def public(key: Path) -> str:
    return str(keys.read(key, str)[0].to_public())


def make(settings: Settings, key: Path, file: Path) -> Path:
    assert settings.owner_database_url is not None
    making.make(settings.owner_database_url, file, keys.recipients(public(key)), NOW)
    return file


def rows(postgres: EmbeddedPostgres, database: str) -> dict[str, list[str]]:
    """Every row of every table, past all walls."""
    with psycopg.connect(postgres.url("postgres", database)) as admin:
        return {
            name: sorted(
                text for (text,) in admin.execute(f'select t::text from public."{name}" t'.encode())
            )
            for (name,) in admin.execute(TABLES).fetchall()
        }


def is_empty(owner_url: str) -> bool:
    with psycopg.connect(owner_url) as owner:
        return owner.execute(restoring._IS_EMPTY).fetchall() == [(True,)]


async def test_every_row_of_every_clinic_comes_back_and_nothing_can_be_read_meanwhile(
    clinic: Clinic,
    other_clinic: Clinic,
    settings: Settings,
    postgres: EmbeddedPostgres,
    database_name: str,
    empty: str,
    key: Path,
    tmp_path: Path,
):
    """OP-1, PH-5, in small: every table, and more than one clinic."""
    for one in (clinic, other_clinic):
        await sync(one, check_in(note="canary-backed-up"))
    file = make(settings, key, tmp_path / "a.backup")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one for one in CANARIES if one in file.read_bytes()] == []
    assert read_header(file).revision == revisions()[1]
    before = rows(postgres, database_name)
    assert len(before["clinics"]) == 2
    manifest = restoring.restore(file, keys.read(key, str), empty)
    assert rows(postgres, "brought_back") == before
    # Keys, rights, triggers and walls.
    schema = ("--schema-only", "--schema=public", "--restrict-key=same")
    assert dump(empty, *schema) == dump(postgres.url(OWNER, database_name), *schema)
    with pytest.raises(Refused, match="something in this database already"):
        restoring.restore(file, keys.read(key, str), empty)
    # As a drill goes on; what was anchored later is not missed in it.
    there = Addresses(postgres.url(database="brought_back"), empty)
    anchored = msgspec.structs.replace(settings, audit_anchor=tmp_path / "anchors.jsonl")
    anchors.add(tmp_path / "anchors.jsonl", [End(clinic.id, 10_000, bytes(32))], NOW)
    found = await drilling.examine(there, manifest, anchored)
    assert (found.clinics, found.events) == (2, len(before["audit_events"]))
    other_key = msgspec.structs.replace(settings, field_keys="8d" * 32)
    with pytest.raises(click.ClickException, match="GLIDEPATH_FIELD_KEYS lacks key"):
        await drilling.examine(there, manifest, other_key)
    with psycopg.connect(postgres.url("postgres", "brought_back"), autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update audit_events set outcome = 'denied' where seq = 1")
    with pytest.raises(click.ClickException, match=r"does not hold together: event 1 "):
        await drilling.examine(there, manifest, anchored)


async def test_who_was_erased_since_is_erased_again(
    clinic: Clinic,
    settings: Settings,
    postgres: EmbeddedPostgres,
    glidepath: Run,
    empty: str,
    key: Path,
    tmp_path: Path,
):
    """PR-3."""
    made = await asyncio.to_thread(glidepath, "backup", backup_folder=str(tmp_path))
    assert made.exit_code == 0, made.output
    (file,) = backups(tmp_path)
    assert str(file) in made.output
    erasure_list.add(tmp_path / "erasures.jsonl", clinic.id, [clinic.patient_id], NOW)
    app_url = postgres.url(database="brought_back")
    into = ("restore", file, "--key", key, "--into", empty)
    brought = await asyncio.to_thread(glidepath, *into, database_url=app_url)
    assert brought.exit_code == 0, brought.output
    assert "1 records were erased again." in brought.output
    assert rows(postgres, "brought_back")["patients"] == []
    # Into another database than that of the settings it is left to do.
    assert commands._is_same(app_url, empty)
    assert not commands._is_same(str(settings.database_url), empty)


async def test_a_table_that_is_left_out_is_missed_and_nothing_stays(
    clinic: Clinic,
    settings: Settings,
    empty: str,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """OP-2, its mutant: a dump without the diary."""
    await sync(clinic, check_in())
    monkeypatch.setattr(making, "OPTIONS", (*making.OPTIONS, "--exclude-table-data=check_ins"))
    file = make(settings, key, tmp_path / "a.backup")
    with pytest.raises(Refused, match="check_ins has 0 rows instead of 1"):
        restoring.restore(file, keys.read(key, str), empty)
    assert is_empty(empty)


def flipped(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]


CHANGES: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda whole: whole[:-1], "cut off or altered"),
    (lambda whole: whole[: len(whole) // 2], "cut off or altered"),
    (flipped, "cut off or altered"),
    (lambda whole: whole.replace(b'"at":"2026', b'"at":"2025', 1), "cut off or altered"),
    (lambda whole: whole.replace(b'"revision":"', b'"revision":"x', 1), "does not know"),
    (lambda whole: whole.replace(b'"format":1', b'"format":2', 1), "does not know"),
    (lambda _: b"PGDMP", "is no backup of Glidepath"),
]


async def test_a_database_that_stops_in_the_middle_is_a_sentence_that_names_no_row(
    settings: Settings, empty: str, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """OP-2, PH-1."""

    def stops(*_: object) -> None:
        raise psycopg.OperationalError("canary")

    file = make(settings, key, tmp_path / "a.backup")
    monkeypatch.setattr(restoring, "_compare", stops)
    with pytest.raises(click.ClickException, match="does not take the backup") as refused:
        restoring.restore(file, keys.read(key, str), empty)
    assert "canary" not in refused.value.message
    assert is_empty(empty)


async def test_what_is_not_as_it_was_written_is_refused_before_anything_is_touched(
    settings: Settings, empty: str, key: Path, tmp_path: Path
):
    """OP-2, PH-5."""
    file = make(settings, key, tmp_path / "a.backup")
    keys.make(tmp_path / "other.key", NOW, None)
    with pytest.raises(Refused, match="another key"):
        restoring.restore(file, keys.read(tmp_path / "other.key", str), empty)
    whole = file.read_bytes()
    for change, sentence in CHANGES:
        assert change(whole) != whole
        file.write_bytes(change(whole))
        with pytest.raises(Refused, match=sentence):
            restoring.restore(file, keys.read(key, str), empty)
        assert is_empty(empty)


async def test_a_wall_that_would_hide_rows_from_the_backup_stops_it(settings: Settings):
    """OP-2: what is forgotten in a migration is no gap that nobody sees."""
    with psycopg.connect(str(settings.owner_database_url)) as owner:
        owner.execute("drop policy backup on messages")
        with pytest.raises(click.ClickException, match="messages would be missing"):
            making._manifest(owner, NOW)
        owner.execute("select let_backup_read('messages')")
        assert "messages" in making._manifest(owner, NOW).tables
        owner.rollback()


async def test_a_function_with_the_owners_rights_sees_no_more_than_before(
    clinic: Clinic, postgres: EmbeddedPostgres, database_name: str
):
    """AC-3: the application's role may say that it makes a backup, and is shown nothing for it."""
    count = "select count(*) from patients"
    with psycopg.connect(postgres.url("postgres", database_name)) as admin:
        admin.execute("set session authorization glidepath_owner")
        admin.execute("select set_config('app.backup', 'on', false)")
        assert admin.execute(count).fetchall() == [(1,)]
        admin.execute(
            f"create function counted() returns bigint security definer begin atomic {count}; end"
        )
        admin.execute("grant execute on function counted to public")
        admin.execute("set session authorization glidepath_app")
        assert admin.execute(f"select counted(), ({count})").fetchall() == [(0, 0)]
        admin.rollback()


@contextmanager
def counting_heartbeats(status: int) -> Iterator[tuple[str, list[str]]]:
    """An address, and what was asked there so far; each is answered with that status."""
    heard: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/beat", heard
        server.shutdown()
        thread.join()


async def test_who_counts_backups_hears_of_each_that_is_there_and_of_no_other(
    glidepath: Run, tmp_path: Path
):
    file = tmp_path / "one.backup"
    with counting_heartbeats(200) as (url, heard):
        told = {"backup_heartbeat_url": url}
        made = await asyncio.to_thread(glidepath, "backup", file, **told)
        assert (made.exit_code, heard) == (0, ["/beat"]), made.output
        # There is one of that name already.
        assert (await asyncio.to_thread(glidepath, "backup", file, **told)).exit_code == 1
        assert heard == ["/beat"]
    # What nobody hears of is there all the same.
    with counting_heartbeats(500) as (url, heard):
        other = await asyncio.to_thread(
            glidepath, "backup", tmp_path / "two.backup", backup_heartbeat_url=url
        )
        assert (other.exit_code, heard) == (0, ["/beat"])
    assert "GLIDEPATH_BACKUP_HEARTBEAT_URL was not reached: HTTPStatusError." in other.stderr
    assert (tmp_path / "two.backup").exists()


async def test_a_dump_that_fails_leaves_no_file(
    settings: Settings, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """OP-2."""
    monkeypatch.setattr(making, "OPTIONS", (*making.OPTIONS, "--table=no_such_table"))
    with pytest.raises(click.ClickException, match="pg_dump ended with status 1"):
        make(settings, key, tmp_path / "a.backup")
    assert backups(tmp_path) == []


async def test_rows_that_differ_are_told_apart(settings: Settings):
    """OP-1: a sum that says the same of other rows would compare nothing."""
    values: Any = ("(1, 'a')", "(1, 'b')", "(1, null)", "(2, 'a')", "(1, 'a'), (1, 'a')")
    found = []
    assert settings.owner_database_url is not None
    with psycopg.connect(settings.owner_database_url) as owner:
        for one in values:
            owner.execute("create table public.tried (number int, word text)")
            owner.execute(f"insert into public.tried values {one}".encode())
            found.append(counting.tables(owner)["tried"])
            owner.rollback()
    assert len(set(found)) == len(values)


def backups(folder: Path) -> list[Path]:
    """Also what was begun."""
    return sorted(folder.glob("*.backup*"))
