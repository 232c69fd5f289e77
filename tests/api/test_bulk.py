"""FHIR's bulk export: asked for, looked at, fetched and thrown away as the Bulk Data Access guide has it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.fhir.record import KINDS
from glidepath.records import bulk_making, making
from glidepath.settings import Settings
from tests.api.test_export import lived
from tests.api.test_worker import work
from tests.clinics import Clinic, Colleague, check_in, colleague, join_patient, own_day, sync
from tests.fhir.official import code_errors, schema_errors

pytestmark = pytest.mark.anyio
ASYNC = {"prefer": "respond-async"}


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Admin", role="admin") as one:
        yield one


async def ask(admin: Colleague, path: str) -> str:
    """Where to look."""
    answer = await admin.browser.get(f"/api/fhir/{path}", headers=ASYNC)
    assert (answer.status_code, answer.content) == (202, b""), answer.text
    return answer.headers["content-location"]


async def make(database: Database, clinic: Clinic, where: str) -> bool:
    export_id = UUID(where.rpartition("/")[2])
    return await making.run(database, clinic.id, export_id, lambda: datetime.now(UTC))


async def fetched(client: httpx.AsyncClient, where: str) -> list[dict[str, Any]]:
    """The resources of every file of a manifest."""
    manifest = (await client.get(where)).json()
    found = []
    for one in manifest["output"]:
        answer = await client.get(one["url"])
        assert answer.headers["content-type"] == "application/fhir+ndjson"
        resources = [json.loads(line) for line in answer.text.splitlines()]
        assert len(resources) == one["count"]
        assert {resource["resourceType"] for resource in resources} == {one["type"]}
        found += resources
    return found


async def test_all_records_of_a_clinic_are_asked_for_looked_at_fetched_and_thrown_away(
    clinic: Clinic,
    other_clinic: Clinic,
    admin: Colleague,
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
):
    # Files that are full after a few resources.
    monkeypatch.setattr(bulk_making, "FULL", 4_000)
    await lived(clinic)
    _, stranger = await join_patient(clinic)
    await stranger.aclose()
    await sync(other_clinic, check_in())
    where = await ask(admin, "$export?_outputFormat=application/fhir%2Bndjson")
    looked = await admin.browser.get(where)
    assert (looked.status_code, looked.content) == (202, b"")
    assert looked.headers["x-progress"] == "waiting"
    assert int(looked.headers["retry-after"]) > 0
    await work(settings, database, clinic)
    answer = await admin.browser.get(where)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "GMT" in answer.headers["expires"]
    manifest = answer.json()
    assert manifest["request"].endswith("/api/fhir/$export?_outputFormat=application/fhir%2Bndjson")
    assert (manifest["requiresAccessToken"], manifest["error"]) == (True, [])
    assert datetime.fromisoformat(manifest["transactionTime"]) <= datetime.now(UTC)
    assert len(manifest["output"]) > len({one["type"] for one in manifest["output"]})
    resources = await fetched(admin.browser, where)
    wrong = [error for one in resources for error in (*schema_errors(one), *code_errors(one))]
    assert wrong == []
    for number in (len(manifest["output"]) + 1, 2**31 - 1):
        assert (await admin.browser.get(f"{where}/{number}")).status_code == 404
    for number in (2**31, 2**64):
        assert (await admin.browser.get(f"{where}/{number}")).status_code == 400
    names = {f"{one['resourceType']}/{one['id']}" for one in resources}
    assert len(names) == len(resources)
    assert {one["resourceType"] for one in resources} >= set(KINDS) - {"Consent"}
    patients = {one["id"] for one in resources if one["resourceType"] == "Patient"}
    assert len(patients) == 2
    assert str(other_clinic.patient_id) not in json.dumps(resources)
    assert (await admin.browser.delete(where)).status_code == 202
    for path in (where, manifest["output"][0]["url"]):
        assert (await admin.browser.get(path)).status_code == 404


async def test_what_is_given_goes_by_kind_and_by_when_it_changed(
    clinic: Clinic, admin: Colleague, database: Database
):
    await sync(clinic, check_in(own_day() - timedelta(days=1)))
    between = datetime.now(UTC)
    later = check_in(pain_now=8)
    await sync(clinic, later)
    asked = (
        f"Patient/$export?_type=Observation,Patient&_type=Provenance&_since={between.isoformat()}"
    )
    where = await ask(admin, asked.replace("+", "%2B"))
    assert await make(database, clinic, where)
    found = await fetched(admin.browser, where)
    assert {one["resourceType"] for one in found} == {"Observation", "Patient", "Provenance"}
    days = {one["effectiveDateTime"][:10] for one in found if "effectiveDateTime" in one}
    assert days == {later["local_date"]}
    # What came after it was asked for is left for the next one.
    where = await ask(admin, "Patient/$export?_type=Observation")
    await sync(clinic, check_in(pain_now=9))
    assert await make(database, clinic, where)
    ratings = {one.get("valueInteger") for one in await fetched(admin.browser, where)}
    assert (8 in ratings, 9 in ratings) == (True, False)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("$export", {}),
        ("$export?_type=Medication", ASYNC),
        ("Patient/$export?_type=Organization", ASYNC),
        ("$export?_since=yesterday", ASYNC),
        ("$export?_since=2026-01-01T00:00:00", ASYNC),
        ("$export?_outputFormat=text/csv", ASYNC),
        ("$export?_typeFilter=Observation%3Fcode%3Dx", ASYNC),
    ],
)
async def test_what_cannot_be_asked_is_told(admin: Colleague, path: str, headers: dict[str, str]):
    answer = await admin.browser.get(f"/api/fhir/{path}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_one_that_is_called_off_is_made_no_further_and_leaves_nothing(
    clinic: Clinic, admin: Colleague, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bulk_making, "FULL", 1)
    await sync(clinic, check_in())
    where = await ask(admin, "$export")
    again = await admin.browser.get("/api/fhir/$export", headers=ASYNC)
    assert (again.status_code, again.headers["retry-after"]) == (429, "5")
    of_patient = bulk_making._of_patient

    async def called_off(*of: Any) -> Any:
        found = await of_patient(*of)
        assert (await admin.browser.delete(where)).status_code == 202
        return found

    monkeypatch.setattr(bulk_making, "_of_patient", called_off)
    assert not await make(database, clinic, where)
    async with database.reading(clinic.id) as session:
        kept = await session.execute(text("select count(*) from export_files"))
        assert kept.scalar_one() == 0
    assert (await admin.browser.get(where)).status_code == 404
    assert (await admin.browser.delete(where)).status_code == 404


async def test_it_is_its_own_admins_and_behind_a_proof(
    clinic: Clinic, admin: Colleague, database: Database
):
    where = await ask(admin, "$export?_type=Organization")
    assert await make(database, clinic, where)
    async with colleague(clinic, database, "Other", role="admin") as other:
        for path in (where, f"{where}/0"):
            assert (await other.browser.get(path)).status_code == 404
    async with database.writing(clinic.id) as session:
        old = datetime.now(UTC) - timedelta(minutes=11)
        await session.execute(text("update sessions set authenticated_at = :old"), {"old": old})
    assert (await admin.browser.get(where)).status_code == 200
    for path in (f"{where}/0", "/api/fhir/$export"):
        answer = await admin.browser.get(path, headers=ASYNC)
        assert (answer.status_code, answer.json()["code"]) == (403, "confirm_it_is_you")


async def test_an_admin_keeps_three_at_most_and_hears_of_one_that_nobody_finished(
    clinic: Clinic, admin: Colleague, database: Database
):
    for _ in range(3):
        assert await make(database, clinic, await ask(admin, "$export?_type=Organization"))
    assert (await admin.browser.get("/api/fhir/$export", headers=ASYNC)).status_code == 429
    async with database.writing(clinic.id) as session:
        await session.execute(text("update exports set expires_at = now()"))
    where = await ask(admin, "$export")
    async with database.writing(clinic.id) as session:
        await session.execute(text("update exports set beat_at = now() - interval '1 hour'"))
    answer = await admin.browser.get(where)
    assert (answer.status_code, answer.json()["code"]) == (500, "export_failed")
