"""A copy of the database that PostgreSQL keeps up to date by itself, for what reads much and long."""

import asyncio
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger()

# Seconds in which it has to have what the database has; else that is read itself.
CATCH_UP: Final = 10.0
ASK_EVERY: Final = 0.1

_STANDS_AT: Final = text("select pg_current_wal_lsn()::text, current_user::text")
# Who asks must be the same: the start has looked at what that role may.
_HAS_ALL: Final = text(
    "select pg_is_in_recovery() and current_user = :role and pg_last_wal_replay_lsn() >= cast(cast(:lsn as text) as pg_lsn)"
)


async def has_all(replica: AsyncEngine, database: AsyncEngine) -> bool:
    """Whether the replica has, in a while, whatever was committed by now. It may be away, or no replica any more."""
    async with database.connect() as connection:
        lsn, role = (await connection.execute(_STANDS_AT)).one()
    why = "behind"
    try:
        async with asyncio.timeout(CATCH_UP):
            while True:
                async with replica.connect() as connection:
                    asked = await connection.execute(_HAS_ALL, {"lsn": lsn, "role": role})
                    if asked.scalar_one():
                        return True
                await asyncio.sleep(ASK_EVERY)
    except TimeoutError:
        pass
    except (OSError, SQLAlchemyError) as error:
        why = type(error).__name__
    log.warning("replica_passed_over", why=why)
    return False
