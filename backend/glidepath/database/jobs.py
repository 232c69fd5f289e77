"""Jobs are rows: deferred in the transaction that needs them, so both are committed or neither."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

QUEUE = "glidepath"

_DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row("
    "cast(:queue as varchar), cast(:task as varchar), cast(:priority as integer), null, null, "
    "cast(:arguments as jsonb), cast(:at as timestamptz)"
    ")]::procrastinate_job_to_defer_v1[])"
)


async def defer(
    session: AsyncSession,
    task: str,
    *,
    at: datetime | None = None,
    priority: int = 0,
    **arguments: Any,
) -> None:
    """Puts `task` on the queue, for now or not before `at`; a higher priority is taken first.

    The arguments are ids: a job's row is no place for health data.
    """
    await session.execute(
        _DEFER,
        {
            "queue": QUEUE,
            "task": task,
            "priority": priority,
            "arguments": msgspec.json.encode(arguments).decode(),
            "at": at,
        },
    )
