"""What the front of production lets through, and whom it lets go of (IN-5, IN-7)."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import httpx
import pytest

from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.clinics import Clinic
from tests.fronts import Front, front, half_open, needs_caddy
from tests.killed_servers import web_server

__all__ = ["app", "built", "clinic"]
pytestmark = [pytest.mark.anyio, needs_caddy]

SOCKETS, SECONDS = 2_000, 60
LET_GO: Final = 15.0
CHUNKED_RULE: Final = """	@chunked header Transfer-Encoding *
	handle @chunked {
		respond 411 {
			close
		}
	}
"""
HEADERS_RULE: Final = "			read_header 10s\n"
ANSWER: Final = re.compile(rb"HTTP/1\.[01] (\d{3})")
NO_END: Final = b"0\r\n\r\n"


def attacks(host: str) -> Iterator[tuple[str, bytes]]:
    """Each with a request within that one reader would take for another; what is around it is refused."""
    here = f"Host: {host}\r\n".encode()
    within = b"GET /livez?smuggled HTTP/1.1\r\n" + here + b"\r\n"
    length = b"Content-Length: %d\r\n" % len(NO_END + within)
    chunked = b"Transfer-Encoding: chunked\r\n"
    for verb in (b"POST", b"PUT", b"DELETE", b"GET"):
        asked = verb + b" /api/nothing HTTP/1.1\r\n" + here
        name = verb.decode()
        yield f"{name} CL+TE", asked + length + chunked + b"\r\n" + NO_END + within
        yield f"{name} TE+CL", asked + chunked + length + b"\r\n" + NO_END + within
    asked = b"POST /api/nothing HTTP/1.1\r\n" + here
    for name, headers in (
        ("CL+TE, the end short", b"Content-Length: 5\r\n" + chunked),
        ("two CL", b"Content-Length: 0\r\n" + length),
        ("TE, then another", chunked + b"Transfer-Encoding: identity\r\n" + length),
        ("TE that nobody knows", b"Transfer-Encoding: xchunked\r\n" + length),
        ("TE and a blank", b"Transfer-Encoding : chunked\r\n" + length),
        ("TE and a tab", b"Transfer-Encoding:\tchunked\r\n" + length),
        ("TE behind a bare LF", b"X: a\nTransfer-Encoding: chunked\r\n" + length),
        ("CL behind a bare LF", b"X: a\nContent-Length: 0\r\n" + length),
        ("CL behind a bare CR", b"X: a\rContent-Length: 0\r\n" + length),
        ("TE on a second line (obs-fold)", b"Transfer-Encoding:\r\n chunked\r\n" + length),
        ("TE as another's second line", b"X: a\r\n Transfer-Encoding: chunked\r\n" + length),
        ("CL as another's second line", b"X: a\r\n Content-Length: 0\r\n" + length),
    ):
        yield name, asked + headers + b"\r\n" + NO_END + within
    for verb in (b"TRACE", b"BREW", b"CONNECT", b"PROPFIND", b"get"):
        yield verb.decode(), verb + b" /livez?smuggled HTTP/1.1\r\n" + here + b"\r\n"


async def smuggled(at: Front) -> list[str]:
    """The attacks of which something was answered well, or more than was asked."""
    found = []
    for name, request in attacks(at.host):
        statuses = [int(one) for one in ANSWER.findall(await at.answers(request))]
        if len(statuses) > 1 or any(200 <= one < 300 for one in statuses):
            found.append(name)
    return found


async def test_no_request_is_smuggled_through_the_front(
    settings: Settings, tmp_path: Path, report: Callable[[str], None]
):
    """IN-5"""
    with web_server(settings, tmp_path, None) as server:
        await server.start()
        async with front(server.url, tmp_path) as at:
            good = b"GET /livez HTTP/1.1\r\nHost: " + at.host.encode() + b"\r\n\r\n"
            assert (await at.answers(good)).startswith(b"HTTP/1.1 200")
            found = await smuggled(at)
            count = len(list(attacks(at.host)))
            # Of another's name nothing of ours is told, and the application is not asked.
            before = len(at.passed_on)
            absolute = await at.answers(good.replace(b"/livez", b"http://evil.example/livez"))
            assert b"content-length: 0" in absolute.lower()
            assert len(at.passed_on) == before
    report(f"IN-5: {len(found)} of {count} smuggled requests answered through the front {found}")
    assert not found


async def test_a_front_that_takes_requests_without_a_length_is_caught(
    settings: Settings, tmp_path: Path, report: Callable[[str], None]
):
    """IN-5, its mutant."""
    with web_server(settings, tmp_path, None) as server:
        await server.start()
        async with front(server.url, tmp_path, without=CHUNKED_RULE) as at:
            found = await smuggled(at)
    report(f"IN-5 mutant (length not asked for): {len(found)} found")
    assert "POST CL+TE" in found


async def _taken(clinic: Clinic, at: Front, seconds: float) -> list[float]:
    """Seconds for each answer to a patient who asks all the time."""
    token = clinic.patient.cookies["__Host-glidepath"]
    headers = {"sec-fetch-site": "same-origin", "cookie": f"__Host-glidepath={token}"}
    taken, ends = list[float](), time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=at.url, headers=headers, timeout=30) as patient:
        while time.monotonic() < ends:
            began = time.perf_counter()
            assert (await patient.get("/api/diary")).status_code == 200
            taken.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)
    return taken


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * len(taken))]


async def test_who_never_ends_a_request_is_let_go_of(
    clinic: Clinic, settings: Settings, tmp_path: Path, report: Callable[[str], None]
):
    """IN-7"""
    with web_server(settings, tmp_path, None) as server:
        await server.start()
        async with front(server.url, tmp_path) as at:
            before = _p95(await _taken(clinic, at, 15))
            # In a process of its own: what two clients of one loop wait for each other is not the server's.
            with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
                holding = asyncio.get_running_loop().run_in_executor(
                    elsewhere, half_open, at.port, SOCKETS, SECONDS
                )
                meanwhile = _p95(await _taken(clinic, at, SECONDS))
                lived = await holding
    in_time = sum(one <= LET_GO for one in lived)
    report(
        f"IN-7 {SOCKETS} half-open sockets for {SECONDS} s: {in_time} of {len(lived)} let go of within"
        f" {LET_GO:.0f} s, the longest after {max(lived):.1f} s; p95 {before * 1000:.0f} ms before,"
        f" {meanwhile * 1000:.0f} ms meanwhile ({meanwhile / before:.1f} times)"
    )
    assert in_time == len(lived) >= SOCKETS
    assert meanwhile <= 2 * before


async def test_a_front_that_waits_for_headers_is_caught(
    settings: Settings, tmp_path: Path, report: Callable[[str], None]
):
    """IN-7, its mutant."""
    with web_server(settings, tmp_path, None) as server:
        await server.start()
        async with front(server.url, tmp_path, without=HEADERS_RULE) as at:
            lived = await asyncio.to_thread(half_open, at.port, 50, 1)
    report(f"IN-7 mutant (no end for headers): {sum(one > LET_GO for one in lived)} of 50 kept")
    assert min(lived) > LET_GO
