"""The daily look: silence and missing progress, found by the worker, once, clinic by clinic."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.alerts import looking, tasks
from glidepath.care import service as care
from glidepath.database.engine import Database
from glidepath.database.work import Tools
from glidepath.identity import service as identity
from glidepath.settings import Settings
from glidepath.worker import create_worker
from tests.api.test_alerts import ago, alerts, close
from tests.asked import statements
from tests.clinics import Clinic, check_in, handle, sync

pytestmark = pytest.mark.anyio
NOW = datetime.now(UTC)


async def look(database: Database, clinic: Clinic, now: datetime = NOW) -> int:
    """One look at the whole clinic, as its job does it."""
    async with database.writing(clinic.id) as session:
        running = await care.running_episodes(session)
        return await looking.look(session, clinic.id, running, now)


async def write(clinic: Clinic, *days: int, **changes: Any) -> None:
    await sync(clinic, *(check_in(ago(day), **changes) for day in days))


async def test_who_wrote_every_day_and_then_no_more_has_gone_quiet(
    clinic: Clinic, database: Database
):
    await write(clinic, *range(14, 44))
    assert await look(database, clinic) == 1
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"], alert["state"]) == ("quiet", "low", "open")
    assert alert["onset"] == str(ago(14))
    assert "28 of 28 days, without a pause" in alert["reason"]["en"]
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert (row["need"], row["since"], row["reason"]) == ("quiet", str(ago(14)), alert["reason"])


async def test_a_short_pause_and_a_holiday_of_who_writes_rarely_are_no_silence(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    await write(clinic, *range(4, 34))
    await write(other_clinic, *range(15, 55, 3))
    assert (await look(database, clinic), await look(database, other_clinic)) == (0, 0)


async def test_looking_again_today_and_later_finds_nothing_new(clinic: Clinic, database: Database):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    (first,) = await alerts(clinic)
    assert await look(database, clinic) == 0
    assert await look(database, clinic, NOW + timedelta(days=3)) == 0
    await close(clinic, first)
    assert await look(database, clinic, NOW + timedelta(days=9)) == 0
    assert [alert["state"] for alert in await alerts(clinic)] == ["resolved"]


async def test_a_silence_is_told_once_when_its_last_entry_was_withdrawn(
    clinic: Clinic, database: Database
):
    slip = check_in(ago(13))
    await write(clinic, *range(14, 44))
    await sync(clinic, slip)
    withdrawal = {**slip, "id": str(uuid7()), "revises": slip["id"], "withdrawn": True}
    await sync(clinic, {**withdrawal, "made_at": f"{ago(13)}T20:00:00+02:00"})
    assert await look(database, clinic) == 1
    (alert,) = await alerts(clinic)
    assert alert["onset"] == str(ago(14))
    await close(clinic, alert)
    assert await look(database, clinic, NOW + timedelta(days=1)) == 0


async def test_two_workers_at_once_raise_one_alert(clinic: Clinic, database: Database):
    await write(clinic, *range(14, 44))
    raised = await asyncio.gather(*(look(database, clinic) for _ in range(4)))
    assert sorted(raised) == [0, 0, 0, 1]
    assert len(await alerts(clinic)) == 1


async def test_writing_again_ends_the_silence_and_keeps_its_history(
    clinic: Clinic, database: Database
):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    await write(clinic, 0)
    (alert,) = await alerts(clinic)
    assert alert["state"] == "resolved"
    last = alert["events"][-1]
    assert (last["kind"], last["outcome"], last["by"]) == ("resolved", "logged_again", None)
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert (row["need"], row["alert"]) == ("steady", None)
    # The next silence is another one.
    later = NOW + timedelta(days=30)
    assert await look(database, clinic, later) == 1
    assert sorted(one["state"] for one in await alerts(clinic)) == ["open", "resolved"]


async def test_entries_that_a_phone_kept_through_the_silence_end_it_too(
    clinic: Clinic, database: Database
):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    await write(clinic, 13)
    assert [alert["state"] for alert in await alerts(clinic)] == ["resolved"]


async def test_an_older_entry_that_arrives_late_does_not_end_a_silence(
    clinic: Clinic, database: Database
):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    await write(clinic, 50)
    assert [alert["state"] for alert in await alerts(clinic)] == ["open"]


async def test_staff_cannot_say_that_somebody_wrote_again(clinic: Clinic, database: Database):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    (alert,) = await alerts(clinic)
    answer = await handle(clinic.therapist, alert, "resolve", outcome="logged_again")
    assert answer.status_code == 400


async def test_resolving_what_has_ended_by_itself_is_a_conflict(clinic: Clinic, database: Database):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    (alert,) = await alerts(clinic)
    await write(clinic, 0)
    answer = await handle(clinic.therapist, alert, "resolve")
    assert (answer.status_code, answer.json()["code"]) == (412, "outdated")
    (alert,) = await alerts(clinic)
    assert answer.json()["current"] == alert
    answer = await handle(clinic.therapist, alert, "resolve")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_resolved")


async def test_both_rules_can_be_reckoned_again(clinic: Clinic, database: Database):
    await write(clinic, *range(11, 55), pain_now=5)
    assert await look(database, clinic) == 2
    found = {alert["kind"]: alert for alert in await alerts(clinic)}
    assert found.keys() == {"quiet", "not_improving"}
    for alert in found.values():
        basis = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
        assert basis["same_again"] is True
        assert basis["detector_version"] == alert["detector_version"]
        assert len(basis["basis"]["entry_ids"]) >= len(basis["basis"]["days"]) > 0
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert row["need"] == "quiet"


async def test_six_weeks_without_improvement_are_told_once(clinic: Clinic, database: Database):
    await write(clinic, *range(45), pain_now=5)
    assert await look(database, clinic) == 1
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"]) == ("not_improving", "low")
    (evidence,) = alert["evidence"]
    assert (evidence["channel"], evidence["before"], evidence["after"]) == ("pain", 5, 5)
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert row["need"] == "not_improving"
    await close(clinic, alert)
    assert await look(database, clinic, NOW + timedelta(days=1)) == 0


async def test_beside_a_worsening_there_is_no_lack_of_progress_to_tell_of(
    clinic: Clinic, database: Database
):
    await sync(
        clinic, *(check_in(ago(44 - day), pain_now=3 if day < 37 else 8) for day in range(45))
    )
    (worsening,) = await alerts(clinic)
    assert worsening["kind"] == "worsening"
    assert await look(database, clinic) == 0


async def test_what_was_due_weeks_ago_is_no_news(clinic: Clinic, database: Database):
    await write(clinic, *range(59), pain_now=5)
    assert await look(database, clinic) == 0


async def test_who_improved_in_time_is_not_asked_about(clinic: Clinic, database: Database):
    await sync(clinic, *(check_in(ago(day), pain_now=6 if day > 30 else 3) for day in range(45)))
    assert await look(database, clinic) == 0


async def test_the_discharged_are_left_in_peace(clinic: Clinic, database: Database):
    await write(clinic, *range(14, 44))
    async with database.writing(clinic.id) as session:
        await session.execute(text("update patients set discharged_at = now()"))
    assert await look(database, clinic) == 0


async def test_what_can_wait_interrupts_nobody(
    clinic: Clinic, database: Database, settings: Settings
):
    await write(clinic, *range(14, 44))
    await look(database, clinic)
    await run_jobs(settings, database)
    async with database.reading(clinic.id) as session:
        left = await session.execute(text("select task_name from procrastinate_jobs"))
        assert "notify:mail" not in set(left.scalars())


async def run_jobs(settings: Settings, database: Database) -> None:
    assert settings.database_url is not None
    async with create_worker(settings.database_url).open_async() as worker:
        tools = Tools(database, settings)
        await worker.run_worker_async(
            wait=False, install_signal_handlers=False, additional_context={"tools": tools}
        )


async def defer(settings: Settings, task: str, **arguments: Any) -> None:
    assert settings.database_url is not None
    async with create_worker(settings.database_url).open_async() as worker:
        await worker.configure_task(task, queue="glidepath").defer_async(**arguments)


async def test_the_morning_job_looks_at_every_clinic_and_both_stay_apart(
    clinic: Clinic, other_clinic: Clinic, database: Database, settings: Settings
):
    for one in (clinic, other_clinic):
        await write(one, *range(14, 44))
    await defer(settings, tasks.LOOK_EVERYWHERE, timestamp=0)
    for _ in range(2):
        await run_jobs(settings, database)
    for one in (clinic, other_clinic):
        (alert,) = await alerts(one)
        assert (alert["kind"], alert["patient_id"]) == ("quiet", str(one.patient_id))


async def test_a_morning_is_deferred_once_however_many_workers_start(settings: Settings):
    assert settings.database_url is not None
    for _ in range(2):
        async with create_worker(settings.database_url).open_async() as worker:
            # What a worker does when it starts, which looks back over a night that it missed.
            from procrastinate.periodic import PeriodicDeferrer  # noqa: PLC0415

            deferrer = PeriodicDeferrer(worker.periodic_registry, **worker.periodic_defaults)
            await deferrer.defer_jobs(deferrer.get_previous_tasks(at=NOW.timestamp()))
    connection = await asyncpg.connect(settings.database_url)
    await connection.execute("set app.queue = 'worker'")
    tasks_there = await connection.fetch(
        "select task_name from procrastinate_jobs where task_name = $1", tasks.LOOK_EVERYWHERE
    )
    await connection.close()
    assert [row["task_name"] for row in tasks_there] == [tasks.LOOK_EVERYWHERE]


async def test_the_worker_sees_which_clinics_there_are_and_nothing_in_them(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    await write(clinic, 0)
    async with database.reading() as session:
        assert set(await identity.clinic_ids(session)) == {clinic.id, other_clinic.id}
        for table in ("patients", "accounts", "episodes", "check_ins", "alerts"):
            found = await session.execute(text(f"select count(*) from {table}"))
            assert found.scalar_one() == 0, table
    async with database.reading() as session:
        found = await session.execute(text("select count(*) from clinics"))
        assert found.scalar_one() == 0


async def test_a_look_at_many_who_write_reads_no_diary(clinic: Clinic, database: Database):
    """The cost of a day is a few statements for many patients, not some for each."""
    await write(clinic, *range(10))
    async with database.writing(clinic.id) as session:
        running = await care.running_episodes(session)
        many = [*running, *(_nobody(one) for one in running * 50)]
        with statements(database) as sent:
            assert await looking.look(session, clinic.id, many, NOW) == 0
    assert len(sent) <= 6, sent


def _nobody(one: care.Running) -> care.Running:
    return care.Running(UUID(str(uuid7())), UUID(str(uuid7())), one.timezone)
