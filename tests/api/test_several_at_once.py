"""Several alerts acknowledged at once: a result for each."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import service as identity
from tests.api.handling import TOMORROW, done, raised
from tests.api.test_alerts import alerts
from tests.clinics import (
    PASSPHRASE,
    Clinic,
    browser,
    check_in,
    handle,
    join_patient,
    sign_in,
    sync,
)

pytestmark = pytest.mark.anyio


def bulk(*seen: dict[str, Any]) -> dict[str, Any]:
    return {"alerts": [{"id": one["id"], "version": one["version"]} for one in seen]}


async def another(clinic: Clinic) -> dict[str, Any]:
    """An alert of one more patient."""
    patient_id, phone = await join_patient(clinic)
    flagged = [check_in(red_flags=["both_legs"])]
    batch = {"account_id": patient_id, "check_ins": flagged, "exercise_sessions": []}
    await phone.post("/api/sync", json=batch)
    await phone.aclose()
    page = (await clinic.therapist.get(f"/api/patients/{patient_id}")).json()
    alert: dict[str, Any] = page["alerts"][0]
    return alert


async def test_several_at_once_get_a_result_each(
    clinic: Clinic, other_clinic: Clinic, colleague: httpx.AsyncClient
):
    mine, changed, gone = await raised(clinic), await another(clinic), await another(clinic)
    await done(colleague, changed, "snooze", until=TOMORROW)
    closed = await done(colleague, gone, "resolve")
    strange = await raised(other_clinic)
    unknown = {"id": str(uuid7()), "version": 1}
    body = bulk(mine, changed, closed, strange, unknown, mine)
    for _ in range(2):
        answer = await clinic.therapist.post("/api/alerts/acknowledge", json=body)
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [one["id"] for one in results] == [one["id"] for one in body["alerts"]]
        assert [one["status"] for one in results] == [
            "done",
            "changed",
            "changed",
            "not_found",
            "not_found",
            "done",
        ]
        states = [one["alert"] and one["alert"]["state"] for one in results]
        assert states == ["acknowledged", "snoozed", "resolved", None, None, "acknowledged"]
        assert results[0]["alert"]["version"] == mine["version"] + 1
    assert await alerts(other_clinic) == [strange]


async def test_a_colleagues_patients_are_nobodys_in_bulk(clinic: Clinic, database: Database):
    alert = await raised(clinic)
    async with database.writing(clinic.id) as session:
        await identity.add_staff(
            session,
            clinic.id,
            uuid7(),
            role="therapist",
            name="Locum",
            email="locum@north.example",
            passphrase=PASSPHRASE,
            now=datetime.now(UTC),
        )
    async with browser(clinic.app) as locum:
        await sign_in(locum, "locum@north.example")
        answer = await locum.post("/api/alerts/acknowledge", json=bulk(alert))
        alone = await handle(locum, alert, "acknowledge")
    assert [one["status"] for one in answer.json()["results"]] == ["not_found"]
    assert alone.status_code == 403
    assert await alerts(clinic) == [alert]


@pytest.mark.parametrize("count", [0, 101])
async def test_a_bulk_request_is_for_one_to_a_hundred(clinic: Clinic, count: int):
    body = bulk(*({"id": str(uuid7()), "version": 1} for _ in range(count)))
    answer = await clinic.therapist.post("/api/alerts/acknowledge", json=body)
    assert answer.status_code == 400


async def test_many_at_once_and_syncs_between_them_never_wait_in_a_circle(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    seen = [await raised(clinic), *[await another(clinic) for _ in range(3)]]
    flags = ("bladder_bowel", "saddle_numbness", "leg_weakness_worsening")
    answers = await asyncio.gather(
        clinic.therapist.post("/api/alerts/acknowledge", json=bulk(*seen)),
        colleague.post("/api/alerts/acknowledge", json=bulk(*reversed(seen))),
        *(sync(clinic, check_in(red_flags=[flag], pain_now=9)) for flag in flags),
    )
    for answer in answers[:2]:
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 200
        assert len(answer.json()["results"]) == len(seen)
