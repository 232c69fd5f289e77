"""What a therapist finds: kept as written, corrected beside it, and seen by the care team alone."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from uuid_utils.compat import uuid7

from glidepath.settings import Settings
from tests.clinics import Clinic, join_patient, own_day

pytestmark = pytest.mark.anyio

UNTESTED: dict[str, Any] = {"slr": None, "slump": None}
LEFT: dict[str, Any] = {
    "slr": {"angle": 45, "symptom": True},
    "slump": {"positive": True, "eased_by_neck": True},
}


def findings(**changes: Any) -> dict[str, Any]:
    return {
        "revises": None,
        "withdrawn": False,
        "assessed_on": str(own_day()),
        "left": LEFT,
        "right": {"slr": {"angle": 80, "symptom": False}, "slump": None},
        "note": None,
        **changes,
    }


async def record(
    clinic: Clinic, body: dict[str, Any], assessment_id: UUID | None = None
) -> httpx.Response:
    path = f"/api/episodes/{clinic.episode_id}/assessments/{assessment_id or uuid7()}"
    return await clinic.therapist.put(path, json=body)


async def standing(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: list[dict[str, Any]] = page["assessments"]
    return found


async def test_it_comes_back_as_it_was_found_newest_day_first(clinic: Clinic):
    before = findings(assessed_on=str(own_day() - timedelta(days=9)), note="At the first visit.")
    first, second = [(await record(clinic, body)).json() for body in (before, findings())]
    assert await standing(clinic) == [second, first]
    assert first["left"] == LEFT
    assert first["right"] == {"slr": {"angle": 80, "symptom": False}, "slump": None}
    assert (first["note"], first["by"], first["corrected"]) == (
        "At the first visit.",
        "North therapist",
        False,
    )


async def test_sent_again_it_is_the_same_and_never_another(clinic: Clinic):
    assessment_id = uuid7()
    answers = await asyncio.gather(*(record(clinic, findings(), assessment_id) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    other = await record(clinic, findings(note="Something else"), assessment_id)
    assert (other.status_code, other.json()["code"]) == (409, "assessment_exists")
    assert await standing(clinic) == [answers[0].json()]


async def test_the_last_correction_stands_and_a_withdrawn_one_is_gone(
    clinic: Clinic, settings: Settings
):
    first = (await record(clinic, findings())).json()
    correction = findings(revises=first["id"], left={**LEFT, "slr": {"angle": 55, "symptom": True}})
    corrected = (await record(clinic, correction)).json()
    assert (corrected["id"], corrected["corrected"]) == (first["id"], True)
    assert corrected["left"]["slr"]["angle"] == 55
    assert await standing(clinic) == [corrected]

    withdrawn = await record(clinic, findings(revises=first["id"], withdrawn=True))
    assert (withdrawn.status_code, withdrawn.json()) == (201, None)
    assert await standing(clinic) == []
    # Nothing that was written has gone.
    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            await connection.execute(f"select set_config('app.clinic_id', '{clinic.id}', true)")
            assert await connection.fetchval("select count(*) from assessments") == 3
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("update assessments set note = 'x'")
    finally:
        await connection.close()


async def test_a_revision_of_a_revision_or_of_another_patients_is_refused(clinic: Clinic):
    first = (await record(clinic, findings())).json()
    revision_id = uuid7()
    await record(clinic, findings(revises=first["id"], note="Corrected"), revision_id)
    again = await record(clinic, findings(revises=str(revision_id)))
    assert (again.status_code, again.json()["code"]) == (422, "revises_a_revision")
    itself = uuid7()
    assert (await record(clinic, findings(revises=str(itself)), itself)).status_code == 404

    patient_id, phone = await join_patient(clinic)
    await phone.aclose()
    page = (await clinic.therapist.get(f"/api/patients/{patient_id}")).json()
    other_episode = page["episode"]["id"]
    path = f"/api/episodes/{other_episode}/assessments/{uuid7()}"
    theirs = await clinic.therapist.put(path, json=findings(revises=first["id"]))
    assert theirs.status_code == 404
    assert len(await standing(clinic)) == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"left": {"slr": {"angle": 121, "symptom": True}, "slump": None}}, 400, "malformed"),
        ({"left": {"slr": {"angle": -1, "symptom": True}, "slump": None}}, 400, "malformed"),
        ({"left": {"slr": {"angle": 45.5, "symptom": True}, "slump": None}}, 400, "malformed"),
        ({"left": {"slr": None}}, 400, "malformed"),
        ({"note": "  "}, 400, "malformed"),
        ({"note": "x" * 2001}, 400, "malformed"),
        ({"left": UNTESTED, "right": UNTESTED}, 422, "nothing_found"),
        (
            {"left": {"slr": None, "slump": {"positive": False, "eased_by_neck": True}}},
            422,
            "nothing_to_ease",
        ),
        ({"assessed_on": str(own_day() + timedelta(days=1))}, 422, "day_out_of_range"),
        ({"assessed_on": str(own_day() - timedelta(days=500))}, 422, "day_out_of_range"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_kept(
    clinic: Clinic, changes: dict[str, Any], status: int, code: str
):
    answer = await record(clinic, findings(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await standing(clinic) == []


async def test_a_note_alone_is_enough(clinic: Clinic):
    body = findings(left=UNTESTED, right=UNTESTED, note="Could not lie down today.")
    assert (await record(clinic, body)).status_code == 201


async def test_a_patient_records_nothing(clinic: Clinic):
    path = f"/api/episodes/{clinic.episode_id}/assessments/{uuid7()}"
    assert (await clinic.patient.put(path, json=findings())).status_code == 403
