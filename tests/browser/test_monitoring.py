"""Remote monitoring in a clinic that has it: the clock by hand, and each of its screens by axe."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import setting
from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, Staff, add_colleague, sign_in
from tests.browser.test_screens import Words
from tests.browser.test_therapist_screens import look
from tests.clinics import PASSPHRASE, add_clinic, check_in, own_day, patient_body
from tests.hostile import Person
from tests.security.requests import CONSENTED


@pytest.fixture
def monitoring(settings: Settings) -> Staff:
    """A therapist where it is switched on, licensed."""

    async def make() -> str:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=1)
        clinic_id, therapist_id, email = await add_clinic(database, country="US")
        admin, now = StaffActor(clinic_id, therapist_id, "admin", uuid7()), datetime.now(UTC)
        async with database.writing(clinic_id) as session:
            await setting.change(session, admin, 0, on=True, now=now)
            await setting.license_staff(session, admin, therapist_id, "PT", now)
        await database.close()
        return email

    with ThreadPoolExecutor(1) as thread:
        return Staff(thread.submit(lambda: asyncio.run(make())).result(), PASSPHRASE)


def admit(staff: Person) -> tuple[str, str]:
    """A patient with some days of data and all that is needed; their id and their episode's."""
    patient_id, body = str(uuid7()), patient_body(name="Robin Vale")
    episode_id = body["episode"]["id"]
    staff.send("PUT", f"/api/patients/{patient_id}", body)
    code = staff.send("POST", f"/api/patients/{patient_id}/invitations", {}).json()["code"]
    phone = Person.enter(staff.address, "/api/join", {"code": code, "locale": "en"})
    days = [check_in(own_day() - timedelta(days=ago)) for ago in (0, 1)]
    batch = {"account_id": patient_id, "check_ins": days, "exercise_sessions": []}
    phone.send("POST", "/api/sync", batch)
    phone.get("/api/care")
    me = staff.get("/api/me")["account"]["id"]
    since, now = str(own_day()), datetime.now(UTC).isoformat()
    for said in (
        {},
        {"kind": "plan_of_care", "given_by": None},
        {"kind": "device", "given_by": None, "text": "Glidepath"},
        {"kind": "biller", "given_by": None, "person": me},
        {
            "kind": "contact",
            "given_by": None,
            "first_on": None,
            "channel": "phone",
            "person": me,
            "happened_at": now,
        },
    ):
        record: dict[str, Any] = CONSENTED | {"first_on": since} | said
        path = f"/api/episodes/{episode_id}/monitoring-records/{uuid7()}"
        staff.send("PUT", path, record)
    return patient_id, episode_id


def test_minutes_are_started_stopped_and_noted_by_hand_and_every_screen_is_accessible(
    device: Callable[..., BrowserContext], address: str, monitoring: Staff, settings: Settings
):
    staff = Person.of_staff(address, monitoring.email, monitoring.passphrase)
    patient_id, episode_id = admit(staff)
    page = device(viewport=LAPTOP).new_page()
    sign_in(page, address, monitoring)
    page.goto(f"{address}/therapist/patients/{patient_id}")
    page.get_by_role("button", name="Start the clock").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop and save").click()
    expect(page.get_by_role("alert")).to_have_text("Write what the time was for.")
    # It is counted to the second, and a part of one is none.
    page.wait_for_timeout(1100)
    page.get_by_label("What the time was for").fill("Looked at the course.")
    page.get_by_role("button", name="Stop and save").click()
    expect(page.get_by_role("button", name="Start the clock")).to_be_visible()
    page.get_by_role("link", name="Records, periods and months").click()
    expect(page.get_by_text("Looked at the course.")).to_be_visible()
    expect(page.get_by_text("1 day of data", exact=False).first).to_be_visible()
    looked_at(page, address, f"/therapist/patients/{patient_id}/monitoring")
    page.goto(f"{address}/therapist/monitoring")
    lacking = page.get_by_text("No se le enseñó cómo al paciente", exact=False)
    expect(lacking).to_be_visible()
    expect(page.get_by_text("En directo")).to_be_visible()
    shown = {"kind": "education", "given_by": None, "understood": True, "text": "The app."}
    path = f"/api/episodes/{episode_id}/monitoring-records/{uuid7()}"
    staff.send("PUT", path, CONSENTED | {"first_on": str(own_day())} | shown)
    expect(lacking).to_be_hidden()
    boss = add_colleague(settings, "Boss", "admin")
    own = device(viewport=LAPTOP).new_page()
    sign_in(own, address, boss)
    looked_at(own, address, "/therapist/monitoring")
    own.goto(f"{address}/therapist/monitoring")
    own.get_by_role("button", name="Desactivar").click()
    expect(own.get_by_text("está desactivado")).to_be_visible()
    page.goto(f"{address}/therapist/patients/{patient_id}")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#account")).not_to_contain_text("Seguimiento a distancia")
    assert page.get_by_text("Poner en marcha el reloj").count() == 0


def looked_at(page: Page, address: str, path: str) -> None:
    for language in ("en", "es"):
        page.evaluate("language => localStorage.setItem('glidepath.language', language)", language)
        page.goto(f"{address}{path}")
        presses = ("monitoring:record.add", "monitoring:work.correct") if "patients" in path else ()
        page.get_by_role("heading", level=2).first.wait_for()
        look(page, Words(language), ())
        for key in presses:
            page.get_by_text(Words(language)(key), exact=True).first.click()
        look(page, Words(language), ())
