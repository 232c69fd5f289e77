"""Files are made from a read replica, which is never behind when it is read, and is not needed."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from glidepath.database import engine
from glidepath.database import replica as following
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.records import making, whole_record
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic, other_clinic
from tests.clinics import Clinic, check_in, sync
from tests.replicas import Replica, replica

__all__ = ["app", "built", "clinic", "other_clinic"]
pytestmark = pytest.mark.anyio

ENTRIES = 60
WHERE = text("select pg_is_in_recovery(), (select count(*) from check_ins)")


@pytest.fixture
def copy(postgres: EmbeddedPostgres, database_name: str) -> Iterator[Replica]:
    with replica(postgres, database_name) as made:
        yield made


@pytest.fixture
async def with_copy(settings: Settings, copy: Replica) -> AsyncIterator[Database]:
    assert settings.database_url is not None
    opened = Database(settings.database_url, pool_size=2, replica_url=copy.url())
    yield opened
    await opened.close()


async def seen(database: Database, clinic: Clinic) -> tuple[bool, int]:
    """Whether the replica was asked, and how many entries there are."""
    async with database.snapshot(clinic.id) as session:
        is_replica, count = (await session.execute(WHERE)).one()
        return is_replica, count


async def write(clinic: Clinic) -> None:
    ((result),) = await sync(clinic, check_in())
    assert result["status"] == "stored"


async def test_what_was_committed_before_is_in_a_file_that_a_replica_is_read_for(
    clinic: Clinic, other_clinic: Clinic, with_copy: Database, report: Callable[[str], None]
):
    for number in range(1, ENTRIES + 1):
        await write(clinic)
        assert await seen(with_copy, clinic) == (True, number)
    # The walls stand there as well.
    assert await seen(with_copy, other_clinic) == (True, 0)
    report(f"A replica: {ENTRIES} entries, each there in a reading that began right after it")


async def test_a_replica_that_is_behind_or_away_or_asked_as_somebody_else_is_passed_over(
    clinic: Clinic,
    copy: Replica,
    with_copy: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(following, "CATCH_UP", 0.5)
    await write(clinic)
    assert await seen(with_copy, clinic) == (True, 1)
    copy.hold(still=True)
    await write(clinic)
    assert await seen(with_copy, clinic) == (False, 2)
    copy.hold(still=False)
    monkeypatch.setattr(following, "CATCH_UP", 10)
    assert await seen(with_copy, clinic) == (True, 2)
    assert settings.database_url is not None
    past_the_walls = Database(settings.database_url, replica_url=copy.url("postgres"))
    monkeypatch.setattr(following, "CATCH_UP", 0.5)
    assert await seen(past_the_walls, clinic) == (False, 2)
    await past_the_walls.close()
    # Not a replica at all.
    itself = Database(settings.database_url, replica_url=settings.database_url)
    assert await seen(itself, clinic) == (False, 2)
    await itself.close()
    copy.stop()
    assert await seen(with_copy, clinic) == (False, 2)
    copy.start()


async def test_a_reading_that_does_not_wait_for_its_replica_is_caught(
    clinic: Clinic, copy: Replica, with_copy: Database, monkeypatch: pytest.MonkeyPatch
):
    async def at_once(*_: Any) -> bool:
        return True

    monkeypatch.setattr(engine, "has_all", at_once)
    await write(clinic)
    copy.hold(still=True)
    await write(clinic)
    is_replica, count = await seen(with_copy, clinic)
    copy.hold(still=False)
    assert is_replica
    assert count < 2


async def test_a_whole_record_is_made_from_a_replica(
    clinic: Clinic, with_copy: Database, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    made = whole_record.made

    async def watched(session: Any, *about: Any) -> Any:
        asked.append((await session.execute(text("select pg_is_in_recovery()"))).scalar_one())
        return await made(session, *about)

    monkeypatch.setattr(whole_record, "made", watched)
    await write(clinic)
    answer = await clinic.patient.post("/api/export", json={})
    assert answer.status_code == 202, answer.text
    export_id = UUID(answer.json()["id"])
    assert await making.run(with_copy, clinic.id, export_id, lambda: datetime.now(UTC))
    assert asked == [True]
    file = await clinic.patient.get(f"/api/export/{export_id}/file")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
