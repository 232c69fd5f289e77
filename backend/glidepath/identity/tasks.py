"""The jobs of identity."""

from datetime import UTC, datetime

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database.work import tools
from glidepath.identity import own_account

log = structlog.get_logger()


async def forgotten(context: JobContext, *, email: str) -> None:
    """Whether the address is known is seen in no answer, and in no log."""
    async with tools(context).database.writing() as session:
        await own_account.send_resets(session, email, datetime.now(UTC))
    log.info("reset_asked")


def register(app: App) -> None:
    again = RetryStrategy(max_attempts=5, exponential_wait=4)
    app.task(name=own_account.FORGOTTEN, pass_context=True, retry=again)(forgotten)
