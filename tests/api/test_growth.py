"""What a sync reads does not grow with the diary. `benchmarks/sync.py` has what that is in time."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.database.base import table_of
from glidepath.database.engine import Database
from glidepath.diary import service, weeks_store
from glidepath.diary.models import CheckIn
from glidepath.settings import Settings
from tests.clinics import Clinic, check_in, join_patient, own_day

pytestmark = pytest.mark.anyio
SHORT, LONG = 30, 1_095
# Among whom PostgreSQL takes one for few: alone in a table, a patient is best read whole.
OTHERS = 40
# As the benchmark's goal for the time.
MOST_GROWTH = 1.1
# By this transaction, and by what the connection has not yet told of.
ROWS_READ = text(
    "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables"
)


async def growth(
    clinic: Clinic, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> float:
    """How many times as many rows a sync reads after three years as after a month."""
    await with_month(clinic, OTHERS)
    (of_month, month), (of_years, years) = await with_month(clinic, 2)
    await write_before(database, clinic.id, UUID(of_years), LONG - SHORT)
    assert settings.owner_database_url is not None
    with psycopg.connect(settings.owner_database_url, autocommit=True) as owner:
        owner.execute("vacuum analyze")
    found: list[int] = []
    take = service.sync

    async def counted(session: AsyncSession, *given: Any) -> Any:
        before = (await session.execute(ROWS_READ)).scalar_one()
        answer = await take(session, *given)
        found.append((await session.execute(ROWS_READ)).scalar_one() - before)
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(service, "sync", counted)
        await send(month, of_month, check_in())
        await send(years, of_years, check_in())
    return found[1] / found[0]


async def with_month(clinic: Clinic, patients: int) -> list[tuple[str, httpx.AsyncClient]]:
    """Patients who wrote each day until yesterday, and their phones."""
    joined = [await join_patient(clinic) for _ in range(patients)]
    for patient_id, phone in joined:
        days = (own_day() - timedelta(days=ago) for ago in range(1, SHORT + 1))
        await send(phone, patient_id, *(check_in(day) for day in days))
    return joined


async def send(phone: httpx.AsyncClient, patient_id: str, *entries: dict[str, Any]) -> None:
    body = {"account_id": patient_id, "check_ins": entries, "exercise_sessions": []}
    answer = await phone.post("/api/sync", json=body)
    assert [one["status"] for one in answer.json()["results"]] == ["stored"] * len(entries)


async def write_before(database: Database, clinic_id: UUID, patient_id: UUID, days: int) -> None:
    """Entries of the days before the diary's first, one a day."""
    table, moments = table_of(CheckIn), ("day", "local_date", "made_at", "happened_at")
    async with database.writing(clinic_id) as session:
        own = select(table).where(table.c.patient_id == patient_id).order_by(table.c.day)
        first = dict((await session.execute(own.limit(1))).mappings().one())
        rows = [
            first | {"id": uuid7()} | {name: first[name] - timedelta(days=ago) for name in moments}
            for ago in range(1, days + 1)
        ]
        await session.execute(insert(table), rows)


async def test_a_sync_after_three_years_reads_as_much_as_after_a_month(
    clinic: Clinic, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    assert await growth(clinic, database, settings, monkeypatch) <= MOST_GROWTH


@pytest.mark.assurance
async def test_a_summary_of_the_whole_diary_is_caught(
    clinic: Clinic, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    statement, of_late = weeks_store._SUMMARISE, "- (:kept - 1) end as since"
    assert of_late in statement.text
    whole = text(statement.text.replace(of_late, "- 10000 end as since"))
    of_all = whole.bindparams(*statement._bindparams.values())
    monkeypatch.setattr(weeks_store, "_SUMMARISE", of_all)
    assert await growth(clinic, database, settings, monkeypatch) > MOST_GROWTH


@pytest.mark.assurance
async def test_weeks_that_are_read_from_the_first_day_on_are_caught(
    clinic: Clinic, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    async def lately(session: AsyncSession, model: Any, episode_ids: Any, since: date) -> Any:
        return await of_late(session, model, episode_ids, since - timedelta(days=LONG))

    of_late = weeks_store.lately
    monkeypatch.setattr(weeks_store, "lately", lately)
    assert await growth(clinic, database, settings, monkeypatch) > MOST_GROWTH
