"""Reminders by push: to patients who asked for them, once a day, and to nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.notify import reminding
from glidepath.settings import Settings
from tests.api.test_outcomes import answer, assign, send
from tests.api.test_pushes import subscribe
from tests.api.test_worker import deliveries, work
from tests.clinics import ZONE, Clinic, check_in, own_day, sync
from tests.push_service import VAPID_KEY, Browser, PushService, push_service

pytestmark = pytest.mark.anyio


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, vapid_key=VAPID_KEY, local_peers=True)


async def ask(clinic: Clinic, service: PushService) -> Browser:
    """The patient wants to be reminded now, and their phone takes pushes."""
    now = datetime.now(ZONE)
    wanted = {"at": f"{now:%H:%M}", "quiet_from": None, "quiet_until": None}
    assert (await clinic.patient.put("/api/reminders", json=wanted)).status_code == 200
    phone = Browser(service, "/phone")
    await subscribe(clinic.patient, phone)
    return phone


async def remind(database: Database, clinic: Clinic) -> int:
    async with database.writing(clinic.id) as session:
        return await reminding.make_due(session, clinic.id, datetime.now(UTC))


async def test_a_patient_is_reminded_once_and_the_push_says_nothing(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    phone = await ask(clinic, service)
    assert await remind(database, clinic) == 1
    assert await remind(database, clinic) == 0
    await work(settings, database, clinic)
    (shown,) = phone.shown()
    assert shown.keys() == {"t", "id"}
    assert shown["t"] == "reminder"
    (sent,) = service.received
    assert (sent.headers["ttl"], sent.headers["urgency"]) == ("1800", "normal")
    where = await clinic.patient.get(f"/api/notifications/{shown['id']}")
    assert where.json() == {"path": "/"}
    (delivery,) = await deliveries(database, clinic)
    assert (delivery["state"], delivery["day"]) == ("sent", own_day())


async def test_who_wrote_something_today_is_not_reminded_not_even_just_before(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    await ask(clinic, service)
    assert await remind(database, clinic) == 1
    await sync(clinic, check_in())
    await work(settings, database, clinic)
    assert service.received == []
    (delivery,) = await deliveries(database, clinic)
    assert delivery["state"] == "skipped"
    async with database.writing(clinic.id) as session:
        await session.execute(text("update deliveries set day = day - 1"))
    assert await remind(database, clinic) == 0


@pytest.mark.parametrize(
    "change",
    [
        "update episodes set ended_on = current_date",
        "update patients set discharged_at = now()",
        "update push_subscriptions set gone_at = now(), gone_why = 'http_410'",
        "update patient_reminders set at = null",
    ],
)
async def test_who_is_not_in_treatment_or_wants_none_is_not_reminded(
    clinic: Clinic, database: Database, service: PushService, change: str
):
    await ask(clinic, service)
    async with database.writing(clinic.id) as session:
        await session.execute(text(change))
    assert await remind(database, clinic) == 0


async def test_who_is_on_a_pause_is_not_reminded_and_is_when_it_ends(
    clinic: Clinic, database: Database, service: PushService
):
    await ask(clinic, service)
    pause = f"/api/pauses/{uuid7()}"
    days = {"first_on": str(own_day()), "last_on": str(own_day())}
    assert (await clinic.patient.put(pause, json=days)).status_code == 200
    assert await remind(database, clinic) == 0
    assert (await clinic.patient.post(f"{pause}/end", json={})).status_code == 200
    assert await remind(database, clinic) == 1


async def test_a_phone_that_is_gone_is_forgotten_and_is_no_work_for_the_clinic(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    await ask(clinic, service)
    service.answers["/phone"] = (410, {})
    await remind(database, clinic)
    await work(settings, database, clinic)
    (delivery,) = await deliveries(database, clinic)
    assert (delivery["state"], delivery["code"]) == ("skipped", "push_410")
    assert (await clinic.patient.get("/api/push")).json()["browsers"] == []


async def test_whom_a_measure_waits_for_is_reminded_though_they_checked_in(
    clinic: Clinic, database: Database, service: PushService
):
    await ask(clinic, service)
    await sync(clinic, check_in())
    assert await remind(database, clinic) == 0
    await assign(clinic, "nprs")
    assert await remind(database, clinic) == 1


async def test_who_has_answered_is_not_reminded(
    clinic: Clinic, database: Database, service: PushService
):
    await ask(clinic, service)
    await sync(clinic, check_in())
    await assign(clinic, "nprs")
    await send(clinic, [answer(clinic, "nprs", 1, 2, 3)])
    assert await remind(database, clinic) == 0
