"""What became of deliveries, for those who run the clinic: ends, what waits, what was given up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.notify import delivering, overview_store
from glidepath.notify import store as deliveries
from glidepath.notify.models import Delivery
from glidepath.problems import Conflict, NotFound

# What was given up longer ago is no news any more.
DEAD_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`oldest` is when the delivery that waits longest was made."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Dead:
    delivery: Delivery
    # Whose alert it tells of; None for a digest.
    patient_id: UUID | None


async def ends(session: AsyncSession, since: datetime) -> dict[tuple[str, str], int]:
    """By channel and end, of what was made since then."""
    return {
        (channel, state): count
        for channel, state, count in await overview_store.ends(session, since)
    }


async def waiting(session: AsyncSession, now: datetime) -> Waiting:
    """What is due and was not told yet."""
    return Waiting(*await overview_store.waiting(session, now))


async def dead(session: AsyncSession, now: datetime) -> list[Dead]:
    """What nobody was told and somebody still should be, newest first.

    An alert that was looked at meanwhile, and a digest whose recipient got a later one, are over.
    """
    found = await overview_store.dead(session, now - DEAD_FOR)
    return await _pending(session, found)


async def retry(session: AsyncSession, delivery_id: UUID, now: datetime) -> None:
    """Conflict for one that has not failed, or not any more."""
    delivery = await deliveries.delivery(session, delivery_id, lock=True)
    if delivery is None:
        raise NotFound
    if delivery.state != "failed":
        raise Conflict("This one is on its way again already.", code="not_failed")
    await delivering.retry(session, delivery, now)


async def retry_all(session: AsyncSession, now: datetime) -> int:
    found = await overview_store.dead(session, now - DEAD_FOR, lock=True)
    again = await _pending(session, found)
    for one in again:
        await delivering.retry(session, one.delivery, now)
    return len(again)


async def _pending(session: AsyncSession, found: Collection[tuple[Delivery, bool]]) -> list[Dead]:
    about = {one.alert_id for one, _ in found if one.alert_id is not None}
    unseen = await alerts.unseen(session, about)
    return [
        Dead(one, None if one.alert_id is None else unseen[one.alert_id])
        for one, reached_since in found
        if (not reached_since if one.alert_id is None else one.alert_id in unseen)
    ]
