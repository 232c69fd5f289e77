"""One embedded PostgreSQL a process, migrated once; each test finds an empty database."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from glidepath.database import encryption, migrate
from glidepath.database.embedded import APP, OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings, load_settings
from tests.chromium import chromium
from tests.databases import Slate
from tests.results import RESULTS, keep, read

__all__ = ["chromium"]

TEMPLATE = "glidepath_template"
FIGURE = "figure"
# A power cut would end the tests anyway.
FAST = ("fsync = off", "full_page_writes = off")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def running() -> Iterator[EmbeddedPostgres]:
    """A server with a migrated database to copy."""
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        server.create(TEMPLATE)
        migrate.upgrade(server.url(OWNER, TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """Of this worker process."""
    with running() as server:
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
            for setting in FAST:
                connection.execute(f"alter system set {setting}".encode())
            connection.execute("select pg_reload_conf()")
        yield server


@pytest.fixture(scope="session")
def slate(postgres: EmbeddedPostgres) -> Iterator[Slate]:
    made = Slate(postgres, TEMPLATE)
    yield made
    made.close()


@pytest.fixture
def database_name(slate: Slate) -> Iterator[str]:
    """A migrated, empty database."""
    yield slate.name
    slate.wipe()


def settings_of(postgres: EmbeddedPostgres, database_name: str) -> Settings:
    return load_settings(
        {
            "GLIDEPATH_DATABASE_URL": postgres.url(APP, database_name),
            "GLIDEPATH_OWNER_DATABASE_URL": postgres.url(OWNER, database_name),
            "GLIDEPATH_BASE_URL": "https://glidepath.example",
            "GLIDEPATH_AUDIT_KEY": "5e" * 32,
            "GLIDEPATH_FIELD_KEYS": "7c" * 32,
        }
    )


@pytest.fixture
def settings(postgres: EmbeddedPostgres, database_name: str) -> Settings:
    made = settings_of(postgres, database_name)
    encryption.use(made)
    return made


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    assert settings.database_url is not None
    opened = Database(settings.database_url, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Adds a line to the summary at the end."""
    return lambda line: record_property(FIGURE, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # What a process beside the others found, the first one tells.
    if hasattr(terminalreporter.config, "workerinput"):
        return
    found = {
        (one.nodeid, str(line)): one
        for reports in terminalreporter.stats.values()
        for one in reports
        if getattr(one, "when", None) == "call"
        for name, line in one.user_properties
        if name == FIGURE
    }
    for _, line in found:
        terminalreporter.write_line(line)
    if found and (kept_in := os.environ.get(RESULTS)):
        keep(Path(kept_in), [read(one, line) for (_, line), one in found.items()])
