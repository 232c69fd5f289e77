"""A few web servers killed while phones send: nothing lost, all judged, all told. More in tests/assurance."""

from pathlib import Path

import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.clinics import Clinic
from tests.judged import deliver_all, send_and_kill
from tests.killed_servers import web_server

pytestmark = pytest.mark.anyio


async def test_nothing_is_left_unjudged_when_servers_are_killed(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    postgres: EmbeddedPostgres,
    database_name: str,
    tmp_path: Path,
):
    admin_url = postgres.url("postgres", database_name)
    with web_server(settings, tmp_path, None) as server:
        found = await send_and_kill(database, clinic, server, admin_url, kills=4, seed=1)
    assert found.is_well, found
    alerts, told, wrong = await deliver_all(settings, admin_url)
    assert (told, wrong) == (alerts, 0)
    assert alerts > 0
