"""A changed trail is noticed, by its chain or by the anchor outside the database, and its first bad event named."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg
import pytest
from click.testing import CliRunner
from uuid_utils.compat import uuid7

from glidepath.audit import anchors
from glidepath.audit.tasks import Anchoring
from glidepath.audit.verifying import verify
from glidepath.cli import cli
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.auditing import KEY
from tests.clinics import Clinic
from tests.tampering import Tamperer, fill, fill_fast

pytestmark = pytest.mark.anyio


async def tamper(
    clinic: Clinic, database: Database, url: str, length: int, times: int
) -> tuple[int, dict[str, int]]:
    """How often a way of tampering was not found, or found elsewhere."""
    end = await fill(database, clinic.id, length)
    anchored = {clinic.id: {end.seq: end.hash}}
    chance = random.Random(f"AD-3 {times}")
    missed: dict[str, int] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        tamperer = Tamperer(connection, end, chance)
        for number in range(times):
            way = tamperer.ways[number % len(tamperer.ways)]
            with tamperer.tampered(way) as first:
                verdicts = await verify(database, KEY, anchored)
            if [one.bad for one in verdicts] != [first]:
                missed[way.__name__] = missed.get(way.__name__, 0) + 1
        whole = await verify(database, KEY, anchored)
    assert [(one.bad, one.events, one.anchors) for one in whole] == [(None, end.seq, 1)]
    return times - sum(missed.values()), missed


async def test_ad_3_each_tampering_is_found_and_the_first_bad_event_named(
    clinic: Clinic, database: Database, postgres: EmbeddedPostgres, database_name: str
):
    """AD-3, in small."""
    url = postgres.url("postgres", database_name)
    assert await tamper(clinic, database, url, 12, 35) == (35, {})


@pytest.mark.assurance
async def test_ad_3_of_200_tamperings_200_are_found(
    clinic: Clinic,
    database: Database,
    postgres: EmbeddedPostgres,
    database_name: str,
    report: Callable[[str], None],
):
    """AD-3."""
    found, missed = await tamper(clinic, database, postgres.url("postgres", database_name), 60, 200)
    report(f"AD-3: {found} of 200 tamperings found, the first bad event named")
    assert (found, missed) == (200, {})


@pytest.mark.assurance
@pytest.mark.alone
async def test_ad_3_a_million_events_are_verified_within_a_minute(
    clinic: Clinic,
    database: Database,
    postgres: EmbeddedPostgres,
    database_name: str,
    report: Callable[[str], None],
):
    """AD-3."""
    end = fill_fast(postgres.url("postgres", database_name), clinic.id, 1_000_000)
    began = time.perf_counter()
    (verdict,) = await verify(database, KEY, {clinic.id: {end.seq: end.hash}})
    took = time.perf_counter() - began
    report(f"AD-3: 1,000,000 events verified in {took:.1f} s")
    assert (verdict.bad, verdict.events) == (None, 1_000_000)
    assert took <= 60


async def test_without_its_anchor_a_tail_that_was_cut_off_is_not_missed(
    clinic: Clinic, database: Database, postgres: EmbeddedPostgres, database_name: str
):
    """What the anchor is for: the harness above stands on it."""
    end = await fill(database, clinic.id, 5)
    with psycopg.connect(postgres.url("postgres", database_name), autocommit=True) as connection:
        tamperer = Tamperer(connection, end, random.Random(1))
        with tamperer.tampered(tamperer._delete_tail):
            (blind,) = await verify(database, KEY, {})
            (seeing,) = await verify(database, KEY, {clinic.id: {end.seq: end.hash}})
    assert blind.bad is None
    assert seeing.bad is not None


async def test_the_worker_anchors_each_chain_that_grew_and_no_other(
    clinic: Clinic, other_clinic: Clinic, database: Database, settings: Settings, tmp_path: Path
):
    """AD-3."""
    file, now, anchoring = tmp_path / "kept" / "anchors.jsonl", datetime.now(UTC), Anchoring()
    here = msgspec.structs.replace(settings, audit_anchor=file)
    first = await fill(database, clinic.id, 2)
    other = await fill(database, other_clinic.id, 1)
    assert await anchoring.anchor(database, here, now) == 2
    second = await fill(database, clinic.id, 3)
    assert await anchoring.anchor(database, here, now) == 1
    assert await anchoring.anchor(database, here, now) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert anchors.read(file) == {
        clinic.id: {first.seq: first.hash, second.seq: second.hash},
        other_clinic.id: {other.seq: other.hash},
    }


async def test_a_chain_that_is_gone_altogether_is_missed(database: Database):
    (verdict,) = await verify(database, KEY, {uuid7(): {7: bytes(32)}})
    assert (verdict.bad, verdict.events) == (1, 0)


async def test_the_command_says_where_it_broke_and_ends_with_1(
    clinic: Clinic, database: Database, settings: Settings, tmp_path: Path
):
    end = await fill(database, clinic.id, 3)
    file = tmp_path / "anchors.jsonl"
    anchors.add(file, [end], datetime.now(UTC))
    environment = {
        "GLIDEPATH_DATABASE_URL": settings.database_url,
        "GLIDEPATH_OWNER_DATABASE_URL": settings.owner_database_url,
        "GLIDEPATH_AUDIT_KEY": settings.audit_key,
        "GLIDEPATH_AUDIT_ANCHOR": str(file),
    }
    import anyio  # noqa: PLC0415

    def ask() -> tuple[int, str]:
        answer = CliRunner().invoke(cli, ["audit", "verify"], env=environment)
        return answer.exit_code, answer.output

    status, said = await anyio.to_thread.run_sync(ask)
    assert (status, said) == (0, f"{clinic.id}: {end.seq} events, 1 anchors, hold together.\n")
    anchors.add(file, [end._replace(seq=end.seq + 1)], datetime.now(UTC))
    status, said = await anyio.to_thread.run_sync(ask)
    assert status == 1
    assert f"event {end.seq + 1} is missing, with all up to the anchored {end.seq + 1}" in said
