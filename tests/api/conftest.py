"""The running application with a clinic in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.app import create_app
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.settings import Settings, load_settings
from tests.api.handling import sign_in
from tests.clinics import PASSPHRASE, Clinic, browser, open_clinic


@pytest.fixture(scope="session")
def built(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The application, put together once a run: that takes longer than most tests."""
    settings = load_settings({"GLIDEPATH_DATABASE_URL": postgres.url()})
    return create_app(settings, web=tmp_path_factory.mktemp("web"))


@pytest.fixture
def app(built: Litestar, database: Database, settings: Settings) -> Litestar:
    """The application on this test's own database."""
    built.state.database = database
    built.state.settings = settings
    return built


@pytest.fixture
async def clinic(app: Litestar, database: Database) -> AsyncIterator[Clinic]:
    async with AsyncExitStack() as stack:
        yield await open_clinic(app, database, stack, "North")


@pytest.fixture
async def other_clinic(app: Litestar, database: Database) -> AsyncIterator[Clinic]:
    async with AsyncExitStack() as stack:
        yield await open_clinic(app, database, stack, "South")


@pytest.fixture
async def colleague(clinic: Clinic, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody else who may see every patient of the clinic."""
    async with database.writing(clinic.id) as session:
        await identity.add_staff(
            session,
            clinic.id,
            uuid7(),
            role="admin",
            name="Colleague",
            email="colleague@north.example",
            passphrase=PASSPHRASE,
            now=datetime.now(UTC),
        )
    async with browser(clinic.app) as client:
        await sign_in(client, "colleague")
        yield client
