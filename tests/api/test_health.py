"""Ready or not, said fast and truly; what is inside, to insiders alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.database.revisions import revisions
from glidepath.settings import Settings
from glidepath.watch import readiness, store
from tests.clinics import Clinic, browser, check_in, own_day, sync

pytestmark = pytest.mark.anyio
TOKEN = "a token of sixteen or more"


def asking(app: Litestar, client: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
    """A program at this address, which a front may have passed on."""
    transport = httpx.ASGITransport(app=app, client=(client, 1))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://web", headers=headers)


@contextmanager
def lost(postgres: EmbeddedPostgres, name: str) -> Iterator[None]:
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"alter database {name} allow_connections false".encode())
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        yield
        admin.execute(f"alter database {name} allow_connections true".encode())


async def ready(app: Litestar) -> tuple[int, float]:
    """The status, and the seconds that it took."""
    began = time.perf_counter()
    async with asking(app, "203.0.113.9") as outsider:
        answer = await outsider.get("/readyz")
    assert set(answer.json()) == {"status"}
    return answer.status_code, time.perf_counter() - began


async def test_alive_is_said_without_a_database(
    app: Litestar, postgres: EmbeddedPostgres, database_name: str
):
    with lost(postgres, database_name):
        async with asking(app) as client:
            assert (await client.get("/livez")).status_code == 200


async def test_red_within_two_seconds_of_the_loss_of_the_database_and_green_again_at_once(
    app: Litestar, postgres: EmbeddedPostgres, database_name: str
):
    assert (await ready(app))[0] == 200
    with lost(postgres, database_name):
        status, took = await ready(app)
        assert (status, took < 2) == (503, True)
        async with asking(app) as insider:
            said = (await insider.get("/metrics")).text
        assert 'glidepath_part_well{part="database"} 0.0' in said
        assert "process_resident_memory_bytes" in said
    status, took = await ready(app)
    assert (status, took < 5) == (200, True)


async def test_a_database_that_is_lost_between_two_questions_is_worth_another_try(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
):
    async def queue(session: AsyncSession, _: object) -> None:
        await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    monkeypatch.setattr(store, "queue", queue)
    async with asking(app) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


async def test_a_database_that_hangs_is_lost_as_well(
    app: Litestar, postgres: EmbeddedPostgres, database_name: str
):
    """A write that waits for ever: what a full disk or a stopped server looks like from here."""
    url = postgres.url("postgres", database_name)
    async with await psycopg.AsyncConnection.connect(url) as holder:
        await holder.execute("lock table watchdog_rounds in access exclusive mode")
        status, took = await ready(app)
        await holder.rollback()
    assert (status, took < 2) == (503, True)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("disk", ("DISK_LEAST", 1.1)),
        ("clock", ("CLOCK_OFF_AT_MOST", timedelta(seconds=-1))),
        ("migrations", ("revisions", lambda: (set(), "9999"))),
    ],
)
async def test_each_part_that_is_unwell_is_named_to_this_machine(
    app: Litestar, monkeypatch: pytest.MonkeyPatch, name: str, change: tuple[str, Any]
):
    monkeypatch.setattr(readiness, *change)
    async with asking(app) as insider:
        answer = await insider.get("/readyz")
        figures = (await insider.get("/metrics")).text
    assert answer.status_code == 503
    assert f'glidepath_part_well{{part="{name}"}} 0.0' in figures
    parts = [one for one in figures.splitlines() if one.startswith("glidepath_part_well{")]
    assert [one.endswith(" 1.0") for one in parts].count(False) == 1
    assert [part["part"] for part in answer.json()["parts"] if not part["well"]] == [name]


async def test_the_detail_and_the_figures_are_for_this_machine_or_for_who_has_the_token(
    app: Litestar, settings: Settings
):
    app.state.settings = msgspec.structs.replace(settings, operations_token=TOKEN)
    outsiders = (
        asking(app, "203.0.113.9"),
        asking(app, "203.0.113.9", authorization="Bearer a token of another place"),
        # A front on this machine asks for somebody else.
        asking(app, **{"x-forwarded-for": "203.0.113.9"}),
    )
    for outsider in outsiders:
        async with outsider:
            assert set((await outsider.get("/readyz")).json()) == {"status"}
            assert (await outsider.get("/metrics")).status_code == 404
    for insider in (asking(app), asking(app, "203.0.113.9", authorization=f"Bearer {TOKEN}")):
        async with insider:
            detail = (await insider.get("/readyz")).json()
            assert [part["part"] for part in detail["parts"]][:2] == ["database", "migrations"]
            assert detail["standing"]["watchdog"] == "not_set_up"
            assert (await insider.get("/metrics")).status_code == 200


async def test_the_figures_count_without_naming_anybody(
    clinic: Clinic, database: Database, settings: Settings
):
    await sync(clinic, check_in(own_day() - timedelta(days=2), red_flags=["both_legs"]))
    await sync(clinic, check_in(own_day() - timedelta(days=1)), check_in())
    async with asking(clinic.app) as insider:
        said = (await insider.get("/metrics")).text
        detail = (await insider.get("/readyz")).text
    figures = dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    route = "/api/patients/{patient_id}/invitations"
    count = f'glidepath_request_seconds_count{{method="POST",route="{route}",status="201"}}'
    assert float(figures[count]) >= 1
    assert figures["glidepath_queue_waiting"] == "1.0"
    assert figures["glidepath_evaluation_behind_episodes"] == "0.0"
    for secret in (str(clinic.patient_id), str(clinic.id), "Pat", "North", "both_legs"):
        assert secret not in said + detail
    assert revisions()[1] in detail
    assert str(settings.database_url) not in detail


async def test_an_entry_that_the_detector_passed_over_is_counted(
    clinic: Clinic, database: Database
):
    days = [own_day() - timedelta(days=ago) for ago in (3, 2, 1)]
    await sync(clinic, *(check_in(day) for day in days))
    async with database.writing(clinic.id) as session:
        await session.execute(
            text("update trend_checkpoints set state = jsonb_set(state, '{through}', :day)"),
            {"day": f'"{days[0]}"'},
        )
    async with asking(clinic.app) as insider:
        assert "glidepath_evaluation_behind_episodes 1.0" in (await insider.get("/metrics")).text


async def test_a_therapist_has_no_admins_page(clinic: Clinic):
    async with browser(clinic.app) as stranger:
        assert (await stranger.get("/api/admin/deliveries")).status_code == 401
    for path in ("/api/admin/deliveries", "/api/admin/red"):
        answer = await clinic.therapist.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "admins_only")
