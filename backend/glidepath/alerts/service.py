"""What staff do about alerts, and what everybody may know of them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import trends
from glidepath.alerts import facts, store
from glidepath.alerts.models import Alert
from glidepath.alerts.schemas import (
    AlertEventView,
    AlertView,
    BasisView,
    Kind,
    Looked,
    Resolution,
    Severity,
    State,
)
from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.problems import Conflict, NotFound
from glidepath.trends import progress, quiet
from glidepath.views import view


@dataclass(frozen=True, slots=True)
class Notice:
    """What decides who is told of an alert."""

    patient_id: UUID
    severity: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a list shows of an alert that nobody has resolved."""

    patient_id: UUID
    id: UUID
    kind: Kind
    state: State
    severity: Severity
    opened_at: datetime
    onset: date | None
    raised_on: date
    count: int
    reason: dict[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A worsening that therapists were told of; `outcome` is its state while it has none."""

    raised_on: date
    last_day: date
    outcome: str


async def acknowledge(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, now: datetime
) -> AlertView:
    """Somebody looked. Saying so twice is saying it once; a resolved alert stays resolved."""
    alert = await _visible(session, actor, alert_id, lock=True)
    if alert.state == "open":
        alert.state = "acknowledged"
        await store.add_event(
            session, actor.clinic_id, alert.id, "acknowledged", now, by=actor.account_id
        )
    return await _view_one(session, alert)


async def resolve(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, resolution: Resolution, now: datetime
) -> AlertView:
    """Closes an alert with what came of it. Conflict if somebody closed it otherwise before."""
    alert = await _visible(session, actor, alert_id, lock=True)
    if alert.state == "resolved":
        events = await store.events(session, [alert.id])
        last = next(event for event in reversed(events) if event.kind == "resolved")
        if (last.outcome, last.note) != (resolution.outcome, resolution.note):
            raise Conflict("This alert was resolved already.", code="already_resolved")
        return await _view_one(session, alert)
    alert.state = "resolved"
    await store.add_event(
        session,
        actor.clinic_id,
        alert.id,
        "resolved",
        now,
        by=actor.account_id,
        outcome=resolution.outcome,
        note=resolution.note,
    )
    return await _view_one(session, alert)


async def basis(session: AsyncSession, actor: StaffActor, alert_id: UUID) -> BasisView:
    """The stored basis, and the decision taken again from it."""
    alert = await _visible(session, actor, alert_id)
    # From the events, which nobody can change.
    kept = [event.basis for event in await store.events(session, [alert.id]) if event.basis]
    told = {key: fact for one in kept for key, fact in one.get("facts", {}).items()}
    reckoned = [one for one in kept if "version" in one]
    # What the alert says may be older than the last day on which it still stood.
    says = [one for one in reckoned if one == alert.basis] or reckoned
    numbers = says[-1] if says else {}
    return BasisView(
        alert_id=alert.id,
        detector_version=alert.detector_version,
        same_again=await to_thread.run_sync(_same_again, alert.kind, numbers, told),
        basis=numbers | ({"facts": told} if told else {}),
    )


def _same_again(kind: str, numbers: dict[str, Any], told: dict[str, Any]) -> bool | None:
    """A worsening may hold signs of a single day as well. Null where another version reckoned."""
    if not all(facts.holds_again(key, fact) for key, fact in told.items()):
        return False
    return _RECKON_AGAIN[kind](numbers) if numbers else True


def _same_trend(basis: dict[str, Any]) -> bool | None:
    """Null where another version of the detector decided."""
    try:
        return trends.holds_again(basis)
    except trends.OtherVersionError:
        return None


_RECKON_AGAIN: Final[dict[str, Callable[[dict[str, Any]], bool | None]]] = {
    "worsening": _same_trend,
    "quiet": quiet.holds_again,
    "not_improving": progress.holds_again,
}


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[AlertView]:
    return await _views(session, await store.of_patient(session, patient_id))


async def unresolved(session: AsyncSession, patient_ids: Sequence[UUID]) -> list[Waiting]:
    """Of some patients, in no order."""
    return [Waiting(*row) for row in await store.unresolved(session, patient_ids)]


async def last_worsened(session: AsyncSession, patient_ids: Sequence[UUID]) -> dict[UUID, date]:
    """Per patient the last day on which any worsening stood, resolved or not; who never worsened is
    left out."""
    return await store.last_worsened(session, patient_ids)


async def told_worsenings(
    session: AsyncSession, episode_ids: Sequence[UUID]
) -> dict[UUID, list[Told]]:
    """Per episode, by day; episodes without one are left out."""
    found = defaultdict[UUID, list[Told]](list)
    for row in await store.told_worsenings(session, episode_ids):
        episode_id, raised_on, last_day, outcome = row
        found[episode_id].append(Told(raised_on, last_day, outcome))
    return dict(found)


async def looked(session: AsyncSession, actor: PatientActor) -> list[Looked]:
    """Which of the patient's alerts somebody has looked at, newest first."""
    views = await of_patient(session, actor.patient_id)
    seen = []
    for one in views:
        by_people = [event for event in one.events if event.by is not None]
        if by_people and one.state != "open":
            last = by_people[-1]
            seen.append(Looked(alert_id=one.id, at=last.at, by=last.by or "", state=one.state))
    return sorted(seen, key=lambda look: look.at, reverse=True)


async def _visible(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, *, lock: bool = False
) -> Alert:
    alert = await store.one(session, alert_id, lock=lock)
    if alert is None:
        raise NotFound
    await care.requires_care_relation(session, actor, alert.patient_id)
    return alert


async def _view_one(session: AsyncSession, alert: Alert) -> AlertView:
    return (await _views(session, [alert]))[0]


async def _views(session: AsyncSession, alerts: Sequence[Alert]) -> list[AlertView]:
    events = await store.events(session, [alert.id for alert in alerts])
    names = await identity.names(session, {event.by for event in events if event.by is not None})
    return [
        view(
            AlertView,
            alert,
            events=[
                view(AlertEventView, event, by=names.get(event.by) if event.by else None)
                for event in events
                if event.alert_id == alert.id
            ],
        )
        for alert in alerts
    ]


async def notice(session: AsyncSession, alert_id: UUID) -> Notice:
    """NotFound if there is no such alert in this clinic."""
    alert = await store.one(session, alert_id)
    if alert is None:
        raise NotFound
    return Notice(alert.patient_id, alert.severity)
