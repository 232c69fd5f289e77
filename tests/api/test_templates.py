"""Plans to begin from: kept by name, renamed and retired; no plan that could not be saved."""

from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.api.test_proposals import criterion, curl
from tests.clinics import Clinic, glide, stretch

pytestmark = pytest.mark.anyio


def template(name: str = "First weeks", *items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    listed = list(items) or [stretch(on_nerve_flag="sciatic_glide"), glide()]
    return {"name": name, "note": None, "items": listed, "criteria": [criterion()], **changes}


async def put(clinic: Clinic, body: dict[str, Any], template_id: str) -> httpx.Response:
    return await clinic.therapist.put(f"/api/plan-templates/{template_id}", json=body)


async def offered(clinic: Clinic) -> list[dict[str, Any]]:
    answer = await clinic.therapist.get("/api/plan-templates")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


async def do(clinic: Clinic, template_id: str, deed: str, **body: Any) -> httpx.Response:
    return await clinic.therapist.post(f"/api/plan-templates/{template_id}/{deed}", json=body)


async def test_a_plan_is_kept_by_name_for_the_whole_clinic(clinic: Clinic, other_clinic: Clinic):
    one, other = str(uuid7()), str(uuid7())
    first = await put(clinic, template("Strong"), one)
    again = await put(clinic, template("Strong"), one)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (await put(clinic, template("calm"), other)).status_code == 201
    assert [made["name"] for made in await offered(clinic)] == ["calm", "Strong"]
    kept = (await offered(clinic))[1]
    assert kept["criteria"] == [criterion()]
    assert [item["exercise_key"] for item in kept["items"]] == [
        "hamstring_stretch",
        "sciatic_glide",
    ]
    assert await offered(other_clinic) == []
    changed = await put(clinic, template("Strong", curl(), criteria=[]), one)
    assert (changed.status_code, changed.json()["code"]) == (409, "template_exists")


async def test_two_do_not_have_the_same_name_unless_one_is_retired(clinic: Clinic):
    one, other = str(uuid7()), str(uuid7())
    await put(clinic, template("Calm"), one)
    taken = await put(clinic, template("CALM"), other)
    assert (taken.status_code, taken.json()["code"]) == (409, "template_name_taken")
    for _ in range(2):
        assert (await do(clinic, one, "retire")).status_code == 204
    assert await offered(clinic) == []
    assert (await put(clinic, template("CALM"), other)).status_code == 201


async def test_of_two_who_rename_at_once_the_second_is_told(clinic: Clinic):
    one, other = str(uuid7()), str(uuid7())
    await put(clinic, template("Calm"), one)
    await put(clinic, template("Strong"), other)
    assert (await do(clinic, one, "rename", name="Calmer", was="Calm")).status_code == 204
    assert (await do(clinic, one, "rename", name="Calmer", was="Calm")).status_code == 204
    late = await do(clinic, one, "rename", name="Calmest", was="Calm")
    assert (late.status_code, late.json()["code"]) == (409, "template_renamed")
    taken = await do(clinic, one, "rename", name="strong", was="Calmer")
    assert (taken.status_code, taken.json()["code"]) == (409, "template_name_taken")
    assert [made["name"] for made in await offered(clinic)] == ["Calmer", "Strong"]


@pytest.mark.parametrize("name", ["", " ", " Calm", "Calm ", "a\nb", "x" * 81])
async def test_a_name_is_neither_blank_nor_long(clinic: Clinic, name: str):
    assert (await put(clinic, template(name), str(uuid7()))).status_code == 400


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([glide(hold_seconds=5)], "glide_never_static"),
        ([stretch(on_nerve_flag="sciatic_glide")], "no_such_glide"),
        ([stretch(sets=9)], "reason_required"),
    ],
)
async def test_what_no_plan_could_be_is_no_template(
    clinic: Clinic, items: list[dict[str, Any]], code: str
):
    answer = await put(clinic, template("Calm", *items, criteria=[]), str(uuid7()))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(("deed", "body"), [("rename", {"name": "A", "was": "B"}), ("retire", {})])
async def test_another_clinics_template_is_as_one_that_does_not_exist(
    clinic: Clinic, other_clinic: Clinic, deed: str, body: dict[str, Any]
):
    one = str(uuid7())
    await put(clinic, template("Calm"), one)
    assert (await do(other_clinic, one, deed, **body)).status_code == 404
    assert (await do(other_clinic, str(uuid7()), deed, **body)).status_code == 404
    assert [made["name"] for made in await offered(clinic)] == ["Calm"]
