"""How staff prove a second time who they are, and what they prove it with."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Request, Response, delete, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import Database
from glidepath.identity import known_devices, recovery, second_factor, signing_in, throttle
from glidepath.identity.actor import Actor, ProfessionalActor, as_professional
from glidepath.identity.cookies import browser_of, session_token, signed_in
from glidepath.identity.known_devices import Browser
from glidepath.identity.models import Account
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.identity.schemas import CodeBody, Me, NewAuthenticator, RecoveryCodes
from glidepath.problems import SignedOut

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class _Half:
    """Somebody who has given a passphrase, and the device if they were signed in there before."""

    actor: Actor
    account: Account
    browser: Browser
    device: bytes | None

    @property
    def email(self) -> str:
        assert self.account.email is not None, "staff have an address"
        return self.account.email


async def _half(request: AnyRequest, database: Database, now: datetime) -> _Half:
    """Found out in a transaction of its own: the counting of guesses has to be over before the next."""
    token = session_token(request)
    if token is None:
        raise SignedOut("Sign in first.")
    async with database.reading() as session:
        actor = as_professional((await signing_in.recognise(session, token, now)).actor)
        account = await signing_in.own_account(session, actor)
        browser = browser_of(request)
        device = await known_devices.known_as(session, browser, [account], now)
    return _Half(actor, account, browser, device)


class SecondFactorController(Controller):
    path = "/second-factor"
    tags = ["identity"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/code",
        operation_id="giveCode",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def code(
        self, data: JSONBody[CodeBody], request: AnyRequest, state: State
    ) -> Response[Me]:
        """Finishes a sign-in with a code of the authenticator app."""
        database: Database = state.database
        now = datetime.now(UTC)
        half = await _half(request, database, now)
        async with (
            throttle.guess(database, throttle.of_account(half.email, half.device), now),
            database.writing(half.actor.clinic_id) as session,
        ):
            await second_factor.check_code(session, half.account, data.code, now)
            opened = await signing_in.raise_session(session, half.actor, now, half.browser)
        return signed_in(opened)

    @post(
        "/recovery-code",
        operation_id="giveRecoveryCode",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def recovery_code(
        self, data: JSONBody[CodeBody], request: AnyRequest, state: State
    ) -> Response[Me]:
        """Finishes a sign-in with one of the codes on paper, which is used up; its owner is told."""
        database: Database = state.database
        now = datetime.now(UTC)
        half = await _half(request, database, now)
        async with throttle.guess(database, throttle.of_account(half.email, half.device), now):
            # Hashed before a connection is taken: it takes long, and a flood must not drain the pool.
            known = half.device is not None
            code_hash = await recovery.digest(data.code, half.account.id, known=known)
            async with database.writing(half.actor.clinic_id) as session:
                await second_factor.check_recovery_code(session, half.account, code_hash, now)
                opened = await signing_in.raise_session(session, half.actor, now, half.browser)
        return signed_in(opened)

    @post(
        "/authenticator",
        operation_id="newAuthenticator",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        one_factor=True,
    )
    async def new_authenticator(
        self,
        professional: NamedDependency[ProfessionalActor],
        session: NamedDependency[AsyncSession],
    ) -> NewAuthenticator:
        """A secret for an authenticator app, shown this once; it counts when a code of it was typed."""
        account = await signing_in.own_account(session, professional)
        assert account.email is not None, "staff have an address"
        return await second_factor.begin(session, professional, account.email, datetime.now(UTC))

    @post(
        "/authenticator/confirm",
        operation_id="confirmAuthenticator",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        one_factor=True,
    )
    async def confirm_authenticator(
        self,
        data: JSONBody[CodeBody],
        request: AnyRequest,
        professional: NamedDependency[ProfessionalActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[Me]:
        """The app gives the codes from here on, in place of an earlier one; a sign-in is finished by it."""
        now = datetime.now(UTC)
        account = await signing_in.own_account(session, professional)
        await second_factor.confirm(session, professional, account, data.code, now)
        return signed_in(
            await signing_in.raise_session(session, professional, now, browser_of(request))
        )

    @delete(
        "/authenticator",
        operation_id="dropAuthenticator",
        audit=None,
        no_audit="the caller's own account",
    )
    async def drop_authenticator(
        self,
        professional: NamedDependency[ProfessionalActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """The app's codes open nothing any more; refused where nothing else is set up."""
        account = await signing_in.own_account(session, professional)
        await second_factor.drop_authenticator(session, professional, account, datetime.now(UTC))

    @post(
        "/recovery-codes",
        operation_id="makeRecoveryCodes",
        audit=None,
        no_audit="the caller's own account",
        apart=True,
    )
    async def make_recovery_codes(
        self, state: State, professional: NamedDependency[ProfessionalActor]
    ) -> RecoveryCodes:
        """Ten codes to print or to write down, shown this once; earlier ones stop working."""
        database: Database = state.database
        requires_recent_sign_in(professional, datetime.now(UTC))
        codes = recovery.new_codes()
        hashes = [await recovery.digest(one, professional.account_id) for one in codes]
        async with database.writing(professional.clinic_id) as session:
            await signing_in.require_still_signed_in(session, professional)
            account = await signing_in.own_account(session, professional)
            await second_factor.keep_recovery_codes(session, account, hashes, datetime.now(UTC))
        return RecoveryCodes(codes)
