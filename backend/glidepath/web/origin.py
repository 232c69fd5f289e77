"""The same-origin rule: another site's page cannot make a signed-in browser write here.

The browser says in `Sec-Fetch-Site` (and, before that existed, in `Origin`) where a request comes
from; a token would have to be fetched first, which a phone that comes back online cannot always do.
"""

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from glidepath.problems import Forbidden, Malformed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SameOrigin(ASGIMiddleware):
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        # Litestar has no WebSocket here, so that every scope is a request.
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE_METHODS:
            headers = Headers.from_scope(scope)
            if not is_same_origin(headers):
                raise Forbidden("This request came from another site.", code="cross_origin")
            content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
            # A form of another site cannot send a DELETE, and it has no body to name the type of.
            if scope["method"] != "DELETE" and content_type != "application/json":
                raise Malformed("Send JSON, and say so in the content type.", code="not_json")
        await next_app(scope, receive, send)


def is_same_origin(headers: Headers) -> bool:
    """Who names neither is let in by no cookie of ours: programs say so as browsers do."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin", "").partition("://")[2] == headers.get("host")
