"""The least that the same SQL can cost: a bare loop of ASGI and asyncpg, without any of the product's code."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvicorn
import uvloop
from uuid_utils.compat import uuid7

from caseload.cloning import copy_of
from caseload.recorded import Recorded
from glidepath.server import configured

POOL = 10


class Bare:
    """Answers a batch by sending what was recorded for the patient that it was copied from."""

    def __init__(self, url: str, recorded: Sequence[Recorded], numbers: range) -> None:
        self._url = url
        self._of = {
            copy_of(one.account_id, number): (one, number) for one in recorded for number in numbers
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        batch = msgspec.json.decode(body)
        await self._send_again(UUID(batch["account_id"]))
        entries = [*batch["check_ins"], *batch["exercise_sessions"]]
        answer = msgspec.json.encode(
            {"results": [{"id": one["id"], "kind": "entry", "status": "stored"} for one in entries]}
        )
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _send_again(self, account_id: UUID) -> None:
        recorded, number = self._of[account_id]
        made: dict[UUID, UUID] = {}
        filler = recorded.filled(number, lambda one: made.setdefault(one, uuid7()))
        seq = 0
        async with self._pool.acquire() as connection, connection.transaction():
            for statement, parameters in recorded.statements:
                values = [filler.fill(value) for value in parameters]
                if "INTO audit_events" in statement:
                    values = [seq if value == recorded.seq else value for value in values]
                rows = await connection.fetch(statement, *values)
                if "audit_heads" in statement and rows:
                    seq = rows[0][0] + 1

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(
            self._url, min_size=POOL, max_size=POOL, init=_json_as_text
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _json_as_text(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str)


def _serve(bare: Bare, listening: socket.socket) -> None:
    server = uvicorn.Server(configured(bare, ""))
    uvloop.run(server.serve(sockets=[listening]))


@contextmanager
def serving(bare: Bare) -> Iterator[str]:
    """In a process of its own, by the product's settings of uvicorn; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        process = get_context("spawn").Process(target=_serve, args=(bare, listening))
        process.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            process.join(30)
