"""What becomes of a mail that is due, and of those that wait for a mail server to come back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity import known_devices
from glidepath.identity import service as identity
from glidepath.notify import account_mails, mail, store, waiting
from glidepath.notify.account_mails import Addressed
from glidepath.notify.models import OF_ACCOUNTS, Delivery
from glidepath.notify.outcomes import Kept, Outcome, Refused
from glidepath.settings import Settings

# Who sends none stands in a mail all the same.
NO_SENDER: Final = "Glidepath <no-reply@glidepath.invalid>"
# A server that took or refused a mail so lately, after that had failed, is back.
BACK: Final = timedelta(seconds=90)
# So many at once are put first; the others follow a minute later.
AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Mail:
    message: EmailMessage
    smtp_url: str

    async def send(self) -> Outcome:
        return await mail.send(self.message, self.smtp_url)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that is only shown."""

    message: EmailMessage

    async def send(self) -> Outcome:
        to, subject = str(self.message["To"]), str(self.message["Subject"])
        return Kept(to, subject, self.message.get_content())


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """What no try can change."""

    code: str

    async def send(self) -> Outcome:
        return Refused(self.code)


async def letter(
    session: AsyncSession, delivery: Delivery, settings: Settings, now: datetime
) -> Mail | Draft | Undeliverable:
    assert delivery.recipient_id is not None
    if await identity.clinic_is_synthetic(session):
        # The watchdog listens on this machine, and nothing of it leaves for anybody else.
        settings = msgspec.structs.replace(
            settings,
            smtp_url=f"smtp://127.0.0.1:{settings.watchdog_port}",
            mail_from="watchdog@localhost",
        )
    way = mail.way(settings)
    if way == "off":
        return Undeliverable("mail_is_off")
    told = await _told(session, delivery, settings, now)
    if told is None:
        return Undeliverable("no_address")
    waits = None
    if delivery.cause == "digest":
        waits = (await waiting.people(session, now)).get(delivery.recipient_id)
    sign_in = None
    if delivery.device_id is not None:
        sign_in = await _sign_in(session, delivery.device_id)
        if sign_in is None:
            return Undeliverable("device_is_gone")
    try:
        message = mail.compose(
            cause=delivery.cause,
            locale=told.locale,
            sender=settings.mail_from or NO_SENDER,
            to=told.to,
            message_id=_message_id(delivery),
            link=told.link,
            at=delivery.made_at,
            alerts=waits is not None and waits.alerts,
            messages=0 if waits is None else waits.messages,
            sign_in=sign_in,
        )
    except ValueError:
        return Undeliverable("bad_address")
    return Draft(message) if settings.smtp_url is None else Mail(message, settings.smtp_url)


async def _told(
    session: AsyncSession, delivery: Delivery, settings: Settings, now: datetime
) -> Addressed | None:
    if delivery.cause in OF_ACCOUNTS:
        return await account_mails.addressed(session, delivery, settings, now)
    assert delivery.recipient_id is not None
    found = await identity.mail_recipient(session, delivery.recipient_id)
    if found is None:
        return None
    return Addressed(found.email, found.locale, f"{settings.base_url}/therapist")


def _message_id(delivery: Delivery) -> str:
    named = (
        f"{delivery.alert_id or delivery.id}.{delivery.recipient_id}"
        f".{delivery.alert_version or 0}.{delivery.step}"
    )
    # Another try of a link is another mail: it carries another secret, and the newest one counts.
    return f"{named}.{delivery.tries}" if delivery.link_id else named


async def _sign_in(session: AsyncSession, device_id: UUID) -> mail.SignIn | None:
    """None where the owner has said meanwhile that the device is not theirs."""
    device = await known_devices.device(session, device_id)
    if device is None:
        return None
    zone = ZoneInfo(await identity.clinic_timezone(session))
    return mail.SignIn(device.first_seen_at.astimezone(zone), device.label)


async def to_hasten(session: AsyncSession, now: datetime) -> list[Delivery]:
    """Of the clinic's mails that failed and wait for a later try: once the server is back, all of them in
    the order in which they were made; until then the one that was tried least, which asks."""
    put_off = await store.put_off(session, "email", now, AT_ONCE)
    if not put_off or await store.was_heard_again(session, "email", now - BACK):
        return put_off
    return [min(put_off, key=lambda one: one.tries)]
