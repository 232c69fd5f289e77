"""The one journey that matters, without a browser."""

from datetime import timedelta

import pytest

from tests.clinics import Clinic, check_in, handle, own_day, sync

pytestmark = pytest.mark.anyio


async def test_fourteen_climbing_days_raise_one_alert_that_somebody_looks_at(clinic: Clinic):
    today = own_day()
    climb = [
        check_in(today - timedelta(days=13 - day), pain_now=round(2 + day * 7 / 13))
        for day in range(14)
    ]
    results = await sync(clinic, *climb)
    assert [result["status"] for result in results] == ["stored"] * 14

    triage = (await clinic.therapist.get("/api/triage")).json()
    (row,) = triage["rows"]
    assert row["need"] == "worsening"
    assert row["alert"]["state"] == "open"
    assert row["reason"]["en"]
    assert row["reason"]["es"]
    assert row["spark"]["pain"][-14:] == "".join(str(entry["pain_now"]) for entry in climb)

    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    (alert,) = page["alerts"]
    assert alert["kind"] == "worsening"
    assert alert["events"][0]["kind"] == "opened"

    basis = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert basis["same_again"] is True
    assert {entry["id"] for entry in climb} >= set(basis["basis"]["entry_ids"]) > set()

    acknowledged = await handle(clinic.therapist, alert, "acknowledge")
    assert acknowledged.json()["state"] == "acknowledged"
    care = (await clinic.patient.get("/api/care")).json()
    (look,) = care["looked"]
    assert (look["by"], look["state"]) == ("North therapist", "acknowledged")

    # Asked again with nothing new, the answer is the same to the letter: a phone then writes nothing.
    first, second = [await clinic.patient.get("/api/care") for _ in range(2)]
    assert first.content == second.content
