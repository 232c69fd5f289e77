"""A patient's whole record as a file (PR-1): what is in it, who may have it, and its end."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.records import export_store, exports, making, whole_record
from glidepath.records.columns import GIVEN, marks, rows_of, tables_of_patients
from glidepath.records.export_words import TABLES
from glidepath.settings import Settings
from tests.api.test_outcomes import answer as answered
from tests.api.test_outcomes import assign
from tests.api.test_outcomes import send as send_answers
from tests.api.test_threads import send, written
from tests.api.test_worker import work
from tests.clinics import Clinic, Colleague, check_in, colleague, join_patient, sync
from tests.fhir.official import code_errors, schema_errors

pytestmark = pytest.mark.anyio
NOTE = 'It tingles; ñ, "quoted" and\nmore'


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Ada Admin", role="admin") as one:
        yield one


async def lived(clinic: Clinic) -> None:
    """A bit of what a record holds, and a message of the therapist's."""
    await sync(clinic, check_in(red_flags=["both_legs"], note=NOTE, sensations=["tingling"]))
    await send(clinic, written("From me"))
    path = f"/api/patients/{clinic.patient_id}/messages/{uuid7()}"
    assert (await clinic.therapist.put(path, json={"text": "From us"})).is_success
    await assign(clinic, "psfs")
    await send_answers(clinic, [answered(clinic, "psfs", 7, 4, 0)])


async def made(database: Database, clinic: Clinic, patient_id: UUID | None = None) -> bytes:
    async with database.snapshot(clinic.id) as session:
        content, _ = await whole_record.made(
            session, patient_id or clinic.patient_id, datetime.now(UTC)
        )
    return content


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(files[f"tables/{name}.json"])
    return rows


async def test_what_is_counted_in_the_file_is_what_is_in_the_database(
    clinic: Clinic, database: Database
):
    """PR-1: counts and checksums are equal on reading again, of every table."""
    await lived(clinic)
    files = opened(await made(database, clinic))
    manifest = json.loads(files["manifest.json"])
    listed = {one["name"]: one for one in manifest["files"]}
    assert set(listed) == set(files) - {"manifest.json"}
    for name, one in listed.items():
        assert (one["size"], one["sha256"]) == (
            len(files[name]),
            hashlib.sha256(files[name]).hexdigest(),
        )
    again, counted = opened(await made(database, clinic)), dict[str, int]()
    async with database.reading(clinic.id) as session:
        for one in tables_of_patients():
            theirs = select(func.count()).select_from(one).where(rows_of(one, clinic.patient_id))
            counted[one.name] = (await session.execute(theirs)).scalar_one()
    for name, count in counted.items():
        if marks()[name].columns(*GIVEN):
            file = f"tables/{name}.json"
            assert (listed[file]["count"], len(table(files, name))) == (count, count), name
            assert again[file] == files[file]
    assert sum(counted.values()) > 20


async def test_the_files_say_what_was_written_and_name_nobody_whom_the_patient_does_not_know(
    clinic: Clinic, database: Database, admin: Colleague
):
    """PR-1: sealed texts can be read, and there is nothing of other people."""
    await lived(clinic)
    assert (await admin.browser.get(f"/api/patients/{clinic.patient_id}")).is_success
    files = opened(await made(database, clinic))
    (entry,) = table(files, "check_ins")
    assert (entry["note"], entry["pain_now"], entry["pain_worst"]) == (NOTE, 3, None)
    messages = {one["text"]: one["author_id"] for one in table(files, "messages")}
    assert messages == {"From me": "Pat Doe", "From us": "North therapist"}
    assert {one["asked_by"] for one in table(files, "exports")} <= {"patient", "clinic"}
    looked = [one for one in table(files, "audit_events") if one["role"] == "admin"]
    assert {one["account_id"] for one in looked} == {"clinic"}
    rows = list(csv.DictReader(io.StringIO(files["diary.csv"].decode(), newline="")))
    assert [(row["pain"], row["notes"]) for row in rows] == [("3", NOTE)]
    answers = list(csv.DictReader(io.StringIO(files["questionnaires.csv"].decode(), newline="")))
    assert {row["what"] for row in answers} == {"answer", "score"}
    whole = b"".join(files.values()).decode()
    assert "Ada Admin" not in whole
    assert str(admin.id) not in whole
    assert "gp1:" not in whole


async def test_the_bundle_keeps_the_official_rules_and_refers_to_nothing_that_is_not_in_it(
    clinic: Clinic, database: Database
):
    await lived(clinic)
    bundle = json.loads(opened(await made(database, clinic))["fhir.json"])
    resources = [entry["resource"] for entry in bundle["entry"]]
    wrong = [error for one in (bundle, *resources) for error in schema_errors(one)]
    assert wrong + [error for one in resources for error in code_errors(one)] == []
    there = {f"{one['resourceType']}/{one['id']}" for one in resources}
    assert set(_references(resources)) <= there
    assert {one["resourceType"] for one in resources} >= {
        "Patient",
        "Observation",
        "Practitioner",
        "QuestionnaireResponse",
        "AuditEvent",
    }


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for one in value for found in _references(one)]
    if not isinstance(value, dict):
        return []
    found = [found for inner in value.values() for found in _references(inner)]
    return [*found, value["reference"]] if isinstance(value.get("reference"), str) else found


