"""What everybody may know of alerts: what they say, what they stand on, and what came of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import store, writing
from glidepath.alerts.models import Alert, AlertEvent, is_over
from glidepath.alerts.schemas import (
    AlertEventView,
    AlertView,
    Kind,
    Looked,
    Severity,
    State,
)
from glidepath.care import service as care
from glidepath.care.models import Episode, Patient
from glidepath.diary import service as diary
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.problems import NotFound
from glidepath.views import view


@dataclass(frozen=True, slots=True)
class Notice:
    """What decides who is told of an alert. `version` is the one with which it was opened last: told
    of it once, one need not be told of what only counts on."""

    alert_id: UUID
    version: int
    patient_id: UUID
    severity: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a list shows of an alert that nobody has resolved."""

    patient_id: UUID
    id: UUID
    version: int
    kind: Kind
    state: State
    snoozed_until: date | None
    severity: Severity
    opened_at: datetime
    onset: date | None
    raised_on: date
    count: int
    reason: dict[str, str]

    def on(self, today: date) -> Self:
        """As it counts on the patient's day."""
        if is_over(self.snoozed_until, today):
            return replace(self, state="open", snoozed_until=None)
        return self


@dataclass(frozen=True, slots=True)
class Stands:
    """Since when an unresolved alert is as it is: the version and the moment that made it so, and by
    whom. `state` does not know the patient's day: a snooze may be over."""

    id: UUID
    patient_id: UUID
    episode_id: UUID
    severity: Severity
    state: State
    version: int
    kind: str
    at: datetime
    by: UUID | None
    snoozed_until: date | None


@dataclass(frozen=True, slots=True)
class Reported:
    """A fact that therapists were told of: in which alert, from which of the patient's entries, when,
    and who was the first to look after that."""

    alert_id: UUID
    entry_ids: frozenset[UUID]
    at: datetime
    looked_at: datetime | None
    looked_by: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A worsening that therapists were told of; `outcome` is its state while it has none, `useful`
    None while nobody said."""

    raised_on: date
    last_day: date
    outcome: str
    useful: bool | None = None


async def of_episode(session: AsyncSession, episode: Episode, today: date) -> list[AlertView]:
    """Newest first, as they stand on the patient's day; beside a running episode, what nobody has
    resolved of those before it: a phone may have sent something late."""
    patient_id, runs = episode.patient_id, episode.ended_on is None
    shown = [
        one
        for one in await store.of_patient(session, patient_id)
        if one.episode_id == episode.id or (runs and one.state != "resolved")
    ]
    return await views(session, shown, {patient_id: today})


async def unresolved(session: AsyncSession, patient_ids: Sequence[UUID]) -> list[Waiting]:
    """Of some patients, in no order."""
    return [Waiting(*row) for row in await store.unresolved(session, patient_ids)]


async def standing(session: AsyncSession, alert_ids: Sequence[UUID] | None = None) -> list[Stands]:
    """Unresolved ones: some, or all of the clinic; in no order."""
    return [Stands(*row) for row in await store.standing(session, alert_ids)]


async def reopen(session: AsyncSession, alert_id: UUID, because: str, now: datetime) -> None:
    """A look that came to nothing counts no more. The caller holds the episode's lock."""
    alert = await store.one(session, alert_id)
    assert alert is not None
    await writing.reopen_alert(session, alert, because, now)


