"""Patients from another system's bundle: what would be, what is wrong, and all or nobody."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from glidepath.fhir.importing import PATIENTS_AT_MOST, read
from tests.bundles import SNOMED, bundle, condition, patient
from tests.clinics import Clinic

pytestmark = pytest.mark.anyio


async def send(clinic: Clinic, body: dict[str, Any], *, admit: bool) -> httpx.Response:
    return await clinic.therapist.post("/api/fhir/imports", json={"bundle": body, "admit": admit})


async def patients(clinic: Clinic) -> set[str]:
    found = (await clinic.therapist.get("/api/fhir/Patient")).json()["entry"]
    return {one["resource"]["id"] for one in found}


async def test_a_bundle_is_first_told_then_taken_and_then_known(clinic: Clinic):
    whole = bundle(patient(), condition(), {"resourceType": "Medication"})
    before = await patients(clinic)
    told = (await send(clinic, whole, admit=False)).json()
    assert (told["admitted"], told["problems"], told["left"]) == (False, [], {"Medication": 1})
    (one,) = told["patients"]
    assert await patients(clinic) == before
    assert (one["name"], one["locale"], one["known"]) == ("Ana María Doe1", "es", False)
    assert (one["condition"], one["side"], one["started_on"]) == ("sciatic", "left", "2026-02-01")
    assert (await send(clinic, whole, admit=True)).json() == told | {"admitted": True}
    assert await patients(clinic) == before | {one["id"]}
    again = (await send(clinic, whole, admit=True)).json()
    assert [one["known"] for one in again["patients"]] == [True]
    assert await patients(clinic) == before | {one["id"]}
    page = (await clinic.therapist.get(f"/api/patients/{one['id']}")).json()
    assert page["patient"]["name"] == "Ana María Doe1"


async def test_of_a_bundle_with_a_problem_nobody_is_admitted(clinic: Clinic):
    whole = bundle(patient(1), condition(1), patient(2), condition(2, bodySite=None))
    before = await patients(clinic)
    told = (await send(clinic, whole, admit=False)).json()
    assert [one["name"] for one in told["patients"]] == ["Ana María Doe1"]
    assert [one["entry"] for one in told["problems"]] == [2]
    answer = await send(clinic, whole, admit=True)
    assert (answer.status_code, answer.json()["code"]) == (422, "import_problems")
    assert [one["field"] for one in answer.json()["errors"]] == ["entry[2]"]
    assert await patients(clinic) == before


async def test_who_is_here_as_another_is_a_problem(clinic: Clinic):
    await send(clinic, bundle(), admit=True)
    renamed = bundle(patient(name=[{"text": "Somebody Else"}]), condition())
    (problem,) = (await send(clinic, renamed, admit=False)).json()["problems"]
    assert "another patient under this id" in problem["reason"]


UNFIT: list[tuple[list[dict[str, Any]], str]] = [
    ([patient(identifier=None), condition()], "no identifier"),
    ([patient(name=[{}]), condition()], "no name"),
    ([patient(name=[{"text": "A\u0007B"}]), condition()], "name"),
    ([patient()], "There are 0 conditions"),
    ([patient(), condition(), condition()], "There are 2 conditions"),
    ([patient(), condition(bodySite=[{"text": "leg"}])], "which leg"),
    ([patient(), condition(onsetDateTime=None)], "since when"),
    ([patient(), condition(onsetDateTime="lately")], "started_on"),
    ([patient(), condition(), patient()], "twice"),
]


@pytest.mark.parametrize(("resources", "says"), UNFIT)
async def test_what_cannot_be_taken_says_why(resources: list[dict[str, Any]], says: str):
    _, problems = read(bundle(*resources), uuid4(), "Europe/Madrid")
    assert [says in one.reason for one in problems] == [True]


async def test_what_we_have_no_code_for_is_not_clear_and_a_foreign_language_is_english():
    foreign = patient(communication=[{"language": {"coding": [{"code": "fr"}]}}])
    unknown = condition(code={"coding": [{"system": SNOMED, "code": "1"}]})
    ((row,), problems) = read(bundle(foreign, unknown), uuid4(), "Europe/Madrid")
    assert (problems, row.body.locale, row.body.episode.condition) == ([], "en", "unclear")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resourceType": "Patient"},
        bundle({"resourceType": "Medication"}),
        {"resourceType": "Bundle", "entry": {"a": 1}},
        {"resourceType": "Bundle", "entry": [1, None, {"resource": []}]},
        bundle(*(patient(number) for number in range(PATIENTS_AT_MOST + 1))),
    ],
)
async def test_what_is_no_bundle_of_patients_is_refused(clinic: Clinic, body: dict[str, Any]):
    assert (await send(clinic, body, admit=False)).status_code == 422
