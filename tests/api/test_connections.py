"""Who asks gets a connection that is there, and is not made to wait for the proof of it."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection as Connection

from glidepath.database import engine
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def one(settings: Settings) -> AsyncIterator[Database]:
    """With a single connection."""
    assert settings.database_url is not None
    opened = Database(settings.database_url, pool_size=1)
    yield opened
    await opened.close()


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """The connections that were asked whether they are there."""
    asked: list[Connection] = []
    ping = Connection.ping

    def noted(self: Connection) -> None:
        asked.append(self)
        ping(self)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Connection, "ping", noted)
    return asked


async def backend_of(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(text("select pg_backend_pid()"))).scalar_one())


async def test_a_connection_that_the_server_ended_is_given_to_nobody(
    one: Database, postgres: EmbeddedPostgres, pings: list[Connection]
):
    before = await backend_of(one)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s, 5000)", [before])
    # Until what the server said is read.
    await asyncio.sleep(0.05)
    assert await backend_of(one) != before
    assert pings == []


async def test_one_in_use_is_asked_nothing_and_one_that_lay_idle_once(
    one: Database, pings: list[Connection], monkeypatch: pytest.MonkeyPatch
):
    first = await backend_of(one)
    assert await backend_of(one) == first
    assert pings == []
    monkeypatch.setattr(engine, "IDLE", 0)
    assert await backend_of(one) == first
    assert len(pings) == 1


async def test_one_that_was_lost_on_the_way_while_it_lay_idle_is_replaced(
    one: Database, monkeypatch: pytest.MonkeyPatch
):
    def lost(self: Connection) -> None:
        raise self.dbapi.InterfaceError("connection is closed")

    first = await backend_of(one)
    monkeypatch.setattr(Connection, "ping", lost)
    monkeypatch.setattr(engine, "IDLE", 0)
    assert await backend_of(one) != first
