"""Ways to sign in that people set up themselves: passkeys, and a patient's phrase on paper."""

from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.database.engine import enter_clinic
from glidepath.identity import factor_store, second_factor, secrets, store, ways_store
from glidepath.identity.actor import Actor, PatientActor
from glidepath.identity.models import Account
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.identity.schemas import NewPasskey, PasskeyView, WaysIn
from glidepath.identity.telling import tell
from glidepath.problems import Conflict, Invalid, NotFound, SignedOut
from glidepath.views import view

CHALLENGE_LIFE: Final = timedelta(minutes=5)
# Ten devices are plenty; without a bound a stolen session could fill the table.
MOST_PASSKEYS: Final = 10


def _no_passkey() -> SignedOut:
    return SignedOut(
        "This passkey is not known here. Use another way to sign in.", code="no_passkey"
    )


def _no_phrase() -> SignedOut:
    return SignedOut(
        "These six words are not known here. Check each of them and try again.", code="no_phrase"
    )


@cache
def _passkeys() -> ModuleType:
    """Loaded when it is first needed: it takes a good part of a second, and few ask for it."""
    return import_module("glidepath.identity.passkeys")


async def require_proof(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """A recent one; of a patient who has set up no way in, none can be asked for."""
    if actor.role == "patient" and not await ways_store.has_any(session, actor.account_id):
        return
    requires_recent_sign_in(actor, now)


async def ways_in(session: AsyncSession, actor: Actor) -> WaysIn:
    phrase = await ways_store.phrase(session, actor.account_id)
    app = await factor_store.authenticator(session, actor.account_id, confirmed=True)
    return WaysIn(
        passkeys=[
            view(PasskeyView, one) for one in await ways_store.passkeys(session, actor.account_id)
        ],
        phrase_made_at=phrase.created_at if phrase else None,
        authenticator_since=app.confirmed_at if app else None,
        recovery_codes_left=(await factor_store.has(session, actor.account_id))[2],
    )


async def new_passkey_options(
    session: AsyncSession, actor: Actor, name: str, origin: str, now: datetime
) -> dict[str, Any]:
    """What the device needs to make a passkey for this account."""
    await second_factor.require_may_add(session, actor, now)
    known = await ways_store.passkeys(session, actor.account_id)
    if len(known) >= MOST_PASSKEYS:
        raise Conflict("There are many passkeys already. Remove one first.", code="too_many")
    asked = _passkeys().ask_for_new(
        origin, actor.account_id, name, [one.credential_id for one in known]
    )
    await _keep_challenge(session, asked.challenge, actor.account_id, now)
    options: dict[str, Any] = asked.options
    return options


async def add_passkey(
    session: AsyncSession, actor: Actor, new: NewPasskey, origin: str, now: datetime
) -> WaysIn:
    await second_factor.require_may_add(session, actor, now)
    challenge = await _redeem(session, new.credential, actor.account_id, now)
    try:
        made = _passkeys().verify_new(new.credential, challenge, origin)
    except ValueError as error:
        raise Invalid("This passkey could not be checked.", code="bad_passkey") from error
    if await ways_store.passkey_by_credential(session, made.credential_id) is not None:
        raise Conflict("This passkey is known already.", code="known_passkey")
    await ways_store.add_passkey(
        session,
        {
            "clinic_id": actor.clinic_id,
            "id": uuid7(),
            "account_id": actor.account_id,
            "credential_id": made.credential_id,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "name": new.name,
            "created_at": now,
        },
    )
    await _tell_staff(session, actor)
    return await ways_in(session, actor)


async def drop_passkey(
    session: AsyncSession, actor: Actor, passkey_id: UUID, now: datetime
) -> None:
    requires_recent_sign_in(actor, now)
    await factor_store.hold(session, actor.account_id)
    if not await ways_store.drop_passkey(session, actor.account_id, passkey_id):
        raise NotFound
    if actor.role != "patient":
        await second_factor.require_one_left(session, actor.account_id)
    await _tell_staff(session, actor)


async def _tell_staff(session: AsyncSession, actor: Actor) -> None:
    if actor.role != "patient":
        opened = await store.account_and_clinic(session, actor.account_id)
        assert opened is not None, "they ask"
        await tell(session, opened[0], "second_factor_changed")


async def sign_in_options(session: AsyncSession, origin: str, now: datetime) -> dict[str, Any]:
    """The same for everybody, whether known here or not."""
    asked = _passkeys().ask_for_known(origin)
    await _keep_challenge(session, asked.challenge, None, now)
    options: dict[str, Any] = asked.options
    return options


async def account_of_passkey(
    session: AsyncSession, credential: dict[str, Any], origin: str, now: datetime
) -> Account:
    """The account that a passkey opens; the transaction enters its clinic. SignedOut if none."""
    challenge = await _redeem(session, credential, None, now)
    try:
        credential_id = _passkeys().id_of(credential)
        passkey = await ways_store.passkey_by_credential(session, credential_id)
        if passkey is None:
            raise _no_passkey()
        used = _passkeys().verify_known(
            credential, challenge, origin, passkey.public_key, passkey.sign_count
        )
    except ValueError as error:
        raise _no_passkey() from error
    await enter_clinic(session, passkey.clinic_id)
    await ways_store.use_passkey(session, passkey.id, used.new_sign_count, now)
    opened = await store.account_and_clinic(session, passkey.account_id)
    if opened is None:
        raise _no_passkey()
    return opened[0]


async def make_phrase(
    session: AsyncSession, actor: PatientActor, phrase_hash: bytes, now: datetime
) -> None:
    """Replaces the earlier phrase, if there was one."""
    await ways_store.keep_phrase(
        session,
        {
            "clinic_id": actor.clinic_id,
            "account_id": actor.account_id,
            "phrase_hash": phrase_hash,
            "created_at": now,
        },
    )


async def drop_phrase(session: AsyncSession, actor: PatientActor, now: datetime) -> None:
    requires_recent_sign_in(actor, now)
    await ways_store.drop_phrase(session, actor.account_id)


async def account_of_phrase(session: AsyncSession, phrase_hash: bytes | None) -> Account:
    """The account that a phrase opens; the transaction enters its clinic. SignedOut if none."""
    found = await ways_store.phrase_by_hash(session, phrase_hash) if phrase_hash else None
    if found is None:
        raise _no_phrase()
    await enter_clinic(session, found.clinic_id)
    opened = await store.account_and_clinic(session, found.account_id)
    if opened is None:
        raise _no_phrase()
    return opened[0]


async def _keep_challenge(
    session: AsyncSession, challenge: bytes, account_id: UUID | None, now: datetime
) -> None:
    digest = secrets.digest(challenge.hex())
    await ways_store.add_challenge(session, digest, account_id, now + CHALLENGE_LIFE, now)


async def _redeem(
    session: AsyncSession, credential: dict[str, Any], account_id: UUID | None, now: datetime
) -> bytes:
    """The challenge that the device says it signed, used up by this."""
    try:
        challenge: bytes = _passkeys().challenge_of(credential)
    except ValueError as error:
        raise Invalid("This passkey could not be read.", code="bad_passkey") from error
    digest = secrets.digest(challenge.hex())
    if not await ways_store.redeem_challenge(session, digest, account_id, now):
        raise Invalid("That took too long. Try again.", code="challenge_over")
    return challenge
