"""When a patient wants to be reminded."""

from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.actor import PatientActor
from glidepath.notify import store
from glidepath.notify.schemas import Reminder
from glidepath.problems import Invalid

NONE = Reminder(at=None, quiet_from=None, quiet_until=None)


async def of(session: AsyncSession, patient: PatientActor) -> Reminder:
    """Who never chose is not reminded."""
    kept = await store.reminder(session, patient.patient_id)
    if kept is None:
        return NONE
    return Reminder(_written(kept.at), _written(kept.quiet_from), _written(kept.quiet_until))


async def put(
    session: AsyncSession, patient: PatientActor, wanted: Reminder, now: datetime
) -> Reminder:
    """Takes the place of what was chosen before, on this or another phone."""
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        raise Invalid("Quiet hours need a beginning and an end.", code="quiet_hours_open")
    if wanted.quiet_from is not None and wanted.quiet_from == wanted.quiet_until:
        raise Invalid("Quiet hours need two different times.", code="quiet_hours_empty")
    row = {
        "clinic_id": patient.clinic_id,
        "patient_id": patient.patient_id,
        "at": _read(wanted.at),
        "quiet_from": _read(wanted.quiet_from),
        "quiet_until": _read(wanted.quiet_until),
        "changed_at": now,
    }
    await store.put_reminder(session, row)
    return wanted


def _read(written: str | None) -> time | None:
    return None if written is None else time.fromisoformat(written)


def _written(at: time | None) -> str | None:
    return None if at is None else at.isoformat("minutes")
