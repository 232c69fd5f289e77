"""What PostgreSQL is asked, as the engine hears it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import event

from glidepath.database.engine import Database


def statements(database: Database) -> AbstractContextManager[list[Any]]:
    """What is sent to PostgreSQL meanwhile."""
    return _heard(database, "before_cursor_execute", which=2)


def transactions(database: Database) -> AbstractContextManager[list[Any]]:
    """The connection of each transaction that begins meanwhile."""
    return _heard(database, "begin", which=0)


@contextmanager
def _heard(database: Database, what: str, which: int) -> Iterator[list[Any]]:
    """Of each event of the engine the argument at `which`."""
    heard: list[Any] = []

    def note(*given: Any) -> None:
        heard.append(given[which])

    engine = database._engine.sync_engine
    event.listen(engine, what, note)
    try:
        yield heard
    finally:
        event.remove(engine, what, note)
