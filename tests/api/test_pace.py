"""Nobody reads a clinic's records by machine: what one of the staff is shown in an hour has an end (V2.4.1)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from glidepath.audit import pace
from glidepath.database.engine import Database
from tests.auditing import events, last
from tests.clinics import Clinic, colleague, join_patient

pytestmark = pytest.mark.anyio
Patients = tuple[str, str, str]


@pytest.fixture
async def three(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Patients]:
    """Patients of the therapist, of whom two may be read in an hour."""
    monkeypatch.setattr(pace, "RECORDS", 2)
    second, phone = await join_patient(clinic)
    third, other_phone = await join_patient(clinic)
    yield str(clinic.patient_id), second, third
    for one in (phone, other_phone):
        await one.aclose()


async def read(client: httpx.AsyncClient, patient_id: str) -> int:
    return (await client.get(f"/api/patients/{patient_id}")).status_code


async def told(database: Database, clinic: Clinic) -> list[str]:
    """Who is to be mailed of it."""
    async with database.reading(clinic.id) as session:
        rows = await session.execute(
            text(
                "select args ->> 'account_id' from procrastinate_jobs"
                " where args ->> 'cause' = 'many_records'"
            )
        )
        return list(rows.scalars())


async def test_one_record_too_many_waits_and_the_clinics_admins_hear_of_it_once(
    clinic: Clinic, database: Database, three: Patients
):
    first, second, third = three
    async with colleague(clinic, database, "Admin", "admin") as admin:
        # A list is no record, however often it is asked for.
        for _ in range(4):
            assert (await clinic.therapist.get("/api/triage")).status_code == 200
        assert [await read(clinic.therapist, one) for one in (first, second, first)] == [200] * 3
        before = await last(database, clinic.id)
        with capture_logs() as lines:
            refused = await clinic.therapist.get(f"/api/patients/{third}")
            assert await read(clinic.therapist, third) == 429
        assert refused.json()["code"] == "too_many_records"
        assert int(refused.headers["retry-after"]) > 0
        written = await events(database, clinic.id, before)
        assert [(one["action"], one["outcome"]) for one in written] == [
            ("patient:pace:exceed", "denied")
        ] * 2
        assert [str(one) for one in written[0]["patient_ids"]] == [third]
        assert [(one["outcome"], one["code"]) for one in lines if one["event"] == "security"] == [
            ("put_off", "too_many_records")
        ] * 2
        assert await told(database, clinic) == [str(admin.id)]
        # What is open stays so, a deed never waits, and others read on.
        assert await read(clinic.therapist, first) == 200
        invited = await clinic.therapist.post(f"/api/patients/{third}/invitations", json={})
        assert invited.status_code == 201
        assert await read(admin.browser, third) == 200
        assert (await clinic.patient.get("/api/care")).status_code == 200


async def test_after_an_hour_there_is_room_again(
    clinic: Clinic, three: Patients, monkeypatch: pytest.MonkeyPatch
):
    assert [await read(clinic.therapist, one) for one in three] == [200, 200, 429]
    monkeypatch.setattr(pace, "HOUR", timedelta(0))
    assert await read(clinic.therapist, three[2]) == 200


async def test_without_its_bound_everything_is_read(
    clinic: Clinic, three: Patients, monkeypatch: pytest.MonkeyPatch
):
    """The mutant."""

    async def whatever(*_: object) -> None: ...

    monkeypatch.setattr(pace, "require_room", whatever)
    assert [await read(clinic.therapist, one) for one in three] == [200] * 3


async def test_asking_for_the_same_without_end_waits_too(
    clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pace, "REQUESTS", 3)
    asked = [(await clinic.therapist.get("/api/triage")).status_code for _ in range(4)]
    assert asked == [200, 200, 200, 429]
    async with colleague(clinic, database) as other:
        assert (await other.browser.get("/api/triage")).status_code == 200
    assert (await clinic.patient.get("/api/care")).status_code == 200


def test_a_busy_day_stays_far_below():
    """A patient every ten minutes, each page read anew twice a minute with eight requests, and ten looked up
    between two patients."""
    assert pace.RECORDS >= 2 * (6 + 60)
    assert pace.REQUESTS >= 2 * (60 * 2 * 8 + 60 * 8)
