"""The jobs of identity: links for who forgot a passphrase, and every night what is of no use any more goes."""

from datetime import UTC, datetime
from typing import Final

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database import jobs
from glidepath.database.engine import Database
from glidepath.database.work import tools
from glidepath.identity import own_account, service, store
from glidepath.identity.models import INSTALLATION

log = structlog.get_logger()

SWEEP: Final = "identity:sweep"
EVERY_NIGHT: Final = "47 3 * * *"


async def forgotten(context: JobContext, *, email: str) -> None:
    """Whether the address is known is seen in no answer, and in no log."""
    async with tools(context).database.writing() as session:
        await own_account.send_resets(session, email, datetime.now(UTC))
    log.info("reset_asked")


async def sweep(database: Database, now: datetime) -> int:
    """Removes sign-ins, joining codes and known browsers whose time is over; how many."""
    async with database.writing() as session:
        clinics = await service.clinic_ids(session)
    gone = 0
    for clinic_id in (*clinics, INSTALLATION):
        async with database.writing(clinic_id) as session:
            gone += await store.drop_all_expired(session, now)
    return gone


async def _sweep(context: JobContext, timestamp: int) -> None:
    gone = await sweep(tools(context).database, datetime.now(UTC))
    log.info("expired_swept", rows=gone, due=timestamp)


def register(app: App) -> None:
    again = RetryStrategy(max_attempts=5, exponential_wait=4)
    app.task(name=own_account.FORGOTTEN, pass_context=True, retry=again)(forgotten)
    task = app.task(name=SWEEP, pass_context=True, retry=again, queue=jobs.QUEUE)(_sweep)
    app.periodic(cron=EVERY_NIGHT)(task)
