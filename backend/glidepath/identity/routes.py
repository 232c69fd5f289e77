"""Signing in and out, and who I am."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from litestar.types import Message, Scope
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import Database
from glidepath.identity import (
    known_devices,
    phrases,
    secrets,
    signing_in,
    throttle,
    ways_in,
)
from glidepath.identity.actor import Actor, PatientActor
from glidepath.identity.asking import asking
from glidepath.identity.cookies import browser_of, cookies_of, session_cookie, signed_in
from glidepath.identity.recent import requires_recent_sign_in
from glidepath.identity.schemas import (
    JoinRequest,
    Me,
    NewDeviceView,
    NewPasskey,
    NewPhrase,
    PasskeyOptions,
    PasskeySignIn,
    PhraseSignIn,
    SignInRequest,
    WaysIn,
)

AnyRequest = Request[Any, Any, Any]


class IdentityController(Controller):
    tags = ["identity"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/join",
        operation_id="join",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def join(
        self, data: JSONBody[JoinRequest], request: AnyRequest, state: State
    ) -> Response[Me]:
        """A patient joins with the code from their therapist; the code is used up."""
        database: Database = state.database
        now, browser = datetime.now(UTC), browser_of(request)
        async with (
            throttle.guess(database, throttle.of_network(browser.address), now),
            database.writing() as session,
        ):
            opened = await signing_in.join(session, data.code, data.locale, now, browser)
        return signed_in(opened)

    @post(
        "/sign-in",
        operation_id="signIn",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def sign_in(
        self, data: JSONBody[SignInRequest], request: AnyRequest, state: State
    ) -> Response[Me]:
        """Staff begin to sign in, with their address and passphrase; it takes a second factor to get further."""
        database: Database = state.database
        now, browser = datetime.now(UTC), browser_of(request)
        with secrets.a_place(known=browser.secret is not None):
            async with database.reading() as session:
                accounts = await signing_in.open_accounts(session, data.email)
                device = await known_devices.known_as(session, browser, accounts, now)
            if device is None:
                secrets.require_known()
            async with throttle.guess(database, throttle.of_account(data.email, device), now):
                account = await signing_in.right_one(
                    accounts, data.passphrase, known=device is not None
                )
        hashed = await signing_in.hashed_anew(account, data.passphrase)
        async with database.writing() as session:
            if hashed is not None:
                await signing_in.keep_hashed_anew(session, account, hashed)
            return signed_in(await signing_in.open_session(session, account, now, browser))

    @post(
        "/sign-out",
        operation_id="signOut",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_204_NO_CONTENT,
        one_factor=True,
    )
    async def sign_out(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> Response[None]:
        """Ends this device's session at once."""
        await signing_in.sign_out(session, actor)
        # The cache, which the back button reads, too. Not the "storage": the app removes what is this
        # account's, and another one on the same phone may have entries there that are not sent yet.
        return Response(
            None, headers={"clear-site-data": '"cache"'}, cookies=[session_cookie("", 0)]
        )

    @get(
        "/me",
        operation_id="getMe",
        audit=None,
        no_audit="the caller's own account",
        one_factor=True,
    )
    async def me(self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]) -> Me:
        """Who is signed in on this device."""
        return await signing_in.me(session, actor)


