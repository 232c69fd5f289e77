"""The steps as jobs: every minute one that finds the clinics, and one for each. Both may run twice."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database import jobs
from glidepath.database.work import tools
from glidepath.escalation import climbing
from glidepath.identity import service as identity
from glidepath.notify.delivering import URGENT

log = structlog.get_logger()

CLIMB_EVERYWHERE: Final = "escalation:climb_everywhere"
CLIMB: Final = "escalation:climb"


async def climb_everywhere(context: JobContext, timestamp: int) -> None:
    """`timestamp` is the moment that this was due at; what counts is when it runs."""
    async with tools(context).database.writing() as session:
        clinics = await identity.clinic_ids(session)
        for clinic_id in clinics:
            # One at a time for a clinic: one that takes long leaves the worker's other hands to deliver.
            lock = f"{CLIMB}:{clinic_id}"
            await jobs.defer(session, CLIMB, priority=URGENT, lock=lock, clinic_id=clinic_id)
    log.debug("climb_deferred", clinics=len(clinics), due=timestamp)


async def climb(context: JobContext, *, clinic_id: str) -> None:
    database, now = tools(context).database, datetime.now(UTC)
    moved = await climbing.climb(database, UUID(clinic_id), now)
    if moved:
        log.info("climbed", clinic_id=clinic_id, moved=moved)


def register(app: App) -> None:
    """Makes the jobs known to a worker, and has the first of them deferred every minute."""
    # The next minute brings the next try.
    again = RetryStrategy(max_attempts=2, wait=5)
    app.task(name=CLIMB, pass_context=True, retry=again)(climb)
    everywhere = app.task(
        name=CLIMB_EVERYWHERE, pass_context=True, retry=again, queue=jobs.QUEUE, priority=URGENT
    )(climb_everywhere)
    app.periodic(cron="* * * * *")(everywhere)
