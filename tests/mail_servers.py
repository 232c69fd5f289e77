"""Mail servers on this machine that take mail, or do to it what mail servers do on bad days."""

import asyncio
import datetime as dt
import ipaddress
import random
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# "drop" and "lost" break off after DATA: the one before it has taken the mail, the other after.
Mode = Literal["take", "421", "451", "550", "hang", "drop", "lost"]


@dataclass(frozen=True)
class Taken:
    to: list[str]
    raw: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.raw)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """`taken` is what it has told a client, or would have, that it answers for."""

    port: int
    mode: Mode = "take"
    # Of mode "take": how many of a hundred get a 451, and how many a lost answer.
    spoilt: int = 0
    lost: int = 0
    # Seconds before it lets a mail begin: who is killed meanwhile has sent none.
    slow: float = 0
    chance: random.Random = field(default_factory=random.Random)
    taken: list[Taken] = field(default_factory=list)
    # How often somebody began a mail.
    asked: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> set[str]:
        return {one.message_id for one in self.taken}

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if self.mode == "421":
            return "421 4.3.2 Going down"
        if self.mode == "hang":
            await asyncio.sleep(5)
        await asyncio.sleep(self.slow)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.mode in {"451", "550"}:
            return f"{self.mode} {self.mode[0]}.0.0 Not this one"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        drawn = self.chance.randrange(100)
        if self.mode == "drop":
            server.transport.abort()
            return "250 OK"
        if self.mode == "take" and drawn < self.spoilt:
            return "451 4.3.0 Not now"
        self.taken.append(Taken(list(envelope.rcpt_tos), envelope.content))
        if self.mode == "lost" or drawn >= 100 - self.lost:
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(
    mode: Mode = "take",
    *,
    port: int | None = None,
    tls_at_once: ssl.SSLContext | None = None,
    tls_asked: ssl.SSLContext | None = None,
    **more: Any,
) -> Iterator[MailServer]:
    server = MailServer(port or free_port(), mode, **more)
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=tls_at_once,
        tls_context=tls_asked,
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side that nobody signed but itself, and a client's side that trusts it all the same."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=made.public_bytes(Encoding.PEM).decode())
    return serving, trusting
