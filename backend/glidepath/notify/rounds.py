"""What the worker looks after every few minutes, clinic by clinic. Each of these jobs may run twice."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database import jobs
from glidepath.database.work import tools
from glidepath.identity import service as identity
from glidepath.notify import delivering, digests, reminding

log = structlog.get_logger()

DIGEST_EVERYWHERE: Final = "notify:digest_everywhere"
DIGEST: Final = "notify:digest"
HASTEN_EVERYWHERE: Final = "notify:hasten_everywhere"
HASTEN: Final = "notify:hasten"
REMIND: Final = "notify:remind"


async def digest_everywhere(context: JobContext, timestamp: int) -> None:
    """`timestamp` is the moment that this was due at; what counts is when it runs."""
    async with tools(context).database.writing() as session:
        clinics = await identity.clinic_ids(session)
        for clinic_id in clinics:
            await jobs.defer(session, DIGEST, clinic_id=clinic_id)
    log.info("digests_deferred", clinics=len(clinics), due=timestamp)


async def digest(context: JobContext, *, clinic_id: str) -> None:
    database, settings = tools(context).database, tools(context).settings
    clinic, now = UUID(clinic_id), datetime.now(UTC)
    async with database.writing(clinic) as session:
        made = await digests.make_due(session, clinic, settings, now)
    log.info("digests_made", clinic_id=clinic_id, count=made)


async def hasten_everywhere(context: JobContext, timestamp: int) -> None:
    async with tools(context).database.writing() as session:
        clinics = await jobs.clinics_with_put_off(session, delivering.DELIVER)
        for clinic_id in clinics:
            await jobs.defer(session, HASTEN, clinic_id=clinic_id)
    log.info("hastening_deferred", clinics=len(clinics), due=timestamp)


async def hasten(context: JobContext, *, clinic_id: str) -> None:
    async with tools(context).database.writing(UUID(clinic_id)) as session:
        count = await delivering.hasten(session, datetime.now(UTC))
    log.info("hastened", clinic_id=clinic_id, count=count)


async def remind(context: JobContext, timestamp: int) -> None:
    """In one job for all clinics, since it is to be on time and rarely finds anybody."""
    database = tools(context).database
    async with database.writing() as session:
        clinics = await identity.clinic_ids(session)
    made = 0
    for clinic_id in clinics:
        async with database.writing(clinic_id) as session:
            made += await reminding.make_due(session, clinic_id, datetime.now(UTC))
    log.info("reminders_made", count=made, due=timestamp)


def register(app: App) -> None:
    """Makes the jobs known to a worker, and has the first of each pair deferred again and again."""
    again = RetryStrategy(max_attempts=5, exponential_wait=4)
    app.task(name=DIGEST, pass_context=True, retry=again)(digest)
    app.task(name=HASTEN, pass_context=True, retry=again)(hasten)
    for name, everywhere, cron in (
        (DIGEST_EVERYWHERE, digest_everywhere, "*/5 * * * *"),
        (HASTEN_EVERYWHERE, hasten_everywhere, "* * * * *"),
        (REMIND, remind, "* * * * *"),
    ):
        task = app.task(name=name, pass_context=True, retry=again, queue=jobs.QUEUE)(everywhere)
        app.periodic(cron=cron)(task)
