"""Puts the worker together: the jobs of every slice, on the queue in PostgreSQL."""

import procrastinate
from psycopg.conninfo import make_conninfo

from glidepath.alerts import tasks as alerts
from glidepath.database.engine import Database
from glidepath.database.jobs import QUEUE
from glidepath.database.work import Tools
from glidepath.logs import configure
from glidepath.notify import tasks as notify
from glidepath.settings import Settings

# The queue's rows belong to clinics; only a connection that says it is a worker's sees them all.
AS_WORKER = "-c app.queue=worker"
# A worker that was down in the morning looks when it starts; the queue holds each morning once,
# however many workers there are.
CATCH_UP_SECONDS = 24 * 60 * 60


def create_worker(database_url: str) -> procrastinate.App:
    conninfo = make_conninfo(database_url, options=AS_WORKER)
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo),
        periodic_defaults={"max_delay": CATCH_UP_SECONDS},
    )
    alerts.register(app)
    notify.register(app)
    return app


async def work(settings: Settings) -> None:
    """Takes jobs until a SIGINT or SIGTERM; the job at hand is finished first."""
    assert settings.database_url is not None
    configure(settings.log_level)
    database = Database(settings.database_url, pool_size=2)
    try:
        async with create_worker(settings.database_url).open_async() as app:
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=4,
                shutdown_graceful_timeout=10,
                # Done jobs tell nothing that an alert's own events do not.
                delete_jobs="successful",
                additional_context={"tools": Tools(database, settings)},
            )
    finally:
        await database.close()
