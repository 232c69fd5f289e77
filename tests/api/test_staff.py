"""A clinic's admins manage its staff, and everybody their own devices."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from tests.accounts import FRESH, accept, id_of, invite, member, secret_of
from tests.clinics import PASSPHRASE, Clinic, browser, sign_in

pytestmark = pytest.mark.anyio

NEW = {"name": "N", "email": "n@x.example", "role": "admin", "locale": "en"}


@pytest.fixture
async def nora(app: Litestar, colleague: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A therapist whom the admin invited, and who came."""
    link = (await invite(colleague, "Nora")).json()["url"]
    async with browser(app) as client:
        assert (await accept(client, secret_of(link))).status_code == 200
        yield client


async def test_only_admins_manage_staff(clinic: Clinic, colleague: httpx.AsyncClient):
    therapist = str(clinic.therapist_id)
    for method, url, body in (
        ("GET", "/api/staff", None),
        ("PUT", f"/api/staff/{uuid7()}", NEW),
        ("POST", f"/api/staff/{therapist}/links", {}),
        ("PUT", f"/api/staff/{therapist}/role", {"role": "admin"}),
        ("POST", f"/api/staff/{therapist}/close", {}),
        ("POST", f"/api/staff/{therapist}/reopen", {}),
    ):
        answer = await clinic.therapist.request(method, url, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "admins_only"), url
        assert (await clinic.patient.request(method, url, json=body)).status_code == 403, url


async def test_an_admin_gets_404_for_another_clinics_staff_and_for_a_patient(
    clinic: Clinic, other_clinic: Clinic, colleague: httpx.AsyncClient
):
    for who in (other_clinic.therapist_id, clinic.patient_id, uuid7()):
        for method, url, body in (
            ("POST", f"/api/staff/{who}/links", {}),
            ("PUT", f"/api/staff/{who}/role", {"role": "admin"}),
            ("POST", f"/api/staff/{who}/close", {}),
            ("POST", f"/api/staff/{who}/reopen", {}),
        ):
            answer = await colleague.request(method, url, json=body)
            assert answer.status_code == 404, url
    names = [one["name"] for one in (await colleague.get("/api/staff")).json()["staff"]]
    assert names == ["Colleague", "North therapist"]
    assert (await other_clinic.therapist.get("/api/me")).status_code == 200


async def test_an_address_belongs_to_one_of_a_clinics_staff(colleague: httpx.AsyncClient):
    assert (await invite(colleague, "Nora")).status_code == 201
    again = await invite(colleague, "Nora")
    assert (again.status_code, again.json()["code"]) == (409, "address_taken")


async def test_who_is_closed_is_out_at_once_and_comes_back_when_reopened(
    app: Litestar, colleague: httpx.AsyncClient, nora: httpx.AsyncClient
):
    """AC-9."""
    url = f"/api/staff/{await id_of(colleague, 'Nora')}"
    link = secret_of((await colleague.post(f"{url}/links", json={})).json()["url"])
    assert (await colleague.post(f"{url}/close", json={})).status_code == 200
    assert (await nora.get("/api/me")).status_code == 401
    assert (await member(colleague, "Nora"))["closed_at"]
    body = {"email": "nora@north.example", "passphrase": FRESH}
    async with browser(app) as client:
        assert (await client.post("/api/sign-in", json=body)).status_code == 401
        assert (await accept(client, link)).json()["code"] == "bad_link"
        assert (await colleague.post(f"{url}/links", json={})).json()["code"] == "closed"
        await colleague.post(f"{url}/reopen", json={})
        assert (await nora.get("/api/me")).status_code == 401
        assert (await client.post("/api/sign-in", json=body)).status_code == 200
        assert not (await member(colleague, "Nora"))["signed_in_at"]
        await sign_in(client, "nora@north.example")
    assert (await member(colleague, "Nora"))["signed_in_at"]


async def test_another_role_ends_the_sessions_that_had_the_old_one(
    app: Litestar, colleague: httpx.AsyncClient, nora: httpx.AsyncClient
):
    """AC-9, SE-1."""
    url = f"/api/staff/{await id_of(colleague, 'Nora')}/role"
    assert (await colleague.put(url, json={"role": "admin"})).status_code == 200
    assert (await nora.get("/api/me")).status_code == 401
    await sign_in(nora, "nora@north.example")
    assert (await nora.get("/api/me")).json()["account"]["role"] == "admin"
    assert (await nora.get("/api/staff")).status_code == 200
    await colleague.put(url, json={"role": "therapist"})
    assert (await nora.get("/api/staff")).status_code == 401


