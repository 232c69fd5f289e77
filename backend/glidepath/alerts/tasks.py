"""The daily look as jobs: one that finds the clinics, and one for each. Both may run twice."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.alerts import looking
from glidepath.audit.keys import key_of
from glidepath.database import jobs
from glidepath.database.work import tools
from glidepath.identity import service as identity

log = structlog.get_logger()

LOOK_EVERYWHERE: Final = "alerts:look_everywhere"
LOOK: Final = "alerts:look"
# Each patient is looked at in their own morning: an alert that comes in the evening waits for the next
# day. Once a day everybody is, for whom a worker that was down let theirs pass.
EVERY_MORNING: Final = "17 4 * * *"
EVERY_HOUR: Final = "31 * * * *"
LOOK_IN_THE_MORNING: Final = "alerts:look_in_the_morning"


async def look_everywhere(context: JobContext, timestamp: int) -> None:
    """`timestamp` is the moment that this was due at; what counts is when it runs."""
    await _look_at_clinics(context, timestamp, only_mornings=False)


async def look_in_the_morning(context: JobContext, timestamp: int) -> None:
    await _look_at_clinics(context, timestamp, only_mornings=True)


async def _look_at_clinics(context: JobContext, timestamp: int, *, only_mornings: bool) -> None:
    async with tools(context).database.writing() as session:
        clinics = await identity.clinic_ids(session)
        for clinic_id in clinics:
            await jobs.defer(session, LOOK, clinic_id=clinic_id, only_mornings=only_mornings)
    log.info("look_deferred", clinics=len(clinics), due=timestamp)


async def look(context: JobContext, *, clinic_id: str, only_mornings: bool = False) -> None:
    database, now = tools(context).database, datetime.now(UTC)
    opened = await looking.look_at_all(
        database,
        UUID(clinic_id),
        now,
        only_mornings=only_mornings,
        audit_key=key_of(tools(context).settings),
    )
    log.info("looked", clinic_id=clinic_id, opened=opened)


def register(app: App) -> None:
    """Makes the jobs known to a worker, and has the first of them deferred every morning."""
    again = RetryStrategy(max_attempts=5, exponential_wait=4)
    app.task(name=LOOK, pass_context=True, retry=again)(look)
    everywhere = app.task(name=LOOK_EVERYWHERE, pass_context=True, retry=again, queue=jobs.QUEUE)(
        look_everywhere
    )
    app.periodic(cron=EVERY_MORNING)(everywhere)
    mornings = app.task(name=LOOK_IN_THE_MORNING, pass_context=True, retry=again, queue=jobs.QUEUE)(
        look_in_the_morning
    )
    app.periodic(cron=EVERY_HOUR)(mornings)
