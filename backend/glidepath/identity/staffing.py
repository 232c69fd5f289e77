"""A clinic's staff: who is invited, has which role, and may come in."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.database.engine import enter_clinic
from glidepath.identity import link_store, links, second_factor, staff_store, store
from glidepath.identity.account_schemas import Colleagues, NewColleague, StaffLink, StaffMember
from glidepath.identity.actor import StaffActor
from glidepath.identity.models import Account
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.identity.telling import tell
from glidepath.problems import Conflict, Forbidden, NotFound
from glidepath.settings import Settings


def require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only the clinic's admins manage its staff.", code="admins_only")


def require_managing(actor: StaffActor, now: datetime) -> None:
    require_admin(actor)
    requires_recent_sign_in(actor, now)


async def everybody(session: AsyncSession, actor: StaffActor, now: datetime) -> Colleagues:
    require_admin(actor)
    invited = await link_store.open_of(session, "invitation", now)
    return Colleagues([_member(one, invited) for one in await staff_store.all_staff(session)])


def _member(account: Account, invited: dict[UUID, datetime]) -> StaffMember:
    assert account.email is not None
    return StaffMember(
        id=account.id,
        name=account.name,
        email=account.email,
        role=account.role,  # type: ignore[arg-type]
        joined=account.passphrase_hash is not None,
        invited_until=invited.get(account.id),
        signed_in_at=account.signed_in_at,
        closed_at=account.disabled_at,
    )


async def invite(
    session: AsyncSession,
    actor: StaffActor,
    account_id: UUID,
    new: NewColleague,
    settings: Settings,
    now: datetime,
) -> StaffLink:
    """An account that cannot be signed in to before its link is used."""
    require_managing(actor, now)
    email = new.email.strip().lower()
    # Two admins at once must not invite the same person twice.
    await staff_store.hold_staff(session)
    if any(email == one.email for one in await staff_store.all_staff(session)):
        raise Conflict("Somebody of the clinic has this address already.", code="address_taken")
    if await store.accounts(session, [account_id]):
        raise Conflict("This was done already.", code="invited")
    await store.add_account(
        session,
        {
            "clinic_id": actor.clinic_id,
            "id": account_id,
            "role": new.role,
            "name": new.name.strip(),
            "locale": new.locale,
            "email": email,
            "created_at": now,
        },
    )
    return await _send(
        session, await _account(session, account_id), actor.account_id, settings, now
    )


async def link_again(
    session: AsyncSession, actor: StaffActor, account_id: UUID, settings: Settings, now: datetime
) -> StaffLink:
    """A new invitation for who has not come yet, and a way to a new passphrase for who has."""
    require_managing(actor, now)
    account = await _account(session, account_id)
    if account.disabled_at is not None:
        raise Conflict("This account is closed. Open it again first.", code="closed")
    return await _send(session, account, actor.account_id, settings, now)


async def invite_first_admin(
    session: AsyncSession,
    clinic_id: UUID,
    name: str,
    email: str,
    locale: str,
    settings: Settings,
    now: datetime,
) -> StaffLink:
    """Into a clinic in which nobody works yet; whoever was invited before and did not come is not any more."""
    await enter_clinic(session, clinic_id)
    await staff_store.hold_staff(session)
    email = email.strip().lower()
    invited: Account | None = None
    for one in await staff_store.all_staff(session):
        if one.passphrase_hash is not None:
            raise Conflict(
                "Somebody works in this clinic already: its admins invite all others.",
                code="clinic_begun",
            )
        if one.email == email:
            invited = one
        else:
            await staff_store.set_closed(session, one.id, now)
            await link_store.end_open(session, one.id, None, now)
    account_id = uuid7() if invited is None else invited.id
    if invited is None:
        await store.add_account(
            session,
            {
                "clinic_id": clinic_id,
                "id": account_id,
                "role": "admin",
                "name": name.strip(),
                "locale": locale,
                "email": email,
                "created_at": now,
            },
        )
    await staff_store.set_closed(session, account_id, None)
    return await _send(session, await _account(session, account_id), None, settings, now)


async def _send(
    session: AsyncSession, account: Account, by: UUID | None, settings: Settings, now: datetime
) -> StaffLink:
    purpose: Literal["invitation", "reset"] = (
        "invitation" if account.passphrase_hash is None else "reset"
    )
    assert account.email is not None
    link = await links.make(session, account, purpose, account.email, by, now)
    if settings.sends_mail:
        await tell(session, account, purpose, link.id)
        return StaffLink(purpose, account.email, link.expires_at, None)
    secret = await links.new_secret(session, link.id, now)
    assert secret is not None, "it was made in this transaction"
    url = links.url(settings.base_url, purpose, secret)
    return StaffLink(purpose, account.email, link.expires_at, url)


async def set_role(
    session: AsyncSession, actor: StaffActor, account_id: UUID, role: str, now: datetime
) -> Colleagues:
    """Ends the account's sessions: what they may do was settled when they began."""
    require_managing(actor, now)
    await staff_store.hold_staff(session)
    account = await _account(session, account_id)
    if account.role != role:
        if role != "admin":
            await _require_another_admin(session, account)
        await staff_store.set_role(session, account_id, role)
        await staff_store.end_sessions(session, account_id)
    return await everybody(session, actor, now)


async def reset_second_factor(
    session: AsyncSession, actor: StaffActor, account_id: UUID, now: datetime
) -> Colleagues:
    """As when somebody lost their phone and their paper: the next sign-in sets up another one."""
    require_managing(actor, now)
    account = await _account(session, account_id)
    await second_factor.forget(session, account_id)
    await staff_store.end_sessions(session, account_id)
    await tell(session, account, "second_factor_reset")
    return await everybody(session, actor, now)


async def close(
    session: AsyncSession, actor: StaffActor, account_id: UUID, now: datetime
) -> Colleagues:
    """Out at once on every device; what they wrote stays under their name."""
    require_managing(actor, now)
    await staff_store.hold_staff(session)
    account = await _account(session, account_id)
    if account.disabled_at is None:
        await _require_another_admin(session, account)
        await staff_store.set_closed(session, account_id, now)
        await staff_store.end_sessions(session, account_id)
        await link_store.end_open(session, account_id, None, now)
    return await everybody(session, actor, now)


async def reopen(
    session: AsyncSession, actor: StaffActor, account_id: UUID, now: datetime
) -> Colleagues:
    require_managing(actor, now)
    await _account(session, account_id)
    await staff_store.set_closed(session, account_id, None)
    return await everybody(session, actor, now)


async def _require_another_admin(session: AsyncSession, account: Account) -> None:
    """A clinic without an admin could never have one again."""
    if account.role != "admin" or account.disabled_at is not None:
        return
    others = await staff_store.other_admins(session, account.id)
    if not others:
        raise Conflict(
            "This is the clinic's last admin. Make somebody else an admin first.", code="last_admin"
        )


async def _account(session: AsyncSession, account_id: UUID) -> Account:
    found = await staff_store.staff_account(session, account_id)
    if found is None:
        raise NotFound
    return found
