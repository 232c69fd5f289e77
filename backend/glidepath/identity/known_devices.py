"""Browsers at which somebody was signed in before.

Each keeps a secret of its own. Who guesses elsewhere does not keep its owner out, and the owner is told of
every sign-in at another one: by mail, and on their earlier devices.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath import events
from glidepath.database import jobs
from glidepath.identity import known_devices_store, secrets, ways_store
from glidepath.identity.actor import Actor
from glidepath.identity.models import Account, KnownDevice
from glidepath.identity.schemas import NewDeviceView
from glidepath.problems import NotFound

KNOWN_FOR: Final = timedelta(days=180)
# Each has guesses of its own, so that there must not be any number of them.
MOST_DEVICES: Final = 20
SIGNED_IN: Final = "notify:new_device"


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser that signs in tells of itself; `address` is that of the network it comes from."""

    secret: str | None
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Remembered:
    device_id: UUID
    # What the browser keeps from now on.
    secret: str


async def known_as(
    session: AsyncSession, browser: Browser, accounts: Collection[Account], now: datetime
) -> bytes | None:
    """The hash of the browser's secret if one of these was signed in there before."""
    ids = {(one.clinic_id, one.id) for one in accounts}
    found = await _known(session, browser, now)
    return next((one.secret_hash for one in found if (one.clinic_id, one.account_id) in ids), None)


async def known_to_anybody(session: AsyncSession, browser: Browser, now: datetime) -> bytes | None:
    found = await _known(session, browser, now)
    return found[0].secret_hash if found else None


async def _known(session: AsyncSession, browser: Browser, now: datetime) -> list[KnownDevice]:
    # Asked even without a secret, so that all strangers take the same time.
    digest = secrets.digest(browser.secret or "")
    return [
        one for one in await known_devices_store.by_secret(session, digest) if one.expires_at > now
    ]


async def remember(
    session: AsyncSession, account: Account, browser: Browser, now: datetime, *, first: bool
) -> Remembered:
    """Knows the browser from now on; its owner hears of it if it was not known, unless this is the `first`.

    The transaction has entered the account's clinic.
    """
    secret = browser.secret
    # A secret that is not ours was put there by somebody: it is not taken over.
    if secret is None or await known_to_anybody(session, browser, now) is None:
        secret = secrets.new_token()
    digest, until = secrets.digest(secret), now + KNOWN_FOR
    await known_devices_store.drop_expired(session, account.id, now)
    seen = await known_devices_store.see_again(
        session, account.id, digest, browser.label, now, until
    )
    if seen is not None:
        return Remembered(seen, secret)
    await known_devices_store.drop_oldest(session, account.id, keep=MOST_DEVICES - 1)
    device_id = uuid7()
    await known_devices_store.add(
        session,
        {
            "clinic_id": account.clinic_id,
            "id": device_id,
            "account_id": account.id,
            "secret_hash": digest,
            "label": browser.label,
            "first_seen_at": now,
            "last_seen_at": now,
            "expires_at": until,
            "vouched_since": known_devices_store.BEFORE_ALL if first else None,
        },
    )
    events.note(new_device=True)
    if not first:
        await jobs.defer(session, SIGNED_IN, clinic_id=account.clinic_id, device_id=device_id)
    return Remembered(device_id, secret)


async def forget_all_but(session: AsyncSession, account_id: UUID, browser: Browser) -> None:
    """With a new passphrase whoever knew the old one is a stranger wherever they came in."""
    kept = secrets.digest(browser.secret or "")
    await known_devices_store.drop_others(session, account_id, kept)


async def forget_others(session: AsyncSession, actor: Actor) -> None:
    """As above, at the device of this session."""
    kept = await known_devices_store.secret_of(session, actor.session_id)
    await known_devices_store.drop_others(session, actor.account_id, kept)


async def device(session: AsyncSession, device_id: UUID) -> KnownDevice | None:
    """Of the clinic that this transaction entered; None if it was forgotten."""
    return await known_devices_store.device(session, device_id)


async def asked_about(session: AsyncSession, actor: Actor) -> list[NewDeviceView]:
    """Devices of the account that came after this one and for which none as old has vouched, latest first."""
    return [
        NewDeviceView(one.id, one.label, one.first_seen_at)
        for one in await _newer(session, actor, await _since(session, actor))
    ]


async def own(session: AsyncSession, actor: Actor, device_id: UUID) -> None:
    """The owner says that it is theirs. Those who look from an earlier device still are asked: an intruder must
    not be able to vouch for themselves."""
    since = await _since(session, actor)
    _one_of(await _newer(session, actor, since), device_id).vouched_since = since


async def disown(session: AsyncSession, actor: Actor, device_id: UUID) -> None:
    """Signs the device out and forgets it. A patient's six words, with which it may have come, open nothing
    any more."""
    found = _one_of(await _newer(session, actor, await _since(session, actor)), device_id)
    await known_devices_store.end_sessions(session, actor.account_id, found.id)
    await known_devices_store.drop(session, found.id)
    await ways_store.drop_phrase(session, actor.account_id)


async def _since(session: AsyncSession, actor: Actor) -> datetime:
    return await known_devices_store.since(session, actor.session_id)


async def _newer(session: AsyncSession, actor: Actor, since: datetime) -> list[KnownDevice]:
    return await known_devices_store.newer(session, actor.account_id, since)


def _one_of(devices: list[KnownDevice], device_id: UUID) -> KnownDevice:
    for one in devices:
        if one.id == device_id:
            return one
    raise NotFound
