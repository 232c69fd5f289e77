"""Who was turned away is written down as well, before they are told."""

from typing import cast

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from glidepath.audit import pace
from glidepath.audit import service as audit
from glidepath.audit.actions import Action
from glidepath.audit.trail import TRAIL, Trail
from glidepath.problems import Problem

_DENIED = (403, 404)


class Denials(ASGIMiddleware):
    """An event of its own, since the request's transaction was undone. Outcome `denied` for who may not;
    `refused` where the record was open to them, and what they asked for was not possible: that tells
    something of it, too. Where it cannot be written, the answer is 503."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        instead: Problem | None = None

        async def first_write_down(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start":
                try:
                    await _write_down(scope, message["status"])
                except Problem as problem:
                    instead = problem
            if instead is None:
                await send(message)

        await next_app(scope, receive, first_write_down)
        if instead is not None:
            raise instead


async def _write_down(scope: Scope, status: int) -> None:
    trail = cast("Trail | None", scope.get(TRAIL))
    if trail is None or trail.actor is None or not 400 <= status < 500:
        return
    database = scope["litestar_app"].state.database
    if trail.action is Action.PACE_EXCEED:
        await pace.write_down(database, trail)
        return
    denied = status in _DENIED
    if not denied and not trail.opened:
        return
    await audit.write_apart(database, trail, "denied" if denied else "refused")