def test_every_table_that_is_given_has_its_words():
    given = {one.name for one in tables_of_patients() if export_store.given_columns(one)}
    assert set(TABLES) == given


async def test_the_readme_is_in_the_patients_language(clinic: Clinic, database: Database):
    async with database.writing(clinic.id) as session:
        await session.execute(
            text("update accounts set locale = 'es' where id = :id"), {"id": clinic.patient_id}
        )
    said = opened(await made(database, clinic))["README.txt"].decode()
    assert said.startswith("Tu expediente en North")
    assert "check_ins             tus anotaciones del día" in said


async def ask(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.post(path, json={})
    assert answer.status_code == 202, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def state(client: httpx.AsyncClient, path: str) -> str | None:
    export = (await client.get(path)).json()["export"]
    return None if export is None else str(export["state"])


async def test_it_is_asked_for_made_by_the_worker_fetched_and_gone_after_a_day(
    clinic: Clinic, database: Database, settings: Settings
):
    """PR-1."""
    own = "/api/export"
    assert await state(clinic.patient, own) is None
    asked = await ask(clinic.patient, own)
    assert asked["state"] == "waiting"
    # Two taps are one file.
    assert (await ask(clinic.patient, own))["id"] == asked["id"]
    file = f"{own}/{asked['id']}/file"
    assert (await clinic.patient.get(file)).status_code == 404
    await work(settings, database, clinic)
    ready = (await clinic.patient.get(own)).json()["export"]
    assert (ready["id"], ready["state"]) == (asked["id"], "ready")
    fetched = await clinic.patient.get(file)
    assert fetched.status_code == 200
    assert fetched.headers["cache-control"] == "no-store"
    assert fetched.headers["content-type"] == "application/zip"
    assert "README.txt" in opened(fetched.content)
    assert len(fetched.content) == ready["size"]
    async with database.reading(clinic.id) as session:
        kept = await export_store.file(session, UUID(asked["id"]), 0)
    assert kept is not None
    assert b"README.txt" not in kept.content
    await making.end(database, clinic.id, UUID(asked["id"]))
    assert await state(clinic.patient, own) == "gone"
    assert (await clinic.patient.get(file)).status_code == 404
    async with database.reading(clinic.id) as session:
        export = await export_store.one(session, UUID(asked["id"]))
        assert await export_store.files(session, UUID(asked["id"])) == []
    assert export is not None
    assert export.key is None


async def test_past_its_time_it_is_gone_before_the_worker_comes(clinic: Clinic, database: Database):
    asked = await ask(clinic.patient, "/api/export")
    long_ago = datetime.now(UTC) - exports.KEPT
    assert await making.run(database, clinic.id, UUID(asked["id"]), lambda: long_ago)
    assert await state(clinic.patient, "/api/export") == "gone"
    assert (await clinic.patient.get(f"/api/export/{asked['id']}/file")).status_code == 404
    # And may be asked for again at once.
    assert (await ask(clinic.patient, "/api/export"))["id"] != asked["id"]


async def test_what_the_clinic_asked_for_is_not_the_patients_and_the_other_way_round(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    now, theirs = (lambda: datetime.now(UTC)), f"/api/patients/{clinic.patient_id}/exports"
    by_staff = (await ask(clinic.therapist, theirs))["id"]
    by_patient = (await ask(clinic.patient, "/api/export"))["id"]
    for export_id in (by_staff, by_patient):
        assert await making.run(database, clinic.id, UUID(export_id), now)
    _, stranger = await join_patient(clinic)
    staff_file, own_file = f"{theirs}/{by_staff}/file", f"/api/export/{by_patient}/file"
    expected = [
        (clinic.therapist, staff_file, 200),
        (clinic.therapist, f"{theirs}/{by_patient}/file", 404),
        (other_clinic.therapist, staff_file, 404),
        (clinic.patient, own_file, 200),
        (clinic.patient, f"/api/export/{by_staff}/file", 404),
        (stranger, own_file, 404),
    ]
    for client, path, status in expected:
        assert (await client.get(path)).status_code == status, path
    await stranger.aclose()


async def test_nobody_gets_it_whose_last_proof_is_old(clinic: Clinic, database: Database):
    asked = await ask(clinic.patient, "/api/export")
    assert await making.run(database, clinic.id, UUID(asked["id"]), lambda: datetime.now(UTC))
    async with database.writing(clinic.id) as session:
        old = datetime.now(UTC) - timedelta(minutes=11)
        await session.execute(text("update sessions set authenticated_at = :old"), {"old": old})
    for answer in (
        await clinic.patient.post("/api/export", json={}),
        await clinic.patient.get(f"/api/export/{asked['id']}/file"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "confirm_it_is_you")


async def test_one_that_no_worker_finished_is_told_and_may_be_asked_for_anew(
    clinic: Clinic, database: Database
):
    asked = await ask(clinic.patient, "/api/export")
    async with database.writing(clinic.id) as session:
        lost = datetime.now(UTC) - timedelta(hours=1)
        await session.execute(text("update exports set beat_at = :lost"), {"lost": lost})
    assert await state(clinic.patient, "/api/export") == "failed"
    again = await ask(clinic.patient, "/api/export")
    assert (again["state"], again["id"] == asked["id"]) == ("waiting", False)
    # The worker that comes back to the first leaves it alone.
    assert not await making.run(database, clinic.id, UUID(asked["id"]), lambda: datetime.now(UTC))
