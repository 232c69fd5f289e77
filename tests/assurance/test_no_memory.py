"""Web servers that the kernel ends in mid-sync for the lack of memory: as when they are killed (DU-8)."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.assurance.conftest import at_most
from tests.cgroups import Tight, tight
from tests.clinics import Clinic
from tests.judged import Judged, send_and_kill
from tests.killed_servers import Way, WebServer, web_server

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
KILLS: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_MEMORY_KILLS", "20"))
FEW: Final = 8
SEED: Final = 20261206
# Far less than a few requests take.
LEFT: Final = 512 * 1024
ENDED_WITHIN: Final = 10.0


class Starved:
    """A web server that is not killed but left without memory."""

    def __init__(self, server: WebServer, without_memory: Tight) -> None:
        self.url = server.url
        self._server = server
        self._without_memory = without_memory
        self._pid = 0

    async def start(self) -> int:
        self._pid = await self._server.start()
        return self._pid

    async def kill(self) -> None:
        before = self._without_memory.kills
        self._without_memory.put(self._pid)
        async with asyncio.timeout(ENDED_WITHIN):
            while self._without_memory.kills == before:
                # Whoever does nothing needs nothing.
                with suppress(httpx.TransportError):
                    async with httpx.AsyncClient(base_url=self.url, timeout=1) as client:
                        await client.get("/api/schema/openapi.json")
        await self._server.kill()


async def _starve(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    folder: Path,
    way: Way | None,
    kills: int,
) -> tuple[Judged, int]:
    with tight(LEFT) as without_memory:
        if without_memory is None:
            pytest.skip(
                "DU-8 NOT TRIED: wants a memory group of its own (cgroup v1), which is root's"
            )
        with web_server(settings, folder, way) as server:
            starved = Starved(server, without_memory)
            found = await send_and_kill(database, clinic, starved, admin_url, kills, SEED)
        return found, without_memory.kills


async def test_a_server_without_memory_loses_nothing_that_it_acknowledged(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    postgres: EmbeddedPostgres,
    database_name: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """DU-8"""
    admin_url = postgres.url("postgres", database_name)
    found, ended = await _starve(clinic, database, settings, admin_url, tmp_path, None, KILLS)
    report(
        f"DU-8 {ended} web servers ended by the kernel for the lack of memory, seed {SEED}, {found.made} entries,"
        f" {found.again} of them stored with their answer lost: {found.lost} lost, {found.doubled} doubled,"
        f" {found.unjudged} not judged; one loses {at_most(KILLS)}"
    )
    assert found.is_well, found
    assert ended == KILLS


async def test_a_server_without_memory_that_answers_first_is_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    postgres: EmbeddedPostgres,
    database_name: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """DU-8, its mutant."""
    admin_url = postgres.url("postgres", database_name)
    way: Way = "answers before it commits"
    found, ended = await _starve(clinic, database, settings, admin_url, tmp_path, way, FEW)
    report(f"DU-8 mutant ({way}), {ended} ended: {found.lost} of {found.made} lost")
    assert found.lost > 0
