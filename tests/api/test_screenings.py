"""What patients were asked before their exercises, and what it keeps them from."""

from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.clinics import Clinic, glide, next_plan, own_day, patient_body, stretch

pytestmark = pytest.mark.anyio


def asked(note: str | None = None, **answers: str) -> dict[str, Any]:
    return {"version": 1, "answers": answers, "note": note}


async def screen(clinic: Clinic, body: dict[str, Any], screening_id: Any = None) -> httpx.Response:
    path = f"/api/episodes/{clinic.episode_id}/screenings/{screening_id or uuid7()}"
    return await clinic.therapist.put(path, json=body)


async def plan(clinic: Clinic) -> httpx.Response:
    url = f"/api/episodes/{clinic.episode_id}/plan-versions/{uuid7()}"
    return await clinic.therapist.put(url, json=next_plan(stretch(), glide()))


async def screening(clinic: Clinic) -> dict[str, Any]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: dict[str, Any] = page["screening"]
    return found


async def test_the_list_says_what_to_ask_and_that_nobody_has_signed_it_off(clinic: Clinic):
    listed = (await clinic.therapist.get("/api/screening-questions")).json()
    assert (listed["version"], listed["signed_off_by"]) == (1, None)
    assert listed["questions"][0]["key"] == "saddle_numbness"
    assert {one["level"] for one in listed["questions"]} == {"emergency", "refer", "caution"}


async def test_a_caution_stands_until_somebody_answers_no(clinic: Clinic):
    screening_id, body = uuid7(), asked(pregnancy="yes", tumour="no")
    answers = [await screen(clinic, body, screening_id) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    changed = await screen(clinic, asked(pregnancy="no"), screening_id)
    assert (changed.status_code, changed.json()["code"]) == (409, "screening_exists")
    # Not asked again is not "no".
    await screen(clinic, asked(infection="no"))
    found = await screening(clinic)
    assert {one["key"]: one["answer"] for one in found["standing"]} == {
        "pregnancy": "yes",
        "tumour": "no",
        "infection": "no",
    }
    assert (found["blocks_plan"], len(found["rounds"]), len(found["not_asked"])) == (False, 2, 14)
    assert found["standing"][-1]["by"] == "North therapist"
    assert (await plan(clinic)).status_code == 201
    await screen(clinic, asked(pregnancy="no"))
    standing = (await screening(clinic))["standing"]
    assert [one["answer"] for one in standing if one["key"] == "pregnancy"] == ["no"]


@pytest.mark.parametrize("sign", ["saddle_numbness", "hamstring_avulsion"])
async def test_with_a_sign_for_a_doctor_there_is_no_plan_until_it_is_cleared_with_a_note(
    clinic: Clinic, sign: str
):
    await screen(clinic, asked(**{sign: "yes"}))
    refused = await plan(clinic)
    assert (refused.status_code, refused.json()["code"]) == (409, "screening_blocks")
    care = (await clinic.patient.get("/api/care")).json()
    assert (care["plan"], care["on_hold"], care["exercises"]) == (None, True, [])
    silent = await screen(clinic, asked(" ", **{sign: "no"}))
    assert (silent.status_code, silent.json()["code"]) == (422, "clearance_missing")
    assert (await plan(clinic)).status_code == 409
    assert (await screen(clinic, asked("MRI clear, Dr. A", **{sign: "no"}))).status_code == 201
    assert (await plan(clinic)).status_code == 201
    care = (await clinic.patient.get("/api/care")).json()
    assert (care["plan"]["number"], care["on_hold"]) == (2, False)


async def test_a_new_patient_is_screened_before_the_plan(clinic: Clinic):
    blocked = asked(both_legs="yes") | {"id": str(uuid7())}
    url = f"/api/patients/{uuid7()}"
    refused = await clinic.therapist.put(url, json=patient_body(screening=blocked))
    assert (refused.status_code, refused.json()["code"]) == (409, "screening_blocks")
    assert (await clinic.therapist.get(url)).status_code == 404
    body = patient_body(screening=blocked, plan=None)
    answers = [await clinic.therapist.put(url, json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    page = (await clinic.therapist.get(url)).json()
    assert (page["screening"]["blocks_plan"], len(page["screening"]["rounds"])) == (True, 1)


async def test_a_new_episode_is_screened_again_and_what_stood_stands(clinic: Clinic):
    await screen(clinic, asked(anticoagulation="yes"))
    ended: dict[str, Any] = {
        "ended_on": str(own_day()),
        "reason": "goals_met",
        "note": None,
        "alerts": [],
    }
    await clinic.therapist.post(f"/api/episodes/{clinic.episode_id}/discharge", json=ended)
    begun = await clinic.therapist.put(
        f"/api/patients/{clinic.patient_id}/episodes/{uuid7()}",
        json={
            "condition": "hamstring",
            "side": "left",
            "started_on": str(own_day()),
            "screening": asked(fragile_bones="yes") | {"id": str(uuid7())},
        },
    )
    assert begun.status_code == 201, begun.text
    found = await screening(clinic)
    assert [one["key"] for one in found["standing"]] == ["fragile_bones", "anticoagulation"]


@pytest.mark.parametrize(
    "body", [asked(nothing_like_it="yes"), asked(tumour="no") | {"version": 2}]
)
async def test_answers_to_another_list_are_not_taken(clinic: Clinic, body: dict[str, Any]):
    refused = await screen(clinic, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "list_changed")


async def test_another_clinics_screening_is_unknown_here(clinic: Clinic, other_clinic: Clinic):
    await screen(other_clinic, asked(tumour="yes"))
    assert (await screening(clinic))["rounds"] == []
    path = f"/api/episodes/{other_clinic.episode_id}/screenings/{uuid7()}"
    assert (await clinic.therapist.put(path, json=asked())).status_code == 404
