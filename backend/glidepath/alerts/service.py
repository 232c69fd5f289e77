"""Raising alerts once per cause, keeping their basis, and what staff do about them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath import trends
from glidepath.alerts import store
from glidepath.alerts.facts import Fact, facts
from glidepath.alerts.models import Alert
from glidepath.alerts.schemas import (
    AlertEventView,
    AlertView,
    BasisView,
    Looked,
    Resolution,
)
from glidepath.care import service as care
from glidepath.database import jobs
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.problems import Conflict, NotFound
from glidepath.views import view

# An alert about days this far back is marked late: its entries waited on a phone.
LATE = timedelta(days=14)
# What is raised within this many days of an alert of the same kind is the same event, found
# again after late entries moved its day; the detector itself never raises twice so soon.
SAME_EVENT = timedelta(days=14)
RAISED = "notify:alert_raised"


async def evaluate(session: AsyncSession, intake: diary.Intake) -> None:
    """Judges an episode after new entries; opens or extends alerts in the same transaction.

    The caller holds the episode's lock, so that two syncs at once do not both raise.
    """
    by_date = (await diary.days(session, [intake.episode_id]))[intake.episode_id]
    kinds = (await care.plan_references(session, intake.patient_id)).items
    for fact in facts(by_date.values(), intake.days, kinds):
        await _take_fact(session, intake, fact)
    await _take_trend(session, intake, list(by_date.values()))


async def _take_fact(session: AsyncSession, intake: diary.Intake, fact: Fact) -> None:
    known = await store.of_episode(session, intake.episode_id, fact.kind)
    day = fact.date.isoformat()
    if any(day in alert.basis["days"] for alert in known):
        return
    this = {day: {"entry_id": str(fact.entry_id), "rule": fact.rule}}
    running = _running(known)
    if running is not None:
        basis = {"days": {**running.basis["days"], **this}}
        await _extend(
            session, intake, running, fact.date, basis, reason=msgspec.to_builtins(fact.reason)
        )
        return
    await _open(
        session,
        intake,
        kind=fact.kind.value,
        severity="urgent",
        raised_on=fact.date,
        last_day=fact.date,
        reason=msgspec.to_builtins(fact.reason),
        evidence=[],
        basis={"days": this},
    )


def _running(alerts: Sequence[Alert]) -> Alert | None:
    return next((alert for alert in alerts if alert.state != "resolved"), None)


async def _take_trend(
    session: AsyncSession,
    intake: diary.Intake,
    days: Sequence[DiaryDay],
) -> None:
    series = [trends.Day(day.date, day.pain, day.nerve, day.place) for day in days if day.logged]
    screening = await to_thread.run_sync(trends.screen, series)
    if not screening.signals:
        return
    signal = screening.signals[-1]
    known = await store.of_episode(session, intake.episode_id, "worsening")
    running = _running(known)
    if running is not None:
        verdict = screening.verdicts[-1]
        if screening.standing and verdict.date > running.last_day:
            await _extend(
                session,
                intake,
                running,
                verdict.date,
                running.basis,
                reason=verdict.sentence,
                evidence=_evidence(verdict),
                score=verdict.score,
            )
        return
    if any(signal.raised_on < alert.raised_on + SAME_EVENT for alert in known):
        return
    basis = trends.record(series, signal)
    window = {values[0] for values in basis["days"]}
    basis["entry_ids"] = [
        str(entry_id)
        for day in days
        if day.date.isoformat() in window
        for entry_id in day.entry_ids
    ]
    await _open(
        session,
        intake,
        kind="worsening",
        severity=signal.severity,
        raised_on=signal.raised_on,
        last_day=screening.verdicts[-1].date if screening.standing else signal.raised_on,
        onset=signal.onset,
        score=signal.score,
        reason=signal.verdict.sentence,
        evidence=_evidence(signal.verdict),
        basis=basis,
        detector_version=trends.VERSION,
    )


async def _open(
    session: AsyncSession,
    intake: diary.Intake,
    *,
    raised_on: date,
    basis: dict[str, Any],
    **facts: Any,
) -> None:
    alert_id = uuid7()
    await store.add_alert(
        session,
        {
            "clinic_id": intake.clinic_id,
            "id": alert_id,
            "patient_id": intake.patient_id,
            "episode_id": intake.episode_id,
            "state": "open",
            "opened_at": intake.now,
            "raised_on": raised_on,
            "count": 1,
            "late": intake.now.date() - raised_on > LATE,
            "basis": basis,
            **facts,
        },
    )
    await _note(session, intake.clinic_id, alert_id, "opened", intake.now, basis=basis)
    await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert_id)


async def _extend(
    session: AsyncSession,
    intake: diary.Intake,
    alert: Alert,
    last_day: date,
    basis: dict[str, Any],
    **changes: Any,
) -> None:
    """The cause was seen again: the same alert counts on, and nobody is told twice."""
    alert.last_day = max(alert.last_day, last_day)
    alert.count += 1
    alert.basis = basis
    for name, value in changes.items():
        setattr(alert, name, value)
    await _note(session, intake.clinic_id, alert.id, "extended", intake.now)


async def _note(
    session: AsyncSession, clinic_id: UUID, alert_id: UUID, kind: str, at: datetime, **more: Any
) -> None:
    await store.add_event(
        session,
        {
            "clinic_id": clinic_id,
            "id": uuid7(),
            "alert_id": alert_id,
            "kind": kind,
            "at": at,
            **more,
        },
    )


async def acknowledge(
    session: AsyncSession, actor: StaffActor, alert_id: UUID, now: datetime
) -> AlertView:
    """Somebody looked. Saying so twice is saying it once; a resolved alert stays resolved."""
    alert = await _visible(session, actor, alert_id, lock=True)
    if alert.state == "open":
        alert.state = "acknowledged"
        await _note(session, actor.clinic_id, alert.id, "acknowledged", now, by=actor.account_id)
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
    await _note(
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
    opened = next(
        event for event in await store.events(session, [alert.id]) if event.kind == "opened"
    )
    assert opened.basis is not None
    same: bool | None = True
    if alert.kind == "worsening":
        same = await to_thread.run_sync(_same_again, opened.basis)
    return BasisView(
        alert_id=alert.id,
        detector_version=alert.detector_version,
        same_again=same,
        basis=opened.basis,
    )


def _same_again(basis: dict[str, Any]) -> bool | None:
    try:
        signal = trends.recompute(basis)
    except trends.OtherVersionError:
        return None
    return signal is not None and (
        signal.raised_on.isoformat(),
        signal.onset.isoformat(),
        signal.severity,
        signal.score,
    ) == (basis["raised_on"], basis["onset"], basis["severity"], basis["score"])


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[AlertView]:
    return await _views(session, await store.of_patient(session, patient_id))


async def unresolved(session: AsyncSession, patient_ids: Sequence[UUID]) -> list[Alert]:
    return await store.unresolved(session, patient_ids)


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


def _evidence(verdict: trends.Verdict) -> list[dict[str, Any]]:
    return [
        {
            "channel": evidence.channel,
            "weight": evidence.weight,
            "since": evidence.since.isoformat(),
            "before": evidence.before,
            "after": evidence.after,
            "sentence": evidence.sentence,
        }
        for evidence in verdict.evidence
    ]


async def patient_of(session: AsyncSession, alert_id: UUID) -> UUID:
    """NotFound if there is no such alert in this clinic."""
    alert = await store.one(session, alert_id)
    if alert is None:
        raise NotFound
    return alert.patient_id
