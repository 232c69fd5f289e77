"""What holds for every request: origin, form, headers, errors."""

import asyncio
from typing import Any

import pytest
from litestar.testing import RequestFactory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import signing_in
from glidepath.web import errors
from tests.clinics import Clinic, browser, glide, next_plan, patient_body, stretch

pytestmark = pytest.mark.anyio
RAISING = "do $$ begin raise exception using errcode = '{}'; end $$"


@pytest.mark.parametrize(
    "path", ["/api/me", "/api/nothing", "/nothing.js", "/api/schema/openapi.json"]
)
async def test_every_answer_carries_the_security_headers(clinic: Clinic, path: str):
    async with browser(clinic.app) as stranger:
        answer = await stranger.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path.startswith("/api"):
        assert answer.headers["cache-control"] == "no-store"


async def test_a_long_answer_is_packed_for_who_can_unpack_it(clinic: Clinic):
    for accepted, encoding in (("gzip, br", "gzip"), ("br", None)):
        headers = {"accept-encoding": accepted}
        answer = await clinic.patient.get("/api/care", headers=headers)
        assert answer.headers.get("content-encoding") == encoding
        assert answer.json()["plan"]["number"] == 1


async def test_an_unknown_path_is_a_problem_in_words(clinic: Clinic):
    answer = await clinic.patient.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_a_lost_database_is_503_and_worth_another_try(clinic: Clinic):
    await clinic.app.state.database.close()
    clinic.app.state.database = type(clinic.app.state.database)(
        "postgresql://glidepath_app@/gone?host=/nowhere"
    )
    answer = await clinic.patient.get("/api/me")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_a_held_nerve_glide_is_refused_with_the_rule(clinic: Clinic):

    plan = next_plan(glide(hold_seconds=20), note="why not")
    url = f"/api/episodes/{clinic.episode_id}/plan-versions/{uuid7()}"
    answer = await clinic.therapist.put(url, json=plan)
    assert (answer.status_code, answer.json()["code"]) == (422, "glide_never_static")
    assert answer.json()["errors"][0]["field"] == "items[0].hold_seconds"


async def test_the_database_refuses_a_held_nerve_glide_too(clinic: Clinic, database: Any):

    copied = text(
        "insert into plan_items select clinic_id, gen_random_uuid(), plan_version_id, position + 5,"
        " exercise_id, kind, side, sets, repetitions, 20, rest_seconds, days_per_week"
        " from plan_items where kind = 'nerve_glide'"
    )
    with pytest.raises(IntegrityError, match="glide_never_static"):
        async with database.writing(clinic.id) as session:
            await session.execute(copied)


async def test_an_unusual_dose_needs_a_reason_and_then_passes(clinic: Clinic):

    url = f"/api/episodes/{clinic.episode_id}/plan-versions/{uuid7()}"
    plan = next_plan(stretch(sets=5))
    refused = await clinic.therapist.put(url, json=plan)
    assert refused.json()["code"] == "reason_required"
    plan["note"] = "Used to longer sessions."
    assert (await clinic.therapist.put(url, json=plan)).status_code == 201
    assert (await clinic.therapist.put(url, json=plan)).status_code == 200
    care = (await clinic.patient.get("/api/care")).json()
    assert [mark["number"] for mark in care["plan_history"]] == [2, 1]


async def test_admitting_a_patient_twice_is_admitting_once(clinic: Clinic):

    url, body = f"/api/patients/{uuid7()}", patient_body(name="Twice")
    assert (await clinic.therapist.put(url, json=body)).status_code == 201
    assert (await clinic.therapist.put(url, json=body)).status_code == 200
    rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert [row["name"] for row in rows].count("Twice") == 1


async def test_admitting_at_once_is_admitting_once_and_another_under_the_id_is_refused(
    clinic: Clinic,
):
    url, body = f"/api/patients/{uuid7()}", patient_body(name="At once")
    answers = await asyncio.gather(*(clinic.therapist.put(url, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    other = await clinic.therapist.put(url, json={**body, "name": "Somebody else"})
    assert (other.status_code, other.json()["code"]) == (409, "patient_exists")


async def test_an_episode_id_that_is_taken_is_the_callers_to_change(clinic: Clinic):
    body = patient_body()
    body["episode"]["id"] = str(clinic.episode_id)
    answer = await clinic.therapist.put(f"/api/patients/{uuid7()}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")


@pytest.mark.parametrize(("field", "value"), [("agrees", 1), ("agrees", "true"), ("version", "1")])
async def test_a_body_is_not_read_as_something_that_might_have_been_meant(
    clinic: Clinic, field: str, value: object
):
    before = (await clinic.patient.get("/api/consent")).json()["stands"]
    body = {"version": before["asked"], "agrees": False} | {field: value}
    answer = await clinic.patient.put("/api/consent", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert (await clinic.patient.get("/api/consent")).json()["stands"] == before


async def test_a_connection_that_the_database_cuts_off_is_worth_another_try(database: Database):
    with pytest.raises(DBAPIError) as cut_off:
        async with database.writing() as session:
            await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    answer = errors.unexpected(RequestFactory().get(), cut_off.value)
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("53100", 503),  # its disk is full
        ("58030", 503),  # its disk fails
        ("40P01", 503),  # two stood in each other's way
        ("55P03", 503),  # a lock was not to be had in time
        ("22012", 500),  # what only a defect of ours asks for
    ],
)
async def test_what_the_database_cannot_do_right_now_is_worth_another_try(
    database: Database, state: str, status: int
):
    with pytest.raises(DBAPIError) as raised:
        async with database.writing() as session:
            await session.execute(text(RAISING.format(state)))
    answer = errors.unexpected(RequestFactory().get(), raised.value)
    assert (answer.status_code, "Retry-After" in answer.headers) == (status, status == 503)


@pytest.mark.parametrize(("state", "status"), [("58030", 503), ("22012", 500)])
async def test_where_giving_the_connection_back_fails_too_the_first_trouble_decides(
    clinic: Clinic,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    status: int,
):
    async def me(session: AsyncSession, _: object) -> None:
        pid = await session.scalar(text("select pg_backend_pid()"))
        try:
            await session.execute(text(RAISING.format(state)))
        finally:
            async with database.writing() as other:
                await other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})

    monkeypatch.setattr(signing_in, "me", me)
    answer = await clinic.therapist.get("/api/me")
    assert (answer.status_code, "Retry-After" in answer.headers) == (status, status == 503)
