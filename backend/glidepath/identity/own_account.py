"""What one of the staff does to their own account, and what a link lets them do that are not signed in."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database import jobs
from glidepath.database.engine import enter_as_worker, enter_clinic
from glidepath.identity import (
    known_devices,
    link_store,
    links,
    passphrases,
    secrets,
    signing_in,
    staff_store,
    store,
)
from glidepath.identity.account_schemas import LinkView, OwnAccount
from glidepath.identity.actor import ProfessionalActor
from glidepath.identity.known_devices import Browser
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.identity.telling import tell
from glidepath.problems import Conflict
from glidepath.settings import Settings

FORGOTTEN: Final = "identity:forgotten"
# Enough for somebody whose mail is slow; whoever wants to fill a mailbox gets no further.
MAILS_AN_HOUR: Final = 3
_HOUR: Final = timedelta(hours=1)


async def look(session: AsyncSession, secret: str, now: datetime) -> LinkView:
    link, account, clinic = await links.look(session, secret, now)
    return LinkView(
        purpose=link.purpose,  # type: ignore[arg-type]
        name=account.name,
        email=link.address,
        clinic=clinic.name,
        expires_at=link.expires_at,
    )


async def forgotten(session: AsyncSession, email: str) -> None:
    """The same work for every address: whether it is known here is found out by the worker."""
    await enter_as_worker(session)
    await jobs.defer(session, FORGOTTEN, email=email.strip().lower())


async def send_resets(session: AsyncSession, email: str, now: datetime) -> int:
    """To every open account with this address, one per clinic; how many."""
    count = 0
    for found in await store.accounts_by_email(session, email):
        await enter_clinic(session, found.clinic_id)
        lately = await link_store.made_since(session, found.id, "reset", now - _HOUR)
        if found.disabled_at or found.passphrase_hash is None or lately >= MAILS_AN_HOUR:
            continue
        link = await links.make(session, found, "reset", email, None, now)
        await tell(session, found, "reset", link.id)
        count += 1
    return count


async def set_passphrase_by_link(
    session: AsyncSession, secret: str, passphrase_hash: str, now: datetime, browser: Browser
) -> signing_in.SignedIn:
    """Ends every session of the account and opens one here."""
    link, account = await links.redeem(session, secret, ("invitation", "reset"), now)
    await staff_store.set_passphrase(session, account.id, passphrase_hash)
    await staff_store.end_sessions(session, account.id)
    await known_devices.forget_all_but(session, account.id, browser)
    if link.purpose == "reset":
        await tell(session, account, "passphrase_changed")
    return await signing_in.open_session(session, account, now, browser)


async def set_address_by_link(session: AsyncSession, secret: str, now: datetime) -> None:
    """The account's address from here on; the old one is told."""
    link, account = await links.redeem(session, secret, ("address",), now)
    await staff_store.hold_staff(session)
    if await staff_store.email_taken(session, link.address):
        raise links.bad_link()
    await link_store.note_replaced(session, link.id, account.email)
    await staff_store.set_email(session, account.id, link.address)
    # They were sent to the address that is given up.
    await link_store.end_open(session, account.id, "reset", now)
    await tell(session, account, "address_changed", link.id)


async def own(session: AsyncSession, actor: ProfessionalActor, settings: Settings) -> OwnAccount:
    account = await signing_in.own_account(session, actor)
    assert account.email is not None
    return OwnAccount(account.name, account.email, account.role, settings.sends_mail)  # type: ignore[arg-type]


async def require_good(
    session: AsyncSession, actor: ProfessionalActor, passphrase: str, now: datetime
) -> None:
    """Before it is hashed: that it is one's own to change, and a good one."""
    requires_recent_sign_in(actor, now)
    account = await signing_in.own_account(session, actor)
    clinic = await store.clinic(session)
    passphrases.require_good(passphrase, (account.name, account.email or "", clinic.name))


async def change_passphrase(
    session: AsyncSession, actor: ProfessionalActor, passphrase_hash: str
) -> None:
    """Ends all other sessions, and tells the owner by mail."""
    await signing_in.require_still_signed_in(session, actor)
    account = await signing_in.own_account(session, actor)
    await staff_store.set_passphrase(session, account.id, passphrase_hash)
    await staff_store.end_sessions(session, account.id, but=actor.session_id)
    await known_devices.forget_others(session, actor)
    await tell(session, account, "passphrase_changed")


async def change_address(
    session: AsyncSession, actor: ProfessionalActor, email: str, settings: Settings, now: datetime
) -> None:
    """Takes effect once the link that goes to the new address was used.

    An address that somebody of the clinic has is answered like any other, and its owner gets no mail.
    """
    requires_recent_sign_in(actor, now)
    if not settings.sends_mail:
        raise Conflict("No mail is sent here, so that no address can be tried.", code="mail_is_off")
    account, address = await signing_in.own_account(session, actor), email.strip().lower()
    link = await links.make(session, account, "address", address, actor.account_id, now)
    if not await staff_store.email_taken(session, address):
        await tell(session, account, "new_address", link.id)


async def hash_new(passphrase: str) -> str:
    """Before a transaction is open: it takes long, and a flood must not drain the pool."""
    return await secrets.hash_passphrase(passphrase)
