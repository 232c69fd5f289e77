"""The session's cookie."""

from litestar import Response
from litestar.datastructures import Cookie

from glidepath.identity.schemas import Me
from glidepath.identity.service import SignedIn

# `__Host-` binds the cookie to this very host over a secure channel.
COOKIE = "__Host-glidepath"


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


def signed_in(opened: SignedIn) -> Response[Me]:
    cookie = session_cookie(opened.token, int(opened.lifetime.total_seconds()))
    return Response(opened.me, cookies=[cookie])
