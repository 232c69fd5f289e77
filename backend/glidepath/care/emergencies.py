"""Opening a colleague's patient where somebody's safety cannot wait: with a reason, for some hours, and seen
by the clinic's admins. It ends by itself; each look meanwhile is marked with it in the audit trail."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import emergency_store, store
from glidepath.care.emergency_schemas import EmergencyBody, EmergencyView, Namesake
from glidepath.care.models import EmergencyOpening
from glidepath.identity import service as identity
from glidepath.identity import telling
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound
from glidepath.views import view

# How long what is over stays in the admins' list, and how many stand there.
SHOWN_AFTER: Final = timedelta(days=90)
SHOWN_AT_MOST: Final = 100
NAMESAKES_AT_MOST: Final = 5


async def open_record(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    opening_id: UUID,
    body: EmergencyBody,
    now: datetime,
) -> tuple[EmergencyView, bool]:
    """The opening, and whether it is new; sent again after a lost answer it is the same."""
    trail.asks_for(session, patient_id)
    if await store.patient(session, patient_id) is None:
        raise NotFound
    reason = " ".join(body.reason.split())
    if len(reason) < len("0123456789"):
        raise Invalid("Say in ten characters or more why it cannot wait.", code="reason_too_short")
    row = {
        "clinic_id": actor.clinic_id,
        "id": opening_id,
        "patient_id": patient_id,
        "account_id": actor.account_id,
        "reason": reason,
        "opened_at": now,
        "until": now + timedelta(hours=body.hours),
    }
    is_new = await emergency_store.add(session, row)
    opening = await emergency_store.one(session, opening_id)
    assert opening is not None
    asked, known = (
        (actor.account_id, patient_id, reason),
        (opening.account_id, opening.patient_id, opening.reason),
    )
    if asked != known:
        raise Conflict("There is another opening under this id.", code="opening_exists")
    trail.opens(session, patient_id, emergency_id=opening_id)
    if is_new:
        for account in await identity.staff(session):
            if account.role == "admin" and account.id != actor.account_id:
                await telling.tell(session, account, "emergency_opened")
    return (await _views(session, [opening], now))[0], is_new


async def end(
    session: AsyncSession, actor: StaffActor, opening_id: UUID, now: datetime
) -> EmergencyView:
    """From now on it opens nothing; ended again it stays as it was."""
    opening = await emergency_store.one(session, opening_id, lock=True)
    if opening is None:
        raise NotFound
    trail.asks_for(session, opening.patient_id)
    if not actor.is_admin and opening.account_id != actor.account_id:
        raise Forbidden("Only who opened it or an admin ends it.", code="not_yours")
    trail.opens(session, opening.patient_id, emergency_id=opening_id)
    if opening.ended_at is None and opening.until > now:
        opening.ended_at, opening.ended_by = now, actor.account_id
        await session.flush()
    return (await _views(session, [opening], now))[0]


async def visible(session: AsyncSession, actor: StaffActor, now: datetime) -> list[EmergencyView]:
    """The clinic's for its admins; for others their own that run."""
    whose = None if actor.is_admin else actor.account_id
    moment = now - SHOWN_AFTER if actor.is_admin else now
    found = await emergency_store.since(session, moment, whose, SHOWN_AT_MOST)
    if not actor.is_admin:
        found = [one for one in found if one.ended_at is None]
    trail.lists(session, {one.patient_id for one in found})
    return await _views(session, found, now)


async def running_of(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, now: datetime
) -> EmergencyView | None:
    """By which the patient is open to who asks, if it is one."""
    opening_id = await emergency_store.running(session, actor.account_id, patient_id, now)
    opening = None if opening_id is None else await emergency_store.one(session, opening_id)
    return None if opening is None else (await _views(session, [opening], now))[0]


async def namesakes(session: AsyncSession, name: str) -> list[Namesake]:
    """Patients of the clinic with exactly this name: who has it from the patient needs no list to look
    through, and gets none."""
    found = await identity.patients_named(session, " ".join(name.split()), NAMESAKES_AT_MOST)
    trail.lists(session, found.keys())
    admitted = await emergency_store.admitted(session, set(found))
    return [
        Namesake(patient_id, called, admitted[patient_id].year)
        for patient_id, called in found.items()
        if patient_id in admitted
    ]


async def _views(
    session: AsyncSession, openings: list[EmergencyOpening], now: datetime
) -> list[EmergencyView]:
    people = {
        person
        for one in openings
        for person in (one.patient_id, one.account_id, one.ended_by)
        if person is not None
    }
    names = await identity.names(session, people)
    return [
        view(
            EmergencyView,
            one,
            patient=names[one.patient_id],
            by=names[one.account_id],
            ended_by=names.get(one.ended_by) if one.ended_by else None,
            running=one.ended_at is None and one.until > now,
        )
        for one in openings
    ]
