"""Runs migrations as the owner role: one at a time, and never waiting long for a lock."""

from alembic import context
from sqlalchemy import text

from glidepath.database.base import Base
from glidepath.database.engine import sync_engine
from glidepath.database.tables import import_all_tables

# Any number does, as long as it is always the same: two migrations at once wait for each other.
ADVISORY_LOCK = 4_601_917

import_all_tables()


def run() -> None:
    url = context.config.attributes["url"]
    engine = sync_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("set lock_timeout = '5s'; set statement_timeout = '10min'"))
            connection.execute(text(f"select pg_advisory_lock({ADVISORY_LOCK})"))
            connection.commit()
            context.configure(connection=connection, target_metadata=Base.metadata)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        # With the connection goes its lock, also of one that failed.
        engine.dispose()


run()
