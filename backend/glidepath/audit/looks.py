"""Who looked at whose record: for the clinic's admins, and in short for the patient."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import store, trail
from glidepath.audit.models import Event
from glidepath.audit.schemas import Look, Looks, OwnLook, OwnLooks
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.problems import Forbidden
from glidepath.views import view

AT_MOST: Final = 200
OWN_DAYS: Final = 90
OWN_AT_MOST: Final = 100


async def of_patient(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, before: int | None
) -> Looks:
    """For admins: who else has looked is itself something that not everybody needs to know."""
    if not actor.is_admin:
        raise Forbidden("Who looked is for the clinic's admins.", code="admins_only")
    # NotFound for who is no patient of the clinic.
    account = await identity.require_patient(session, patient_id)
    trail.opens(session, patient_id)
    found = await store.of_patient(session, patient_id, before, AT_MOST + 1)
    people = {one.account_id for one in found if one.account_id is not None}
    people |= {person for one in found for person in one.covering_ids}
    names = await identity.names(session, people)
    return Looks(
        account.name, [_look(one, names) for one in found[:AT_MOST]], more=len(found) > AT_MOST
    )


def _look(event: Event, names: dict[UUID, str]) -> Look:
    return view(
        Look,
        event,
        by=names.get(event.account_id) if event.account_id else None,
        covering=[names[one] for one in event.covering_ids if one in names],
        emergency=event.emergency_id is not None,
    )


async def own(session: AsyncSession, patient: PatientActor, now: datetime) -> OwnLooks:
    """On which days who of the clinic had the patient's own record before them. Being one of a list is none."""
    since = now - timedelta(days=OWN_DAYS)
    zone = ZoneInfo(await identity.clinic_timezone(session))
    found = await store.opened_by_staff(session, patient.patient_id, since, str(zone), OWN_AT_MOST)
    names = await identity.names(session, {one.account_id for one in found})
    return OwnLooks(
        [
            OwnLook(str(one.day), names[one.account_id], one.role, emergency=one.emergency)
            for one in found
            if one.account_id in names
        ]
    )


async def days_of_use(
    session: AsyncSession, patient_id: UUID, zone: str, since: datetime
) -> list[date]:
    """The days of a zone on which the patient's own app asked the server for anything; what it does offline is
    seen by nobody."""
    return await store.days_of_use(session, patient_id, zone, since)
