"""Nothing that was acknowledged is lost or there twice (DU-1), every entry that is committed is judged, and who
has to hear of it is told (AL-1), although web servers are killed while entries arrive."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import psycopg
import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.assurance.conftest import at_most
from tests.clinics import Clinic
from tests.judged import PHONES, deliver_all, send_and_kill
from tests.killed_servers import Mutant, web_server

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
KILLS, SEED = int(os.environ.get("GLIDEPATH_ASSURANCE_SERVER_KILLS", "200")), 20260611
# Of a mutant: each kill finds something on its way at six phones.
FEW = 12


@pytest.fixture
def admin_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    """Of a role that no policy keeps from seeing a row."""
    return postgres.url("postgres", database_name)


async def test_nothing_is_left_unjudged_when_servers_are_killed_200_times(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    with web_server(settings, tmp_path, None) as server:
        found = await send_and_kill(database, clinic, server, admin_url, KILLS, SEED)
    alerts, told, wrong = await deliver_all(settings, admin_url)
    looks = found.looks
    report(
        f"DU-1, AL-1 {KILLS} servers killed in mid-sync of {PHONES} phones, seed {SEED}, {found.made} entries, {found.again} of them stored with"
        f" their answer lost: {found.lost} lost, {found.doubled} doubled, {found.unjudged} not judged;"
        f" {looks.behind} of {looks.count} looks found one that was not judged yet, {looks.longest:.1f} s"
        f" old at most; {alerts} alerts, {found.missing} missing, {found.more} too many, {told} told of,"
        f" {wrong} without their one delivery; a kill loses {at_most(KILLS)}"
    )
    assert found.is_well, found
    # Some died between the commit and the answer, or that was not tried.
    assert found.again > 0
    assert (told, wrong) == (alerts, 0)
    assert alerts > KILLS


@pytest.mark.parametrize("mutant", get_args(Mutant))
async def test_a_server_that_leaves_entries_unjudged_is_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
    mutant: Mutant,
):
    with web_server(settings, tmp_path, mutant) as server:
        found = await send_and_kill(database, clinic, server, admin_url, FEW, SEED)
    report(f"DU-1, AL-1 mutant ({mutant}), {FEW} kills: {found}")
    assert (found.lost if mutant == "answers before it commits" else found.unjudged) > 0


async def test_phones_that_try_under_a_new_id_are_caught(
    clinic: Clinic, database: Database, settings: Settings, admin_url: str, tmp_path: Path
):
    with web_server(settings, tmp_path, "answers late") as server:
        found = await send_and_kill(database, clinic, server, admin_url, FEW, SEED, careless=True)
    assert found.doubled > 0


async def test_a_diary_without_a_key_is_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """DU-1, its mutant: neither server nor database knows an entry again."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("alter table check_ins drop constraint pk_check_ins")
    with web_server(settings, tmp_path, "knows no entry") as server:
        found = await send_and_kill(database, clinic, server, admin_url, FEW, SEED)
    report(f"DU-1 mutant (no key), {FEW} kills: {found.doubled} of {found.made} there twice")
    assert found.doubled > 0
