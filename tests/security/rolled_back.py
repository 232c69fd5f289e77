"""A database on which every request finds the same: what one does is taken back before the next."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from glidepath.database.engine import SET_CLINIC, Database, enter_clinic

# A transaction of its own would begin with none of these.
_FORGET = text(
    "select set_config('app.clinic_id', '', true), set_config('app.queue', '', true),"
    " set_config('app.key', '', true)"
)
# Of the savepoint alone: what comes after it may write again.
_READ_ONLY = text("set transaction read only")


class RolledBack(Database):
    """Its units of work are savepoints of one transaction, which `taken_back` ends."""

    _connection: AsyncConnection

    def __init__(self, url: str, *, pool_size: int) -> None:
        super().__init__(url, pool_size=pool_size)
        # When those who are signed in were seen last.
        self.seen_at = monotonic()

    @asynccontextmanager
    async def taken_back(self) -> AsyncIterator[None]:
        async with self._engine.connect() as self._connection:
            transaction = await self._connection.begin()
            try:
                yield
            finally:
                await transaction.rollback()

    async def rows(self, clinic_id: UUID, statement: TextClause) -> Sequence[Row[Any]]:
        """What a clinic holds between two requests."""
        await self._connection.execute(SET_CLINIC, {"clinic_id": str(clinic_id)})
        return (await self._connection.execute(statement)).all()

    @asynccontextmanager
    async def writing(self, clinic_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        async with self._unit(clinic_id) as session:
            yield session

    @asynccontextmanager
    async def reading(self, clinic_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        async with self._unit(clinic_id) as session:
            await session.execute(_READ_ONLY)
            yield session

    @asynccontextmanager
    async def _unit(self, clinic_id: UUID | None) -> AsyncIterator[AsyncSession]:
        async with (
            AsyncSession(
                self._connection,
                expire_on_commit=False,
                join_transaction_mode="create_savepoint",
            ) as session,
            session.begin(),
        ):
            await session.execute(_FORGET)
            if clinic_id is not None:
                await enter_clinic(session, clinic_id)
            yield session
