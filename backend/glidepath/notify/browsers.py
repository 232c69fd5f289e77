"""The browsers in which a person is told: their own, a few, and never another person's."""

import base64
import binascii
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4, uuid5

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts
from glidepath.care import covers
from glidepath.identity.actor import Actor, as_staff
from glidepath.notify import peers, push, push_store
from glidepath.notify.models import Delivery, PushSubscription
from glidepath.notify.outcomes import Pushed
from glidepath.notify.push import Kind, Pushes
from glidepath.notify.schemas import BrowserView, PushView, Subscribing, Where
from glidepath.problems import Invalid, NotFound, Unavailable
from glidepath.settings import Settings
from glidepath.views import view

AT_MOST: Final = 5
KINDS: Final[dict[str, Kind]] = {
    "raised": "alert",
    "escalated": "alert",
    "digest": "list",
    "test": "test",
    "reminder": "reminder",
    "emergency_opened": "emergency",
}
UNUSABLE: Final = "This browser's pushes cannot be used here."


async def mine(session: AsyncSession, actor: Actor, settings: Settings) -> PushView:
    sender = push.sender(settings)
    live = await push_store.live(session, actor.account_id)
    return PushView(
        key=None if sender is None else sender.public_key,
        browsers=[view(BrowserView, one) for one in live],
    )


async def subscribe(
    session: AsyncSession, actor: Actor, body: Subscribing, settings: Settings, now: datetime
) -> BrowserView:
    """From here on this browser tells this account and no other. Said again it changes nothing but the
    sign-in with which it ends; beyond AT_MOST the oldest one goes."""
    sender = push.sender(settings)
    if sender is None:
        raise Unavailable("Pushes are not set up at this clinic.")
    p256dh, auth = _keys(body)
    try:
        sender.target(body.endpoint)
    except peers.Refusal as refusal:
        raise Invalid(UNUSABLE, code=refusal.code) from None
    held = await push_store.hold(session, body.endpoint)
    if held is not None and (held.clinic_id, held.account_id) == (
        actor.clinic_id,
        actor.account_id,
    ):
        held.p256dh, held.auth, held.session_id = p256dh, auth, actor.session_id
        return view(BrowserView, held)
    if held is not None:
        await push_store.end(session, [held.id], "taken_over", now)
    subscription = PushSubscription(
        clinic_id=actor.clinic_id,
        id=uuid7(),
        account_id=actor.account_id,
        session_id=actor.session_id,
        endpoint=body.endpoint,
        p256dh=p256dh,
        auth=auth,
        made_at=now,
    )
    session.add(subscription)
    await session.flush()
    live = await push_store.live(session, actor.account_id)
    await push_store.end(session, [one.id for one in live[AT_MOST:]], "too_many", now)
    return view(BrowserView, subscription)


async def drop(session: AsyncSession, actor: Actor, browser_id: UUID, now: datetime) -> None:
    """NotFound for anybody else's."""
    own = {one.id for one in await push_store.live(session, actor.account_id)}
    if browser_id not in own:
        raise NotFound
    await push_store.end(session, [browser_id], "switched_off", now)


async def where(session: AsyncSession, actor: Actor, notification_id: UUID, now: datetime) -> Where:
    """What a notification leads to, for whom it was meant alone; NotFound for all others."""
    found = await push_store.notification(session, notification_id)
    if found is None or found.account_id != actor.account_id:
        raise NotFound
    if actor.role == "patient":
        return Where("/")
    if found.alert_id is None:
        return Where("/therapist")
    staff = await covers.with_covers(session, as_staff(actor), now)
    alert, patient = await alerts.visible(session, staff, found.alert_id)
    return Where(f"/therapist/patients/{patient.id}/alerts/{alert.id}")


async def letter(
    session: AsyncSession, delivery: Delivery, settings: Settings, now: datetime
) -> Pushes | None:
    """To all live browsers of the recipient that do not have it yet; None while pushes are not set up."""
    assert delivery.recipient_id is not None
    sender = push.sender(settings)
    if sender is None:
        return None
    kind = KINDS[delivery.cause]
    notification_id = await _notification(session, delivery, kind, now)
    told = delivery.told or []
    live = await push_store.live(session, delivery.recipient_id)
    return Pushes(
        sender,
        tuple(
            push.Browser(one.id, one.endpoint, one.p256dh, one.auth)
            for one in live
            if one.id not in told
        ),
        kind,
        notification_id,
        told_before=bool(told),
    )


async def _notification(
    session: AsyncSession, delivery: Delivery, kind: Kind, now: datetime
) -> UUID:
    """The id under which a browser shows it."""
    if kind == "emergency":
        # Each is news of its own, and all lead to one page. Not one that tells when it was made.
        return uuid5(delivery.id, kind)
    return await push_store.notification_of(
        session,
        {
            "clinic_id": delivery.clinic_id,
            # As above.
            "id": uuid4(),
            "account_id": delivery.recipient_id,
            "alert_id": delivery.alert_id,
            "made_at": now,
        },
    )


async def learn(
    session: AsyncSession, delivery: Delivery | None, pushed: Pushed, now: datetime
) -> None:
    """Forgets browsers that are gone, and keeps which ones have this news."""
    for browser_id, why in pushed.gone.items():
        await push_store.end(session, [browser_id], why, now)
    if pushed.told:
        await push_store.mark_told(session, pushed.told, now)
        if delivery is not None:
            delivery.told = [*(delivery.told or []), *pushed.told]


def _keys(body: Subscribing) -> tuple[bytes, bytes]:
    try:
        p256dh, auth = _bytes(body.keys.p256dh), _bytes(body.keys.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    except (binascii.Error, ValueError):
        raise Invalid(UNUSABLE, code="push_keys_unusable") from None
    if len(auth) != 16:
        raise Invalid(UNUSABLE, code="push_keys_unusable")
    return p256dh, auth


def _bytes(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
