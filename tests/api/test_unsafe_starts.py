"""The start refuses what would be unsafe, each with a sentence that says what to set (OP-8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg
import pytest

from glidepath import startup
from glidepath.database.embedded import APP, OWNER, EmbeddedPostgres
from glidepath.database.engine import _for_asyncpg
from glidepath.database.revisions import revisions
from glidepath.settings import Settings, SettingsError, load_settings
from glidepath.startup import StartError, owned_database, require_safe

RANDOM = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture
def at_home(settings: Settings) -> Settings:
    """As `glidepath run` has it: for the users of one machine."""
    return msgspec.structs.replace(settings, base_url="http://127.0.0.1:8000")


@pytest.fixture
def public(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """All is well, but for the speed of the tests' database."""
    checked = startup._require_safe_database
    monkeypatch.setattr(
        startup,
        "_require_safe_database",
        lambda connection, setting, *, is_public: checked(connection, setting, is_public=False),
    )
    return msgspec.structs.replace(settings, audit_key=RANDOM, field_keys=RANDOM)


def test_what_is_well_starts(at_home: Settings, public: Settings):
    require_safe(at_home)
    require_safe(public)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"base_url": "http://glidepath.example"}, "GLIDEPATH_BASE_URL"),
        ({"log_level": "debug"}, "GLIDEPATH_LOG_LEVEL"),
        ({"audit_key": None}, "GLIDEPATH_AUDIT_KEY is not set"),
        ({"field_keys": None}, "GLIDEPATH_FIELD_KEYS is not set"),
        ({"audit_key": "5e" * 32}, "GLIDEPATH_AUDIT_KEY holds no random key"),
        ({"field_keys": f"{RANDOM} {'0' * 64}"}, "GLIDEPATH_FIELD_KEYS holds no random key"),
        (
            {"database_url": "postgresql://glidepath_app:secret@db.example.org/glidepath"},
            "sslmode=verify-full",
        ),
        (
            {"direct_database_url": "postgresql://a:b@db.example.org/glidepath"},
            "GLIDEPATH_DIRECT_DATABASE_URL goes",
        ),
        (
            {"replica_database_url": "postgresql://a:b@db.example.org/glidepath"},
            "GLIDEPATH_REPLICA_DATABASE_URL goes",
        ),
        *(
            ({"database_url": f"postgresql://a:b@{place}"}, "sslmode=verify-full")
            for place in (
                "db.example.org/glidepath?sslmode=require",
                "[2001:db8::1]/glidepath",
                "127.0.0.1,db.example.org/glidepath",
                "/glidepath?hostaddr=203.0.113.9",
                "127.example.org/glidepath",
            )
        ),
    ],
)
def test_what_others_come_to_is_refused(public: Settings, changes: dict[str, Any], sentence: str):
    with pytest.raises(StartError, match=sentence):
        require_safe(msgspec.structs.replace(public, **changes))


EIGHTHS = [f"{32 * one}.0.0.0/3" for one in range(4)]


@pytest.mark.parametrize(
    "proxies",
    [
        "*",
        "0.0.0.0/0",
        "::/0",
        "0.0.0.0/1 128.0.0.0/1",
        "0.0.0.0/1",
        " ".join(EIGHTHS),
        "::ffff:0:0/96",
        "::ffff:0:0/97 128.0.0.0/2",
        "::/64",
        "2000::/3",
        "10.0.0.5 2000::/4",
    ],
)
def test_nobody_believes_every_front(proxies: str):
    with pytest.raises(SettingsError, match="GLIDEPATH_TRUSTED_PROXIES"):
        load_settings({"GLIDEPATH_TRUSTED_PROXIES": proxies})


def test_fronts_of_ones_own_are_believed():
    fronts = "10.0.0.5 10.0.0.0/8 172.16.0.0/12 ::ffff:10.0.0.5 fc00::/7 2001:db8::/32"
    assert load_settings({"GLIDEPATH_TRUSTED_PROXIES": fronts}).trusted_proxies == fronts
    # What is named twice is no more of the world.
    load_settings({"GLIDEPATH_TRUSTED_PROXIES": " ".join([*EIGHTHS[:3], *EIGHTHS[:3]])})


