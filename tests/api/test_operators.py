"""Operators run the installation: they add clinics, and see nothing of what is in them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from click.testing import CliRunner
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.cli import cli
from glidepath.database.engine import Database
from glidepath.identity import operators
from glidepath.identity.models import INSTALLATION
from glidepath.installation import store
from glidepath.settings import Settings
from tests.accounts import NEW_CLINIC, accept, secret_of, sending
from tests.auditing import events
from tests.clinics import Clinic, browser, patient_body, sign_in

pytestmark = pytest.mark.anyio

EMAIL = "op@hosts.example"
CLINICS = "/api/installation/clinics"


@pytest.fixture
async def operator(app: Litestar, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with database.writing() as session:
        await operators.add(session, EMAIL, "Olga", "en", "https://x.example", datetime.now(UTC))
    async with browser(app) as client:
        await sign_in(client, EMAIL)
        yield client


def test_the_command_prints_a_link_and_closes_an_account_that_is_there(settings: Settings):
    assert settings.database_url is not None
    environment = {"GLIDEPATH_DATABASE_URL": settings.database_url}

    def said(*arguments: str) -> str:
        return CliRunner().invoke(cli, ["operator", *arguments], env=environment).output

    assert "/therapist/invited#" in said("add", EMAIL, "--name", "Olga")
    assert "is signed out" in said("close", EMAIL.upper())
    assert "no operator with this address" in said("close", "nobody@hosts.example")


async def test_an_operator_comes_in_by_the_link_with_two_factors_and_sets_up_the_second(
    app: Litestar, database: Database
):
    """From nothing: before there is any clinic."""
    async with database.writing() as session:
        way = await operators.add(
            session, EMAIL, "Olga", "es", "https://x.example", datetime.now(UTC)
        )
    async with browser(app) as client:
        me = (await accept(client, secret_of(way.url))).json()
        assert (me["account"]["role"], me["second_factor"]["authenticator"]) == ("operator", False)
        assert (await client.get(CLINICS)).json()["code"] == "second_factor_needed"
        assert (await client.post("/api/second-factor/authenticator", json={})).is_success
        # Whoever is added again gets a way to another passphrase.
        async with database.writing() as session:
            again = await operators.add(session, EMAIL, "Olga", "es", "x", datetime.now(UTC))
        assert "/new-passphrase#" in again.url
        async with database.writing() as session:
            await operators.close(session, EMAIL, datetime.now(UTC))
        assert (await client.get("/api/me")).status_code == 401


async def test_an_operator_adds_a_clinic_whose_admin_admits_the_first_patient(
    app: Litestar, operator: httpx.AsyncClient, database: Database
):
    clinic_id = uuid7()
    answer = await operator.put(f"{CLINICS}/{clinic_id}", json=NEW_CLINIC)
    assert answer.status_code == 201, answer.text
    again = await operator.put(f"{CLINICS}/{uuid7()}", json={**NEW_CLINIC, "name": "wEST "})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    async with browser(app) as admin:
        me = (await accept(admin, secret_of(answer.json()["url"]))).json()
        assert (me["clinic"]["name"], me["account"]["role"]) == ("West", "admin")
        await sign_in(admin, "ada@west.example")
        admitted = await admin.put(f"/api/patients/{uuid7()}", json=patient_body())
        assert admitted.status_code == 201, admitted.text
    # AD-1: an operator's deed stands where operators do, and in no clinic's trail.
    trail = [(one["action"], one["outcome"]) for one in await events(database, INSTALLATION)]
    assert trail == [("installation:clinic:add", "done")]
    assert {one["role"] for one in await events(database, clinic_id)} == {"admin"}
    (found,) = (await operator.get(CLINICS)).json()["clinics"]
    assert found == {
        "id": str(clinic_id),
        "name": "West",
        "country": "ES",
        "created_at": found["created_at"],
        "staff": 1,
        "patients": 1,
        "begun": True,
    }


async def test_a_wrong_address_is_put_right_until_somebody_works_in_the_clinic(
    app: Litestar, clinic: Clinic, operator: httpx.AsyncClient, settings: Settings
):
    path = f"{CLINICS}/{uuid7()}"
    first = (await operator.put(path, json=NEW_CLINIC)).json()["url"]
    right = {**NEW_CLINIC["admin"], "email": "Ada@Right.example"}
    with sending(app, settings):
        assert (await operator.post(f"{path}/admin", json=right)).json()["url"] is None
    app.state.settings = settings
    url = (await operator.post(f"{path}/admin", json=right)).json()["url"]
    async with browser(app) as admin:
        old = await admin.post("/api/links/look", json={"secret": secret_of(first)})
        assert old.json()["code"] == "bad_link"
        look = await admin.post("/api/links/look", json={"secret": secret_of(url)})
        assert look.json()["email"] == "ada@right.example"
    for where, code in ((clinic.id, "clinic_begun"), (uuid7(), "not_found")):
        refused = await operator.post(f"{CLINICS}/{where}/admin", json=right)
        assert refused.json()["code"] == code
    unknown = {**NEW_CLINIC, "timezone": "Mars/Olympus", "name": "Far"}
    refused = await operator.put(f"{CLINICS}/{uuid7()}", json=unknown)
    assert refused.json()["errors"][0]["field"] == "timezone"


async def test_adding_a_clinic_needs_a_recent_proof_and_a_list_does_not(
    operator: httpx.AsyncClient, database: Database
):
    async with database.writing(INSTALLATION) as session:
        await session.execute(
            text("update sessions set authenticated_at = now() - interval '11 minutes'")
        )
    assert (await operator.get(CLINICS)).status_code == 200
    refused = await operator.put(f"{CLINICS}/{uuid7()}", json=NEW_CLINIC)
    assert refused.json()["code"] == "confirm_it_is_you"


async def test_the_database_shows_operators_counts_and_shows_them_to_nobody_else(
    clinic: Clinic, operator: httpx.AsyncClient, database: Database, settings: Settings
):
    async with database.reading(INSTALLATION) as session:
        (found,) = await store.clinics(session)
        assert (found.name, found.staff, found.patients) == ("North", 1, 1)
        for table, own in (("clinics", "id"), ("accounts", "clinic_id")):
            seen = await session.execute(text(f"select distinct {own} from {table}"))
            assert seen.scalars().all() == [INSTALLATION]
        assert (await session.execute(text("select 1 from check_ins"))).all() == []
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        for entered in (str(clinic.id), ""):
            connection.execute("select set_config('app.clinic_id', %s, false)", [entered])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select * from installation_clinics()")


@pytest.mark.parametrize("inside", [True, False])
async def test_the_database_keeps_operators_out_of_clinics_and_others_out_of_their_tenant(
    inside: bool, clinic: Clinic, operator: httpx.AsyncClient, settings: Settings
):
    tenant, role = (INSTALLATION, "admin") if inside else (clinic.id, "operator")
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("select set_config('app.clinic_id', %s, true)", [str(tenant)])
        with pytest.raises(psycopg.errors.CheckViolation, match="ck_accounts_operators"):
            connection.execute("update accounts set role = %s where role <> 'patient'", [role])
