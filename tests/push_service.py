"""A push service on this machine that answers as it is told, and browsers that read what it was given."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VAPID_KEY = "1f" * 32


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    url: str = ""
    received: list[Received] = field(default_factory=list)
    # What to answer to whom, by path; "201" to all others.
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def to(self, path: str) -> list[Received]:
        return [one for one in self.received if one.path == path]


class Browser:
    """Makes its keys as browsers do, and opens what was sealed for it."""

    def __init__(self, service: PushService, path: str) -> None:
        self.service, self.path = service, path
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def auth(self) -> bytes:
        return self._auth

    @property
    def subscription(self) -> dict[str, Any]:
        return {
            "endpoint": self.service.url + self.path,
            "keys": {"p256dh": _written(self.point), "auth": _written(self._auth)},
        }

    def open(self, body: bytes) -> bytes:
        opened: bytes = http_ece.decrypt(
            body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        return opened

    def shown(self) -> list[dict[str, Any]]:
        return [json.loads(self.open(one.body)) for one in self.service.to(self.path)]


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            service.received.append(Received(self.path, named, body))
            status, headers = service.answers.get(self.path, (201, {}))
            self.send_response(status)
            for name, value in {"content-length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
