"""The record as FHIR R4: every resource of the demo clinic against the official rules, and who gets which."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from glidepath.clinical.vocabulary import Sensation
from glidepath.database.engine import Database
from glidepath.fhir import store
from tests.clinics import ZONE, Clinic, check_in, own_day, sync
from tests.databases import seeds_once
from tests.fhir.official import code_errors, schema_errors

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


async def pages(client: httpx.AsyncClient, path: str) -> list[Json]:
    """The resources of all pages."""
    found: list[Json] = []
    following: str | None = path
    while following is not None:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/fhir+json"
        bundle = answer.json()
        assert (schema_errors(bundle), code_errors(bundle)) == ([], [])
        found += [entry["resource"] for entry in bundle.get("entry", [])]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        following = links.get("next")
        assert following is not None or bundle["total"] == len(found)
    return found


@seeds_once
async def test_every_resource_of_the_demo_clinic_keeps_the_official_rules(
    demo_clinic: tuple[httpx.AsyncClient, Database], report: Callable[[str], None]
):
    admin, _ = demo_clinic
    began, counted, wrong = time.perf_counter(), Counter[str](), list[str]()
    references, there = set[str](), set[str]()
    for patient in await pages(admin, "/api/fhir/Patient"):
        whole = await pages(admin, f"/api/fhir/Patient/{patient['id']}/$everything?_count=1000")
        for one in whole:
            there.add(f"{one['resourceType']}/{one['id']}")
            counted[one["resourceType"]] += 1
            references |= set(_references(one))
            wrong += [f"{one['resourceType']}: {error}" for error in schema_errors(one)]
            wrong += [f"{one['resourceType']}: {error}" for error in code_errors(one)]
    report(
        f"FHIR: {counted.total()} resources of {len(counted)} kinds, {len(wrong)} errors,"
        f" {len(references - there)} references to nothing ({time.perf_counter() - began:.0f} s)"
    )
    assert wrong == []
    assert references <= there
    assert counted.keys() == KINDS


KINDS = {
    "AuditEvent",
    "CarePlan",
    "Communication",
    "Condition",
    "Consent",
    "DetectedIssue",
    "EpisodeOfCare",
    "Goal",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "ServiceRequest",
    "Task",
}


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for one in value for found in _references(one)]
    if not isinstance(value, dict):
        return []
    found = [found for inner in value.values() for found in _references(inner)]
    return [*found, value["reference"]] if isinstance(value.get("reference"), str) else found


async def test_what_was_not_answered_has_no_observation_and_none_of_these_says_no(clinic: Clinic):
    yesterday = own_day() - timedelta(days=1)
    await sync(
        clinic,
        check_in(yesterday, pain_now=0, place=None, sensations=None),
        check_in(pain_now=None, sensations=["tingling"], place="calf"),
    )
    found = await pages(clinic.therapist, f"/api/fhir/Observation?patient={clinic.patient_id}")
    by_day = defaultdict[str, dict[str, Any]](dict)
    for one in found:
        value = one.get("valueInteger", one.get("valueBoolean"))
        by_day[one["effectiveDateTime"][:10]][one["code"]["coding"][-1]["code"]] = value
    assert by_day[str(yesterday)] == {"pain_now": 0}
    today = by_day[str(own_day())]
    assert today.pop("tingling") is True
    assert set(today) == {one.value for one in Sensation} - {"tingling"}
    assert set(today.values()) == {False}


async def test_an_edit_takes_the_place_of_what_it_edits_and_a_withdrawn_entry_is_gone(
    clinic: Clinic,
):
    first, second = check_in(pain_now=3), check_in(pain_now=8)
    edit = check_in(pain_now=5, revises=first["id"])
    gone = check_in(pain_now=8, revises=second["id"], withdrawn=True)
    edit["made_at"] = gone["made_at"] = f"{own_day()}T10:00:00+02:00"
    await sync(clinic, first, second, edit, gone)
    path = f"/api/fhir/Observation?patient={clinic.patient_id}&code=72514-3"
    (pain,) = await pages(clinic.therapist, path)
    assert (pain["valueInteger"], pain["status"]) == (5, "amended")
    read = await clinic.therapist.get(f"/api/fhir/Observation/{pain['id']}")
    assert read.json() == pain


async def test_a_search_goes_by_day_and_code_and_page_by_page(clinic: Clinic):
    days = [own_day() - timedelta(days=number) for number in range(6)]
    await sync(clinic, *(check_in(day, pain_now=number) for number, day in enumerate(days)))
    base = f"/api/fhir/Observation?patient=Patient/{clinic.patient_id}"
    pain = f"{base}&code=http://loinc.org|72514-3"

    async def ratings(path: str) -> list[int]:
        return [one["valueInteger"] for one in await pages(clinic.therapist, path)]

    assert await ratings(f"{pain}&_count=2") == [5, 4, 3, 2, 1, 0]
    assert await ratings(f"{pain}&date=ge{days[3]}&date=lt{days[1]}") == [3, 2]
    assert await ratings(f"{pain}&date={days[4]}") == [4]
    assert await ratings(f"{base}&code=pain_now&date=gt{days[1]}") == [0]
    assert await ratings(f"{base}&code=http://snomed.info/sct|72514-3") == []


async def test_where_an_entry_comes_from_is_found_by_when_it_was_recorded(clinic: Clinic):
    await sync(clinic, check_in(own_day() - timedelta(days=9)))
    recorded = datetime.now(UTC).date()
    path = f"/api/fhir/Provenance?patient={clinic.patient_id}&date=ge{recorded - timedelta(days=1)}"
    assert len(await pages(clinic.therapist, path)) == 1


async def test_an_entry_of_a_wrong_clock_is_found_by_the_day_that_it_says(clinic: Clinic):
    """Two days ahead: it counts on the day before yesterday, and is dated as the phone wrote it."""
    ahead = datetime.now(UTC) + timedelta(days=2)
    entry = check_in(ahead.astimezone(ZONE).date(), happened_at=ahead.isoformat())
    entry["zone"], entry["local_date"] = "UTC", str(ahead.date())
    body = {
        "account_id": str(clinic.patient_id),
        "check_ins": [entry | {"made_at": ahead.isoformat()}],
        "exercise_sessions": [],
        "sent_at": ahead.isoformat(),
    }
    answer = await clinic.patient.post("/api/sync", json=body)
    assert answer.json()["results"][0]["status"] == "stored", answer.text
    base = f"/api/fhir/Observation?patient={clinic.patient_id}&code=pain_now"
    (one,) = await pages(clinic.therapist, base)
    written = one["effectiveDateTime"][:10]
    assert written == str(ahead.date())
    assert await pages(clinic.therapist, f"{base}&date={written}") == [one]
    counted = ahead.date() - timedelta(days=2)
    assert await pages(clinic.therapist, f"{base}&date={counted}") == []


@pytest.mark.parametrize(
    "asked",
    [
        "colour=red",
        "date=yesterday",
        "_count=0",
        "_count=1001",
        "_count=x",
        "_after=x",
        "code=a&code=b",
    ],
)
async def test_what_cannot_be_asked_is_told_and_not_passed_over(clinic: Clinic, asked: str):
    answer = await clinic.therapist.get(
        f"/api/fhir/Observation?patient={clinic.patient_id}&{asked}"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_a_record_is_asked_for_by_its_patient(clinic: Clinic):
    assert (await clinic.therapist.get("/api/fhir/Observation")).status_code == 400
    assert (await clinic.therapist.get("/api/fhir/Medication")).status_code == 404


async def test_every_kind_is_another_clinics_secret(clinic: Clinic, other_clinic: Clinic):
    await sync(clinic, check_in(), check_in())
    own = await pages(
        clinic.therapist, f"/api/fhir/Patient/{clinic.patient_id}/$everything?_count=1000"
    )
    assert {one["resourceType"] for one in own} >= {"Observation", "Provenance", "CarePlan"}
    for one in own:
        if one["resourceType"] != "Questionnaire":
            path = f"/api/fhir/{one['resourceType']}/{one['id']}"
            assert (await clinic.therapist.get(path)).json() == one
            assert (await other_clinic.therapist.get(path)).status_code == 404
    for kind in KINDS - {"Patient", "Organization", "Practitioner", "Questionnaire"}:
        path = f"/api/fhir/{kind}?patient={clinic.patient_id}"
        assert (await other_clinic.therapist.get(path)).status_code == 404
    assert [one["id"] for one in await pages(other_clinic.therapist, "/api/fhir/Patient")] == [
        str(other_clinic.patient_id)
    ]


async def test_a_record_that_is_given_whole_is_read_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    read, entries = list[str](), store.entries

    async def counted(session: Any, model: Any, *of: Any) -> Any:
        read.append(model.__name__)
        return await entries(session, model, *of)

    monkeypatch.setattr(store, "entries", counted)
    await sync(clinic, check_in())
    whole = await pages(clinic.therapist, f"/api/fhir/Patient/{clinic.patient_id}/$everything")
    assert {one["resourceType"] for one in whole} >= {"Observation", "Provenance"}
    assert sorted(read) == ["CheckIn", "ExerciseSession"]


async def test_who_looked_is_for_admins(clinic: Clinic):
    path = f"/api/fhir/AuditEvent?patient={clinic.patient_id}"
    answer = await clinic.therapist.get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "admins_only")


async def test_the_interface_says_what_it_can_do(clinic: Clinic):
    said = (await clinic.patient.get("/api/fhir/metadata")).json()
    # The schema of 4.0.1 does not know its own number yet; the codes do.
    assert schema_errors(said | {"fhirVersion": "4.0.0"}) == []
    assert (said["fhirVersion"], code_errors(said)) == ("4.0.1", [])
    (rest,) = said["rest"]
    assert {one["type"] for one in rest["resource"]} == KINDS
