"""The watchdog's clinic is kept small by a job, once a night. It may run twice."""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database import jobs
from glidepath.database.engine import Database
from glidepath.database.work import tools
from glidepath.watch import store, synthetic

log = structlog.get_logger()

PRUNE: Final = "watch:prune"
EVERY_NIGHT: Final = "43 2 * * *"
# As long as somebody may want to see how a round got lost.
KEPT: Final = timedelta(days=7)


async def prune(database: Database, now: datetime) -> int:
    """Removes what older rounds left behind; how many rows. The database keeps it to that one clinic."""
    async with database.writing(synthetic.CLINIC) as session:
        return await store.prune(session, now - KEPT)


async def _prune(context: JobContext, timestamp: int) -> None:
    gone = await prune(tools(context).database, datetime.now(UTC))
    log.info("synthetic_pruned", rows=gone, due=timestamp)


def register(app: App) -> None:
    again = RetryStrategy(max_attempts=5, exponential_wait=4)
    task = app.task(name=PRUNE, pass_context=True, retry=again, queue=jobs.QUEUE)(_prune)
    app.periodic(cron=EVERY_NIGHT)(task)