async def test_the_last_admin_can_neither_be_closed_nor_lose_the_role(
    colleague: httpx.AsyncClient, nora: httpx.AsyncClient
):
    me = f"/api/staff/{await id_of(colleague, 'Colleague')}"
    # Somebody who was only invited could not manage anything.
    await invite(colleague, "Invited", role="admin")
    for answer in (
        await colleague.post(f"{me}/close", json={}),
        await colleague.put(f"{me}/role", json={"role": "therapist"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    nora_id = await id_of(colleague, "Nora")
    await colleague.put(f"/api/staff/{nora_id}/role", json={"role": "admin"})
    assert (await colleague.post(f"{me}/close", json={})).status_code == 200
    assert (await colleague.get("/api/me")).status_code == 401


async def test_everybody_sees_where_they_are_signed_in_and_can_end_it(
    app: Litestar, clinic: Clinic, other_clinic: Clinic
):
    async with browser(app) as second, browser(app) as third:
        for one in (second, third):
            await sign_in(one, "therapist@north.example")
        devices = (await second.get("/api/devices")).json()["devices"]
        assert [one["this"] for one in devices].count(True) == 1
        assert len(devices) == 3
        own = next(one["id"] for one in devices if one["this"])
        for stranger in (other_clinic.therapist, clinic.patient):
            assert (await stranger.delete(f"/api/devices/{own}")).status_code == 404
        assert (await third.delete(f"/api/devices/{own}")).status_code == 204
        assert (await second.get("/api/me")).status_code == 401
        ended = await third.post("/api/devices/end-others", json={})
        assert ended.json() == {"count": 1}
        assert (await clinic.therapist.get("/api/me")).status_code == 401
        assert (await third.get("/api/me")).status_code == 200


async def test_the_clinic_signs_a_lost_phone_out_and_ends_the_codes_that_are_open(clinic: Clinic):
    url = f"/api/patients/{clinic.patient_id}"
    code = (await clinic.therapist.post(f"{url}/invitations", json={})).json()["code"]
    assert len((await clinic.patient.get("/api/devices")).json()["devices"]) == 1
    assert (await clinic.therapist.post(f"{url}/end-sessions", json={})).json() == {"count": 1}
    assert (await clinic.patient.get("/api/me")).status_code == 401
    finder = await clinic.patient.post("/api/join", json={"code": code, "locale": "en"})
    assert finder.status_code == 422


async def test_who_lost_the_second_factor_sets_up_another_one_at_the_next_sign_in(
    app: Litestar, clinic: Clinic, colleague: httpx.AsyncClient, database: Database
):
    """AU-12: they are signed out; that they are told stands in the queue."""
    mine = {"c": clinic.id, "a": clinic.therapist_id}
    async with database.writing(clinic.id) as session:
        for added in (
            "recovery_codes (clinic_id, account_id, code_hash, made_at) values (:c, :a, '1', now())",
            (
                "authenticators (clinic_id, id, account_id, secret, made_at, confirmed_at)"
                " values (:c, gen_random_uuid(), :a, '1', now(), now())"
            ),
        ):
            await session.execute(text(f"insert into {added}"), mine)
    body = {"email": "therapist@north.example", "passphrase": PASSPHRASE}
    answers = []
    async with browser(app) as client:
        answers.append((await client.post("/api/sign-in", json=body)).json()["second_factor"])
        url = f"/api/staff/{clinic.therapist_id}/reset-second-factor"
        assert (await colleague.post(url, json={})).status_code == 200
        assert (await clinic.therapist.get("/api/me")).status_code == 401
        answers.append((await client.post("/api/sign-in", json=body)).json()["second_factor"])
    assert [set(one.values()) for one in answers] == [{True, False}, {False}]
    async with database.reading(clinic.id) as session:
        told = await session.execute(text("select args ->> 'cause' from procrastinate_jobs"))
        assert "second_factor_reset" in set(told.scalars())
