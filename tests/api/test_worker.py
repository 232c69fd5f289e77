"""The worker carries an alert to the care team, and says nothing of what it is about."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from glidepath.database.engine import Database, enter_as_worker
from glidepath.database.work import Tools
from glidepath.notify import service as notify
from glidepath.settings import Settings
from glidepath.worker import create_worker, take_up_stalled
from tests.clinics import Clinic, check_in, sync

pytestmark = pytest.mark.anyio


class Mailbox:
    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.received: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


async def work(settings: Settings, database: Database, clinic: Clinic, **changes: Any) -> None:
    """Runs the worker until no job is due: one that a job defers is due, a retry comes later."""
    tools = Tools(database, msgspec.structs.replace(settings, **changes))
    async with create_worker(settings.listening_url).open_async() as worker:
        while await due(database, clinic):
            await worker.run_worker_async(
                wait=False, install_signal_handlers=False, additional_context={"tools": tools}
            )


async def due(database: Database, clinic: Clinic) -> int:
    async with database.reading(clinic.id) as session:
        found = await session.execute(
            text(
                "select count(*) from procrastinate_jobs where status = 'todo'"
                " and coalesce(scheduled_at, now()) <= now()"
            )
        )
        return int(found.scalar_one())


async def jobs(database: Database, clinic: Clinic) -> list[tuple[str, str, dict[str, str]]]:
    async with database.reading(clinic.id) as session:
        found = await session.execute(
            text("select task_name, status::text, args from procrastinate_jobs order by id")
        )
        return [(row[0], row[1], row[2]) for row in found]


async def test_an_alert_and_its_job_are_committed_together(clinic: Clinic, database: Database):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    ((task, status, arguments),) = await jobs(database, clinic)
    assert (task, status) == ("notify:alert_raised", "todo")
    assert set(arguments) == {"clinic_id", "alert_id"}


async def test_the_therapist_is_mailed_once_and_no_health_data_travels(
    clinic: Clinic, database: Database, settings: Settings, mailbox: Mailbox
):
    await sync(clinic, check_in(red_flags=["both_legs"], note="my secret note"))
    changes = {
        "smtp_url": f"smtp://127.0.0.1:{mailbox.port}",
        "mail_from": "Glidepath <g@x.example>",
    }
    await work(settings, database, clinic, **changes)
    await work(settings, database, clinic, **changes)
    (message,) = mailbox.received
    assert message["To"] == "therapist@north.example"
    whole = message.as_string()
    for secret in ("secret", "legs", "Pat", "Doe", str(clinic.patient_id)):
        assert secret not in whole
    assert "https://glidepath.example/therapist" in whole


async def deliveries(database: Database, clinic: Clinic) -> list[dict[str, Any]]:
    async with database.reading(clinic.id) as session:
        found = await session.execute(text("select * from deliveries order by made_at, id"))
        return [dict(row._mapping) for row in found]


async def test_a_mail_server_that_is_down_leaves_the_delivery_waiting_with_its_reason(
    clinic: Clinic, database: Database, settings: Settings
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await work(settings, database, clinic, smtp_url="smtp://127.0.0.1:9", mail_from="g@x.example")
    (delivery,) = await deliveries(database, clinic)
    assert (delivery["state"], delivery["code"]) == ("waiting", "smtp_unreachable")
    assert delivery["tries"] >= 1
    assert delivery["due_at"] > delivery["made_at"]


async def test_an_alert_that_was_looked_at_meanwhile_is_not_told_of_any_more(
    clinic: Clinic, database: Database, settings: Settings, mailbox: Mailbox
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    headers = {"if-match": f'"{row["alert"]["version"]}"'}
    path = f"/api/alerts/{row['alert']['id']}/acknowledge"
    assert (await clinic.therapist.post(path, json={}, headers=headers)).status_code == 200
    await work(
        settings,
        database,
        clinic,
        smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
        mail_from="g@x.example",
    )
    (delivery,) = await deliveries(database, clinic)
    assert delivery["state"] == "skipped"
    assert mailbox.received == []


async def test_spreading_the_same_news_again_makes_no_second_delivery(
    clinic: Clinic, database: Database
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    now = datetime.now(UTC)
    for _ in range(2):
        async with database.writing(clinic.id) as session:
            assert await notify.spread(session, clinic.id, UUID(row["alert"]["id"]), now) == 1
    assert len(await deliveries(database, clinic)) == 1


async def test_a_job_of_a_worker_that_died_is_done_by_the_next_one(
    clinic: Clinic, database: Database, settings: Settings, mailbox: Mailbox
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    async with database.writing(clinic.id) as session:
        await enter_as_worker(session)
        await session.execute(
            text(
                "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1h')"
            )
        )
        await session.execute(
            text(
                "update procrastinate_jobs set status = 'doing', attempts = 1,"
                " worker_id = (select max(id) from procrastinate_workers)"
            )
        )
    changes = {"smtp_url": f"smtp://127.0.0.1:{mailbox.port}", "mail_from": "g@x.example"}
    await work(settings, database, clinic, **changes)
    assert mailbox.received == []
    assert settings.database_url is not None
    async with create_worker(settings.listening_url).open_async() as worker:
        assert await take_up_stalled(worker) == 1
    await work(settings, database, clinic, **changes)
    assert len(mailbox.received) == 1
