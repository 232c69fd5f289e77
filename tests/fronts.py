"""The front of production before a web server: Caddy with deploy/Caddyfile, but for ports and TLS."""

import asyncio
import os
import re
import resource
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.killed_servers import HERE
from tests.mail_servers import free_port

CADDYFILE: Final = Path(__file__).parents[1] / "deploy/Caddyfile"
# Older ones send a request once more with another one's body, or none; Debian's knows no request without a length.
OLDEST: Final = (2, 11, 2)
CADDY: Final = os.environ.get("CADDY_PROGRAM") or shutil.which("caddy")


def _version() -> tuple[int, ...]:
    if CADDY is None:
        return ()
    said = subprocess.run([CADDY, "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(one) for one in found.groups()) if found else ()


needs_caddy = pytest.mark.skipif(
    _version() < OLDEST,
    reason="needs Caddy 2.11.2 or newer, in PATH or at CADDY_PROGRAM: the front of production is not tried",
)


class Front:
    """`passed_on` is all that the web server was sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://{HERE}:{port}"
        self.host = f"{HERE}:{port}"
        self.passed_on = bytearray()

    async def answers(self, request: bytes, patience: float = 1.5) -> bytes:
        """All that comes back on one connection until it is closed or nothing more comes."""
        reader, writer = await asyncio.open_connection(HERE, self.port)
        writer.write(request)
        got = b""
        with suppress(TimeoutError, ConnectionError):
            while said := await asyncio.wait_for(reader.read(65_536), patience):
                got += said
        writer.close()
        return got


@asynccontextmanager
async def front(server: str, folder: Path, without: str = "") -> AsyncIterator[Front]:
    """Before the web server at this address. `without` is a part of the file that is left out."""
    made = Front(free_port())
    relay = await _recording(made, urlsplit(server).port or 0)
    try:
        async with _caddy(made, [relay.sockets[0].getsockname()[1]], folder, without):
            yield made
    finally:
        relay.close()


@asynccontextmanager
async def front_of_many(
    servers: Sequence[str], folder: Path, without: str = ""
) -> AsyncIterator[Front]:
    """The same before several, which it asks itself; it passes on what nobody looks at."""
    made = Front(free_port())
    async with _caddy(made, [urlsplit(one).port or 0 for one in servers], folder, without):
        yield made


@asynccontextmanager
async def _caddy(
    made: Front, behind: Sequence[int], folder: Path, without: str
) -> AsyncIterator[None]:
    text = CADDYFILE.read_text(encoding="utf-8")
    assert without in text
    addresses = " ".join(f"{HERE}:{port}" for port in behind)
    text = text.replace(without, "").replace("app:8000", addresses)
    file = folder / "Caddyfile"
    file.write_text(text.replace("{\n", "{\n\tadmin off\n", 1), encoding="utf-8")
    environment = {
        "GLIDEPATH_DOMAIN": made.url,
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    assert CADDY is not None
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(file)]
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)  # noqa: ASYNC220
    try:
        await _wait_for(made.port)
        yield
    finally:
        process.kill()
        process.wait()


async def _wait_for(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HERE, port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    pytest.fail("the front does not start")


async def _recording(made: Front, port: int) -> asyncio.Server:
    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            writer.write(said)
            await writer.drain()
        writer.close()

    async def copy_and_record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            made.passed_on.extend(said)
            writer.write(said)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection(HERE, port)
        await asyncio.gather(
            copy_and_record(reader, to), copy(there, writer), return_exceptions=True
        )

    return await asyncio.start_server(connected, HERE, 0)


def half_open(port: int, count: int, seconds: float) -> list[float]:
    """Keeps so many requests open that never end their headers; for how long each was let."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    async def hold(ends: float) -> list[float]:
        lived = list[float]()
        while time.monotonic() < ends:
            try:
                reader, writer = await asyncio.open_connection(HERE, port)
            except OSError:
                await asyncio.sleep(0.5)
                continue
            began = time.monotonic()
            writer.write(b"GET /livez HTTP/1.1\r\nHost: " + f"{HERE}:{port}".encode() + b"\r\nX: ")
            dripping = asyncio.create_task(_drip(writer))
            with suppress(TimeoutError, ConnectionError):
                # Whoever is not let go of until then was not let go of at all.
                await asyncio.wait_for(reader.read(), max(20.0, ends - began))
            lived.append(time.monotonic() - began)
            dripping.cancel()
            writer.close()
        return lived

    async def hold_all() -> list[float]:
        ends = time.monotonic() + seconds
        held = await asyncio.gather(*(hold(ends) for _ in range(count)))
        return [one for each in held for one in each]

    return asyncio.run(hold_all())


async def _drip(writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while True:
            await asyncio.sleep(3)
            writer.write(b"a")
            await writer.drain()
