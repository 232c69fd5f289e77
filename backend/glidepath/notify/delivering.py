"""One delivery from "waiting" to its end. It is marked as sent after it was sent, never before: a worker
that dies in between sends it again, and the other side knows it by its id."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts
from glidepath.database import jobs
from glidepath.identity import service as identity
from glidepath.notify import browsers, mail, store
from glidepath.notify.models import Delivery
from glidepath.notify.outcomes import GIVE_UP_AFTER, Later, Outcome, Pushed, Refused, Sent, pause
from glidepath.settings import Settings

DELIVER: Final = "notify:deliver"
# Jobs of the queue are taken in this order; what is urgent passes a morning's digests.
URGENT, ORDINARY = 10, 0
# A push service that cannot take it for so long leaves it to mail as well; the push goes on being tried.
BY_MAIL_AFTER: Final = timedelta(minutes=2)


class Letter(Protocol):
    """A delivery as a channel sends it, with no transaction open."""

    async def send(self) -> Outcome | Pushed: ...


@dataclass(frozen=True, slots=True)
class Mail:
    message: EmailMessage
    smtp_url: str

    async def send(self) -> Outcome:
        return await mail.send(self.message, self.smtp_url)


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """What no try can change."""

    code: str

    async def send(self) -> Outcome:
        return Refused(self.code)


async def make(session: AsyncSession, delivery: Delivery, *, urgent: bool) -> bool:
    """Puts a delivery on the queue in this transaction; False if the same is there already."""
    if not await store.add_delivery(session, delivery):
        return False
    await _queue(session, delivery, urgent=urgent)
    return True


async def prepare(
    session: AsyncSession, delivery_id: UUID, settings: Settings, now: datetime
) -> Letter | None:
    """What is to be sent now; None if it was, is not due, or has nothing to tell any more."""
    delivery = await store.delivery(session, delivery_id, lock=True)
    if delivery is None or delivery.state != "waiting":
        return None
    if delivery.due_at > now:
        # The queue's clock is the database's, and may be ahead of ours.
        await _queue(session, delivery, urgent=True)
        return None
    if await _is_over(session, delivery):
        delivery.state, delivery.ended_at = "skipped", now
        return None
    return await _letter(session, delivery, settings, now)


async def settle(
    session: AsyncSession,
    delivery_id: UUID,
    outcome: Outcome | Pushed,
    now: datetime,
    chance: random.Random,
) -> str | None:
    """Writes down how a try ended, and what follows from it; the state it leaves the delivery in."""
    delivery = await store.delivery(session, delivery_id, lock=True)
    if isinstance(outcome, Pushed):
        await browsers.learn(session, delivery, outcome, now)
        outcome = outcome.ends
    if delivery is None or delivery.state != "waiting":
        return None
    delivery.tries += 1
    if isinstance(outcome, Sent):
        delivery.state, delivery.ended_at, delivery.code = "sent", now, None
        return delivery.state
    delivery.code = outcome.code
    if isinstance(outcome, Later) and now - delivery.made_at < GIVE_UP_AFTER:
        delivery.due_at = now + pause(delivery.tries, outcome.after, chance)
        await _queue(session, delivery, urgent=False)
        if now - delivery.made_at >= BY_MAIL_AFTER and not delivery.told:
            await _go_round(session, delivery, now)
        return delivery.state
    delivery.state, delivery.ended_at = "failed", now
    await _go_round(session, delivery, now)
    return delivery.state


async def retry(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """Tries a failed one again, because a person says so."""
    delivery.state, delivery.ended_at = "waiting", None
    delivery.made_at = delivery.due_at = now
    await _queue(session, delivery, urgent=True)


async def _go_round(session: AsyncSession, failed: Delivery, now: datetime) -> None:
    """The same news by mail, if it could not be told by push and does not go there already."""
    if failed.channel != "push" or failed.cause == "test":
        return
    await make(
        session,
        Delivery(
            clinic_id=failed.clinic_id,
            id=uuid7(),
            cause=failed.cause,
            channel="email",
            recipient_id=failed.recipient_id,
            alert_id=failed.alert_id,
            alert_version=failed.alert_version,
            step=failed.step,
            day=failed.day,
            instead_of=failed.id,
            state="waiting",
            tries=0,
            made_at=now,
            due_at=now,
        ),
        urgent=True,
    )


async def _queue(session: AsyncSession, delivery: Delivery, *, urgent: bool) -> None:
    await jobs.defer(
        session,
        DELIVER,
        at=delivery.due_at if delivery.due_at > delivery.made_at else None,
        priority=URGENT if urgent else ORDINARY,
        clinic_id=delivery.clinic_id,
        delivery_id=delivery.id,
    )


async def _is_over(session: AsyncSession, delivery: Delivery) -> bool:
    """Whether somebody has looked in the meantime; what was told late would only call twice."""
    if delivery.alert_id is None or delivery.cause == "test":
        return False
    return not await alerts.waits_to_be_seen(session, delivery.alert_id)


async def _letter(
    session: AsyncSession, delivery: Delivery, settings: Settings, now: datetime
) -> Letter:
    if delivery.channel == "push":
        return await browsers.letter(session, delivery, settings, now) or Undeliverable(
            "push_is_off"
        )
    return await _mail(session, delivery, settings)


async def _mail(session: AsyncSession, delivery: Delivery, settings: Settings) -> Letter:
    assert delivery.recipient_id is not None
    if settings.smtp_url is None or settings.mail_from is None:
        return Undeliverable("mail_is_off")
    recipient = await identity.mail_recipient(session, delivery.recipient_id)
    if recipient is None:
        return Undeliverable("no_address")
    link = f"{settings.base_url}/therapist"
    return Mail(
        mail.compose(
            cause=delivery.cause,
            locale=recipient.locale,
            sender=settings.mail_from,
            to=recipient.email,
            message_id=f"{delivery.alert_id or delivery.id}.{delivery.recipient_id}"
            f".{delivery.alert_version or 0}.{delivery.step}",
            link=link,
        ),
        settings.smtp_url,
    )
