"""Posting to a server that somebody else named, without becoming their way into this network.

HTTPS on port 443 and a name in the address; what the name stands for is looked up once, must lie outside, and
is what is connected to, so that no second look-up can say otherwise. No redirect is followed, and no more is
read or waited for than an answer's head needs.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

SECONDS: Final = 5.0
BYTES: Final = 4096
LONGEST_ADDRESS: Final = 2048
PORT: Final = 443
# An address as it may stand in a request line; nothing that two parsers could read differently.
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/?&=%+,;@!$'()*-]+")
_NAME: Final = re.compile(
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
# What else a name may end in within a network of one's own.
_INSIDE: Final = ("localhost", "local", "internal", "intranet", "lan", "home", "arpa", "corp")
# Addresses that carry one of the old kind inside.
_NAT64: Final = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Awaitable[list[str]]]


class Refusal(Exception):
    """This address is not one to post to; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    # How long to leave the other side alone, if it said so.
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class Target:
    """An address in the parts that are used, so that nobody reads it a second time."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        usual = self.port == (443 if self.scheme == "https" else 80)
        return f"{self.scheme}://{self.host}" + ("" if usual else f":{self.port}")


def read(url: str, *, local: bool = False) -> Target:
    """The address in its parts; Refusal if it is no HTTPS address of a public name.

    `local` allows this machine over plain HTTP, for tests.
    """
    if not _PLAIN.fullmatch(url) or len(url) > LONGEST_ADDRESS:
        raise Refusal("address_malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("address_malformed") from None
    host = (parts.hostname or "").lower()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if (
        local
        and parts.scheme == "http"
        and host == "127.0.0.1"
        and port
        and "@" not in parts.netloc
    ):
        return Target("http", host, port, path)
    if parts.scheme != "https":
        raise Refusal("address_not_https")
    if "@" in parts.netloc or port not in (None, PORT):
        raise Refusal("address_not_plain")
    if not _NAME.fullmatch(host) or host.rpartition(".")[2] in _INSIDE:
        raise Refusal("address_not_a_public_name")
    return Target("https", host, PORT, path)


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    """Whether a list names the host: "push.example.org" itself, "*.example.org" all that is below."""
    return any(host.endswith(one[1:]) if one.startswith("*.") else host == one for one in hosts)


def is_outside(address: Address) -> bool:
    """Whether it is an address of the public network, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None or address.is_site_local:
            return False
        if address in _NAT64 or int(address) >> 32 == 0:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(inner)
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_private
    )


async def look_up(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True)
class Peers:
    """How others are reached."""

    local: bool = False
    resolve: Resolve = look_up
    may_reach: Callable[[Address], bool] = is_outside
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Refusal if the name does not stand for outside; TimeoutError, OSError or an error of httpcore
        if there is no answer."""
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        named = target.host if target.port in (80, PORT) else f"{target.host}:{target.port}"
        async with asyncio.timeout(SECONDS):
            address = await self._checked(target.host)
            async with (
                httpcore.AsyncConnectionPool(
                    ssl_context=self.tls, network_backend=_To(address), keepalive_expiry=0
                ) as pool,
                pool.stream(
                    "POST", url, headers=[("host", named), *headers.items()], content=body
                ) as response,
            ):
                # Its body has nothing to say to us.
                return Answer(response.status, _after(response.headers))

    async def _checked(self, host: str) -> str:
        """One address of the name, all of which must be reachable for us: a name that stands for both
        sides is an attack or a mistake."""
        if self.local and host == "127.0.0.1":
            return host
        found = await self.resolve(host)
        if not found or not all(self.may_reach(ip_address(one.partition("%")[0])) for one in found):
            raise Refusal("address_inside")
        return found[0]


class _To(httpcore.AsyncNetworkBackend):
    """Connects to one address, whatever name is asked for; TLS still asks for the name."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 (what it stands for is known)
        port: int,
        *args: Any,
        **options: Any,
    ) -> httpcore.AsyncNetworkStream:
        return _Short(await self._backend.connect_tcp(self._address, port, *args, **options))


class _Short(httpcore.AsyncNetworkStream):
    """Ends what is read after BYTES."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._left = BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._left == 0:
            raise httpcore.ReadError("The answer is too long.")
        data = await self._stream.read(min(max_bytes, self._left), timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        return _Short(await self._stream.start_tls(*args, **options))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _after(headers: Iterable[tuple[bytes, bytes]]) -> timedelta | None:
    """What Retry-After says, in seconds or as a date; at most a day of it is believed."""
    written = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    text = written.decode("latin-1").strip()
    if text.isdigit():
        seconds = float(min(int(text[:9]), 86_400))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return timedelta(seconds=max(0.0, min(seconds, 86_400.0)))
