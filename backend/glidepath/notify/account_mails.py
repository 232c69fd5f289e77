"""Mails about somebody's own account. The secret of a link is made here, for the mail that carries it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity import links
from glidepath.identity import service as identity
from glidepath.identity.models import Link
from glidepath.notify.models import Delivery
from glidepath.settings import Settings

# What a link is for that goes with a mail of this cause.
PURPOSE_OF: Final = {"invitation": "invitation", "reset": "reset", "new_address": "address"}
# In place of a secret where the mail is only shown.
NOT_SHOWN: Final = "..."


@dataclass(frozen=True, slots=True)
class Addressed:
    to: str
    locale: str
    link: str


async def addressed(
    session: AsyncSession, delivery: Delivery, settings: Settings, now: datetime
) -> Addressed | None:
    """To whom, and the address of the page that it leads to; None if there is nobody to be told."""
    assert delivery.recipient_id is not None
    recipient = await identity.mail_recipient(session, delivery.recipient_id)
    if recipient is None:
        return None
    link = await links.link(session, delivery.link_id) if delivery.link_id else None
    purpose = PURPOSE_OF.get(delivery.cause)
    if purpose is not None and link is not None:
        secret = await _secret(session, link, settings, now)
        if secret is None:
            return None
        url = links.url(settings.base_url, purpose, secret)
        return Addressed(link.address, recipient.locale, url)
    to = link.replaced if link is not None else recipient.email
    if to is None:
        return None
    return Addressed(to, recipient.locale, f"{settings.base_url}/therapist")


async def _secret(
    session: AsyncSession, link: Link, settings: Settings, now: datetime
) -> str | None:
    if not settings.sends_mail:
        return NOT_SHOWN
    return await links.new_secret(session, link.id, now)


async def is_over(session: AsyncSession, delivery: Delivery, now: datetime) -> bool:
    if delivery.cause not in PURPOSE_OF or delivery.link_id is None:
        return False
    return not await links.still_opens(session, delivery.link_id, now)
