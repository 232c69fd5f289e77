"""Who may see more of the installation than that it is ready."""

import hmac
from typing import Final

from litestar.datastructures import Headers
from litestar.types import Scope

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


def may_see_detail(scope: Scope, token: str | None) -> bool:
    """This machine itself, or who shows the token. A front on this machine passes on for others, and says
    so."""
    headers = Headers.from_scope(scope)
    if token is not None and hmac.compare_digest(
        headers.get("authorization", "").encode(), f"Bearer {token}".encode()
    ):
        return True
    client = scope.get("client")
    return (
        client is not None
        and client[0] in LOOPBACK
        and not any(name in headers for name in FORWARDED)
    )
