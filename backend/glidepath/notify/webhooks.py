"""The clinic's own pager or chat: told of what is urgent and of what climbs, by ids alone."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final
from uuid import UUID

import httpcore
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.actor import StaffActor
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.notify import peers, store
from glidepath.notify.models import Delivery, Webhook
from glidepath.notify.outcomes import Later, Outcome, Refused, Sent
from glidepath.notify.peers import Peers
from glidepath.notify.schemas import WebhookBody, WebhookTried, WebhookView
from glidepath.problems import Forbidden, Invalid, NotFound
from glidepath.settings import Settings

SIGNATURE: Final = "glidepath-signature"
EVENTS: Final = {"raised": "alert.raised", "escalated": "alert.escalated", "test": "test"}
SECRET_BYTES: Final = 32
REASONS: Final = {
    "address_not_https": "The address must begin with https://.",
    "address_not_plain": "The address must have no port and no name of a user.",
    "address_not_a_public_name": "The address must have a public name, not a number or a name of your own network.",
    "address_malformed": "This is no address. Copy it again from where you got it.",
}


async def of_clinic(session: AsyncSession, actor: StaffActor) -> WebhookView:
    _require_admin(actor)
    return await _view(session, await store.webhook(session))


async def put(
    session: AsyncSession, actor: StaffActor, body: WebhookBody, settings: Settings, now: datetime
) -> WebhookView:
    """Sets where messages go. The secret is made, and told this once, with the first address and
    whenever a new one is asked for."""
    _require_admin(actor)
    requires_recent_sign_in(actor, now)
    try:
        peers.read(body.url, local=settings.local_peers)
    except peers.Refusal as refusal:
        raise Invalid(REASONS[refusal.code], code=refusal.code) from None
    known = await store.webhook(session, lock=True)
    fresh = None
    if known is None or known.url is None or body.new_secret:
        fresh = secrets.token_bytes(SECRET_BYTES)
    row = {
        "clinic_id": actor.clinic_id,
        "url": body.url,
        "secret": fresh or (known.secret if known else b""),
        "changed_by": actor.account_id,
        "changed_at": now,
    }
    await store.put_webhook(session, row)
    view = await _view(session, await store.webhook(session))
    view.secret = None if fresh is None else fresh.hex()
    return view


async def drop(session: AsyncSession, actor: StaffActor, now: datetime) -> None:
    """Nothing goes there any more; dropped again it stays so."""
    _require_admin(actor)
    requires_recent_sign_in(actor, now)
    known = await store.webhook(session, lock=True)
    if known is not None and known.url is not None:
        known.url, known.changed_by, known.changed_at = None, actor.account_id, now


async def require(session: AsyncSession, actor: StaffActor) -> None:
    """NotFound while there is none to try out."""
    _require_admin(actor)
    known = await store.webhook(session)
    if known is None or known.url is None:
        raise NotFound("There is no webhook yet.")


def _require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only an admin sets the clinic's webhook.", code="admins_only")


async def _view(session: AsyncSession, known: Webhook | None) -> WebhookView:
    last = await store.last_of_channel(session, "webhook")
    return WebhookView(
        url=known.url if known else None,
        changed_at=known.changed_at if known and known.url else None,
        last=None
        if last is None
        else WebhookTried(last.cause, last.state, last.code, last.ended_at or last.made_at),
    )


@dataclass(frozen=True, slots=True)
class Message:
    url: str
    body: bytes
    secret: bytes
    outside: Peers

    async def send(self) -> Outcome:
        try:
            target = peers.read(self.url, local=self.outside.local)
            headers = {
                "content-type": "application/json",
                SIGNATURE: signature(self.secret, self.body, datetime.now(UTC)),
            }
            answer = await self.outside.post(target, headers, self.body)
        except peers.Refusal as refusal:
            return Refused(refusal.code)
        except (TimeoutError, httpcore.TimeoutException):
            return Later("webhook_timeout")
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError):
            return Later("webhook_unreachable")
        if 200 <= answer.status < 300:
            return Sent()
        if answer.status in {408, 425, 429} or answer.status >= 500:
            return Later(f"webhook_{answer.status}", answer.after)
        return Refused(f"webhook_{answer.status}")


async def letter(session: AsyncSession, delivery: Delivery, settings: Settings) -> Message | None:
    """None while there is no webhook."""
    known = await store.webhook(session)
    if known is None or known.url is None:
        return None
    return Message(known.url, body(delivery), known.secret, _outside(settings.local_peers))


def body(delivery: Delivery) -> bytes:
    """The same at every try: `id` is what the receiver knows a repetition by."""

    def written(key: UUID | None) -> str | None:
        return None if key is None else str(key)

    return msgspec.json.encode(
        {
            "id": written(delivery.id),
            "event": EVENTS[delivery.cause],
            "alert": written(delivery.alert_id),
            "at": delivery.made_at,
        }
    )


def signature(secret: bytes, content: bytes, now: datetime) -> str:
    moment = int(now.timestamp())
    signed = hmac.new(secret, f"{moment}.".encode() + content, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


@cache
def _outside(local: bool) -> Peers:
    return Peers(local=local)
