"""What admins see of the clinic's deliveries and of the installation."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import service as care
from glidepath.escalation import lateness
from glidepath.escalation.lateness import Late
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
    EscalationView,
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
    session: AsyncSession,
    actor: StaffActor,
    settings: Settings,
    promise: standing.Promise,
    now: datetime,
) -> AdminPage:
    _require_admin(actor)
    found = await _find(session, settings, promise, now)
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
        escalations=await _escalations(session, actor, found.late),
        watchdog=WatchdogView(
            watchdog.state,
            watchdog.arrived_at,
            watchdog.took.total_seconds() if watchdog.took is not None else None,
            watchdog.failure,
        ),
        worker_heard_at=queue.heartbeat if queue else None,
        queue_waiting=queue.waiting if queue else None,
        queue_lag_seconds=standing.lag(queue, now).total_seconds() if queue else None,
    )


async def red(
    session: AsyncSession,
    actor: StaffActor,
    settings: Settings,
    promise: standing.Promise,
    now: datetime,
) -> list[Red]:
    """What an admin should look at, for the banner over the list."""
    _require_admin(actor)
    return (await _find(session, settings, promise, now)).red(now)


async def retry(session: AsyncSession, actor: StaffActor, delivery_id: UUID, now: datetime) -> None:
    _require_admin(actor)
    await overview.retry(session, delivery_id, now)


async def retry_all(session: AsyncSession, actor: StaffActor, now: datetime) -> int:
    _require_admin(actor)
    return await overview.retry_all(session, now)


def promise(settings: Settings, started_at: datetime) -> standing.Promise:
    """`started_at`: when this process did."""
    period = timedelta(minutes=settings.watchdog_minutes)
    return standing.Promise(period, started_at if settings.has_watchdog else None)


@dataclass(frozen=True, slots=True)
class _Found:
    queue: Queue | None
    watchdog: standing.Watchdog
    waiting: overview.Waiting
    dead: list[Dead]
    unreachable: list[reach.Unreachable]
    late: list[Late]

    def red(self, now: datetime) -> list[Red]:
        of_clinic: dict[Red, int] = {
            "dead_letters": len(self.dead),
            "unreachable": len(self.unreachable),
        }
        everywhere = standing.red(self.queue, self.watchdog, self.waiting.oldest, now)
        late = standing.red_alerts(Counter(one.state for one in self.late))
        return [*everywhere, *(name for name, count in of_clinic.items() if count), *late]


async def _find(
    session: AsyncSession, settings: Settings, promise: standing.Promise, now: datetime
) -> _Found:
    return _Found(
        queue=await standing.queue(session, now),
        watchdog=await standing.watchdog(session, promise, now),
        waiting=await overview.waiting(session, now),
        dead=await overview.dead(session, now),
        unreachable=await reach.unreachable(session, settings, now),
        late=await lateness.late(session, now),
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


async def _escalations(
    session: AsyncSession, actor: StaffActor, late: list[Late]
) -> list[EscalationView]:
    sees = await care.visible_patients(session, actor)
    seen = {one.patient_id for one in late if sees is None or one.patient_id in sees}
    trail.lists(session, seen)
    names = await identity.names(session, seen)
    return [
        view(
            EscalationView,
            one,
            told=list(one.told),
            patient_id=one.patient_id if one.patient_id in seen else None,
            patient=names.get(one.patient_id),
        )
        for one in late
    ]


def _require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("This page is for the clinic's admins.", code="admins_only")
