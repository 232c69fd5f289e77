"""Writing an alert down: opened with its basis, extended when its cause is seen again."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import store
from glidepath.alerts.models import SEVERITIES, Alert
from glidepath.database import jobs
from glidepath.diary import service as diary

# An alert about days this far back is marked late: its entries waited on a phone.
LATE = timedelta(days=14)
# Somewhere the next day has begun: rather marked a day too early than on no account.
FIRST_ZONE = timezone(timedelta(hours=14))
RAISED = "notify:alert_raised"


def graver(one: str, other: str) -> str:
    """The more severe of two severities."""
    return min(one, other, key=SEVERITIES.index)


async def open_alert(
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
            "late": _is_late(raised_on, intake.now),
            "basis": basis,
            **facts,
        },
    )
    await store.add_event(session, intake.clinic_id, alert_id, "opened", intake.now, basis=basis)
    await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert_id)


async def extend_alert(
    session: AsyncSession,
    intake: diary.Intake,
    alert: Alert,
    last_day: date,
    basis: dict[str, Any],
    *,
    is_new: bool,
    **changes: Any,
) -> None:
    """The cause was seen again: the same alert counts on.

    Nobody is told twice while it waits to be seen. What is new after somebody looked opens it
    again and is told again, or it would pass unseen under an acknowledgement of something else.
    """
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
    alert.late = alert.late and late
    if is_new and alert.state == "acknowledged":
        alert.state, alert.late = "open", late
        await jobs.defer(session, RAISED, clinic_id=intake.clinic_id, alert_id=alert.id)
    await store.add_event(session, intake.clinic_id, alert.id, "extended", intake.now, basis=basis)


def _is_late(on: date, now: datetime) -> bool:
    return now.astimezone(FIRST_ZONE).date() - on > LATE
