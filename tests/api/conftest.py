"""The running application with a clinic in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from litestar import Litestar

from glidepath.app import create_app
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings, load_settings
from tests.clinics import Clinic, open_clinic


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
