"""Puts the worker together: the jobs of every slice, on the queue in PostgreSQL."""

from typing import Final

import procrastinate
import structlog
from psycopg.conninfo import make_conninfo

from glidepath.alerts import tasks as alerts
from glidepath.audit import tasks as audit
from glidepath.database import encryption
from glidepath.database.engine import Database
from glidepath.database.jobs import QUEUE
from glidepath.database.work import Tools
from glidepath.escalation import tasks as escalation
from glidepath.identity import tasks as identity
from glidepath.insight import tasks as insight
from glidepath.logs import configure
from glidepath.notify import tasks as notify
from glidepath.records import erasing
from glidepath.records import tasks as records
from glidepath.settings import Settings
from glidepath.watch import tasks as watch

log = structlog.get_logger()

# The queue's rows belong to clinics; only a connection that says it is a worker's sees them all.
AS_WORKER = "-c app.queue=worker"
# A worker that was down in the morning looks when it starts; the queue holds each morning once,
# however many workers there are.
CATCH_UP_SECONDS = 24 * 60 * 60
# A worker that was not heard of for so long is dead, and what it was at is taken up by others.
HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 20
TAKE_UP: Final = "worker:take_up"


def create_worker(database_url: str) -> procrastinate.App:
    """Its queue wants connections of its own: who they are for stays set, and one listens."""
    conninfo = make_conninfo(database_url, options=AS_WORKER)
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo),
        periodic_defaults={"max_delay": CATCH_UP_SECONDS},
    )
    _register_taking_up(app)
    identity.register(app)
    audit.register(app)
    alerts.register(app)
    notify.register(app)
    escalation.register(app)
    insight.register(app)
    records.register(app)
    watch.register(app)
    erasing.register(app)
    return app


def _register_taking_up(app: procrastinate.App) -> None:
    """Has the jobs of dead workers done again, every minute. Each job may run twice, none is lost."""

    async def take_up(_: procrastinate.JobContext, timestamp: int) -> None:
        count = await take_up_stalled(app, DEAD_AFTER_SECONDS)
        log.info("jobs_taken_up", count=count, due=timestamp)

    again = procrastinate.RetryStrategy(max_attempts=3, wait=5)
    task = app.task(name=TAKE_UP, pass_context=True, retry=again, queue=QUEUE)(take_up)
    app.periodic(cron="* * * * *")(task)


async def take_up_stalled(app: procrastinate.App, dead_after: float = DEAD_AFTER_SECONDS) -> int:
    """Puts back on the queue what workers were at that are not heard of; how many jobs."""
    stalled = await app.job_manager.get_stalled_jobs(
        queue=QUEUE, seconds_since_heartbeat=dead_after
    )
    count = 0
    for job in stalled:
        await app.job_manager.retry_job(job)
        count += 1
    return count


async def work(settings: Settings) -> None:
    """Takes jobs until a SIGINT or SIGTERM; the job at hand is finished first."""
    assert settings.database_url is not None
    configure(settings.log_level, "worker")
    encryption.use(settings)
    database = Database(
        settings.database_url, pool_size=2, replica_url=settings.replica_database_url
    )
    try:
        async with create_worker(settings.listening_url).open_async() as app:
            await take_up_stalled(app, DEAD_AFTER_SECONDS)
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=4,
                shutdown_graceful_timeout=10,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                # Done jobs tell nothing that an alert's own events do not.
                delete_jobs="successful",
                additional_context={"tools": Tools(database, settings)},
            )
    finally:
        await database.close()
