"""Jobs are rows: deferred in the transaction that needs them, so both are committed or neither."""

from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

QUEUE = "glidepath"

_DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row("
    "cast(:queue as varchar), cast(:task as varchar), 0, null, null, cast(:arguments as jsonb), null"
    ")]::procrastinate_job_to_defer_v1[])"
)


async def defer(session: AsyncSession, task: str, **arguments: Any) -> None:
    """Puts `task` on the queue. The arguments are ids: a job's row is no place for health data."""
    await session.execute(
        _DEFER,
        {"queue": QUEUE, "task": task, "arguments": msgspec.json.encode(arguments).decode()},
    )
