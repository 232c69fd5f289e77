"""Signing in, joining, and what a session is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath import events
from glidepath.clinical.emergency import emergency_number
from glidepath.database.engine import enter_clinic
from glidepath.identity import known_devices, second_factor, secrets, store
from glidepath.identity.actor import Actor
from glidepath.identity.known_devices import Browser
from glidepath.identity.models import Account, Clinic, Session
from glidepath.identity.schemas import AccountView, ClinicView, Me, SecondFactor
from glidepath.problems import Invalid, SignedOut
from glidepath.views import view

# A patient's phone stays signed in while it is used at least every 90 days; a clinic's screen is
# shared, so staff sign in each day and again after half an hour away.
PATIENT_SESSION = timedelta(days=90)
STAFF_SESSION = timedelta(hours=12)
IDLE = {
    "therapist": timedelta(minutes=30),
    "admin": timedelta(minutes=15),
    "operator": timedelta(minutes=15),
}
# For the second factor, which may have to be set up first.
HALF_SESSION = timedelta(minutes=30)
# How stale "last seen" may grow before a request writes it again.
TOUCH_AFTER = timedelta(minutes=5)
TOUCH_STAFF_AFTER = timedelta(minutes=1)
# No code that somebody types is as long; a link's secret is.
LONGEST_CODE = 20

NO_MATCH = "The address and the passphrase do not belong together. Check both and try again."
BAD_CODE = "This code is unknown, used or too old. Ask your therapist for a new one."


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    lifetime: timedelta
    me: Me
    # What makes the browser known next time; None where it is not to be known.
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A session to be marked as used, with the token that opened it."""

    actor: Actor
    token: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Recognised:
    actor: Actor
    # None while the session was marked so lately that once more would say nothing.
    renewal: Renewal | None


async def recognise(session: AsyncSession, token: str, now: datetime) -> Recognised:
    """The actor behind a token; the transaction enters their clinic. SignedOut if there is none."""
    token_hash = secrets.digest(token)
    found = await store.session_by_token(session, token_hash)
    if found is None and await store.is_erased_sign_in(session, token_hash, now):
        raise SignedOut(
            "Your clinic has erased your record, so nothing that you write here reaches anybody any more. Save what "
            "is on this device if you want to keep it, and sign out.",
            code="record_erased",
        )
    if found is None or not is_open_session(found, now):
        raise SignedOut("Your sign-in has ended. Sign in again; nothing on this device is lost.")
    await enter_clinic(session, found.clinic_id)
    if not await store.is_open(session, found.account_id):
        raise SignedOut("This account was closed.")
    actor = Actor(
        found.clinic_id,
        found.account_id,
        found.role,
        found.id,
        found.authenticated_at,
        found.expires_at,
        found.aal,
    )
    events.note(**_who(actor.clinic_id, actor.account_id, actor.role, actor.aal))
    events.note(session_id=actor.session_id)
    patient = found.role == "patient"
    half = not patient and found.aal < 2
    if half or now - found.last_seen_at < (TOUCH_AFTER if patient else TOUCH_STAFF_AFTER):
        return Recognised(actor, None)
    until = now + PATIENT_SESSION if patient else found.created_at + STAFF_SESSION
    return Recognised(actor, Renewal(actor, token, now, until))


def _who(clinic_id: UUID, account_id: UUID, role: str, factors: int) -> dict[str, object]:
    return {
        "clinic_id": clinic_id,
        "account_id": account_id,
        "role": role,
        "factors": factors,
    }


def is_open_session(found: Session, now: datetime) -> bool:
    idle = IDLE.get(found.role)
    return found.expires_at > now and (idle is None or found.last_seen_at + idle > now)


async def is_signed_in(session: AsyncSession, token: str | None, now: datetime) -> bool:
    """Whether a request with this token would be let in; asking so is no use of the session."""
    if token is None:
        return False
    try:
        await recognise(session, token, now)
    except SignedOut:
        return False
    return True


