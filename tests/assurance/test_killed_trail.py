"""One chain, whoever dies while it is added to (AD-4)."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.assurance.conftest import at_most
from tests.clinics import Clinic
from tests.killed_servers import Way
from tests.killed_trails import SERVERS, Kept, web_servers, write_and_kill

__all__ = ["app", "built", "clinic"]
pytestmark = pytest.mark.anyio

KILLS, SEED = int(os.environ.get("GLIDEPATH_ASSURANCE_TRAIL_KILLS", "200")), 20261128
FEW = 8


@pytest.fixture
def admin_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    """Of a role that no policy keeps from seeing a row."""
    return postgres.url("postgres", database_name)


async def test_four_servers_killed_200_times_leave_one_chain_without_a_gap(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """AD-4"""
    with web_servers(settings, tmp_path, None) as servers:
        kept = await write_and_kill(database, clinic, servers, admin_url, KILLS, SEED)
    report(
        f"AD-4 {SERVERS} servers killed {KILLS} times, seed {SEED}, {kept.events} events: {kept.forks} forks,"
        f" {kept.gaps} gaps, verify {kept.broken or 'passes'}; {kept.deeds} deeds answered, {kept.unwritten}"
        f" of them without event, {kept.unheard} done with their answer lost; a kill breaks {at_most(KILLS)}"
    )
    assert kept.is_well, kept
    # Some died between the commit and the answer, or that was not tried.
    assert kept.unheard > 0
    assert kept.deeds > KILLS


async def test_servers_that_do_not_hold_the_head_are_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """AD-4, its mutant: what would fork is refused."""
    kept = await _written(clinic, database, settings, admin_url, tmp_path, "does not hold the head")
    report(f"AD-4 mutant (head not held), {FEW} kills: {kept}")
    assert kept.refused > 0
    assert (kept.forks, kept.gaps, kept.broken) == (0, 0, "")


async def test_a_chain_that_forks_is_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """AD-4, its mutant: what keeps a chain from forking without its lock is gone as well."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("alter table audit_events drop constraint pk_audit_events")
        connection.execute("alter table audit_heads disable trigger audit_heads_move")
    kept = await _written(clinic, database, settings, admin_url, tmp_path, "does not hold the head")
    report(f"AD-4 mutant (nothing holds), {FEW} kills: {kept}")
    assert kept.forks > 0
    assert kept.broken


async def test_servers_that_answer_before_they_commit_are_caught(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    tmp_path: Path,
    report: Callable[[str], None],
):
    """AD-4, its mutant."""
    kept = await _written(
        clinic, database, settings, admin_url, tmp_path, "answers before it commits"
    )
    report(f"AD-4 mutant (answers before it commits), {FEW} kills: {kept}")
    assert kept.unwritten > 0


async def _written(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    admin_url: str,
    folder: Path,
    way: Way,
) -> Kept:
    with web_servers(settings, folder, way) as servers:
        return await write_and_kill(database, clinic, servers, admin_url, FEW, SEED)
