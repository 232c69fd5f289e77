"""All SQL of the counts of guesses."""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import show_key
from glidepath.identity.models import GuessCount
from glidepath.identity.throttle_rules import Count

# Of many that are of no use any more, each request removes some.
SWEPT_AT_ONCE: Final = 50
_COUNT: Final = select(GuessCount.run, GuessCount.spent, GuessCount.last_at)


async def look(session: AsyncSession, subject: bytes) -> Count:
    """What was counted so far; it may be more in the next moment."""
    await show_key(session, f"guess:{subject.hex()}")
    return await _count(session, _COUNT.where(GuessCount.subject == subject))


async def lock(session: AsyncSession, subject: bytes) -> Count:
    """What was counted, which nobody else changes until this transaction ends."""
    await show_key(session, f"guess:{subject.hex()}")
    made = {"subject": subject, "run": 0, "spent": 0.0, "last_at": None, "forget_at": None}
    await session.execute(insert(GuessCount).on_conflict_do_nothing(), made)
    # Removed as too old between the two: then there is nothing to count with.
    return await _count(session, _COUNT.where(GuessCount.subject == subject).with_for_update())


async def _count(session: AsyncSession, wanted: Select[int, float, datetime | None]) -> Count:
    row = (await session.execute(wanted)).one_or_none()
    return Count() if row is None else Count(row.run, row.spent, row.last_at)


async def keep(
    session: AsyncSession, subject: bytes, count: Count, last_at: datetime, forget_at: datetime
) -> None:
    kept = {"run": count.run, "spent": count.spent, "last_at": last_at, "forget_at": forget_at}
    await session.execute(
        insert(GuessCount)
        .values(subject=subject, **kept)
        .on_conflict_do_update(index_elements=["subject"], set_=kept)
    )


async def forget(session: AsyncSession, subject: bytes) -> None:
    await session.execute(delete(GuessCount).where(GuessCount.subject == subject))


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """What has become of no use; rows that others are at are left to them."""
    old = (
        select(GuessCount.subject)
        .where(GuessCount.forget_at < now)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(GuessCount).where(GuessCount.subject.in_(old.scalar_subquery())))
