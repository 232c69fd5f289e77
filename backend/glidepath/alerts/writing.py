"""Writing an alert down: opened with its basis, extended when its cause is seen again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import store
from glidepath.alerts.models import SEVERITIES, Alert
from glidepath.care import service as care
from glidepath.database import jobs
from glidepath.diary import service as diary

# An alert about days this far back is marked late: its entries waited on a phone.
LATE = timedelta(days=14)
# Somewhere the next day has begun: rather marked a day too early than on no account.
FIRST_ZONE = timezone(timedelta(hours=14))
# A channel with less of the evidence than this does not carry an alert.
SPEAKS = 0.2
RAISED = "notify:alert_raised"


def channels(evidence: Sequence[dict[str, Any]]) -> set[str]:
    """The channels in which a worsening shows, leaving out what says next to nothing."""
    return {part["channel"] for part in evidence if part["weight"] >= SPEAKS}


def graver(one: str, other: str) -> str:
    """The more severe of two severities."""
    return min(one, other, key=SEVERITIES.index)


async def open_alert(
    session: AsyncSession,
    intake: diary.Intake,
    *,
    raised_on: date,
    evidence: list[dict[str, Any]],
    basis: dict[str, Any],
    **facts: Any,
) -> None:
    alert = Alert(
        clinic_id=intake.clinic_id,
        id=uuid7(),
        patient_id=intake.patient_id,
        episode_id=intake.episode_id,
        state="open",
        version=1,
        opened_at=intake.now,
        raised_on=raised_on,
        count=1,
        late=_is_late(raised_on, intake.now),
        evidence=evidence,
        channels=sorted(channels(evidence)),
        basis=basis,
        **facts,
    )
    await store.add_alert(session, alert)
    await store.add_event(session, alert, "opened", intake.now, basis=basis)
    await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert.id)


async def extend_alert(
    session: AsyncSession,
    intake: diary.Intake,
    alert: Alert,
    last_day: date,
    basis: dict[str, Any],
    *,
    news: str | None,
    **changes: Any,
) -> None:
    """The cause was seen again: the same alert counts on.

    `news` says what is new about it ("fact", "again"), None if it only goes on. Nobody is told twice
    while it waits to be seen, unless it becomes urgent: what it was before may have waited for the day's
    digest. What is new after somebody looked opens it again and is told again, or
    it would pass unseen under an acknowledgement of something else.
    """
    state = await _state(session, intake, alert)
    spoken = channels(changes.get("evidence", ()))
    because = _reopens(alert, state, news, spoken, changes)
    becomes_urgent = state == "open" and changes.get("severity") == "urgent" != alert.severity
    alert.channels = sorted(spoken | (set() if news == "again" else {*alert.channels}))
    alert.last_day = max(alert.last_day, last_day)
    alert.count += 1
    # What the alert says rests on the basis that it keeps; a step that changes nothing of it has its
    # own in the event.
    if changes:
        alert.basis = basis
    for name, value in changes.items():
        setattr(alert, name, value)
    late = _is_late(last_day, intake.now)
    # Late stays what nothing of today has joined, and is what comes late after somebody looked.
    alert.late = late if because else alert.late and late
    if because or state == "open":
        alert.state, alert.snoozed_until = "open", None
    alert.version += 1
    await store.add_event(
        session,
        alert,
        "reopened" if because else "extended",
        intake.now,
        because=because,
        basis=basis,
    )
    if because or becomes_urgent:
        await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert.id)


async def reopen_alert(session: AsyncSession, alert: Alert, because: str, now: datetime) -> None:
    """Nothing new was found, but what somebody said about it holds no more: it is told again."""
    alert.state, alert.snoozed_until = "open", None
    alert.version += 1
    await store.add_event(session, alert, "reopened", now, because=because)
    await jobs.defer(session, RAISED, clinic_id=alert.clinic_id, alert_id=alert.id)


async def _state(session: AsyncSession, intake: diary.Intake, alert: Alert) -> str:
    if alert.snoozed_until is None:
        return alert.state
    patient = await care.patient(session, intake.patient_id)
    return alert.state_on(care.today_of(patient.timezone, intake.now))


def _reopens(
    alert: Alert, state: str, news: str | None, spoken: set[str], changes: dict[str, Any]
) -> str | None:
    """Why the alert has to be seen again, if somebody has seen it.

    A snooze is for what is known: more of the same leaves it alone, even where it stopped and began
    anew; another kind of worsening does not.
    """
    if state == "acknowledged":
        return news
    if state != "snoozed":
        return None
    if news == "fact":
        return news
    if changes.get("kind", alert.kind) != alert.kind:
        return "kind"
    severity = changes.get("severity", alert.severity)
    if SEVERITIES.index(severity) < SEVERITIES.index(alert.severity):
        return "severity"
    return "channel" if spoken - {*alert.channels} else None


def _is_late(on: date, now: datetime) -> bool:
    return now.astimezone(FIRST_ZONE).date() - on > LATE
