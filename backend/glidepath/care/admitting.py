"""A new patient: the account, the first episode, its therapist, and what is known from the start."""

from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import episode_store, planning, service, store, team_store
from glidepath.care.models import Episode, Patient
from glidepath.care.schemas import (
    PatientBody,
)
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Invalid

_ZONES = frozenset(available_timezones())


async def put_patient(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    body: PatientBody,
    now: datetime,
    *,
    lead: UUID | None = None,
) -> bool:
    """Admits a patient, with the caller or `lead` as their therapist; whether they are new.

    Sent again after a lost answer it changes nothing.
    """
    if body.timezone not in _ZONES:
        raise Invalid(f"There is no time zone {body.timezone!r}.", code="unknown_zone")
    await store.hold_id(session, patient_id)
    if await store.patient(session, patient_id) is not None:
        known = await service.requires_care_relation(session, actor, patient_id)
        if not await _is_as_sent(session, known, body):
            raise Conflict("There is another patient under this id.", code="patient_exists")
        return False
    clinic_id = actor.clinic_id
    await identity.add_patient_account(
        session, clinic_id, patient_id, name=body.name, locale=body.locale, now=now
    )
    patient = {
        "clinic_id": clinic_id,
        "id": patient_id,
        "timezone": body.timezone,
        "created_at": now,
    }
    episode_id = body.episode.id
    await store.add(session, Patient, [patient])
    row = service.episode_row(actor, patient_id, episode_id, body.episode, now)
    await store.add(session, Episode, [row])
    opened = service.event_row(actor, patient_id, episode_id, now, kind="opened")
    await episode_store.add_event(session, opened)
    by = team_store.Deed(clinic_id, actor.account_id, now)
    await team_store.add(session, by, [patient_id], lead or actor.account_id, "lead")
    if body.screening is not None:
        await service.screen(session, actor, episode_id, body.screening.id, body.screening, now)
    if body.plan is not None:
        await planning.put_plan(
            session, actor, episode_id, body.plan.id, body.plan, now, based_on=None
        )
    return True


async def _is_as_sent(session: AsyncSession, patient: Patient, body: PatientBody) -> bool:
    account = await identity.patient_account(session, patient.id)
    episode = await store.episode(session, body.episode.id)
    return (
        (account.name, account.locale, patient.timezone) == (body.name, body.locale, body.timezone)
    ) and (episode is not None and episode.patient_id == patient.id)
