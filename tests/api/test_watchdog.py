"""The watchdog's alert goes the whole way, and is nobody's."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts
from glidepath.database import encryption
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.notify import service as notify
from glidepath.settings import Settings
from glidepath.watch import store, synthetic, tasks
from tests.clinics import check_in, open_clinic, sync
from tests.installation import Installation

pytestmark = pytest.mark.anyio


@pytest.fixture
def installation(
    postgres: EmbeddedPostgres, database_name: str, settings: Settings
) -> Installation:
    return Installation(postgres, database_name, settings)


async def test_while_all_is_well_it_arrives_and_nobody_is_told(
    installation: Installation, tmp_path: Path
):
    async with installation.running(tmp_path) as whole:
        assert [await whole.round() for _ in range(2)] == [None, None]
        assert len(whole.outside.beats) == 2
        assert whole.outside.told == []
        found = await whole.standing()
        assert found.failure is None
        assert found.arrived_at == whole.outside.beats[-1]
        async with whole.database.reading() as session:
            assert await identity.clinic_ids(session) == []
            assert await identity.clinic_names(session) == {}
        async with whole.database.reading(synthetic.CLINIC) as session:
            sent = await session.execute(text("select state, channel from deliveries"))
            assert [tuple(row) for row in sent] == [("sent", "email")] * 2


async def test_it_works_without_any_key(database: Database, monkeypatch: pytest.MonkeyPatch):
    """It is given none: what it does itself, beside what it asks of the web server, opens and seals nothing."""
    monkeypatch.setattr(encryption, "_ring", None)
    now = datetime.now(UTC)
    for _ in range(2):
        assert (await synthetic.prepare(database, now)).token
    async with database.writing() as session:
        row = {"id": uuid7(), "began_at": now, "ended_at": now, "failure": None}
        await store.add_round(session, row, now)


async def test_what_old_rounds_left_is_removed_and_no_row_of_a_real_clinic_is(
    installation: Installation, database: Database, settings: Settings, tmp_path: Path
):
    counts = text(
        "select (select count(*) from check_ins), (select count(*) from alerts),"
        " (select count(*) from alert_events), (select count(*) from deliveries)"
    )
    async with installation.running(tmp_path) as whole, AsyncExitStack() as stack:
        assert await whole.round() is None
        real = await open_clinic(whole.app, whole.database, stack, "Real")
        await sync(real, check_in(red_flags=["both_legs"]))
        async with whole.database.writing(real.id) as session:
            (alert,) = await alerts.standing(session)
            await notify.spread(session, real.id, alert.id, datetime.now(UTC))

        async def kept(clinic_id: UUID) -> tuple[int, ...]:
            async with whole.database.reading(clinic_id) as session:
                return tuple((await session.execute(counts)).one())

        now = whole.clock.now()
        assert await tasks.prune(whole.database, now + timedelta(days=6)) == 0
        assert await kept(synthetic.CLINIC) == (1, 1, 2, 1)
        before = await kept(real.id)
        # A year later everything is old, and only what is the watchdog's goes.
        assert await tasks.prune(whole.database, now + timedelta(days=365)) == 5
        assert await kept(synthetic.CLINIC) == (0, 0, 0, 0)
        assert await kept(real.id) == before == (1, 1, 1, 1)
        with pytest.raises(DBAPIError, match="only for a transaction"):
            async with whole.database.writing(real.id) as session:
                await store.prune(session, now + timedelta(days=365))
        assert await whole.round() is None
    assert settings.owner_database_url is not None
    # Nor could a mistaken function: its owner is shown that one clinic's rows, wherever it looks.
    with psycopg.connect(settings.owner_database_url) as owner:
        for entered in (real.id, synthetic.CLINIC):
            owner.execute("select set_config('app.clinic_id', %s, true)", [str(entered)])
            for table in ("deliveries", "alert_events", "alerts", "check_ins"):
                owner.execute(f"delete from {table} where clinic_id = %s", [real.id])
    async with database.reading(real.id) as session:
        assert tuple((await session.execute(counts)).one()) == before


async def test_a_worker_that_is_gone_is_told_of_once_an_hour_and_so_is_its_return(
    installation: Installation, tmp_path: Path
):
    async with installation.running(tmp_path) as whole:
        await whole.stop_worker()
        for _ in range(2):
            assert await whole.round() == "delivery"
        assert [failure for _, failure in whole.outside.told] == ["delivery"]
        assert whole.outside.beats == []
        assert (await whole.standing()).failure == "delivery"
        await whole.start_worker()
        assert await whole.round() is None
        assert [failure for _, failure in whole.outside.told] == ["delivery", None]
