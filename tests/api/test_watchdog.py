"""The watchdog's alert goes the whole way, and is nobody's."""

from pathlib import Path

import pytest
from sqlalchemy import text

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.identity import service as identity
from glidepath.settings import Settings
from glidepath.watch import synthetic
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
