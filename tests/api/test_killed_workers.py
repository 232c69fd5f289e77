"""Six workers killed in the middle of forty alerts: each is told, and shown once. More in tests/assurance."""

import pytest

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.clinics import Clinic
from tests.killed_workers import raise_alerts, tell_and_kill
from tests.mail_servers import mail_server

pytestmark = pytest.mark.anyio


async def test_no_alert_is_lost_when_workers_are_killed(
    clinic: Clinic, database: Database, settings: Settings
):
    alerts = await raise_alerts(database, clinic, 39)
    with mail_server(spoilt=5, lost=5, slow=0.01) as server:
        told = tell_and_kill(settings, server, alerts, kills=6, seed=1)
    assert (told.missing, told.shown) == (0, 40)
