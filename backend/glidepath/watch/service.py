"""What admins see of the clinic's deliveries and of the installation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.escalation import service as escalation
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.notify import overview, reach
from glidepath.notify.models import CHANNELS
from glidepath.notify.overview import Dead
from glidepath.problems import Forbidden
from glidepath.settings import Settings
from glidepath.views import view
from glidepath.watch import standing
from glidepath.watch.schemas import (
    AdminPage,
    DeadLetter,
    Ends,
    Red,
    UnreachablePerson,
    WatchdogView,
)
from glidepath.watch.store import Queue

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
# As `Ends` has them.
ENDS: Final = ("sent", "waiting", "skipped", "failed", "kept")


async def page(
    session: AsyncSession, actor: StaffActor, settings: Settings, now: datetime
) -> AdminPage:
    _require_admin(actor)
    found = await _find(session, settings, now)
    queue, watchdog = found.queue, found.watchdog
    return AdminPage(
        now=now,
        red=found.red(now),
        week=await _ends(session, now - WEEK),
        month=await _ends(session, now - MONTH),
        waiting=found.waiting.count,
        oldest_waiting_at=found.waiting.oldest,
        dead_letters=await _letters(session, actor, found.dead),
        unreachable=[
            UnreachablePerson(one.account_id, one.name, one.code) for one in found.unreachable
        ],
        unowned_alerts=found.unowned,
        watchdog=WatchdogView(
            watchdog.arrived_at,
            watchdog.took.total_seconds() if watchdog.took is not None else None,
            watchdog.failure,
        ),
        worker_heard_at=queue.heartbeat if queue else None,
        queue_waiting=queue.waiting if queue else None,
        queue_lag_seconds=standing.lag(queue, now).total_seconds() if queue else None,
    )


async def red(
    session: AsyncSession, actor: StaffActor, settings: Settings, now: datetime
) -> list[Red]:
    """What an admin should look at, for the banner over the list."""
    _require_admin(actor)
    return (await _find(session, settings, now)).red(now)


async def retry(session: AsyncSession, actor: StaffActor, delivery_id: UUID, now: datetime) -> None:
    _require_admin(actor)
    await overview.retry(session, delivery_id, now)


async def retry_all(session: AsyncSession, actor: StaffActor, now: datetime) -> int:
    _require_admin(actor)
    return await overview.retry_all(session, now)


def period(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.watchdog_minutes)


@dataclass(frozen=True, slots=True)
class _Found:
    queue: Queue | None
    watchdog: standing.Watchdog
    waiting: overview.Waiting
    dead: list[Dead]
    unreachable: list[reach.Unreachable]
    unowned: int

    def red(self, now: datetime) -> list[Red]:
        of_clinic: dict[Red, int] = {
            "dead_letters": len(self.dead),
            "unreachable": len(self.unreachable),
            "unowned_alerts": self.unowned,
        }
        everywhere = standing.red(self.queue, self.watchdog, self.waiting.oldest, now)
        return [*everywhere, *(name for name, count in of_clinic.items() if count)]


async def _find(session: AsyncSession, settings: Settings, now: datetime) -> _Found:
    return _Found(
        queue=await standing.queue(session, now),
        watchdog=await standing.watchdog(session, period(settings), now),
        waiting=await overview.waiting(session, now),
        dead=await overview.dead(session, now),
        unreachable=await reach.unreachable(session, settings, now),
        unowned=await escalation.unowned(session),
    )


async def _ends(session: AsyncSession, since: datetime) -> list[Ends]:
    found = await overview.ends(session, since)
    return [
        Ends(
            channel,
            *(found.get((channel, end), 0) for end in ENDS),
        )
        for channel in CHANNELS
    ]


async def _letters(session: AsyncSession, actor: StaffActor, dead: list[Dead]) -> list[DeadLetter]:
    people = {one.delivery.recipient_id for one in dead if one.delivery.recipient_id is not None}
    names = await identity.names(session, people)
    sees = await care.visible_patients(session, actor)
    return [
        view(
            DeadLetter,
            one.delivery,
            recipient=names.get(one.delivery.recipient_id) if one.delivery.recipient_id else None,
            failed_at=one.delivery.ended_at,
            patient_id=one.patient_id if sees is None or one.patient_id in sees else None,
        )
        for one in dead
    ]


def _require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("This page is for the clinic's admins.", code="admins_only")
