"""Signing in and out, and who I am."""

from datetime import UTC, datetime
from typing import Any, cast

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie, MutableScopeHeaders, State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from litestar.types import Message, Scope
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import Database
from glidepath.identity import service
from glidepath.identity.actor import Actor
from glidepath.identity.schemas import JoinRequest, Me, SignInRequest

# Where a request keeps the renewal of its session until the answer goes out.
RENEWAL = "glidepath.renewal"
# `__Host-` binds the cookie to this very host over a secure channel.
COOKIE = "__Host-glidepath"


def _session_cookie(value: str, max_age: int) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def _signed_in(signed_in: service.SignedIn) -> Response[Me]:
    cookie = _session_cookie(signed_in.token, int(signed_in.lifetime.total_seconds()))
    return Response(signed_in.me, cookies=[cookie])


class IdentityController(Controller):
    tags = ["identity"]  # noqa: RUF012 (Litestar's way)

    @post("/join", operation_id="join", status_code=HTTP_200_OK, public=True)
    async def join(
        self, data: JSONBody[JoinRequest], session: NamedDependency[AsyncSession]
    ) -> Response[Me]:
        """A patient joins with the code from their therapist; the code is used up."""
        return _signed_in(await service.join(session, data.code, data.locale, datetime.now(UTC)))

    @post("/sign-in", operation_id="signIn", status_code=HTTP_200_OK, public=True)
    async def sign_in(self, data: JSONBody[SignInRequest], state: State) -> Response[Me]:
        """Staff sign in with their address and passphrase."""
        database: Database = state.database
        async with database.reading() as session:
            accounts = await service.open_accounts(session, data.email)
        account = await service.right_one(accounts, data.passphrase)
        async with database.writing() as session:
            return _signed_in(await service.open_session(session, account, datetime.now(UTC)))

    @post("/sign-out", operation_id="signOut", status_code=HTTP_204_NO_CONTENT)
    async def sign_out(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> Response[None]:
        """Ends this device's session at once."""
        await service.sign_out(session, actor)
        # The cache, which the back button reads, too. Not the "storage": the app removes what is this
        # account's, and another one on the same phone may have entries there that are not sent yet.
        return Response(
            None, headers={"clear-site-data": '"cache"'}, cookies=[_session_cookie("", 0)]
        )

    @get("/me", operation_id="getMe")
    async def me(self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]) -> Me:
        """Who is signed in on this device."""
        return await service.me(session, actor)


def session_token(request: Request[Any, Any, Any]) -> str | None:
    return request.cookies.get(COOKIE)


async def send_renewed_cookie(message: Message, scope: Scope) -> None:
    """A `before_send` hook: the browser's copy of a session must last as long as ours."""
    renewal = cast("service.Renewal | None", scope.get(RENEWAL))
    if message["type"] != "http.response.start" or renewal is None or message["status"] >= 400:
        return
    headers = MutableScopeHeaders.from_message(message)
    if "set-cookie" in headers:
        return  # signed out, or signed in anew
    cookie = _session_cookie(renewal.token, int((renewal.until - renewal.at).total_seconds()))
    headers["set-cookie"] = cookie.to_header(header="")
