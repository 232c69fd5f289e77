"""Who is answered first when more is asked than can be answered (OP-6).

A process answers as many requests at once as it has connections to the database. Others wait in three short lines: entries
and alerts, what screens show, and files and reports. Whoever finds their line full is told at once when to ask again,
before anything is done for them. What holds no connection is not counted: live streams, and whoever is hashed for,
which has a line of its own (`identity.secrets`).
"""

import asyncio
from collections import Counter, deque
from enum import IntEnum
from functools import cache
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from glidepath.database.engine import POOL_SIZE
from glidepath.problems import Crowded


class Line(IntEnum):
    FIRST = 0
    USUAL = 1
    LAST = 2


# Of each line so many are answered at once: more would only share one processor, and entries would wait for the rest. And so
# many wait, since one page of a therapist asks for several things together.
AT_ONCE: Final = {Line.FIRST: POOL_SIZE, Line.USUAL: 4, Line.LAST: 2}
WAITING: Final = {Line.FIRST: 60, Line.USUAL: 30, Line.LAST: 6}
# Every so manieth place goes to those who wait behind, who would wait for ever otherwise.
TURN: Final = 8

_FIRST: Final = frozenset({"alerts", "emergencies"})
_LAST: Final = frozenset(
    {"audit", "fhir", "installation", "monitoring", "privacy", "records", "reports"}
)
_NOT_COUNTED: Final = frozenset({"identity", "links", "live"})


class Places(ASGIMiddleware):
    def __init__(self) -> None:
        self._answering = Counter[Line]()
        self._waiting: dict[Line, deque[asyncio.Future[None]]] = {one: deque() for one in Line}
        self._given = 0

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        line = line_of(scope)
        if line is None:
            await next_app(scope, receive, send)
            return
        await self._enter(line)
        holds = True

        def leave() -> None:
            nonlocal holds
            if holds:
                holds = False
                self._leave(line)

        async def watch(message: Message) -> None:
            # By then its transaction is over; how fast somebody reads keeps nobody else waiting.
            if message["type"] == "http.response.start":
                leave()
            await send(message)

        try:
            await next_app(scope, receive, watch)
        finally:
            leave()

    async def _enter(self, line: Line) -> None:
        if self._has_place(line) and not self._waiting[line]:
            self._answering[line] += 1
            return
        if len(self._waiting[line]) >= WAITING[line]:
            raise Crowded
        turn = asyncio.get_running_loop().create_future()
        self._waiting[line].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave(line)
            raise

    def _leave(self, line: Line) -> None:
        self._answering[line] -= 1
        while (following := self._following()) is not None:
            turn = self._waiting[following].popleft()
            if not turn.done():
                self._given += 1
                self._answering[following] += 1
                turn.set_result(None)

    def _has_place(self, line: Line) -> bool:
        return self._answering.total() < POOL_SIZE and self._answering[line] < AT_ONCE[line]

    def _following(self) -> Line | None:
        lines = [one for one in Line if self._waiting[one] and self._has_place(one)]
        if not lines:
            return None
        return lines[-1] if self._given % TURN == TURN - 1 else lines[0]


def line_of(scope: Scope) -> Line | None:
    """In which a request waits; None for what is not counted."""
    handler = scope.get("route_handler")
    is_counted = scope["type"] == ScopeType.HTTP and isinstance(handler, HTTPRouteHandler)
    if not is_counted or not scope.get("path_template", "").startswith("/api/"):
        return None
    return _line_of(cast("HTTPRouteHandler", handler))


@cache
def _line_of(handler: HTTPRouteHandler) -> Line | None:
    tags = {tag for layer in handler.ownership_layers for tag in getattr(layer, "tags", None) or ()}
    if tags & _NOT_COUNTED or handler.opt.get("apart"):
        return None
    if tags & _FIRST or handler.operation_id == "sync":
        return Line.FIRST
    return Line.LAST if tags & _LAST else Line.USUAL
