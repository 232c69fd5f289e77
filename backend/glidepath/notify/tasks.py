"""The jobs of notify. Each may run twice and must then do no more than once."""

import random
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from glidepath.alerts.writing import RAISED
from glidepath.database.work import tools
from glidepath.identity import known_devices
from glidepath.identity.telling import TELL
from glidepath.notify import delivering, rounds, service

log = structlog.get_logger()
_chance = random.SystemRandom()
# Seconds. Whatever made a job fail for hours, news is late by no more than this once it is mended.
LONGEST_WAIT: Final = 60


class UntilDone(BaseRetryStrategy):
    """At first after 2, 4, 8 ... seconds, and never given up: nobody else would tell of the alert."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        del exception
        # The cap on the exponent alone keeps the number small after weeks of tries.
        return RetryDecision(
            retry_in={"seconds": min(2 ** min(job.attempts + 1, 10), LONGEST_WAIT)}
        )


async def alert_raised(context: JobContext, *, clinic_id: str, alert_id: str) -> None:
    """Decides who is told; the deliveries are jobs of their own, deferred all or none."""
    now = datetime.now(UTC)
    async with tools(context).database.writing(UUID(clinic_id)) as session:
        told = await service.spread(session, UUID(clinic_id), UUID(alert_id), now)
    log.info("alert_spread", alert_id=alert_id, people=told)


async def account_told(
    context: JobContext,
    *,
    clinic_id: str,
    delivery_id: str,
    account_id: str,
    cause: str,
    link_id: str | None,
) -> None:
    clinic, link = UUID(clinic_id), None if link_id is None else UUID(link_id)
    now = datetime.now(UTC)
    async with tools(context).database.writing(clinic) as session:
        await service.tell_of_account(
            session, clinic, UUID(delivery_id), UUID(account_id), cause, link, now
        )
    log.info("account_told", delivery_id=delivery_id, cause=cause)


async def new_device(context: JobContext, *, clinic_id: str, device_id: str) -> None:
    """Tells somebody of a sign-in of theirs on a device that was not known."""
    database, settings, now = tools(context).database, tools(context).settings, datetime.now(UTC)
    clinic, device = UUID(clinic_id), UUID(device_id)
    async with database.writing(clinic) as session:
        told = await service.tell_of_device(session, clinic, device, settings, now)
    log.info("new_device", device_id=device_id, mailed=told)


async def deliver(
    context: JobContext, *, clinic_id: str, delivery_id: str, tries: int | None = None
) -> None:
    """Sends one delivery, with no transaction open while the other side takes its time."""
    database, settings = tools(context).database, tools(context).settings
    clinic, delivery = UUID(clinic_id), UUID(delivery_id)
    async with database.writing(clinic) as session:
        letter = await delivering.prepare(session, delivery, settings, datetime.now(UTC), tries)
    if letter is None:
        return
    outcome = await letter.send()
    async with database.writing(clinic) as session:
        state = await delivering.settle(session, delivery, outcome, datetime.now(UTC), _chance)
    log.info(
        "delivery_tried", delivery_id=delivery_id, state=state, code=getattr(outcome, "code", None)
    )


def register(app: App) -> None:
    """Makes the jobs known to a worker, under the names that their deferring uses."""
    again = UntilDone()
    app.task(name=RAISED, pass_context=True, retry=again)(alert_raised)
    app.task(name=TELL, pass_context=True, retry=again)(account_told)
    app.task(name=known_devices.SIGNED_IN, pass_context=True, retry=again)(new_device)
    app.task(name=delivering.DELIVER, pass_context=True, retry=again)(deliver)
    rounds.register(app)
