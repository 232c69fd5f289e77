"""The jobs of records: making files takes too long for a request, and a day later they go."""

import time
from datetime import UTC, datetime
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from glidepath.database.work import tools
from glidepath.records import exports, making

log = structlog.get_logger()


async def make_export(context: JobContext, *, clinic_id: str, export_id: str) -> None:
    begun = time.monotonic()
    database = tools(context).database
    made = await making.run(database, UUID(clinic_id), UUID(export_id), _clock)
    seconds = round(time.monotonic() - begun, 1)
    log.info("export_made", clinic_id=clinic_id, export_id=export_id, made=made, seconds=seconds)


async def end_export(context: JobContext, *, clinic_id: str, export_id: str) -> None:
    await making.end(tools(context).database, UUID(clinic_id), UUID(export_id))
    log.info("export_ended", clinic_id=clinic_id, export_id=export_id)


def _clock() -> datetime:
    return datetime.now(UTC)


def register(app: App) -> None:
    again = RetryStrategy(max_attempts=3, exponential_wait=2)
    app.task(name=exports.MAKE, pass_context=True, retry=again)(make_export)
    # For days: what is due to go must go, whatever stands in the way for a while.
    until_gone = RetryStrategy(max_attempts=500, wait=600)
    app.task(name=exports.END, pass_context=True, retry=until_gone)(end_export)
