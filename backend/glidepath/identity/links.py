"""Links that are used once: bound to an account, a purpose and an address, short-lived, and known here by
their hash alone.

The secret stands behind '#', where no server, log or referrer sees it, and travels in the body of a POST:
whoever only follows the link uses nothing up. Where a mail carries it, it is made by whoever sends the mail.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.database.engine import enter_clinic
from glidepath.identity import link_store, secrets, store
from glidepath.identity.models import Account, Clinic, Link
from glidepath.problems import Invalid

LIFE: Final = {
    "invitation": timedelta(hours=24),
    "reset": timedelta(minutes=30),
    "address": timedelta(hours=1),
}
PAGES: Final = {"invitation": "invited", "reset": "new-passphrase", "address": "new-address"}


def bad_link() -> Invalid:
    return Invalid(
        "This link was used, replaced by a newer one, or is too old. Ask for a new one.",
        code="bad_link",
    )


def url(base_url: str, purpose: str, secret: str) -> str:
    return f"{base_url}/therapist/{PAGES[purpose]}#{secret}"


async def make(
    session: AsyncSession,
    account: Account,
    purpose: str,
    address: str,
    created_by: UUID | None,
    now: datetime,
) -> Link:
    """A link without a secret as yet; an older one of the same account and purpose ends."""
    await link_store.end_open(session, account.id, purpose, now)
    link = Link(
        clinic_id=account.clinic_id,
        id=uuid7(),
        account_id=account.id,
        purpose=purpose,
        address=address,
        created_by=created_by,
        created_at=now,
        expires_at=now + LIFE[purpose],
    )
    session.add(link)
    await session.flush()
    return link


async def new_secret(session: AsyncSession, link_id: UUID, now: datetime) -> str | None:
    """What opens the link from here on; None if nothing can any more."""
    secret = secrets.new_token()
    kept = await link_store.keep_secret(session, link_id, secrets.digest(secret), now)
    return secret if kept else None


async def still_opens(session: AsyncSession, link_id: UUID, now: datetime) -> bool:
    return await link_store.open_link(session, link_id, now) is not None


async def link(session: AsyncSession, link_id: UUID) -> Link | None:
    return await link_store.link(session, link_id)


async def look(session: AsyncSession, secret: str, now: datetime) -> tuple[Link, Account, Clinic]:
    """What a link is for. Uses nothing up; the transaction enters its clinic."""
    found = await link_store.by_secret(session, secrets.digest(secret))
    if found is None:
        raise bad_link()
    await enter_clinic(session, found.clinic_id)
    opened = await store.account_and_clinic(session, found.account_id)
    if opened is None or not await still_opens(session, found.id, now):
        raise bad_link()
    if found.purpose != "address" and opened[0].email != found.address:
        raise bad_link()
    return found, *opened


async def redeem(
    session: AsyncSession, secret: str, purposes: tuple[str, ...], now: datetime
) -> tuple[Link, Account]:
    """Uses the link up; Invalid if it was, or is for something else. Of many at once, one succeeds."""
    found, account, _ = await look(session, secret, now)
    if found.purpose not in purposes or not await link_store.use(session, found.id, now):
        raise bad_link()
    return found, account
