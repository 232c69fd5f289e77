"""How far an alert came, as its patient is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from glidepath.database.engine import Database
from glidepath.escalation.climbing import climb
from tests.api.escalation import WEDNESDAY, change, reached, save
from tests.api.test_alerts import alerts
from tests.clinics import (
    ZONE,
    Clinic,
    Colleague,
    check_in,
    colleague,
    handle,
    sync,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Ana", "admin") as ana:
        yield ana


@pytest.fixture
def clock() -> Any:
    """The time of the whole process, which the tests move."""
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


async def test_a_patient_is_told_how_far_it_came_and_no_more(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    await save(admin)
    entry = check_in(red_flags=["both_legs"])
    await sync(clinic, entry)
    (one,) = (await reached(clinic))["reached"]
    assert one["entry_ids"] == [entry["id"]]
    assert datetime.fromisoformat(one["received_at"]) == WEDNESDAY
    assert (one["told_at"], one["looked_at"], one["looked_by"]) == (None, None, None)
    # Made and tried is not told: only what has left is.
    at = WEDNESDAY + timedelta(minutes=30)
    await climb(database, clinic.id, at)
    assert (await reached(clinic))["reached"][0]["told_at"] is None
    await change(database, clinic, "update deliveries set state = 'sent', ended_at = :at", at=at)
    assert datetime.fromisoformat((await reached(clinic))["reached"][0]["told_at"]) == at
    (alert,) = await alerts(clinic)
    clock.move_to(at + timedelta(minutes=5))
    await handle(clinic.therapist, alert, "acknowledge")
    (one,) = (await reached(clinic))["reached"]
    assert one["looked_by"] == "North therapist"
    assert datetime.fromisoformat(one["looked_at"]) == at + timedelta(minutes=5)


async def test_what_was_sent_before_an_entry_told_nobody_of_it(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    await save(admin)
    first, second = check_in(red_flags=["both_legs"]), check_in(red_flags=["saddle_numbness"])
    await sync(clinic, first)
    at = WEDNESDAY + timedelta(minutes=30)
    await climb(database, clinic.id, at)
    await change(database, clinic, "update deliveries set state = 'sent', ended_at = :at", at=at)
    clock.move_to(at + timedelta(minutes=1))
    await sync(clinic, second)
    new, old = (await reached(clinic))["reached"]
    assert (new["entry_ids"], new["told_at"]) == ([second["id"]], None)
    assert old["entry_ids"] == [first["id"]]
    assert old["told_at"] is not None


async def test_a_patient_is_told_when_a_closed_clinic_reads_again(
    clinic: Clinic, admin: Colleague, clock: Any
):
    assert (await reached(clinic))["opens_at"] is None
    await save(admin)
    assert (await reached(clinic))["opens_at"] is None
    clock.move_to(datetime(2026, 9, 18, 17, 30, tzinfo=ZONE))
    monday = datetime(2026, 9, 21, 9, tzinfo=ZONE)
    assert datetime.fromisoformat((await reached(clinic))["opens_at"]) == monday.astimezone(UTC)