async def require_still_signed_in(session: AsyncSession, actor: Actor) -> None:
    """Of somebody who was let in by an earlier transaction; from here to the end of this one nobody signs them out."""
    if not await store.hold_session(session, actor.session_id):
        raise SignedOut("Your sign-in has ended. Sign in again; nothing on this device is lost.")


async def renew(session: AsyncSession, renewal: Renewal) -> None:
    await store.touch_session(session, renewal.actor.session_id, renewal.at, renewal.until)


async def open_accounts(session: AsyncSession, email: str) -> list[Account]:
    """Who may be meant by an address that somebody signs in with."""
    found = await store.accounts_by_email(session, email.strip().lower())
    return [account for account in found if account.disabled_at is None]


async def right_one(
    accounts: Sequence[Account], passphrase: str, *, known: bool = False
) -> Account:
    """The account that the passphrase opens; SignedOut if there is none. `known`: whether one of them was signed
    in at this browser before.

    Needs no connection: hashing takes long, and a flood of it must not drain the pool.
    """
    if not accounts:
        await secrets.passphrase_matches(passphrase, None, known=known)
    for account in accounts:
        events.note(**_who(account.clinic_id, account.id, account.role, 0))
        if await secrets.passphrase_matches(passphrase, account.passphrase_hash, known=known):
            return account
    raise SignedOut(NO_MATCH, code="no_match")


async def hashed_anew(account: Account, passphrase: str) -> str | None:
    """The passphrase that was just found right, as dearly hashed as is asked for now; None if it is already."""
    if account.passphrase_hash is None or not secrets.is_below_todays(account.passphrase_hash):
        return None
    return await secrets.hash_passphrase(passphrase)


async def keep_hashed_anew(session: AsyncSession, account: Account, hashed: str) -> None:
    assert account.passphrase_hash is not None
    await enter_clinic(session, account.clinic_id)
    await store.rehash(session, account.id, account.passphrase_hash, hashed)


async def open_session(
    session: AsyncSession,
    account: Account,
    now: datetime,
    browser: Browser | None = None,
    *,
    aal: int = 1,
) -> SignedIn:
    """`browser` is known from then on; None for one that is not to be. `aal`: how many factors were given.

    With one, staff get no further than to the second, and their browser is not known yet: it would have guesses
    of its own.
    """
    await enter_clinic(session, account.clinic_id)
    if account.role != "patient" and aal < 2:
        return await _open_half(session, account, now, browser)
    first = await _is_first(session, account, now)
    return await _open_session(session, account, now, browser, first=first, aal=aal)


async def raise_session(
    session: AsyncSession, actor: Actor, now: datetime, browser: Browser
) -> SignedIn:
    """Two factors were given: the same session goes on under another token, and its end is a full one's."""
    account = await own_account(session, actor)
    events.note(factors=2)
    first = await _is_first(session, account, now)
    remembered = await known_devices.remember(session, account, browser, now, first=first)
    await store.mark_signed_in(session, account.id, now)
    token = secrets.new_token()
    until = await store.raise_session(
        session, actor.session_id, secrets.digest(token), remembered.device_id, now, STAFF_SESSION
    )
    if until is None:
        raise SignedOut("Your sign-in has ended. Sign in again; nothing on this device is lost.")
    me = _me(account, await store.clinic(session), until)
    return SignedIn(token, until - now, me, remembered.secret)


async def _is_first(session: AsyncSession, account: Account, now: datetime) -> bool:
    """Whether nobody was let in to the account before, which is noted."""
    first = account.joined_at is None
    if first:
        await store.mark_joined(session, account.id, account.locale, now)
    return first


async def _open_half(
    session: AsyncSession, account: Account, now: datetime, browser: Browser | None
) -> SignedIn:
    token = secrets.new_token()
    await store.drop_expired(session, account.id, now)
    await store.add_session(
        session, _session(account, token, now, HALF_SESSION, browser.label if browser else "")
    )
    owed = await second_factor.of(session, account.id)
    me = _me(account, await store.clinic(session), now + HALF_SESSION, owed)
    return SignedIn(token, HALF_SESSION, me)


