"""Units of work on PostgreSQL, scoped to one clinic by row-level security.

A unit of work is one transaction: returned is committed, raised is rolled back. What a clinic may
see is decided below the code, by policies that read the transaction's `app.clinic_id`; a
transaction that never sets it sees nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic
from uuid import UUID

import msgspec
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from glidepath.database.replica import has_all

# What a process does at once; the others wait (`web.places`).
POOL_SIZE = 10
CONNECTED_WITHIN = 5
# Seconds after which a connection may have been lost on the way with neither side knowing.
IDLE = 15
_BACK_AT = "glidepath.back_at"

SET_CLINIC = text("select set_config('app.clinic_id', :clinic_id, true)")
AS_WORKER = text("select set_config('app.queue', 'worker', true)")
SHOW_KEY = text("select set_config('app.key', :key, true)")


class Database:
    """The application's door to PostgreSQL; one pool, transactions that read or write."""

    def __init__(
        self, url: str, *, pool_size: int = POOL_SIZE, replica_url: str | None = None
    ) -> None:
        """Both are libpq URLs (`postgresql://...`) of the application's role."""
        self._engine = _engine(url, pool_size)
        self._read_only = self._engine.execution_options(postgresql_readonly=True)
        # As many as are made files for at once (`web.places`).
        self._replica = _engine(replica_url, 2) if replica_url else None

    @asynccontextmanager
    async def writing(self, clinic_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """One transaction that may write: committed on a normal end, else rolled back."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            if clinic_id is not None:
                await enter_clinic(session, clinic_id)
            yield session

    @asynccontextmanager
    async def reading(self, clinic_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """One transaction in which PostgreSQL itself refuses every write."""
        async with (
            AsyncSession(self._read_only, expire_on_commit=False) as session,
            session.begin(),
        ):
            if clinic_id is not None:
                await enter_clinic(session, clinic_id)
            yield session

    @asynccontextmanager
    async def snapshot(self, clinic_id: UUID) -> AsyncIterator[AsyncSession]:
        """The same, and however long it reads, it sees the one moment of its first statement.

        Of a replica, where there is one that has all that was committed before.
        """
        there = self._replica
        if there is None or not await has_all(there, self._engine):
            there = self._read_only
        async with AsyncSession(there, expire_on_commit=False) as session:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            await session.connection(execution_options=options)
            await enter_clinic(session, clinic_id)
            yield session

    async def close(self) -> None:
        await self._engine.dispose()
        if self._replica is not None:
            await self._replica.dispose()


async def enter_clinic(session: AsyncSession, clinic_id: UUID) -> None:
    """From here to the end of the transaction, the rows of this clinic and no others exist."""
    await session.execute(SET_CLINIC, {"clinic_id": str(clinic_id)})


async def enter_as_worker(session: AsyncSession) -> None:
    """From here to the end of the transaction the whole queue is seen, and which clinics there are;
    of what is in them, nothing."""
    await session.execute(AS_WORKER)


async def show_key(session: AsyncSession, key: str) -> None:
    """Lets the transaction find the one row that this secret opens, before its clinic is known.

    A session token's hash, a joining code's hash or a sign-in name is such a key; the `holder`
    policies compare it with the row.
    """
    await session.execute(SHOW_KEY, {"key": key})


def _engine(url: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        _for_asyncpg(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        # A server that is there and says nothing would be waited for for a minute.
        connect_args={"timeout": CONNECTED_WITHIN},
        json_serializer=_as_json,
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine.sync_engine, "checkout", partial(_require_connected, engine.dialect))
    event.listen(engine.sync_engine, "checkin", _note_when)
    return engine


def _require_connected(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _: object
) -> None:
    """DisconnectionError, for which the pool connects anew, where nobody is at the other end any more. That the server
    closed a connection is known by itself; only one that lay idle is asked, since that is three round trips."""
    if record.driver_connection is None or record.driver_connection.is_closed():
        raise DisconnectionError
    back_at = record.info.get(_BACK_AT)
    if back_at is None or monotonic() - back_at < IDLE:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _note_when(_: object, record: ConnectionPoolEntry) -> None:
    record.info[_BACK_AT] = monotonic()


def _as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _for_asyncpg(url: str) -> URL:
    """A libpq URL as asyncpg takes it, which calls `sslmode` otherwise."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("sslmode")
    if mode is None:
        return parsed
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def sync_engine(url: str) -> Engine:
    """A blocking engine (psycopg) for migrations and start-up checks."""
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"))
