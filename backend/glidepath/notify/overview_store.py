"""The SQL of looking back on deliveries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from glidepath.notify.models import Delivery

# More dead letters than this are one fault, and one sentence.
AT_MOST: Final = 200


async def ends(session: AsyncSession, since: datetime) -> list[tuple[str, str, int]]:
    """How many of what was made since then, by channel and state."""
    found = await session.execute(
        select(Delivery.channel, Delivery.state, func.count())
        .where(Delivery.made_at >= since)
        .group_by(Delivery.channel, Delivery.state)
    )
    return [(row[0], row[1], row[2]) for row in found]


async def waiting(session: AsyncSession, now: datetime) -> tuple[int, datetime | None]:
    """How many are due and not done, and when the oldest of them was made."""
    found = await session.execute(
        select(func.count(), func.min(Delivery.made_at)).where(
            Delivery.state == "waiting", (Delivery.due_at <= now) | (Delivery.tries > 0)
        )
    )
    count, oldest = found.one()
    return count, oldest


async def dead(
    session: AsyncSession, since: datetime, *, lock: bool = False
) -> list[tuple[Delivery, bool]]:
    """What was given up and told by no other way, newest first; and whether the same recipient was
    reached by the same way since."""
    instead, later = aliased(Delivery), aliased(Delivery)
    replaced = select(instead.id).where(instead.instead_of == Delivery.id).exists()
    reached = (
        select(later.id)
        .where(
            later.recipient_id.is_not_distinct_from(Delivery.recipient_id),
            later.channel == Delivery.channel,
            later.state == "sent",
            later.ended_at > Delivery.ended_at,
        )
        .exists()
    )
    wanted = (
        select(Delivery, reached)
        .where(
            Delivery.state == "failed",
            # A reminder that a patient did not get is no alert that nobody heard of.
            Delivery.cause.in_(("raised", "escalated", "digest")),
            Delivery.ended_at >= since,
            ~replaced,
        )
        .order_by(Delivery.ended_at.desc(), Delivery.id)
        .limit(AT_MOST)
    )
    if lock:
        wanted = wanted.with_for_update(of=Delivery)
    return [(row[0], row[1]) for row in await session.execute(wanted)]


async def last_tries(
    session: AsyncSession, account_ids: Sequence[UUID], since: datetime
) -> dict[tuple[UUID, str], Any]:
    """By recipient and channel how the last try ended: a delivery with `state`, `tries`, `code`."""
    tried = (Delivery.state.in_(("sent", "failed"))) | (Delivery.tries > 0)
    found = await session.execute(
        select(
            Delivery.recipient_id,
            Delivery.channel,
            Delivery.state,
            Delivery.code,
            Delivery.made_at,
        )
        .where(Delivery.recipient_id.in_(account_ids), Delivery.made_at >= since, tried)
        .order_by(func.coalesce(Delivery.ended_at, func.now()), Delivery.id)
    )
    return {(row.recipient_id, row.channel): row for row in found}
