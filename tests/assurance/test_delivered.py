"""Alerts that are told although workers are killed and mail servers fail (AL-2), and once each (AL-3); what a mail
server that comes back is given in five minutes (AL-5); nothing that stands in an address becomes a header (SE-8)."""

import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import get_args

import pytest
from litestar import Litestar

from glidepath.app import create_app
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_mail_faults import assert_each_in_order, wait_for_a_server
from tests.api.test_mail_says_nothing import tell_evil
from tests.api.test_worker import deliveries
from tests.assurance.conftest import at_most
from tests.clinics import Clinic, colleague, open_clinic
from tests.killed_workers import Mutant, Workers, kill, raise_alerts, tell_and_kill, wait_until
from tests.mail_servers import mail_server

pytestmark = pytest.mark.anyio
KILLS, SEED = int(os.environ.get("GLIDEPATH_ASSURANCE_WORKER_KILLS", "200")), 20260504
ALERTS = 10 * KILLS
MAILS, PEOPLE = 1000, 20


@pytest.fixture
def app(
    settings: Settings, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Litestar:
    made = create_app(settings, web=tmp_path_factory.mktemp("web"))
    made.state.database = database
    return made


@pytest.fixture
async def clinic(app: Litestar, database: Database):
    async with AsyncExitStack() as stack:
        yield await open_clinic(app, database, stack, "North")


async def test_no_alert_is_lost_when_workers_are_killed_200_times(
    clinic: Clinic, database: Database, settings: Settings, report: Callable[[str], None]
):
    alerts = await raise_alerts(database, clinic, ALERTS - 1)
    with mail_server(spoilt=5, lost=5) as server:
        server.chance.seed(SEED)
        told = tell_and_kill(settings, server, alerts, KILLS, SEED)
    rows = await deliveries(database, clinic)
    report(
        f"AL-2, AL-3 {ALERTS} alerts, {told.kills} kills, 5 % refused and 5 % lost answers, seed {SEED}:"
        f" {told.missing} never on the wire, {told.shown} shown, {len(rows) - ALERTS} doubled, {told.twice} mails"
        f" came twice under one id, {told.seconds:.0f} s; lost are {at_most(ALERTS)}"
    )
    assert (told.missing, told.shown, len(rows)) == (0, ALERTS, ALERTS)


@pytest.mark.parametrize("mutant", get_args(Mutant))
async def test_a_worker_that_loses_alerts_is_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    report: Callable[[str], None],
    mutant: Mutant,
):
    alerts = await raise_alerts(database, clinic, 99)
    # Slow, so that a kill finds some on their way.
    with mail_server(slow=0.1) as server:
        told = tell_and_kill(settings, server, alerts, 10, SEED, mutant)
    report(
        f"AL-2 mutant ({mutant}), 100 alerts, 10 kills, seed {SEED}: {told.missing} never on the wire"
    )
    assert told.missing > 0


async def test_a_thousand_mails_follow_within_five_minutes_of_the_server_coming_back(
    clinic: Clinic, database: Database, settings: Settings, report: Callable[[str], None]
):
    async with AsyncExitStack() as stack:
        people = [
            (await stack.enter_async_context(colleague(clinic, database, f"Person{number}"))).id
            for number in range(PEOPLE)
        ]
        await wait_for_a_server(database, clinic, settings, people, MAILS)
        with mail_server() as server:
            began, process = time.monotonic(), Workers(settings, server, None).start()
            try:
                assert wait_until(lambda: len(server.taken) >= MAILS, seconds=300)
                took = time.monotonic() - began
            finally:
                kill(process)
            report(
                f"AL-5 {MAILS} mails to {PEOPLE} people, put off for half an hour, drain in {took:.0f} s"
                " of the server coming back (goal 300 s), each person's in order"
            )
            assert len(server.ids()) == MAILS
            assert_each_in_order(server)


def test_nothing_in_five_thousand_addresses_becomes_a_header(report: Callable[[str], None]):
    sent, refused = tell_evil(5000)
    report(
        f"SE-8 {sent + refused} hostile addresses: {refused} refused, {sent} sent, 0 more headers"
    )
    assert sent > 0
