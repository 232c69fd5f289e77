"""What staff do about alerts: each deed on the alert as they saw it, and to be taken back for a moment.

Whoever changes an alert holds its episode first, as a sync does that judges it: so nobody waits for
each other in a circle, and nothing is raised in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service, store
from glidepath.alerts.models import Alert
from glidepath.alerts.schemas import AlertView, BulkResult, Resolution, SeenAlert
from glidepath.audit import trail
from glidepath.care import service as care
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Invalid, Outdated

# Four weeks are what the list shows of a diary. Who has no need to look for longer has an outcome.
SNOOZE_AT_MOST: Final = timedelta(days=28)
# The screen offers it for ten seconds; the rest is for a slow network and one more try.
UNDO_WITHIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does what to an alert, when, and what its event says of it besides."""

    by: UUID
    at: datetime
    kind: Literal["acknowledged", "snoozed", "resolved", "undone"]
    says: Mapping[str, Any] = field(default_factory=dict)
    # The absent colleague in whose place it is done.
    cover_for: UUID | None = None


async def acknowledge(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, version: int, now: datetime
) -> AlertView:
    """Somebody looked; a snooze ends with it."""
    return await _do(session, actor, alert_id, version, Deed(actor.account_id, now, "acknowledged"))


async def snooze(
    session: AsyncSession,
    actor: StaffActor,
    alert_id: UUID,
    version: int,
    until: date,
    now: datetime,
) -> AlertView:
    """Out of the way until a day of the patient's. Invalid if that has come, or is too far off."""
    deed = Deed(actor.account_id, now, "snoozed", {"snoozed_until": until})
    return await _do(session, actor, alert_id, version, deed)


async def resolve(
    session: AsyncSession,
    actor: StaffActor,
    alert_id: UUID,
    version: int,
    resolution: Resolution,
    now: datetime,
) -> AlertView:
    """Closes an alert with what came of it."""
    deed = Deed(actor.account_id, now, "resolved", msgspec.structs.asdict(resolution))
    return await _do(session, actor, alert_id, version, deed)


async def undo(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, version: int, now: datetime
) -> AlertView:
    """Takes back the actor's own last deed. Conflict if it is none, or too long ago."""
    return await _do(session, actor, alert_id, version, Deed(actor.account_id, now, "undone"))


async def acknowledge_all(
    session: AsyncSession, actor: StaffActor, seen: Sequence[SeenAlert], now: datetime
) -> list[BulkResult]:
    """A result per alert, in the order asked for; one that is refused keeps no other out."""
    zones = await care.zones(session, actor)
    todays = {patient_id: care.today_of(zone, now) for patient_id, zone in zones.items()}
    found = await store.some(session, [one.id for one in seen])
    held = await _hold(session, [alert for alert in found if alert.patient_id in todays])
    trail.opens(session, *(alert.patient_id for alert in held.values()))
    deed, covered = Deed(actor.account_id, now, "acknowledged"), await care.covered(session, actor)
    done = []
    for one in seen:
        alert = held.get(one.id)
        if alert is None:
            done.append(False)
            continue
        its_deed = replace(deed, cover_for=covered.get(alert.patient_id))
        today = todays[alert.patient_id]
        try:
            done.append(await _stands(session, alert, today, one.version, its_deed))
        except Conflict:
            done.append(False)
    views = {one.id: one for one in await service.views(session, list(held.values()), todays)}
    return [
        BulkResult(
            id=one.id,
            status="done" if is_done else "changed" if one.id in views else "not_found",
            alert=views.get(one.id),
        )
        for one, is_done in zip(seen, done, strict=True)
    ]


async def viewed(
    session: AsyncSession, actor: StaffActor, alert_ids: Sequence[UUID], now: datetime
) -> None:
    """Keeps when the actor first had each alert's reason before them; what is not theirs to see, they
    have not seen."""
    theirs = await care.visible_patients(session, actor)
    seen = {
        alert_id: patient_id
        for alert_id, patient_id in (await store.patients_of(session, alert_ids)).items()
        if theirs is None or patient_id in theirs
    }
    trail.opens(session, *seen.values())
    person = {"clinic_id": actor.clinic_id, "account_id": actor.account_id, "at": now}
    if seen:
        await store.add_viewings(session, [{**person, "alert_id": alert_id} for alert_id in seen])