def _session(
    account: Account, token: str, now: datetime, lifetime: timedelta, label: str, aal: int = 1
) -> dict[str, object]:
    session_id = uuid7()
    events.note(**_who(account.clinic_id, account.id, account.role, aal), session_id=session_id)
    return {
        "clinic_id": account.clinic_id,
        "id": session_id,
        "account_id": account.id,
        "role": account.role,
        "token_hash": secrets.digest(token),
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + lifetime,
        "label": label,
        "aal": aal,
        "authenticated_at": now,
    }


async def join(
    session: AsyncSession, code: str, locale: str, now: datetime, browser: Browser | None = None
) -> SignedIn:
    """Opens a patient's session with a joining code or link, both of which are used up by it."""
    invitation = (
        await store.invitation_by_code(session, secrets.digest(secrets.plain_code(code)), now)
        if len(code) <= LONGEST_CODE
        else await store.invitation_by_link(session, secrets.digest(code), now)
    )
    if invitation is None or not await store.redeem_invitation(session, invitation, now):
        raise Invalid(BAD_CODE, code="bad_code")
    account = await store.mark_joined(session, invitation.account_id, locale, now)
    if account is None:
        raise Invalid(BAD_CODE, code="bad_code")
    return await _open_session(session, account, now, browser, first=account.joined_at == now)


async def _open_session(
    session: AsyncSession,
    account: Account,
    now: datetime,
    browser: Browser | None,
    *,
    first: bool = False,
    aal: int = 1,
) -> SignedIn:
    lifetime = PATIENT_SESSION if account.role == "patient" else STAFF_SESSION
    token = secrets.new_token()
    remembered = None
    if browser is not None:
        remembered = await known_devices.remember(session, account, browser, now, first=first)
    await store.drop_expired(session, account.id, now)
    await store.mark_signed_in(session, account.id, now)
    label = browser.label if browser else ""
    await store.add_session(
        session,
        _session(account, token, now, lifetime, label, aal)
        | {"device_id": remembered.device_id if remembered else None},
    )
    device = remembered.secret if remembered else None
    return SignedIn(
        token, lifetime, _me(account, await store.clinic(session), now + lifetime), device
    )


async def confirm(session: AsyncSession, actor: Actor, now: datetime) -> SignedIn:
    """The actor has just shown who they are: the same session begins anew, under another token."""
    account = await own_account(session, actor)
    lifetime = PATIENT_SESSION if account.role == "patient" else STAFF_SESSION
    token = secrets.new_token()
    kept = await store.begin_anew(
        session, actor.session_id, secrets.digest(token), now, now + lifetime
    )
    if not kept:
        raise SignedOut("Your sign-in has ended. Sign in again; nothing on this device is lost.")
    return SignedIn(token, lifetime, _me(account, await store.clinic(session), now + lifetime))


async def own_account(session: AsyncSession, actor: Actor) -> Account:
    found = await store.account_and_clinic(session, actor.account_id)
    if found is None:
        raise SignedOut("This account was closed.")
    return found[0]


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    await store.drop_session(session, actor.session_id)


async def me(session: AsyncSession, actor: Actor) -> Me:
    found = await store.account_and_clinic(session, actor.account_id)
    if found is None:
        raise SignedOut("This account was closed.")
    half = actor.role != "patient" and actor.aal < 2
    owed = await second_factor.of(session, actor.account_id) if half else None
    return _me(*found, actor.ends_at, owed)


def _me(
    account: Account, clinic: Clinic, ends_at: datetime | None, owed: SecondFactor | None = None
) -> Me:
    idle = IDLE.get(account.role)
    return Me(
        second_factor=owed,
        idle_seconds=None if idle is None else int(idle.total_seconds()),
        ends_at=None if idle is None else ends_at,
        account=view(AccountView, account),
        clinic=view(ClinicView, clinic, emergency_number=emergency_number(clinic.country)),
    )
