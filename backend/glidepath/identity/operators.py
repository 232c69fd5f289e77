"""Who runs the installation: accounts of no clinic, made from its machine alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.clinical.vocabulary import Text
from glidepath.database.engine import enter_clinic
from glidepath.identity import link_store, links, second_factor, service, staff_store, store
from glidepath.identity.models import INSTALLATION, Account
from glidepath.problems import NotFound

NAME = "Glidepath"


@dataclass(frozen=True, slots=True)
class WayIn:
    url: str
    expires_at: datetime


async def add(
    session: AsyncSession, email: str, name: str, locale: str, base_url: str, now: datetime
) -> WayIn:
    """A link to a first passphrase; for who has one, to another. Who was closed is open again."""
    await enter_clinic(session, INSTALLATION)
    await staff_store.hold_staff(session)
    if not await service.clinic_exists(session):
        nothing = Text(en="", es="")
        await service.add_clinic(
            session, INSTALLATION, NAME, "ZZ", "UTC", nothing, now, kind="installation"
        )
    account = await _account(session, email)
    if account is None:
        await store.add_account(
            session,
            {
                "clinic_id": INSTALLATION,
                "id": uuid7(),
                "role": "operator",
                "name": name,
                "locale": locale,
                "email": email.strip().lower(),
                "created_at": now,
            },
        )
        account = await _account(session, email)
    assert account is not None, "it was just added"
    assert account.email is not None, "it was found by it"
    await staff_store.set_closed(session, account.id, None)
    purpose: Literal["invitation", "reset"] = (
        "invitation" if account.passphrase_hash is None else "reset"
    )
    link = await links.make(session, account, purpose, account.email, None, now)
    secret = await links.new_secret(session, link.id, now)
    assert secret is not None, "it was made in this transaction"
    return WayIn(links.url(base_url, purpose, secret), link.expires_at)


async def close(session: AsyncSession, email: str, now: datetime) -> None:
    """Out at once on every device; whoever is added again sets up another second step."""
    await enter_clinic(session, INSTALLATION)
    account = await _account(session, email)
    if account is None:
        raise NotFound("There is no operator with this address.")
    await staff_store.set_closed(session, account.id, now)
    await staff_store.end_sessions(session, account.id)
    await second_factor.forget(session, account.id)
    await link_store.end_open(session, account.id, None, now)


async def _account(session: AsyncSession, email: str) -> Account | None:
    wanted = email.strip().lower()
    found = await store.open_or_closed(session, "operator")
    return next((one for one in found if one.email == wanted), None)
