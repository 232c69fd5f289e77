"""Four web servers before one database: what one of them was told, the others know."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.accounts import id_of
from tests.api.conftest import app, built, clinic, colleague
from tests.clinics import Clinic, check_in, join_patient
from tests.killed_servers import WebServer
from tests.killed_trails import web_servers

__all__ = ["app", "built", "clinic", "colleague"]
pytestmark = pytest.mark.anyio

COOKIE: Final = "__Host-glidepath"
PATIENTS: Final = 12
# Seconds.
HEARD_WITHIN, KNOWN_WITHIN, ENDED_WITHIN = 2.0, 1.0, 5.0
DENIED: Final = 401


class Page:
    """One that is open at one of the servers."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        async with self._client.stream("GET", "/api/live", timeout=60) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    self.heard.put_nowait(line.removeprefix("event: "))
        self.heard.put_nowait("end")

    async def until(self, event: str) -> float:
        """When it heard that, by the clock of this process."""
        while await self.heard.get() != event:
            pass
        return time.perf_counter()

    async def close(self) -> None:
        self.following.cancel()
        await asyncio.gather(self.following, return_exceptions=True)


class Elsewhere:
    """Somebody's browser, at each of the servers."""

    def __init__(self, clients: list[httpx.AsyncClient]) -> None:
        self.at = clients

    @classmethod
    @asynccontextmanager
    async def of(
        cls, servers: list[WebServer], person: httpx.AsyncClient
    ) -> AsyncIterator["Elsewhere"]:
        headers = {
            "sec-fetch-site": "same-origin",
            "cookie": f"{COOKIE}={person.cookies[COOKIE]}",
        }
        async with AsyncExitStack() as stack:
            yield cls(
                [
                    await stack.enter_async_context(
                        httpx.AsyncClient(base_url=one.url, headers=headers, timeout=60)
                    )
                    for one in servers
                ]
            )

    @asynccontextmanager
    async def pages(self) -> AsyncIterator[list[Page]]:
        opened = [Page(client) for client in self.at]
        await asyncio.gather(*(one.until("resync") for one in opened))
        yield opened
        await asyncio.gather(*(one.close() for one in opened))

    async def denied_everywhere(self) -> float:
        """Seconds until each of them turns them away."""
        began = time.perf_counter()

        async def denied(client: httpx.AsyncClient) -> None:
            while (await client.get("/api/triage")).status_code != DENIED:
                pass

        async with asyncio.timeout(2 * ENDED_WITHIN):
            await asyncio.gather(*map(denied, self.at))
        return time.perf_counter() - began


async def test_a_batch_that_reaches_all_four_at_once_is_stored_once(
    clinic: Clinic, database: Database, settings: Settings, tmp_path: Path
):
    with web_servers(settings, tmp_path, None) as servers:
        await asyncio.gather(*(one.start() for one in servers))
        for _ in range(PATIENTS):
            patient_id, phone = await join_patient(clinic)
            body = {
                "account_id": patient_id,
                "check_ins": [check_in(red_flags=["both_legs"])],
                "exercise_sessions": [],
            }
            async with Elsewhere.of(servers, phone) as phones:
                answers = await asyncio.gather(
                    *(one.post("/api/sync", json=body) for one in phones.at)
                )
            became: Counter[str] = Counter()
            for answer in answers:
                became.update(one["status"] for one in answer.json()["results"])
            assert became == {"stored": 1, "known": len(servers) - 1}
            await phone.aclose()
    async with database.reading(clinic.id) as session:
        found = "select (select count(*) from check_ins), (select count(*) from alerts)"
        assert (await session.execute(text(found))).one() == (PATIENTS, PATIENTS)


async def test_an_entry_at_any_of_them_is_heard_at_all(
    clinic: Clinic, settings: Settings, tmp_path: Path, report: Callable[[str], None]
):
    delays = []
    with web_servers(settings, tmp_path, None) as servers:
        await asyncio.gather(*(one.start() for one in servers))
        async with (
            Elsewhere.of(servers, clinic.therapist) as therapist,
            Elsewhere.of(servers, clinic.patient) as phones,
            therapist.pages() as pages,
        ):
            for phone in phones.at:
                body = {
                    "account_id": str(clinic.patient_id),
                    "check_ins": [check_in()],
                    "exercise_sessions": [],
                }
                began = time.perf_counter()
                hearing = [asyncio.create_task(page.until("changed")) for page in pages]
                answer = await phone.post("/api/sync", json=body)
                assert answer.json()["results"][0]["status"] == "stored"
                async with asyncio.timeout(HEARD_WITHIN):
                    delays += [heard - began for heard in await asyncio.gather(*hearing)]
    report(
        f"Four servers: an entry at any of them is heard at all after {max(delays):.2f} s at most"
    )


@pytest.mark.parametrize("deed", ["sign out", "close"])
async def test_what_ends_at_one_has_ended_at_all(
    clinic: Clinic,
    colleague: httpx.AsyncClient,
    settings: Settings,
    tmp_path: Path,
    report: Callable[[str], None],
    deed: str,
):
    """AC-9"""
    who = f"/api/staff/{await id_of(colleague, 'North therapist')}"
    with web_servers(settings, tmp_path, None) as servers:
        await asyncio.gather(*(one.start() for one in servers))
        async with (
            Elsewhere.of(servers, clinic.therapist) as therapist,
            Elsewhere.of(servers, colleague) as admin,
            therapist.pages() as pages,
        ):
            if deed == "close":
                answer = await admin.at[1].post(f"{who}/close", json={})
            else:
                answer = await therapist.at[0].post("/api/sign-out", json={})
            began = time.perf_counter()
            assert answer.status_code < 300, answer.text
            known = await therapist.denied_everywhere()
            ended = [await page.until("end") - began for page in pages]
    assert known <= KNOWN_WITHIN
    assert max(ended) <= ENDED_WITHIN
    report(
        f"AC-9, four servers, {deed}: denied at all after {known:.2f} s, streams ended after {max(ended):.1f} s"
    )


async def test_a_server_that_remembers_who_signed_in_is_caught(
    clinic: Clinic, settings: Settings, tmp_path: Path
):
    """AC-9, its mutant."""
    with web_servers(settings, tmp_path, "remembers sign-ins") as servers:
        await asyncio.gather(*(one.start() for one in servers))
        async with Elsewhere.of(servers, clinic.therapist) as therapist:
            asked: list[Any] = [await one.get("/api/triage") for one in therapist.at]
            assert {one.status_code for one in asked} == {200}
            await therapist.at[0].post("/api/sign-out", json={})
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(KNOWN_WITHIN):
                    await therapist.denied_everywhere()
