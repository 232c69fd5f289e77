"""Many web servers before few connections: everything works through PgBouncer in transaction mode."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import text

from glidepath.database import encryption, engine
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.notify.live import Live
from glidepath.settings import Settings
from glidepath.startup import StartError, require_databases
from tests.api.conftest import app, built, clinic, other_clinic
from tests.api.test_live import Page, live
from tests.api.test_worker import Mailbox, due, mailbox, work
from tests.clinics import Clinic, check_in, join_patient, own_day, sync
from tests.conftest import settings_of
from tests.poolers import CONNECTIONS, needs_pgbouncer, pooler

__all__ = ["app", "built", "clinic", "live", "mailbox", "other_clinic"]
pytestmark = [pytest.mark.anyio, needs_pgbouncer]

PHONES, DAYS, LOOKS = 12, 8, 40
TRANSACTIONS, SEED = 600, 20261128
HEARD_WITHIN: Final = 5.0
# What is told on another connection is not heard however long one waits; before it would be asked anew.
NOT_HEARD_WITHIN: Final = 2.0
OURS: Final = text(
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and usename = 'glidepath_app' and application_name <> 'glidepath_changes'"
)


@pytest.fixture
def settings(postgres: EmbeddedPostgres, database_name: str, tmp_path: Path) -> Iterator[Settings]:
    """The application behind the pooler; who listens goes past it."""
    direct = settings_of(postgres, database_name)
    encryption.use(direct)
    with pooler(postgres, database_name, tmp_path, query_wait_timeout="2") as url:
        yield msgspec.structs.replace(
            direct, database_url=url, direct_database_url=direct.database_url
        )


def body_of(patient_id: str, day: int) -> dict[str, object]:
    entry = check_in(own_day() - timedelta(days=day))
    return {"account_id": patient_id, "check_ins": [entry], "exercise_sessions": []}


async def test_phones_write_and_therapists_look_on_three_connections(
    clinic: Clinic,
    database: Database,
    postgres: EmbeddedPostgres,
    database_name: str,
    report: Callable[[str], None],
):
    phones = dict([await join_patient(clinic) for _ in range(PHONES)])
    most = 0

    async def write(patient_id: str, phone: httpx.AsyncClient) -> None:
        for day in range(DAYS):
            answer = await phone.post("/api/sync", json=body_of(patient_id, day))
            assert answer.json()["results"][0]["status"] == "stored", answer.text

    # One after the other: of many at once who looks waits behind those who write.
    async def look() -> None:
        for number in range(LOOKS):
            patient_id = sorted(phones)[number % PHONES]
            path = f"/api/patients/{patient_id}" if number % 2 else "/api/triage"
            assert (await clinic.therapist.get(path)).status_code == 200

    async def count() -> None:
        nonlocal most
        url = postgres.url("postgres", database_name)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            while True:
                cursor = await connection.execute(OURS.text)
                most = max(most, (await cursor.fetchall())[0][0])
                await asyncio.sleep(0.02)

    counting = asyncio.create_task(count())
    await asyncio.gather(*(write(*one) for one in phones.items()), look())
    counting.cancel()
    async with database.reading(clinic.id) as session:
        kept = (await session.execute(text("select count(*) from check_ins"))).scalar_one()
    assert kept == PHONES * DAYS
    assert 1 < most <= CONNECTIONS
    for phone in phones.values():
        await phone.aclose()
    report(
        f"PgBouncer, transaction mode: {kept} entries of {PHONES} phones and {LOOKS} looks on {most} connections"
    )


async def leaks(database: Database, one: UUID, other: UUID) -> Counter[str]:
    """How many of many transactions by turns saw rows of another clinic, or of any while they were in none."""
    chance, found = random.Random(SEED), Counter[str]()

    async def look(number: int) -> None:
        within = (one, other, None)[number % 3]
        unit = database.reading if chance.random() < 0.5 else database.writing
        try:
            async with unit(within) as session:
                seen = set(
                    (
                        await session.execute(text("select distinct clinic_id from accounts"))
                    ).scalars()
                )
                found["none" if within is None else "other"] += seen != ({within} - {None})
                if chance.random() < 0.2:
                    await session.execute(text("select 1 / 0"))
        except Exception as error:  # noqa: BLE001
            found[type(error).__name__] += 1

    await asyncio.gather(*map(look, range(TRANSACTIONS)))
    return +found


async def test_no_clinic_is_left_in_a_connection_that_another_transaction_gets(
    clinic: Clinic, other_clinic: Clinic, database: Database, report: Callable[[str], None]
):
    found = await leaks(database, clinic.id, other_clinic.id)
    assert found.keys() == {"DBAPIError"}
    report(
        f"AC-4, PgBouncer: {TRANSACTIONS} transactions of two clinics and none by turns, {found.total()} of them failed,"
        f" seed {SEED}: 0 saw another's rows"
    )


async def test_a_clinic_that_is_entered_for_longer_than_a_transaction_is_found_out(
    clinic: Clinic, other_clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
):
    for_good = text("select set_config('app.clinic_id', :clinic_id, false)")
    monkeypatch.setattr(engine, "SET_CLINIC", for_good)
    assert (await leaks(database, clinic.id, other_clinic.id))["none"] > 0


@asynccontextmanager
async def listening(app: Litestar, url: str) -> AsyncIterator[None]:
    app.state.live = Live(url)
    running = asyncio.create_task(app.state.live.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_open_pages_hear_past_the_pooler_and_not_through_it(
    clinic: Clinic, app: Litestar, settings: Settings
):
    assert settings.database_url is not None
    for url, within, expected in (
        (settings.listening_url, HEARD_WITHIN, "changed"),
        (settings.database_url, NOT_HEARD_WITHIN, None),
    ):
        async with listening(app, url):
            page = Page(clinic, clinic.therapist.cookies)
            assert await page.status() == 200
            assert (await page.next())[0] == "resync"
            await sync(clinic, check_in())
            try:
                heard, _ = await asyncio.wait_for(page.next(), within)
            except TimeoutError:
                heard = None
            await page.leave()
            assert heard == expected


async def test_the_worker_takes_its_jobs_past_the_pooler(
    clinic: Clinic, database: Database, settings: Settings, mailbox: Mailbox
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    assert await due(database, clinic) > 0
    sends = {"smtp_url": f"smtp://127.0.0.1:{mailbox.port}", "mail_from": "g@x.example"}
    await work(settings, database, clinic, **sends)
    assert await due(database, clinic) == 0
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("lenient", [False, True])
def test_the_start_refuses_a_pooler_without_a_way_past_it(
    postgres: EmbeddedPostgres,
    database_name: str,
    settings: Settings,
    tmp_path: Path,
    lenient: bool,
):
    require_databases(settings)
    # Some are told to pass over what they cannot keep.
    lenience = {"ignore_startup_parameters": "options"} if lenient else {}
    with (
        pooler(postgres, database_name, tmp_path, **lenience) as url,
        pytest.raises(StartError, match="GLIDEPATH_DATABASE_URL leads to a pooler"),
    ):
        require_databases(
            msgspec.structs.replace(settings, database_url=url, direct_database_url=None)
        )


async def test_who_gets_no_connection_is_told_to_try_again(
    clinic: Clinic, settings: Settings, database: Database
):
    assert settings.database_url is not None
    others = Database(settings.database_url, pool_size=CONNECTIONS)

    async def hold() -> None:
        async with others.writing() as session:
            await session.execute(text("select pg_sleep(4)"))

    holding = [asyncio.create_task(hold()) for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.5)
    answer = await clinic.patient.post("/api/sync", json=body_of(str(clinic.patient_id), 0))
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    await asyncio.gather(*holding)
    await others.close()
    await sync(clinic, check_in())
