"""The second time that staff prove who they are: a code of an authenticator app, a passkey, or a code on paper.

Each is checked in one place, so that guesses are counted around it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import segno
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.identity import factor_store, totp
from glidepath.identity.actor import Actor, ProfessionalActor
from glidepath.identity.models import Account
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.identity.schemas import NewAuthenticator, SecondFactor
from glidepath.identity.telling import tell
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound

WRONG_CODE = "This code is not right, or it was used already. Wait for the next one and try again."
WRONG_RECOVERY_CODE = "This is none of your recovery codes, or it was used already."


async def of(session: AsyncSession, account_id: UUID) -> SecondFactor:
    app, passkey, codes = await factor_store.has(session, account_id)
    return SecondFactor(authenticator=app, passkey=passkey, recovery_code=codes > 0)


async def require_may_add(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Whoever only knows a passphrase sets up the first factor, and no other beside it. A patient's first way in
    is free right after joining; whoever finds the phone later makes none."""
    if actor.role == "patient" or actor.aal == 2:
        requires_recent_sign_in(actor, now)
        return
    await factor_store.hold(session, actor.account_id)
    app, passkey, _ = await factor_store.has(session, actor.account_id)
    if app or passkey:
        raise Forbidden("Finish signing in first.", code="second_factor_needed")


async def check_code(session: AsyncSession, account: Account, code: str, now: datetime) -> None:
    """Raises Invalid unless it is a code of the account's app that was not used before; uses it up."""
    found = await factor_store.authenticator(session, account.id, confirmed=True)
    if found is None:
        raise Invalid(WRONG_CODE, code="wrong_code")
    step = totp.matching_step(totp.of_text(found.secret), plain(code), now, found.last_step)
    if step is None or not await factor_store.use_step(session, found.id, step):
        raise Invalid(WRONG_CODE, code="wrong_code")


async def check_recovery_code(
    session: AsyncSession, account: Account, code_hash: bytes, now: datetime
) -> None:
    """Raises Invalid unless it is one of the account's that was not used; uses it up, and its owner is told."""
    if not await factor_store.use_code(session, account.id, code_hash, now):
        raise Invalid(WRONG_RECOVERY_CODE, code="wrong_code")
    await tell(session, account, "recovery_code_used")


async def begin(
    session: AsyncSession, actor: ProfessionalActor, email: str, now: datetime
) -> NewAuthenticator:
    """A secret for an app, which gives the account's codes once one of them was typed."""
    await require_may_add(session, actor, now)
    secret = totp.new_secret()
    await factor_store.add_authenticator(
        session,
        {
            "clinic_id": actor.clinic_id,
            "id": uuid7(),
            "account_id": actor.account_id,
            "secret": totp.as_text(secret),
            "made_at": now,
        },
    )
    picture = segno.make(totp.uri(secret, email), error="m")
    return NewAuthenticator(
        secret=totp.as_text(secret),
        qr_svg=picture.svg_data_uri(border=4, omitsize=True, light="#fff"),
    )


async def confirm(
    session: AsyncSession,
    actor: ProfessionalActor,
    account: Account,
    code: str,
    now: datetime,
) -> None:
    """The app that was begun with gives the codes from here on; its owner is told."""
    await require_may_add(session, actor, now)
    found = await factor_store.authenticator(session, account.id, confirmed=False)
    if found is None:
        raise NotFound("Begin with the picture once more.")
    step = totp.matching_step(totp.of_text(found.secret), plain(code), now, None)
    if step is None:
        raise Invalid(WRONG_CODE, code="wrong_code")
    await factor_store.confirm(session, account.id, found.id, step, now)
    await tell(session, account, "second_factor_changed")


async def give(session: AsyncSession, account: Account, secret: bytes, now: datetime) -> None:
    """An app with a secret that is known already, to whoever has no second factor."""
    app, passkey, _ = await factor_store.has(session, account.id)
    if app or passkey:
        return
    await factor_store.add_authenticator(
        session,
        {
            "clinic_id": account.clinic_id,
            "id": uuid7(),
            "account_id": account.id,
            "secret": totp.as_text(secret),
            "made_at": now,
            "confirmed_at": now,
        },
    )


async def drop_authenticator(
    session: AsyncSession, actor: ProfessionalActor, account: Account, now: datetime
) -> None:
    requires_recent_sign_in(actor, now)
    await factor_store.hold(session, account.id)
    if not await factor_store.drop_authenticators(session, account.id):
        raise NotFound
    await require_one_left(session, account.id)
    await tell(session, account, "second_factor_changed")


async def require_one_left(session: AsyncSession, account_id: UUID) -> None:
    """After one was removed. Recovery codes are no way to sign in every day."""
    app, passkey, _ = await factor_store.has(session, account_id)
    if not (app or passkey):
        raise Conflict(
            "This is the last way to prove that it is you. Set up another one first.",
            code="last_factor",
        )


async def keep_recovery_codes(
    session: AsyncSession, account: Account, hashes: Sequence[bytes], now: datetime
) -> None:
    """In place of earlier ones."""
    await factor_store.replace_codes(session, account, hashes, now)


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """As when somebody lost everything: the next sign-in sets a factor up anew."""
    await factor_store.drop_authenticators(session, account_id)
    await factor_store.drop_passkeys(session, account_id)
    await factor_store.drop_codes(session, account_id)


def plain(code: str) -> str:
    """As apps show it, with a space in the middle."""
    return "".join(code.split())
