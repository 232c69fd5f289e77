"""The application on a database of its own, in which everything asked for is taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Final

import psycopg
import pytest
from litestar import Litestar

from glidepath.app import create_app
from glidepath.database.embedded import APP, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings, load_settings
from tests.conftest import TEMPLATE
from tests.push_service import VAPID_KEY
from tests.security import matrix
from tests.security.matrix import Operation
from tests.security.rolled_back import RolledBack
from tests.security.world import OPERATIONS_TOKEN, World, world

# Seconds; a proof is good for ten minutes.
SEEN_FOR: Final = 120


def settings_on(postgres: EmbeddedPostgres, name: str) -> Settings:
    """Of a database of that name, made for it."""
    postgres.create(name, template=TEMPLATE)
    return load_settings(
        {
            "GLIDEPATH_DATABASE_URL": postgres.url(APP, name),
            "GLIDEPATH_BASE_URL": "https://glidepath.example",
            "GLIDEPATH_OPERATIONS_TOKEN": OPERATIONS_TOKEN,
            "GLIDEPATH_VAPID_KEY": VAPID_KEY,
            "GLIDEPATH_AUDIT_KEY": "5e" * 32,
            "GLIDEPATH_FIELD_KEYS": "7c" * 32,
            "GLIDEPATH_SMTP_URL": "smtp://127.0.0.1:9",
            "GLIDEPATH_MAIL_FROM": "Glidepath <no-reply@glidepath.example>",
        }
    )


def application(settings: Settings, web: Path) -> Litestar:
    (web / "index.html").write_text("Glidepath")
    return create_app(settings, web)


@asynccontextmanager
async def furnish(app: Litestar, settings: Settings) -> AsyncIterator[tuple[World, RolledBack]]:
    """Made once; whatever is asked of it afterwards is taken back."""
    assert settings.database_url is not None
    opened = Database(settings.database_url, pool_size=5)
    app.state.database = opened
    async with world(app, opened) as made:
        app.state.database = database = RolledBack(settings.database_url, pool_size=1)
        yield made, database
        await database.close()
    await opened.close()


@pytest.fixture(scope="package")
def settings(postgres: EmbeddedPostgres) -> Settings:
    return settings_on(postgres, "matrix")


@pytest.fixture(scope="package")
def app(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    return application(settings, tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="package")
def live(app: Litestar) -> dict[str, Operation]:
    return {operation.key: operation for operation in matrix.operations(app)}


@pytest.fixture(scope="package")
async def furnished_once(
    app: Litestar, settings: Settings
) -> AsyncIterator[tuple[World, RolledBack]]:
    async with furnish(app, settings) as made:
        yield made


@pytest.fixture
def furnished(
    furnished_once: tuple[World, RolledBack], postgres: EmbeddedPostgres
) -> tuple[World, RolledBack]:
    """However long the tests before it took, who is signed in was there a moment ago and gave a proof, and a link is still good."""
    _, database = furnished_once
    if monotonic() - database.seen_at > SEEN_FOR:
        with psycopg.connect(postgres.url("postgres", "matrix")) as admin:
            admin.execute(
                "update sessions set authenticated_at = now(), last_seen_at = now(), "
                # What is over stays so, and is known by that alone.
                "expires_at = case when expires_at < now() then expires_at"
                " else greatest(expires_at, now() + interval '10 minutes') end"
            )
            admin.execute(
                "update account_links set expires_at = greatest(expires_at, now() + interval '10 minutes')"
            )
        database.seen_at = monotonic()
    return furnished_once
