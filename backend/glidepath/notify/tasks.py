"""The jobs of notify. Each may run twice and must then do no more than once."""

from datetime import UTC, datetime
from uuid import UUID

import aiosmtplib
import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.alerts.writing import RAISED
from glidepath.database.work import tools
from glidepath.notify import service

log = structlog.get_logger()


async def alert_raised(context: JobContext, *, clinic_id: str, alert_id: str) -> None:
    """Decides who is told; the deliveries are jobs of their own, deferred all or none."""
    now = datetime.now(UTC)
    async with tools(context).database.writing(UUID(clinic_id)) as session:
        told = await service.spread(session, UUID(clinic_id), UUID(alert_id), now)
    log.info("alert_spread", alert_id=alert_id, people=told)


async def mail(context: JobContext, *, clinic_id: str, alert_id: str, to: str) -> None:
    settings = tools(context).settings
    if settings.smtp_url is None or settings.mail_from is None:
        log.debug("mail_is_off", alert_id=alert_id)
        return
    async with tools(context).database.reading(UUID(clinic_id)) as session:
        message = await service.compose(
            session, UUID(to), UUID(alert_id), settings.mail_from, settings.base_url
        )
    if message is not None:
        await service.send(message, settings.smtp_url)
        log.info("mail_sent", alert_id=alert_id)


def register(app: App) -> None:
    """Makes the jobs known to a worker, under the names that their deferring uses."""
    spread_again = RetryStrategy(max_attempts=10, exponential_wait=2)
    mail_again = RetryStrategy(
        max_attempts=12, exponential_wait=2, retry_exceptions={aiosmtplib.SMTPException, OSError}
    )
    app.task(name=RAISED, pass_context=True, retry=spread_again)(alert_raised)
    app.task(name=service.MAIL, pass_context=True, retry=mail_again)(mail)
