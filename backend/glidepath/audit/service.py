"""Writes each deed down in its own transaction: where that is impossible, the deed is undone."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.audit import store
from glidepath.audit.actions import Action
from glidepath.audit.anchors import End
from glidepath.audit.chain import link
from glidepath.audit.trail import TRAIL, Trail
from glidepath.database.engine import Database
from glidepath.problems import Unavailable

log = structlog.get_logger()

# Holds for the savepoint that it is said in, and is over with its release.
_READ_ONLY = text("set transaction read only")


@asynccontextmanager
async def audited(
    database: Database, trail: Trail, *, reading: bool
) -> AsyncIterator[AsyncSession]:
    """One transaction with its event. Whoever only reads may write nothing in it: PostgreSQL refuses
    that until the event is due."""
    async with database.writing() as session:
        session.info[TRAIL] = trail
        if reading:
            async with session.begin_nested():
                await session.execute(_READ_ONLY)
                yield session
        else:
            yield session
            # Whatever waits for others waits before the head is held.
            await session.flush()
        await write(session, trail)


async def write(session: AsyncSession, trail: Trail, outcome: str = "done") -> None:
    """The last thing before the commit, so that the head is held for no longer than that takes."""
    row = trail.row(outcome)
    try:
        head = await store.hold_head(session, row["clinic_id"], trail.at)
        row["seq"] = head.seq + 1
        row["hash"] = link(trail.key, head.hash, row)
        await store.add(session, row)
    except DBAPIError as error:
        # The type alone: a message names what was to be written.
        log.error("audit_failed", error=type(error).__name__, request_id=str(trail.request_id))  # noqa: TRY400
        raise Unavailable("This cannot be written down right now, so it is not shown.") from None


async def write_apart(database: Database, trail: Trail, outcome: str) -> None:
    """Of a deed that did not come about: in a transaction of its own."""
    assert trail.actor is not None
    async with database.writing(trail.actor.clinic_id) as session:
        await write(session, trail, outcome)


async def write_of_system(
    session: AsyncSession,
    key: bytes,
    clinic_id: UUID,
    action: Action,
    now: datetime,
    patient_ids: Collection[UUID] = (),
) -> None:
    """What the worker did with records of a clinic, at the end of its transaction."""
    about = set(patient_ids)
    await write(session, Trail(action, now, uuid7(), key, clinic_id=clinic_id, patient_ids=about))


async def ends(session: AsyncSession) -> list[End]:
    """Of the entered clinic's chain."""
    return await store.ends(session)
