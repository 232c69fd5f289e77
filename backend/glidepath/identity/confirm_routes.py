"""Showing once more who one is, without signing out: what is open on the page stays."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import Database
from glidepath.identity import (
    known_devices,
    phrases,
    second_factor,
    signing_in,
    throttle,
    ways_in,
)
from glidepath.identity.actor import Actor, as_professional, require_second_factor
from glidepath.identity.cookies import browser_of, session_token, signed_in
from glidepath.identity.models import Account
from glidepath.identity.schemas import CodeBody, Me, PasskeySignIn, PhraseSignIn
from glidepath.problems import SignedOut

AnyRequest = Request[Any, Any, Any]


class PassphraseProof(Struct, forbid_unknown_fields=True):
    passphrase: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class _Asker:
    actor: Actor
    account: Account
    budget: throttle.Budget
    known: bool


async def _asker(request: AnyRequest, database: Database, now: datetime) -> _Asker:
    """Found out in a transaction of its own: the hashing and the counting come after it."""
    token, browser = session_token(request), browser_of(request)
    if token is None:
        raise SignedOut("Sign in first.")
    async with database.reading() as session:
        actor = (await signing_in.recognise(session, token, now)).actor
        require_second_factor(actor)
        account = await signing_in.own_account(session, actor)
        device = await known_devices.known_as(session, browser, [account], now)
    # Patients have no address; here it is known all the same whose words are tried.
    budget = throttle.of_account(account.email or str(account.id), device)
    return _Asker(actor, account, budget, device is not None)


class ConfirmController(Controller):
    """The session goes on under another token, and what needs a recent sign-in is done for ten minutes."""

    path = "/confirm"
    tags = ["identity"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/",
        operation_id="requireProof",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_204_NO_CONTENT,
    )
    async def require_proof(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> None:
        """Asked before a page makes a file of what it shows: refused while a proof of who is there is due."""
        await ways_in.require_proof(session, actor, datetime.now(UTC))

    @post(
        "/passphrase",
        operation_id="confirmByPassphrase",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def by_passphrase(
        self, data: JSONBody[PassphraseProof], request: AnyRequest, state: State
    ) -> Response[Me]:
        """It is me: my passphrase."""
        database: Database = state.database
        now = datetime.now(UTC)
        asker = await _asker(request, database, now)
        async with throttle.guess(database, asker.budget, now):
            await signing_in.right_one([asker.account], data.passphrase, known=asker.known)
        async with database.writing(asker.actor.clinic_id) as session:
            return signed_in(await signing_in.confirm(session, asker.actor, now))

    @post(
        "/code",
        operation_id="confirmByCode",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def by_code(
        self, data: JSONBody[CodeBody], request: AnyRequest, state: State
    ) -> Response[Me]:
        """It is me: a code of my authenticator app, which is used up."""
        database: Database = state.database
        now = datetime.now(UTC)
        asker = await _asker(request, database, now)
        actor = as_professional(asker.actor)
        async with (
            throttle.guess(database, asker.budget, now),
            database.writing(actor.clinic_id) as session,
        ):
            await second_factor.check_code(session, asker.account, data.code, now)
            opened = await signing_in.confirm(session, actor, now)
        return signed_in(opened)

    @post(
        "/phrase",
        operation_id="confirmByPhrase",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def by_phrase(
        self, data: JSONBody[PhraseSignIn], request: AnyRequest, state: State
    ) -> Response[Me]:
        """It is me: a patient's six words."""
        database: Database = state.database
        now = datetime.now(UTC)
        asker = await _asker(request, database, now)
        async with throttle.guess(database, asker.budget, now):
            digest = await phrases.digest(data.phrase, known=asker.known)
            async with database.writing() as session:
                account = await ways_in.account_of_phrase(session, digest)
                _require_same(asker, account)
                opened = await signing_in.confirm(session, asker.actor, now)
        return signed_in(opened)

    @post(
        "/passkey",
        operation_id="confirmByPasskey",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def by_passkey(
        self, data: JSONBody[PasskeySignIn], request: AnyRequest, state: State
    ) -> Response[Me]:
        """It is me: a passkey, asked for as at signing in."""
        database: Database = state.database
        now = datetime.now(UTC)
        asker = await _asker(request, database, now)
        origin = state.settings.base_url
        async with database.writing() as session:
            account = await ways_in.account_of_passkey(session, data.credential, origin, now)
            _require_same(asker, account)
            return signed_in(await signing_in.confirm(session, asker.actor, now))


def _require_same(asker: _Asker, account: Account) -> None:
    if (account.clinic_id, account.id) != (asker.actor.clinic_id, asker.actor.account_id):
        raise SignedOut("This belongs to somebody else's account.", code="no_match")
