"""The running application with a clinic in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from litestar import Litestar
from tests.clinics import Clinic, open_clinic

from glidepath.app import create_app
from glidepath.database.engine import Database
from glidepath.settings import Settings


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    application = create_app(settings)
    async with application.lifespan():
        yield application


@pytest.fixture
async def clinic(app: Litestar, database: Database) -> AsyncIterator[Clinic]:
    async with AsyncExitStack() as stack:
        yield await open_clinic(app, database, stack, "North")


@pytest.fixture
async def other_clinic(app: Litestar, database: Database) -> AsyncIterator[Clinic]:
    async with AsyncExitStack() as stack:
        yield await open_clinic(app, database, stack, "South")
