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
from glidepath.settings import Settings, SettingsError, load_settings
from glidepath.startup import StartError, require_safe

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
        lambda connection, *, is_public: checked(connection, is_public=False),
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


@pytest.mark.parametrize("proxies", ["*", "0.0.0.0/0", "::/0"])
def test_nobody_believes_every_front(proxies: str):
    with pytest.raises(SettingsError, match="GLIDEPATH_TRUSTED_PROXIES"):
        load_settings({"GLIDEPATH_TRUSTED_PROXIES": proxies})


@pytest.mark.parametrize("role", ["postgres", OWNER])
def test_a_role_past_the_walls_is_refused_at_home_too(
    at_home: Settings, postgres: EmbeddedPostgres, database_name: str, role: str
):
    url = postgres.url(role, database_name)
    with pytest.raises(StartError, match="past the walls"):
        require_safe(msgspec.structs.replace(at_home, database_url=url))


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
