"""The job of insight: a replay takes too long for a request."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database.work import tools
from glidepath.insight import replaying

log = structlog.get_logger()


async def replay(context: JobContext, *, clinic_id: str, replay_id: str) -> None:
    """May run twice: what is finished stays as it is."""
    database = tools(context).database
    finished = await replaying.run(database, UUID(clinic_id), UUID(replay_id), _clock)
    log.info("replayed", clinic_id=clinic_id, finished=finished)


def _clock() -> datetime:
    return datetime.now(UTC)


def register(app: App) -> None:
    again = RetryStrategy(max_attempts=3, exponential_wait=2)
    app.task(name=replaying.REPLAY, pass_context=True, retry=again)(replay)