async def reported(session: AsyncSession, patient_id: UUID, since: datetime) -> list[Reported]:
    """What the patient's own entries gave reason to tell at once, since then, newest first."""
    alerts = await store.of_patient(session, patient_id)
    events = await store.events(session, [alert.id for alert in alerts])
    taken_back = {event.undoes for event in events}
    looks = [
        event
        for event in events
        if event.by is not None and event.undoes is None and event.id not in taken_back
    ]
    names = await identity.names(session, {event.by for event in looks if event.by})
    found = list[Reported]()
    for event in events:
        facts = (event.basis or {}).get("facts", {}) if event.at >= since else {}
        look = next(
            (one for one in looks if one.alert_id == event.alert_id and one.at >= event.at), None
        )
        found += [
            Reported(
                alert_id=event.alert_id,
                entry_ids=frozenset(UUID(one) for one in _entries(fact)),
                at=event.at,
                looked_at=look.at if look else None,
                looked_by=names[look.by] if look and look.by else None,
            )
            for key, fact in facts.items()
            if not _told_before(key, event, events)
        ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _entries(fact: Mapping[str, Any]) -> list[str]:
    return [fact["entry_id"]] if "entry_id" in fact else list(fact.get("entry_ids", ()))


def _told_before(key: str, event: AlertEvent, events: Sequence[AlertEvent]) -> bool:
    """An alert's basis names all its facts; each was new once."""
    return any(
        other.alert_id == event.alert_id
        and other.version < event.version
        and key in (other.basis or {}).get("facts", {})
        for other in events
    )


async def last_worsened(session: AsyncSession, episode_ids: Sequence[UUID]) -> dict[UUID, date]:
    """Per episode the last day on which any worsening stood, resolved or not; where nothing ever
    worsened it is left out."""
    return await store.last_worsened(session, episode_ids)


async def told_worsenings(
    session: AsyncSession, episode_ids: Sequence[UUID]
) -> dict[UUID, list[Told]]:
    """Per episode, by day; episodes without one are left out."""
    found = defaultdict[UUID, list[Told]](list)
    for row in await store.told_worsenings(session, episode_ids):
        episode_id, raised_on, last_day, state, outcome, useful = row
        found[episode_id].append(Told(raised_on, last_day, outcome or state, useful))
    return dict(found)


async def looked(session: AsyncSession, actor: PatientActor) -> list[Looked]:
    """Which of the patient's alerts somebody has looked at, newest first; what they took back is no
    look. A snooze that is over leaves it true that somebody looked."""
    alerts = {
        one.id: one
        for one in await store.of_patient(session, actor.patient_id)
        if one.state != "open"
    }
    events = await store.events(session, list(alerts))
    taken_back = {event.undoes for event in events}
    last = {
        event.alert_id: event
        for event in events
        if event.by is not None and event.undoes is None and event.id not in taken_back
    }
    names = await identity.names(session, {event.by for event in last.values() if event.by})
    seen = [
        Looked(
            alert_id=alert_id,
            at=event.at,
            by=names[event.by] if event.by else "",
            state="resolved" if alerts[alert_id].state == "resolved" else "acknowledged",
        )
        for alert_id, event in last.items()
    ]
    return sorted(seen, key=lambda look: look.at, reverse=True)


async def visible(
    session: AsyncSession, actor: StaffActor, alert_id: UUID
) -> tuple[Alert, Patient]:
    """NotFound for another clinic's alert as for none; Forbidden for that of a colleague's patient."""
    alert = await store.one(session, alert_id)
    if alert is None:
        raise NotFound
    return alert, await care.requires_care_relation(session, actor, alert.patient_id)


async def views(
    session: AsyncSession, alerts: Sequence[Alert], todays: Mapping[UUID, date]
) -> list[AlertView]:
    """In the same order; `todays` holds each patient's own day."""
    events = defaultdict[UUID, list[AlertEvent]](list)
    for event in await store.events(session, [alert.id for alert in alerts]):
        events[event.alert_id].append(event)
    people = {
        person
        for of_one in events.values()
        for event in of_one
        for person in (event.by, event.cover_for)
        if person is not None
    }
    names = await identity.names(session, people)
    return [
        view(
            AlertView,
            alert,
            state=alert.state_on(todays[alert.patient_id]),
            snoozed_until=alert.snoozed_on(todays[alert.patient_id]),
            events=[
                view(
                    AlertEventView,
                    event,
                    by=names[event.by] if event.by else None,
                    cover_for=names[event.cover_for] if event.cover_for else None,
                )
                for event in events[alert.id]
            ],
        )
        for alert in alerts
    ]


async def notice(session: AsyncSession, alert_id: UUID) -> Notice:
    """NotFound if there is no such alert in this clinic."""
    alert = await store.one(session, alert_id)
    if alert is None:
        raise NotFound
    version = await store.opened_version(session, alert_id)
    return Notice(alert.id, version, alert.patient_id, alert.severity)


async def waits_to_be_seen(session: AsyncSession, alert_id: UUID, now: datetime) -> bool:
    """Whether nobody has done anything about it yet, or what was done is over."""
    alert = await store.one(session, alert_id)
    if alert is None:
        return False
    patient = await care.patient(session, alert.patient_id)
    return alert.state_on(care.today_of(patient.timezone, now)) == "open"


async def unseen_since(session: AsyncSession, now: datetime) -> dict[UUID, datetime]:
    """Per patient of the clinic with something that nobody has looked at, since when; a snooze that is
    over counts from the morning of its day."""
    unseen = await store.unseen(session)
    if not unseen:
        return {}
    zones = await care.zones_of(session, {patient_id for patient_id, *_ in unseen})
    earliest: dict[UUID, datetime] = {}
    for patient_id, snoozed_until, opened_at in unseen:
        since = opened_at
        if snoozed_until is not None:
            since = datetime.combine(snoozed_until, time(), ZoneInfo(zones[patient_id]))
        if since <= now:
            earliest[patient_id] = min(since, earliest.get(patient_id, since))
    return earliest


async def unseen(session: AsyncSession, alert_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Those of them with which nobody has done anything yet, and whose they are."""
    found = await store.some(session, list(alert_ids))
    return {alert.id: alert.patient_id for alert in found if alert.state == "open"}


async def behind(session: AsyncSession, since: datetime) -> int:
    """Running episodes with entries that came since then and that the detector has not judged.

    Entries are judged in the transaction that stores them, so that this is zero unless that rule was
    broken. A checkpoint stands before the last logged day: whatever is logged between the two was passed
    over.
    """
    running = {one.episode_id for one in await care.running_episodes(session)}
    lately = await diary.logged_since(session, since)
    logged = {episode_id: days for episode_id, days in lately.items() if episode_id in running}
    through = await store.checkpoints_through(session, list(logged))
    return sum(
        1
        for episode_id, days in logged.items()
        if len(days) > 1 and _is_behind(through.get(episode_id), days)
    )


def _is_behind(through: date | None, days: Sequence[date]) -> bool:
    return through is None or any(through < day for day in days[:-1])
