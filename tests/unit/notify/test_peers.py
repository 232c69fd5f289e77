"""An address that somebody else chose is no way into this network."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from glidepath.notify import peers, push
from glidepath.notify.outcomes import Later, Refused, Sent
from glidepath.notify.peers import Answer, Peers, Refusal, is_outside, read
from glidepath.notify.push import Browser, Pushes, Sender
from glidepath.settings import load_settings
from tests.push_service import VAPID_KEY, PushService
from tests.push_service import Browser as RealBrowser

pytestmark = pytest.mark.anyio

# Names that an attacker's DNS, or this network's own, answers with what is inside.
INSIDE = {
    "loop": "127.0.0.1",
    "loop2": "127.255.0.9",
    "ten": "10.0.0.8",
    "seventeen": "172.16.3.4",
    "nineteen": "192.168.1.1",
    "metadata": "169.254.169.254",
    "carrier": "100.64.0.1",
    "nothing": "0.0.0.0",
    "broadcast": "255.255.255.255",
    "multicast": "224.0.0.1",
    "test": "192.0.2.1",
    "bench": "198.18.0.1",
    "reserved": "240.0.0.1",
    "six": "::1",
    "none6": "::",
    "mapped": "::ffff:127.0.0.1",
    "mapped10": "::ffff:10.0.0.1",
    "compatible": "::127.0.0.1",
    "nat64": "64:ff9b::7f00:1",
    "sixtofour": "2002:7f00:1::",
    "teredo": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "unique": "fd00::1",
    "link": "fe80::1",
    "scoped": "fe80::1%eth0",
    "site": "fec0::1",
    "multicast6": "ff02::1",
    "documentation": "2001:db8::1",
}
WRITTEN = [
    "http://fcm.googleapis.com/x",
    "http://127.0.0.1:{port}/x",
    "https://127.0.0.1:{port}/x",
    "https://127.0.0.1/x",
    "https://localhost:{port}/x",
    "https://localhost/x",
    "https://LOCALHOST/x",
    "https://[::1]:{port}/x",
    "https://[::ffff:127.0.0.1]:{port}/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0177.0.0.1/x",
    "https://127.1/x",
    "https://127.0.0.1.:{port}/x",
    "https://fcm.googleapis.com@127.0.0.1:{port}/x",
    "https://fcm.googleapis.com:443@127.0.0.1:{port}/x",
    "https://user:pass@fcm.googleapis.com/x",
    "https://127.0.0.1:{port}#@fcm.googleapis.com/x",
    "https://127.0.0.1:{port}\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com:{port}/x",
    "https://fcm.googleapis.com:80/x",
    "https://fcm.googleapis.com:99999/x",
    "https://fcm.googleapis.com./x",
    "https://fcm.googleapis.com.attacker.example/x",
    "https://attackerfcm.googleapis.com/x",
    "https://push.apple.com.attacker.example/x",
    "https://evilpush.apple.com/x",
    "https://notify.windows.com/x",
    "https://fcm.googleapis.com%2f@attacker.example/x",
    "https://fcm.googleapis.com\r\nhost: attacker/x",
    "https://fcm.googleapis.com/x\r\nx-evil: 1",
    "https://fcm.googleapis.com/ x",
    "https://ｆcm.googleapis.com/x",
    "https://metadata.google.internal/x",
    "https://printer.local/x",
    "https:///x",
    "https://x",
    "//fcm.googleapis.com/x",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/x",
    "ftp://fcm.googleapis.com/x",
    "https://fcm.googleapis.com/" + "x" * 3000,
    "",
]


@asynccontextmanager
async def listening(answer: bytes = b"") -> AsyncIterator[tuple[int, list[int]]]:
    """A server on this machine; its port, and a list that grows with every connection."""
    hits: list[int] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hits.append(1)
        try:
            await reader.readuntil(b"\r\n\r\n")
            while answer:
                writer.write(answer)
                await writer.drain()
                if not answer.endswith(b": on\r\n"):
                    break
            await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], hits
    finally:
        server.close()


def letter(sender: Sender, endpoint: str) -> Pushes:
    real = RealBrowser(PushService(), "/")
    browser = Browser(uuid4(), endpoint, real.point, real.auth)
    return Pushes(sender, (browser,), "alert", uuid4(), told_before=False)


def sender_with(outside: Peers, **environ: str) -> Sender:
    sender = push.sender(load_settings({"GLIDEPATH_VAPID_KEY": VAPID_KEY, **environ}))
    assert sender is not None
    return Sender(sender.key, sender.contact, sender.hosts, outside)


async def test_no_hostile_endpoint_is_ever_connected_to(monkeypatch: pytest.MonkeyPatch):
    connected: list[str] = []
    connect = anyio.connect_tcp

    async def counted(remote_host: Any, *args: Any, **options: Any) -> Any:
        connected.append(str(remote_host))
        return await connect(remote_host, *args, **options)

    monkeypatch.setattr(anyio, "connect_tcp", counted)

    async def resolve(host: str) -> list[str]:
        # With what is outside first, as a name that rebinds would have it.
        return ["142.250.1.1", INSIDE.get(host.partition(".")[0], "127.0.0.1")]

    sender = sender_with(Peers(resolve=resolve), GLIDEPATH_PUSH_HOSTS="*.attacker.example")
    async with listening() as (port, hits):
        endpoints = [one.replace("{port}", str(port)) for one in WRITTEN]
        endpoints += [f"https://{name}.attacker.example/x" for name in INSIDE]
        for endpoint in endpoints:
            pushed = await letter(sender, endpoint).send()
            assert isinstance(pushed.ends, Refused), endpoint
            assert pushed.ends.code.startswith(("address_", "push_service_unknown")), endpoint
    assert len(endpoints) >= 60
    assert (connected, hits) == ([], [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int):
    async with listening() as (elsewhere, followed):
        answer = (
            f"HTTP/1.1 {status} Moved\r\nlocation: http://127.0.0.1:{elsewhere}/\r\n"
            "content-length: 0\r\n\r\n"
        )
        async with listening(answer.encode()) as (port, hits):
            pushed = await letter(
                sender_with(Peers(local=True)), f"http://127.0.0.1:{port}/x"
            ).send()
    assert pushed.ends == Refused(f"push_{status}")
    assert (len(hits), followed) == (1, [])


@pytest.fixture
def read_bytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    counts: list[int] = []
    original = httpcore._backends.anyio.AnyIOStream.read  # type: ignore[attr-defined]

    async def counted(self: Any, *args: Any, **options: Any) -> bytes:
        data: bytes = await original(self, *args, **options)
        counts.append(len(data))
        return data

    monkeypatch.setattr(httpcore._backends.anyio.AnyIOStream, "read", counted)  # type: ignore[attr-defined]
    return counts


async def test_no_more_is_read_than_the_head_of_an_answer(read_bytes: list[int]):
    sender = sender_with(Peers(local=True))
    endless = b"HTTP/1.1 200 OK\r\n" + b"x-go: on\r\n"
    async with listening(endless) as (port, _):
        pushed = await letter(sender, f"http://127.0.0.1:{port}/x").send()
    assert isinstance(pushed.ends, Later)
    assert 0 < sum(read_bytes) <= 4096
    read_bytes.clear()
    huge = b"HTTP/1.1 201 Created\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 1_000_000
    async with listening(huge) as (port, _):
        pushed = await letter(sender, f"http://127.0.0.1:{port}/x").send()
    assert pushed.ends == Sent()
    assert sum(read_bytes) <= 4096


async def test_who_never_answers_is_waited_for_five_seconds(monkeypatch: pytest.MonkeyPatch):
    assert peers.SECONDS == 5
    monkeypatch.setattr(peers, "SECONDS", 0.2)
    async with listening() as (port, hits):
        pushed = await letter(sender_with(Peers(local=True)), f"http://127.0.0.1:{port}/x").send()
    assert (pushed.ends, len(hits)) == (Later("push_timeout"), 1)


async def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[str] = []
    connected: list[str] = []

    async def resolve(host: str) -> list[str]:
        asked.append(host)
        return ["8.8.4.4"] if len(asked) == 1 else ["127.0.0.1"]

    async def refused(remote_host: Any, *_: Any, **__: Any) -> Any:
        connected.append(str(remote_host))
        raise OSError

    monkeypatch.setattr(anyio, "connect_tcp", refused)
    pushed = await letter(
        sender_with(Peers(resolve=resolve)), "https://fcm.googleapis.com/x"
    ).send()
    assert pushed.ends == Later("push_unreachable")
    assert (asked, connected) == (["fcm.googleapis.com"], ["8.8.4.4"])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    def make(name: str) -> tuple[Path, Path]:
        folder = tmp_path_factory.mktemp("tls")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / "key.pem").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return folder / "cert.pem", folder / "key.pem"

    return make


@pytest.mark.parametrize(
    ("name", "reached"), [("push.example.org", True), ("other.example", False)]
)
async def test_tls_asks_the_checked_address_for_the_name(
    certificates: Callable[[str], tuple[Path, Path]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    reached: bool,
):
    certificate, key = certificates(name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    hosts: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hosts.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 201 Created\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def resolve(_: str) -> list[str]:
        return ["127.0.0.1"]

    server = await asyncio.start_server(hear, "127.0.0.1", 0, ssl=context)
    monkeypatch.setattr(peers, "PORT", server.sockets[0].getsockname()[1])
    outside = Peers(
        resolve=resolve,
        may_reach=lambda _: True,
        tls=ssl.create_default_context(cafile=str(certificate)),
    )
    try:
        posting = outside.post(read("https://push.example.org/x?y=1"), {}, b"body")
        if reached:
            assert await posting == Answer(201, timedelta(seconds=7))
            assert hosts[0].startswith(b"POST /x?y=1 HTTP/1.1\r\nhost: push.example.org\r\n")
        else:
            with pytest.raises(httpcore.ConnectError):
                await posting
            assert hosts == []
    finally:
        server.close()


@pytest.mark.parametrize("address", ["8.8.8.8", "2607:f8b0:4004:c07::5f", "17.57.144.1"])
def test_what_is_outside_may_be_reached(address: str):
    assert is_outside(ip_address(address))


@pytest.mark.parametrize(
    ("written", "expected"),
    [("120", 120), ("-5", None), ("soon", None), ("99999999999", 86_400), ("", None)],
)
def test_retry_after_is_believed_for_a_day_at_most(written: str, expected: int | None):
    after = peers._after([(b"Retry-After", written.encode())])
    assert after == (None if expected is None else timedelta(seconds=expected))


def test_retry_after_may_be_a_date():
    at = datetime.now(UTC) + timedelta(seconds=90)
    after = peers._after([(b"retry-after", format_datetime(at, usegmt=True).encode())])
    assert after is not None
    assert timedelta(seconds=80) < after <= timedelta(seconds=90)


def test_this_machine_is_reached_only_where_tests_say_so():
    url = "http://127.0.0.1:9999/x"
    assert read(url, local=True).origin == "http://127.0.0.1:9999"
    with pytest.raises(Refusal):
        read(url)