@pytest.mark.parametrize("setting", ["database_url", "direct_database_url"])
@pytest.mark.parametrize("role", ["postgres", OWNER])
def test_a_role_past_the_walls_is_refused_at_home_too(
    at_home: Settings, postgres: EmbeddedPostgres, database_name: str, role: str, setting: str
):
    url = postgres.url(role, database_name)
    with pytest.raises(StartError, match=f"_{setting.upper()} names .* past the walls"):
        require_safe(msgspec.structs.replace(at_home, **{setting: url}))


@contextmanager
def granted(postgres: EmbeddedPostgres, role: str, made: str = "") -> Iterator[None]:
    """The application's role is a member of another, which is made first where `made` says how."""
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as admin:
        if made:
            admin.execute(f"create role {role} {made}".encode())
        admin.execute(f"grant {role} to {APP} with inherit false".encode())
        try:
            yield
        finally:
            admin.execute(f"revoke {role} from {APP}".encode())
            if made:
                admin.execute(f"drop role {role}".encode())


@pytest.mark.parametrize(
    ("role", "made", "becomes"),
    [
        (OWNER, "", OWNER),
        ("second_step", f"in role {OWNER}", OWNER),
        ("passes_by", "bypassrls", "passes_by"),
        ("may_everything", "superuser", "may_everything"),
        ("copies_all", "replication", "copies_all"),
        ("pg_read_server_files", "", "pg_read_server_files"),
    ],
)
def test_a_role_that_may_become_one_past_the_walls_is_refused(
    at_home: Settings, postgres: EmbeddedPostgres, role: str, made: str, becomes: str
):
    with (
        granted(postgres, role, made),
        pytest.raises(StartError, match=f"may become {becomes}, and so"),
    ):
        require_safe(at_home)


def test_a_role_that_may_become_a_harmless_one_starts(
    at_home: Settings, postgres: EmbeddedPostgres
):
    with granted(postgres, "harmless", "nologin"):
        require_safe(at_home)


@pytest.mark.parametrize(
    "far", ["db.example.org/glidepath", "203.0.113.9/glidepath?sslmode=require"]
)
def test_the_owners_way_to_the_database_is_as_closed_as_the_applications(far: str):
    """Also of a migration, which is not told at which address the installation is."""
    settings = load_settings({"GLIDEPATH_OWNER_DATABASE_URL": f"postgresql://o:secret@{far}"})
    with (
        pytest.raises(
            StartError, match=r"GLIDEPATH_OWNER_DATABASE_URL goes to .* sslmode=verify-full"
        ),
        owned_database(settings),
    ):
        pass


def test_texts_are_looked_through_for_plain_ones_after_a_migration_alone(
    settings: Settings,
    postgres: EmbeddedPostgres,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
):
    looked = list[str]()
    monkeypatch.setattr(startup, "seal_texts", lambda _, url: looked.append(url))
    owner_url = postgres.url(OWNER, database_name)
    assert startup.bring_to_newest_revision(settings, owner_url) is False
    assert looked == []
    known, _ = revisions()
    monkeypatch.setattr(startup, "_revision_of", lambda _: min(known))
    assert startup.bring_to_newest_revision(settings, owner_url) is False
    assert looked == [owner_url]


@contextmanager
def role_with(postgres: EmbeddedPostgres, setting: str, value: str) -> Iterator[None]:
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"alter role {APP} set {setting} = '{value}'".encode())
        try:
            yield
        finally:
            admin.execute(f"alter role {APP} reset {setting}".encode())


def test_a_database_that_acknowledges_too_soon_is_refused(
    at_home: Settings, settings: Settings, postgres: EmbeddedPostgres
):
    with (
        role_with(postgres, "synchronous_commit", "off"),
        pytest.raises(StartError, match="synchronous_commit = off"),
    ):
        require_safe(at_home)
    # The tests' own server is fast and unsafe.
    well = msgspec.structs.replace(settings, audit_key=RANDOM, field_keys=RANDOM)
    with pytest.raises(StartError, match="fsync = off"):
        require_safe(well)


def test_asyncpg_is_told_to_check_who_answers():
    url = _for_asyncpg("postgresql://a@db.example.org/glidepath?sslmode=verify-full")
    assert (url.query, url.drivername) == ({"ssl": "verify-full"}, "postgresql+asyncpg")
