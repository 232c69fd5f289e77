"""Tells of each request what it was for the safety of accounts and records (`glidepath.events`)."""

from typing import Any, Final, cast

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from glidepath import events
from glidepath.identity.cookies import COOKIE
from glidepath.identity.throttle import network_of
from glidepath.problems import Problem
from glidepath.web.origin import SAFE_METHODS

# Whoever is answered so wanted more than they were given, or more than there is room for.
_TURNED_AWAY: Final[dict[int, events.Outcome]] = {
    401: "denied",
    403: "denied",
    404: "denied",
    400: "refused",
    405: "refused",
    413: "refused",
    431: "refused",
    429: "put_off",
    503: "put_off",
    500: "failed",
}
_SESSION: Final = f"{COOKIE}=".encode()
_WATCHED: Final = ("/api", "/metrics")


class SecurityEvents(ASGIMiddleware):
    """Each deed that the audit trail does not have, such as signing in, under the route's name; and whoever is
    turned away, wherever that is. A deed with a record is on the trail, and a look at one's own account is none."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return
        request, noted = scope, events.begin()

        async def tell_first(message: Message) -> None:
            if message["type"] == "http.response.start":
                tell_of(request, message["status"], noted)
            await send(message)

        try:
            await next_app(scope, receive, tell_first)
        except Problem as problem:
            # Raised at the border: answered outside of this.
            noted["code"] = problem.code
            tell_of(request, problem.status, noted)
            raise
        except HTTPException as error:
            tell_of(request, error.status_code, noted)
            raise


def tell_of(scope: HTTPScope, status: int, noted: dict[str, Any]) -> None:
    """Of a request and its answer, if that is to be told."""
    if not scope["path"].startswith(_WATCHED):
        return
    # There is none for a path that is unknown.
    handler = cast("BaseRouteHandler | None", scope.get("route_handler"))
    reading = scope["method"] in SAFE_METHODS
    deed = handler is not None and not reading and handler.opt["audit"] is None
    if not deed and status not in _TURNED_AWAY:
        return
    if status == 401 and reading and not _has_session(scope):
        # Each page asks first who is signed in: nobody is, and nobody was turned away.
        return
    outcome = _TURNED_AWAY.get(status, "refused" if status >= 400 else "done")
    named = getattr(handler, "operation_id", None)
    client = scope["client"]
    network = network_of(client[0]) if client else None
    events.tell(
        named if isinstance(named, str) else "unknown",
        outcome,
        status=status,
        network=network,
        **noted,
    )


def _has_session(scope: HTTPScope) -> bool:
    return any(name == b"cookie" and _SESSION in value for name, value in scope["headers"])
