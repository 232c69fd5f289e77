"""When a patient wants to be reminded: kept by the server, one patient's own."""

from typing import Any

import pytest

from tests.clinics import Clinic

pytestmark = pytest.mark.anyio

EVENING: dict[str, Any] = {"at": "18:30", "quiet_from": "21:00", "quiet_until": "08:00"}
NEVER: dict[str, Any] = {"at": None, "quiet_from": None, "quiet_until": None}


async def test_who_never_chose_is_not_reminded(clinic: Clinic):
    assert (await clinic.patient.get("/api/reminders")).json() == NEVER


async def test_the_last_choice_counts_and_sending_it_again_changes_nothing(clinic: Clinic):
    for wanted in (EVENING, EVENING, {**EVENING, "at": "07:05"}, NEVER):
        answer = await clinic.patient.put("/api/reminders", json=wanted)
        assert (answer.status_code, answer.json()) == (200, wanted)
        assert (await clinic.patient.get("/api/reminders")).json() == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {**EVENING, "at": "24:00"},
        {**EVENING, "at": "7:05"},
        {**EVENING, "at": "07:05:00"},
        {**EVENING, "quiet_until": None},
        {**EVENING, "quiet_from": "08:00"},
        {**EVENING, "days": 7},
    ],
)
async def test_what_is_no_time_of_day_is_refused_and_nothing_changes(
    clinic: Clinic, wrong: dict[str, Any]
):
    assert (await clinic.patient.put("/api/reminders", json=EVENING)).status_code == 200
    refused = await clinic.patient.put("/api/reminders", json=wrong)
    assert 400 <= refused.status_code < 500
    assert refused.json()["code"]
    assert (await clinic.patient.get("/api/reminders")).json() == EVENING


async def test_another_patients_choice_is_not_touched_and_staff_have_none(
    clinic: Clinic, other_clinic: Clinic
):
    await clinic.patient.put("/api/reminders", json=EVENING)
    assert (await other_clinic.patient.get("/api/reminders")).json() == NEVER
    assert (await clinic.therapist.get("/api/reminders")).status_code == 403
