"""The running application with a clinic in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.app import create_app
from glidepath.database import encryption
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.demo import seed as demo
from glidepath.demo.cast import STAFF
from glidepath.identity import service as identity
from glidepath.settings import Settings, load_settings
from tests.clinics import PASSPHRASE, Clinic, browser, open_clinic, sign_in
from tests.conftest import TEMPLATE, settings_of
from tests.databases import Slate

# Nothing here is over so soon, and a session is not yet marked as used again.
GOOD_FOR = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(scope="session")
def built(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The application, put together once a run: that takes longer than most tests."""
    settings = load_settings(
        {
            "GLIDEPATH_DATABASE_URL": postgres.url(),
            "GLIDEPATH_AUDIT_KEY": "5e" * 32,
            "GLIDEPATH_FIELD_KEYS": "7c" * 32,
        }
    )
    return create_app(settings, web=tmp_path_factory.mktemp("web"))


@pytest.fixture
def app(built: Litestar, database: Database, settings: Settings) -> Litestar:
    """The application on this test's own database."""
    built.state.database = database
    built.state.settings = settings
    return built


@pytest.fixture(scope="session")
def demo_name(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database with the demo clinic, which takes many seconds; for tests that are marked `seeds_once`."""
    postgres.create("demo", template=TEMPLATE)
    settings = settings_of(postgres, "demo")
    encryption.use(settings)

    async def seed() -> None:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=5)
        try:
            await demo.seed(database, datetime.now(UTC))
        finally:
            await database.close()

    # In a thread of its own, since a test's loop may run in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(seed())).result()
    yield "demo"
    postgres.drop("demo")


@pytest.fixture
async def demo_clinic(
    built: Litestar, postgres: EmbeddedPostgres, demo_name: str
) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """The demo clinic's admin, signed in, and the database, which others read after this test."""
    settings = settings_of(postgres, demo_name)
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=5)
    encryption.use(settings)
    built.state.database, built.state.settings = database, settings
    async with browser(built) as admin:
        await sign_in(admin, next(one.email for one in STAFF if one.role == "admin"))
        yield admin, database
    await database.close()


# Of the therapist's browser and the patient's.
Jars = tuple[httpx.Cookies, httpx.Cookies]


class Furnisher:
    """Opens clinics, and puts back the one that was opened under a name within the last minute."""

    def __init__(self, slate: Slate) -> None:
        self._slate = slate
        self._opened: dict[tuple[str, str], tuple[datetime, Clinic, Jars]] = {}

    async def open(
        self,
        app: Litestar,
        database: Database,
        database_name: str,
        stack: AsyncExitStack,
        name: str,
    ) -> Clinic:
        if database_name != self._slate.name:
            return await open_clinic(app, database, stack, name)
        now = datetime.now(UTC)
        opened_at, opened, jars = self._opened.get((database_name, name), (NEVER, None, None))
        if opened is None or jars is None or not now - GOOD_FOR < opened_at <= now:
            opened = await open_clinic(app, database, stack, name)
            self._slate.keep(opened.id)
            # Copies: the test that it is opened for may sign out and in.
            jars = (httpx.Cookies(opened.therapist.cookies), httpx.Cookies(opened.patient.cookies))
            self._opened[database_name, name] = now, opened, jars
            return opened
        self._slate.put_back(opened.id)
        return replace(
            opened,
            app=app,
            therapist=await stack.enter_async_context(browser(app, jars[0])),
            patient=await stack.enter_async_context(browser(app, jars[1])),
        )


@pytest.fixture(scope="session")
def furnisher(slate: Slate) -> Furnisher:
    return Furnisher(slate)


@pytest.fixture
async def clinic(
    app: Litestar, database: Database, database_name: str, furnisher: Furnisher
) -> AsyncIterator[Clinic]:
    async with AsyncExitStack() as stack:
        yield await furnisher.open(app, database, database_name, stack, "North")


@pytest.fixture
async def other_clinic(
    app: Litestar, database: Database, database_name: str, furnisher: Furnisher
) -> AsyncIterator[Clinic]:
    async with AsyncExitStack() as stack:
        yield await furnisher.open(app, database, database_name, stack, "South")


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
        await sign_in(client, "colleague@north.example")
        yield client
