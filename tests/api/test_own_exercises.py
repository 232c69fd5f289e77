"""The clinic's own exercises: from a therapist's words to the patient's phone."""

from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.api.test_plans import save
from tests.clinics import Clinic, next_plan, stretch

pytestmark = pytest.mark.anyio
HOSTILE = "<img src=x onerror=alert(1)> & 'more'"


def words(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Calf stretch at the wall",
        "summary": "For the calf.",
        "position": "Stand a step away from a wall.",
        "steps": ["Put one foot back.", "Lean in.", "Stay."],
        "caution": "It should not hurt.",
        **changes,
    }


def own(version: int | None = None, **changes: Any) -> dict[str, Any]:
    exercise = {
        "kind": "static_stretch",
        "sides": "per_leg",
        "dose": {
            "sets": 2,
            "repetitions": None,
            "hold_seconds": 30,
            "rest_seconds": 10,
            "days_per_week": 5,
        },
        "en": words(),
        "es": None,
        **changes,
    }
    return {"version": version, "exercise": exercise}


async def put(clinic: Clinic, exercise_id: str, body: dict[str, Any]) -> httpx.Response:
    return await clinic.therapist.put(f"/api/own-exercises/{exercise_id}", json=body)


async def retire(clinic: Clinic, exercise_id: str, *, retired: bool = True) -> httpx.Response:
    url = f"/api/own-exercises/{exercise_id}/retire"
    return await clinic.therapist.post(url, json={"retired": retired})


async def offered(clinic: Clinic) -> list[dict[str, Any]]:
    found = (await clinic.therapist.get("/api/exercises")).json()
    return [exercise for exercise in found if exercise["own"]]


async def test_what_is_written_reaches_the_phone_as_it_is(clinic: Clinic, other_clinic: Clinic):
    exercise_id = str(uuid7())
    body = own(en=words(title=HOSTILE, steps=["Lean in.", "Lean in."]))
    made = await put(clinic, exercise_id, body)
    again = await put(clinic, exercise_id, body)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    key = made.json()["key"]
    saved = await save(clinic, next_plan(stretch(exercise_key=key)))
    assert saved.status_code == 201, saved.text
    assert saved.json()["changes"][0]["en"].startswith(f"New: {HOSTILE}, left leg")
    (exercise,) = (await clinic.patient.get("/api/care")).json()["exercises"]
    assert (exercise["key"], exercise["kind"]) == (key, "static_stretch")
    # Who reads Spanish gets what there is; when to stop is always told.
    assert exercise["title"] == {"en": HOSTILE, "es": HOSTILE}
    assert "tingles" in exercise["stop_when"]["en"]
    assert "hormigueo" in exercise["stop_when"]["es"]
    assert exercise["usual"]["hold_seconds"] == {"least": 20, "most": 30}
    assert await offered(other_clinic) == []


async def test_a_change_counts_for_plans_that_have_it(clinic: Clinic):
    exercise_id = str(uuid7())
    key = (await put(clinic, exercise_id, own())).json()["key"]
    await save(clinic, next_plan(stretch(exercise_key=key)))
    changed = await put(clinic, exercise_id, own(1, es=words(title="Gemelos")))
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    (exercise,) = (await clinic.patient.get("/api/care")).json()["exercises"]
    assert exercise["title"] == {"en": "Calf stretch at the wall", "es": "Gemelos"}


async def test_of_two_who_change_it_the_second_is_told(clinic: Clinic):
    exercise_id = str(uuid7())
    await put(clinic, exercise_id, own())
    first = await put(clinic, exercise_id, own(1, en=words(title="One")))
    for version in (None, 1):
        late = await put(clinic, exercise_id, own(version, en=words(title="Two")))
        assert (late.status_code, late.json()["code"]) == (409, "exercise_changed")
        assert late.json()["current"] == first.json()


async def test_a_retired_one_stays_with_the_plans_that_have_it(clinic: Clinic):
    exercise_id = str(uuid7())
    key = (await put(clinic, exercise_id, own())).json()["key"]
    await save(clinic, next_plan(stretch(exercise_key=key)))
    for _ in range(2):
        assert (await retire(clinic, exercise_id)).json()["retired"] is True
    assert [one["retired"] for one in await offered(clinic)] == [True]
    (exercise,) = (await clinic.patient.get("/api/care")).json()["exercises"]
    assert exercise["key"] == key
    assert (await save(clinic, next_plan(stretch(exercise_key=key, sets=2), based_on=2))).is_success
    assert (await retire(clinic, exercise_id, retired=False)).json()["retired"] is False


DOSE = own()["exercise"]["dose"]
GLIDE = {"sets": 2, "repetitions": 10, "hold_seconds": None, "rest_seconds": 30, "days_per_week": 7}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"kind": "nerve_glide", "dose": {**GLIDE, "hold_seconds": 5}}, 422, "glide_never_static"),
        ({"dose": {**DOSE, "hold_seconds": 90}}, 422, "outside_usual_dose"),
        ({"dose": {**DOSE, "hold_seconds": None}}, 422, "stretch_needs_hold"),
        ({"en": None}, 422, "words_missing"),
        ({"es": words(steps=["Uno."])}, 422, "words_missing"),
        ({"en": words(title=" ")}, 400, "invalid_request"),
        ({"en": words(title="x" * 81)}, 400, "invalid_request"),
        ({"en": words(steps=[])}, 400, "invalid_request"),
        ({"en": words(steps=["a\nb"])}, 400, "invalid_request"),
    ],
)
async def test_what_could_not_be_done_safely_or_read_is_refused(
    clinic: Clinic, changes: dict[str, Any], status: int, code: str
):
    answer = await put(clinic, str(uuid7()), own(**changes))
    assert answer.status_code == status, answer.text
    assert status == 400 or answer.json()["code"] == code
    assert await offered(clinic) == []


async def test_a_glide_of_the_clinics_own_has_no_hold_and_may_replace_a_stretch(clinic: Clinic):
    made = await put(clinic, str(uuid7()), own(kind="nerve_glide", dose=GLIDE))
    assert made.status_code == 201, made.text
    key = made.json()["key"]
    (exercise,) = await offered(clinic)
    assert exercise["usual"]["hold_seconds"] is None
    item = {**stretch(exercise_key=key, on_nerve_flag=None), **GLIDE}
    saved = await save(clinic, next_plan(stretch(on_nerve_flag=key), item))
    assert saved.status_code == 201, saved.text
    held = next_plan(stretch(), {**item, "hold_seconds": 5}, based_on=2)
    assert (await save(clinic, held)).json()["code"] == "glide_never_static"


async def test_its_kind_stays_and_another_clinics_is_as_one_that_does_not_exist(
    clinic: Clinic, other_clinic: Clinic
):
    exercise_id = str(uuid7())
    await put(clinic, exercise_id, own())
    other_kind = await put(clinic, exercise_id, own(1, kind="nerve_glide", dose=GLIDE))
    assert (other_kind.status_code, other_kind.json()["code"]) == (409, "kind_is_fixed")
    assert (await retire(other_clinic, exercise_id)).status_code == 404
    assert (await retire(other_clinic, str(uuid7()))).status_code == 404
    # The same id in another clinic is another exercise.
    assert (await put(other_clinic, exercise_id, own())).status_code == 201
    assert [one["retired"] for one in await offered(clinic)] == [False]
