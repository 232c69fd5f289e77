"""Jobs are rows: deferred in the transaction that needs them, so both are committed or neither."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import enter_as_worker

QUEUE = "glidepath"

_DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row("
    "cast(:queue as varchar), cast(:task as varchar), cast(:priority as integer), "
    "cast(:lock as varchar), null, "
    "cast(:arguments as jsonb), cast(:at as timestamptz)"
    ")]::procrastinate_job_to_defer_v1[])"
)


async def defer(
    session: AsyncSession,
    task: str,
    *,
    at: datetime | None = None,
    priority: int = 0,
    lock: str | None = None,
    **arguments: Any,
) -> None:
    """Puts `task` on the queue, for now or not before `at`; a higher priority is taken first.
    Jobs with the same `lock` are done one by one, in the order in which they were put there.

    The arguments are ids: a job's row is no place for health data.
    """
    await session.execute(
        _DEFER,
        {
            "queue": QUEUE,
            "task": task,
            "priority": priority,
            "lock": lock,
            "arguments": msgspec.json.encode(arguments).decode(),
            "at": at,
        },
    )


_PUT_OFF = text(
    "select distinct cast(args ->> 'clinic_id' as uuid) from procrastinate_jobs"
    " where task_name = :task and status = 'todo' and scheduled_at > now()"
)


async def clinics_with_put_off(session: AsyncSession, task: str) -> list[UUID]:
    """Whose jobs of this name wait for a later time; the transaction sees the whole queue from here on."""
    await enter_as_worker(session)
    return list((await session.execute(_PUT_OFF, {"task": task})).scalars())