async def waiting(session: AsyncSession, patient_id: UUID, today: date) -> list[AlertView]:
    """What nobody has resolved, of earlier episodes as well, as it stands on the patient's day."""
    found = await store.unresolved_of_patient(session, patient_id)
    return await service.views(session, found, {patient_id: today})


async def end_all(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, now: datetime
) -> None:
    """Resolves whatever waits of a patient whose care ends. The caller holds the patient's episodes, and
    the actor has seen the alerts."""
    absent = (await care.covered(session, actor)).get(patient_id)
    deed = Deed(actor.account_id, now, "resolved", {"outcome": "discharged"}, cover_for=absent)
    for alert in await store.unresolved_of_patient(session, patient_id):
        await _change(session, alert, now.date(), deed)


async def _do(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, version: int, deed: Deed
) -> AlertView:
    """The alert afterwards. Outdated if it is another than was seen, and the deed not done already."""
    seen, patient = await service.visible(session, actor, alert_id)
    today = care.today_of(patient.timezone, deed.at)
    deed = replace(deed, cover_for=(await care.covered(session, actor)).get(patient.id))
    (alert,) = (await _hold(session, [seen])).values()
    stands = await _stands(session, alert, today, version, deed)
    (view,) = await service.views(session, [alert], {patient.id: today})
    if not stands:
        raise Outdated("Somebody changed this alert meanwhile.", view.version, current=view)
    return view


async def _hold(session: AsyncSession, alerts: Iterable[Alert]) -> dict[UUID, Alert]:
    """The alerts as they are now, by id, which nobody else changes before the end of the transaction."""
    await care.lock_episodes(session, {alert.episode_id for alert in alerts})
    held = await store.some(session, [alert.id for alert in alerts], lock=True)
    return {alert.id: alert for alert in held}


async def _stands(
    session: AsyncSession, alert: Alert, today: date, version: int, deed: Deed
) -> bool:
    """Whether the deed is done: now, or before by the same request whose answer was lost.

    False, with nothing changed, if the alert is not as it was seen.
    """
    if alert.version == version:
        await _change(session, alert, today, deed)
        return True
    last = (await store.last_events(session, alert))[0]
    return (
        last.version == version + 1
        and (last.kind, last.by) == (deed.kind, deed.by)
        and all(getattr(last, name) == value for name, value in deed.says.items())
    )


async def _change(session: AsyncSession, alert: Alert, today: date, deed: Deed) -> None:
    """Conflict or Invalid if the state that the alert is in does not allow it."""
    if deed.kind == "acknowledged" and alert.state_on(today) == "acknowledged":
        return  # Seen is seen, by whomever.
    says = dict(deed.says)
    if deed.kind == "undone":
        says["undoes"] = await _take_back(session, alert, deed)
    elif alert.state == "resolved":
        raise Conflict("This alert was resolved already.", code="already_resolved")
    else:
        until: date | None = says.get("snoozed_until")
        if until is not None and not today < until <= today + SNOOZE_AT_MOST:
            raise _out_of_range(today)
        alert.state, alert.snoozed_until = deed.kind, until
    alert.version += 1
    await store.add_event(
        session, alert, deed.kind, deed.at, by=deed.by, cover_for=deed.cover_for, **says
    )


async def _take_back(session: AsyncSession, alert: Alert, undo: Deed) -> UUID:
    """Puts the alert back to what it was before its last event, and says which that is."""
    last, *before = await store.last_events(session, alert)
    own = last.by == undo.by and last.kind != "undone"
    if not own or undo.at - last.at > UNDO_WITHIN:
        raise Conflict("There is nothing of yours to take back any more.", code="nothing_to_undo")
    if alert.state == "resolved":
        same_cause = await store.of_episode(session, alert.episode_id, alert.kind)
        if any(other.state != "resolved" for other in same_cause):
            raise Conflict("The same was raised again since.", code="raised_again")
    assert before[0].state is not None, "revision 0010 gave every last event its state"
    alert.state, alert.snoozed_until = before[0].state, before[0].snoozed_until
    return last.id


def _out_of_range(today: date) -> Invalid:
    first, last = today + timedelta(days=1), today + SNOOZE_AT_MOST
    message = f"Choose a day from {first} to {last}."
    return Invalid(
        message, code="snooze_out_of_range", errors=[{"field": "until", "message": message}]
    )
