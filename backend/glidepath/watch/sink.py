"""Where the watchdog's alert has to arrive: a mail server of its own, on this machine, for it alone."""

import asyncio
from email import message_from_bytes
from typing import Any, Self
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope

LONGEST = 64 * 1024


class Sink:
    """Takes mail from the worker and remembers of which alerts it told. Only what is awaited is kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._arrived = set[UUID]()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", data_size_limit=LONGEST, loop=loop),
            "127.0.0.1",
            self._port,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def has(self, alert_id: UUID) -> bool:
        return alert_id in self._arrived

    def forget(self) -> None:
        self._arrived.clear()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        # The worker names the alert in the message's id, and nowhere else.
        message_id = str(message_from_bytes(envelope.original_content or b"")["Message-ID"])
        try:
            self._arrived.add(UUID(message_id.lstrip("<").split(".")[0]))
        except ValueError:
            return "550 Not for this door"
        return "250 OK"
