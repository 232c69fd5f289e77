"""Who looks after a patient: adding and removing, and handing over. There always is one lead.

Every change holds the patient's row first, so that two at once come one after the other.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import covers, service
from glidepath.care import team_store as store
from glidepath.care.team_models import CareTeamMember
from glidepath.care.team_schemas import (
    CaseloadHandOver,
    Colleague,
    HandOver,
    TeamEventView,
    TeamMemberView,
    TeamView,
)
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound
from glidepath.views import view


async def colleagues(session: AsyncSession) -> list[Colleague]:
    """Everybody who may look after a patient, by name."""
    leads = await store.patients_led(session)
    return [
        Colleague(account.id, account.name, leads.get(account.id, 0))
        for account in await identity.staff(session)
    ]


async def of_patient(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, now: datetime
) -> TeamView:
    await service.requires_care_relation(session, actor, patient_id)
    members = await store.team(session, patient_id)
    events = await store.events(session, patient_id)
    standing_in = await covers.of_absent(session, [one.account_id for one in members], now)
    people = {one.account_id for one in members}
    people |= {person for event in events for person in (event.account_id, event.by)}
    names = await identity.names(session, people)
    return TeamView(
        members=[view(TeamMemberView, one, name=names[one.account_id]) for one in members],
        covers=standing_in,
        events=[
            view(TeamEventView, event, who=names[event.account_id], by=names[event.by])
            for event in events
        ],
        may_change=_may_change(actor, members),
    )


async def add(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, account_id: UUID, now: datetime
) -> None:
    """A colleague as a member; who is in the team already stays what they are."""
    members = await _held(session, actor, patient_id)
    await identity.require_staff(session, account_id)
    if account_id not in {one.account_id for one in members}:
        await store.add(session, _deed(actor, now), [patient_id], account_id, "member")


async def remove(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, account_id: UUID, now: datetime
) -> None:
    """Members may leave by themselves; a lead has to hand over. Conflict for the lead."""
    members = await _held(session, actor, patient_id, leaving=account_id)
    role = next((one.role for one in members if one.account_id == account_id), None)
    if role == "lead":
        raise Conflict(
            "A patient always has a lead. Hand over to a colleague first.", code="lead_stays"
        )
    if role is not None:
        await store.leave(session, _deed(actor, now), [patient_id], account_id)


async def hand_over(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, body: HandOver, now: datetime
) -> None:
    """Another lead. Conflict if the lead is not the one that the caller saw.

    Sent again after a lost answer it changes nothing, even where the caller has left by it.
    """
    if await _is_done(session, actor, patient_id, body):
        return
    members = await _held(session, actor, patient_id)
    if _lead(members) != body.from_id:
        raise Conflict("Somebody else leads this patient meanwhile.", code="lead_changed")
    await _require_other(session, body.from_id, body.to_id)
    deed, only = _deed(actor, now), [patient_id]
    if body.stays:
        await store.become(session, deed, only, body.from_id, "member")
    else:
        await store.leave(session, deed, only, body.from_id)
    known = body.to_id in {one.account_id for one in members}
    await (store.become if known else store.add)(session, deed, only, body.to_id, "lead")


async def hand_over_all(
    session: AsyncSession, actor: StaffActor, body: CaseloadHandOver, now: datetime
) -> int:
    """Every patient of one colleague to another, discharged ones too; how many. For who leaves."""
    if not actor.is_admin and actor.account_id != body.from_id:
        raise Forbidden("Only an admin hands over a colleague's patients.", code="not_yours")
    await _require_other(session, body.from_id, body.to_id)
    await store.lock_patients(session, await store.memberships(session, body.from_id))
    # Read again: what was waited for may have changed them.
    theirs = await store.memberships(session, body.from_id)
    there = await store.memberships(session, body.to_id)
    trail.opens(session, *theirs)
    deed = _deed(actor, now)
    await store.leave(session, deed, theirs, body.from_id)
    led = {patient_id for patient_id, role in theirs.items() if role == "lead"}
    await store.become(session, deed, led & there.keys(), body.to_id, "lead")
    await store.add(session, deed, led - there.keys(), body.to_id, "lead")
    await store.add(session, deed, theirs.keys() - led - there.keys(), body.to_id, "member")
    return len(theirs)


async def _held(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, *, leaving: UUID | None = None
) -> list[CareTeamMember]:
    """The team, which nobody else changes before the end of the transaction, for who may change it:
    the lead and the clinic's admins, and who leaves."""
    await service.requires_care_relation(session, actor, patient_id)
    await store.lock_patients(session, [patient_id])
    members = await store.team(session, patient_id)
    if leaving != actor.account_id and not _may_change(actor, members):
        raise Forbidden(
            "Only the patient's lead or an admin changes the team.", code="not_the_lead"
        )
    return members


async def _is_done(
    session: AsyncSession, actor: StaffActor, patient_id: UUID, body: HandOver
) -> bool:
    """Whether the last word on the lead is this very hand-over by this very person."""
    events = await store.events(session, patient_id)
    last = next((event for event in events if event.kind == "lead"), None)
    return (
        last is not None
        and (last.by, last.account_id) == (actor.account_id, body.to_id)
        and _lead(await store.team(session, patient_id)) == body.to_id != body.from_id
    )


async def _require_other(session: AsyncSession, from_id: UUID, to_id: UUID) -> None:
    if from_id == to_id:
        raise Invalid("Choose another colleague.", code="same_person")
    await identity.require_staff(session, to_id)


def _may_change(actor: StaffActor, members: list[CareTeamMember]) -> bool:
    return actor.is_admin or _lead(members) == actor.account_id


def _lead(members: list[CareTeamMember]) -> UUID:
    lead = next((one.account_id for one in members if one.role == "lead"), None)
    if lead is None:
        raise NotFound
    return lead


def _deed(actor: StaffActor, now: datetime) -> store.Deed:
    return store.Deed(actor.clinic_id, actor.account_id, now)
