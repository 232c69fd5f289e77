"""One delivery from "waiting" to its end. It is marked as sent after it was sent, never before: a worker
that dies in between sends it again, and the other side knows it by its id."""

import random
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts
from glidepath.database import jobs
from glidepath.notify import account_mails, browsers, mailing, reminding, store, waiting, webhooks
from glidepath.notify.models import OF_ACCOUNTS, Delivery, KeptMail
from glidepath.notify.outcomes import GIVE_UP_AFTER, Kept, Later, Outcome, Pushed, Sent, pause
from glidepath.settings import Settings

DELIVER: Final = "notify:deliver"
KEPT_AT_MOST: Final = 200
A_MOMENT: Final = timedelta(seconds=1)
# Jobs of the queue are taken in this order; what is urgent passes a morning's digests.
URGENT, ORDINARY = 10, 0
# A push service that cannot take it for so long leaves it to mail as well; the push goes on being tried.
BY_MAIL_AFTER: Final = timedelta(minutes=2)


class Letter(Protocol):
    """A delivery as a channel sends it, with no transaction open."""

    async def send(self) -> Outcome | Pushed: ...


async def make(session: AsyncSession, delivery: Delivery, *, urgent: bool) -> bool:
    """Puts a delivery on the queue in this transaction; False if the same is there already."""
    if not await store.add_delivery(session, delivery):
        return False
    await _queue(session, delivery, urgent=urgent)
    return True


async def prepare(
    session: AsyncSession,
    delivery_id: UUID,
    settings: Settings,
    now: datetime,
    tries: int | None = None,
) -> Letter | None:
    """What is to be sent now; None if it was, is not due, or has nothing to tell any more.

    `tries` is how many there had been when this one was put on the queue: where there was another since, that
    one has put the next on the queue.
    """
    delivery = await store.delivery(session, delivery_id, lock=True)
    if delivery is None or delivery.state != "waiting" or tries not in {None, delivery.tries}:
        return None
    if delivery.due_at > now:
        # The clocks of the queue, of who made it and ours may differ; asking at once is asking all along.
        await _queue(session, delivery, urgent=True, at=delivery.due_at + A_MOMENT)
        return None
    if await _is_over(session, delivery, now):
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
    if isinstance(outcome, Kept):
        delivery.state, delivery.ended_at, delivery.code = "kept", now, None
        kept = KeptMail(
            clinic_id=delivery.clinic_id,
            delivery_id=delivery.id,
            to=outcome.to,
            subject=outcome.subject,
            text=outcome.text,
            kept_at=now,
        )
        await store.keep_mail(session, kept, KEPT_AT_MOST)
        return delivery.state
    delivery.code = outcome.code
    patience = reminding.LATEST if delivery.cause == "reminder" else GIVE_UP_AFTER
    if isinstance(outcome, Later) and now - delivery.made_at < patience:
        delivery.due_at = now + pause(delivery.tries, outcome.after, chance)
        await _queue(session, delivery, urgent=False)
        if now - delivery.made_at >= BY_MAIL_AFTER and not delivery.told:
            await _go_round(session, delivery, now)
        return delivery.state
    # Nobody of the staff can mend that a patient was not reminded.
    delivery.state = "skipped" if delivery.cause == "reminder" else "failed"
    delivery.ended_at = now
    await _go_round(session, delivery, now)
    return delivery.state


async def retry(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """Tries a failed one again, because a person says so."""
    delivery.state, delivery.ended_at = "waiting", None
    delivery.made_at = delivery.due_at = now
    await _queue(session, delivery, urgent=True)


async def hasten(session: AsyncSession, now: datetime) -> int:
    """Tries again what waits for a mail server that may be back; how many. Each person's mails keep their
    order."""
    again = await mailing.to_hasten(session, now)
    for delivery in again:
        delivery.due_at = now
        lock = f"{delivery.channel}:{delivery.recipient_id}"
        await _queue(session, delivery, urgent=False, lock=lock)
    return len(again)


async def _go_round(session: AsyncSession, failed: Delivery, now: datetime) -> None:
    """The same news by mail, if it could not be told by push and does not go there already."""
    if failed.channel != "push" or failed.cause in ("test", "reminder"):
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


async def _queue(
    session: AsyncSession,
    delivery: Delivery,
    *,
    urgent: bool,
    lock: str | None = None,
    at: datetime | None = None,
) -> None:
    if at is None and delivery.due_at > delivery.made_at:
        at = delivery.due_at
    await jobs.defer(
        session,
        DELIVER,
        at=at,
        priority=URGENT if urgent else ORDINARY,
        lock=lock,
        clinic_id=delivery.clinic_id,
        delivery_id=delivery.id,
        tries=delivery.tries,
    )


async def _is_over(session: AsyncSession, delivery: Delivery, now: datetime) -> bool:
    """Whether somebody has looked in the meantime; what was told late would only call twice."""
    if delivery.cause == "digest":
        assert delivery.recipient_id is not None
        assert delivery.day is not None
        person, day = delivery.recipient_id, delivery.day
        return person not in await waiting.people(session, now) or (
            # One that could not be told all day says no more than the next day's.
            await store.has_later_digest(session, person, day)
        )
    if delivery.cause == "reminder":
        return await reminding.is_over(session, delivery, now)
    if delivery.cause in OF_ACCOUNTS:
        return await account_mails.is_over(session, delivery, now)
    if delivery.alert_id is None or delivery.cause == "test":
        return False
    return not await alerts.waits_to_be_seen(session, delivery.alert_id, now)


async def _letter(
    session: AsyncSession, delivery: Delivery, settings: Settings, now: datetime
) -> Letter:
    if delivery.channel == "push":
        return await browsers.letter(session, delivery, settings, now) or mailing.Undeliverable(
            "push_is_off"
        )
    if delivery.channel == "webhook":
        return await webhooks.letter(session, delivery, settings) or mailing.Undeliverable(
            "webhook_is_off"
        )
    return await mailing.letter(session, delivery, settings, now)