class NewDeviceController(Controller):
    """What the owner of an account is asked about sign-ins on other devices."""

    tags = ["identity"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/new-devices",
        operation_id="getNewDevices",
        audit=None,
        no_audit="the caller's own account",
    )
    async def new_devices(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> list[NewDeviceView]:
        """Devices that came after this one and that nobody has called their own, latest first."""
        return await known_devices.asked_about(session, actor)

    @post(
        "/new-devices/{device_id:uuid}/own",
        operation_id="ownDevice",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_204_NO_CONTENT,
    )
    async def own(
        self,
        device_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """It was me."""
        await known_devices.own(session, actor, device_id)

    @post(
        "/new-devices/{device_id:uuid}/disown",
        operation_id="disownDevice",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_204_NO_CONTENT,
    )
    async def disown(
        self,
        device_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """It was not me: the device is signed out, and six words open nothing any more."""
        await known_devices.disown(session, actor, device_id)


class WaysInController(Controller):
    """How somebody signs in again without the clinic."""

    tags = ["identity"]  # noqa: RUF012 (Litestar's way)

    @get("/ways-in", operation_id="getWaysIn", audit=None, no_audit="the caller's own account")
    async def ways_in(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> WaysIn:
        """One's passkeys; a patient's phrase, the app and the codes of staff, as far as they were set up."""
        return await ways_in.ways_in(session, actor)

    @post(
        "/passkeys/options",
        operation_id="newPasskeyOptions",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
        one_factor=True,
    )
    async def new_passkey_options(
        self,
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
        state: State,
    ) -> PasskeyOptions:
        """What the device needs to make a passkey."""
        name = (await signing_in.own_account(session, actor)).name
        options = await ways_in.new_passkey_options(
            session, actor, name, state.settings.base_url, datetime.now(UTC)
        )
        return PasskeyOptions(options)

    @post(
        "/passkeys",
        operation_id="addPasskey",
        audit=None,
        no_audit="the caller's own account",
        one_factor=True,
    )
    async def add_passkey(
        self,
        data: JSONBody[NewPasskey],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
        request: AnyRequest,
        state: State,
    ) -> Response[WaysIn]:
        """Keeps the public half of a passkey that the device made; the sign-in of staff is finished by it."""
        now = datetime.now(UTC)
        found = await ways_in.add_passkey(session, actor, data, state.settings.base_url, now)
        if actor.role == "patient":
            return Response(found)
        opened = await signing_in.raise_session(session, actor, now, browser_of(request))
        return Response(found, cookies=cookies_of(opened))

    @delete(
        "/passkeys/{passkey_id:uuid}",
        operation_id="dropPasskey",
        audit=None,
        no_audit="the caller's own account",
    )
    async def drop_passkey(
        self,
        passkey_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """The passkey opens nothing any more; refused where staff have nothing else."""
        await ways_in.drop_passkey(session, actor, passkey_id, datetime.now(UTC))

    @post(
        "/passkey-sign-in/options",
        operation_id="passkeySignInOptions",
        audit=None,
        no_audit="before anybody is known",
        public=True,
    )
    async def sign_in_options(
        self, session: NamedDependency[AsyncSession], state: State
    ) -> PasskeyOptions:
        """What a device must sign to prove that it holds a passkey."""
        return PasskeyOptions(
            await ways_in.sign_in_options(session, state.settings.base_url, datetime.now(UTC))
        )

    @post(
        "/passkey-sign-in",
        operation_id="passkeySignIn",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def passkey_sign_in(
        self,
        data: JSONBody[PasskeySignIn],
        session: NamedDependency[AsyncSession],
        request: AnyRequest,
        state: State,
    ) -> Response[Me]:
        """Somebody signs in with a passkey, whatever was guessed elsewhere: the device and its lock are two."""
        now = datetime.now(UTC)
        account = await ways_in.account_of_passkey(
            session, data.credential, state.settings.base_url, now
        )
        browser = browser_of(request)
        return signed_in(await signing_in.open_session(session, account, now, browser, aal=2))

    @post("/phrase", operation_id="makePhrase", audit=None, no_audit="the caller's own account")
    async def make_phrase(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> NewPhrase:
        """Six words to write down, shown this once; earlier ones stop working."""
        # Before anything is hashed.
        requires_recent_sign_in(patient, datetime.now(UTC))
        locale = (await signing_in.me(session, patient)).account.locale
        phrase = phrases.new_phrase(locale)
        digest = await phrases.digest(phrase)
        assert digest is not None, "a phrase of ours is a phrase"
        await ways_in.make_phrase(session, patient, digest, datetime.now(UTC))
        return NewPhrase(phrase)

    @delete("/phrase", operation_id="dropPhrase", audit=None, no_audit="the caller's own account")
    async def drop_phrase(
        self, patient: NamedDependency[PatientActor], session: NamedDependency[AsyncSession]
    ) -> None:
        """The words open nothing any more."""
        await ways_in.drop_phrase(session, patient, datetime.now(UTC))

    @post(
        "/phrase-sign-in",
        operation_id="phraseSignIn",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def phrase_sign_in(
        self, data: JSONBody[PhraseSignIn], request: AnyRequest, state: State
    ) -> Response[Me]:
        """A patient signs in with the six words."""
        database: Database = state.database
        now, browser = datetime.now(UTC), browser_of(request)
        with secrets.a_place(known=browser.secret is not None):
            async with database.reading() as session:
                device = await known_devices.known_to_anybody(session, browser, now)
            if device is None:
                secrets.require_known()
            budget = throttle.of_network(browser.address, device)
            async with throttle.guess(database, budget, now):
                # Hashed before a connection is taken: it takes long, and a flood must not drain the pool.
                digest = await phrases.digest(data.phrase)
                async with database.writing() as session:
                    account = await ways_in.account_of_phrase(session, digest)
                    opened = await signing_in.open_session(session, account, now, browser)
        return signed_in(opened)


async def send_renewed_cookie(message: Message, scope: Scope) -> None:
    """A `before_send` hook: the browser's copy of a session must last as long as ours."""
    renewal = asking(scope).renewal
    if message["type"] != "http.response.start" or renewal is None or message["status"] >= 400:
        return
    headers = MutableScopeHeaders.from_message(message)
    if "set-cookie" in headers:
        return  # signed out, or signed in anew
    cookie = session_cookie(renewal.token, int((renewal.until - renewal.at).total_seconds()))
    headers["set-cookie"] = cookie.to_header(header="")
