"""The cookies of a session and of a known device."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from glidepath.identity.known_devices import KNOWN_FOR, Browser
from glidepath.identity.schemas import Me
from glidepath.identity.signing_in import SignedIn
from glidepath.identity.throttle import network_of
from glidepath.identity.user_agents import label_of

# `__Host-` binds the cookie to this very host over a secure channel.
COOKIE = "__Host-glidepath"
DEVICE_COOKIE = "__Host-glidepath-device"


def session_cookie(value: str, max_age: int) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def session_token(request: Request[Any, Any, Any]) -> str | None:
    return request.cookies.get(COOKIE)


def device_cookie(value: str) -> Cookie:
    """It stays at signing out: that is how the browser is known the next time."""
    return Cookie(
        key=DEVICE_COOKIE,
        value=value,
        max_age=int(KNOWN_FOR.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )


def signed_in(opened: SignedIn) -> Response[Me]:
    return Response(opened.me, cookies=cookies_of(opened))


def cookies_of(opened: SignedIn) -> list[Cookie]:
    cookies = [session_cookie(opened.token, int(opened.lifetime.total_seconds()))]
    if opened.device is not None:
        cookies.append(device_cookie(opened.device))
    return cookies


def browser_of(request: Request[Any, Any, Any]) -> Browser:
    """The browser that asks; where it comes from is what the server believes, never what a header claims."""
    return Browser(
        secret=request.cookies.get(DEVICE_COOKIE),
        label=label_of(request.headers.get("user-agent", "")),
        address=network_of(request.client.host if request.client else ""),
    )
