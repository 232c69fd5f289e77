"""Clinics as who runs the installation knows them."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import planning
from glidepath.database.engine import enter_clinic
from glidepath.escalation.rules import usual_words
from glidepath.identity import service as identity
from glidepath.identity import staffing
from glidepath.identity.account_schemas import StaffLink
from glidepath.identity.actor import OperatorActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.installation import store
from glidepath.installation.schemas import Clinics, FirstAdmin, NewClinic
from glidepath.problems import Conflict, Invalid, NotFound
from glidepath.settings import Settings

ZONES: Final = frozenset(available_timezones())


async def clinics(session: AsyncSession) -> Clinics:
    return Clinics(await store.clinics(session))


async def add(
    session: AsyncSession,
    actor: OperatorActor,
    clinic_id: UUID,
    new: NewClinic,
    settings: Settings,
    now: datetime,
) -> StaffLink:
    """A clinic with the exercise library and one admin, who cannot sign in before their link is used."""
    requires_recent_sign_in(actor, now)
    if new.timezone not in ZONES:
        raise Invalid(
            "This time zone is unknown.", errors=[{"field": "timezone", "message": "is unknown"}]
        )
    name = new.name.strip()
    for one in await store.clinics(session):
        if one.id == clinic_id:
            raise Conflict("This was done already.", code="invited")
        if one.name.casefold() == name.casefold():
            raise Conflict("A clinic has this name already.", code="name_taken")
    await identity.add_clinic(
        session, clinic_id, name, new.country, new.timezone, usual_words(), now
    )
    await planning.stock_library(session, clinic_id)
    admin = new.admin
    return await _invite(session, actor, clinic_id, admin, settings, now)


async def invite_admin(
    session: AsyncSession,
    actor: OperatorActor,
    clinic_id: UUID,
    admin: FirstAdmin,
    settings: Settings,
    now: datetime,
) -> StaffLink:
    """Once more, as when the link was too old or the address wrong. A clinic in which somebody works is not entered."""
    requires_recent_sign_in(actor, now)
    found = {one.id: one for one in await store.clinics(session)}.get(clinic_id)
    if found is None:
        raise NotFound
    if found.begun:
        raise Conflict(
            "Somebody works in this clinic already: its admins invite all others.",
            code="clinic_begun",
        )
    return await _invite(session, actor, clinic_id, admin, settings, now)


async def _invite(
    session: AsyncSession,
    actor: OperatorActor,
    clinic_id: UUID,
    admin: FirstAdmin,
    settings: Settings,
    now: datetime,
) -> StaffLink:
    link = await staffing.invite_first_admin(
        session, clinic_id, admin.name, admin.email, admin.locale, settings, now
    )
    # Out of the clinic again: the deed is an operator's, and is written down where operators stand.
    await session.flush()
    await enter_clinic(session, actor.clinic_id)
    return link
