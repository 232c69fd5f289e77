"""What says that the database cannot be reached, is too busy or has no room: trouble of ours, never the client's."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

DATABASE_TROUBLE: tuple[type[Exception], ...] = (
    InterfaceError,
    OperationalError,
    PoolTimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    OSError,
)

# SQLSTATEs that begin so: the connection was lost, two transactions stood in each other's way, disk or memory or
# connections are used up, a lock was not to be had, the server is being ended or started, its disk fails.
TROUBLE_STATES: tuple[str, ...] = ("08", "40", "53", "55P03", "57P", "58")
NO_ROOM_STATES: tuple[str, ...] = ("53", "58")


def state_of(error: Exception) -> str:
    """Its SQLSTATE; empty where it has none."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def is_trouble(error: Exception) -> bool:
    """Whether the database went away in the middle of a statement, or could not do what it would do otherwise."""
    if isinstance(error, DATABASE_TROUBLE):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or state_of(error).startswith(TROUBLE_STATES)


def has_no_room(error: Exception) -> bool:
    return state_of(error).startswith(NO_ROOM_STATES)
