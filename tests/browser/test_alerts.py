"""What therapists do about an alert: a step and its undo, two of them at once, a snooze that is broken."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, Staff, enter
from tests.browser.patients import admit, api
from tests.browser.test_screens import assert_accessible
from tests.clinics import PASSPHRASE, check_in, own_day


@pytest.fixture
def colleague(
    settings: Settings, therapist: Staff, device: Callable[..., BrowserContext], address: str
) -> Page:
    """Somebody else who may see every patient of the clinic, signed in."""
    email = f"colleague-of-{therapist.email}"

    async def make() -> None:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=1)
        try:
            async with database.reading() as session:
                (clinic_id,) = await identity.clinic_names(session)
            async with database.writing(clinic_id) as session:
                await identity.add_staff(
                    session,
                    clinic_id,
                    uuid7(),
                    role="admin",
                    name="Colleague",
                    email=email,
                    passphrase=PASSPHRASE,
                    now=datetime.now(UTC),
                )
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(make())).result()
    page = device(viewport=LAPTOP).new_page()
    enter(page, address, Staff(email, PASSPHRASE))
    return page


@pytest.fixture
def patient_id() -> str:
    return str(uuid7())


@pytest.fixture
def phone_page(online_phone: BrowserContext, laptop: Page, address: str, patient_id: str) -> Page:
    """A patient's phone that has just told of an emergency."""
    page = online_phone.new_page()
    page.goto(f"{address}/join")
    api(page, "POST", "/api/join", {"code": admit(laptop, patient_id), "locale": "en"})
    tell(page, patient_id, red_flags=["both_legs"])
    return page


def tell(phone: Page, patient_id: str, **changes: Any) -> None:
    batch = {
        "account_id": patient_id,
        "check_ins": [check_in(**changes)],
        "exercise_sessions": [],
    }
    api(phone, "POST", "/api/sync", batch)


def card(page: Page) -> Any:
    return page.get_by_role("article", name=re.compile("Warning sign"))


def open_patient(page: Page, address: str, patient_id: str) -> None:
    page.goto(f"{address}/therapist/patients/{patient_id}")
    expect(card(page)).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def looked(phone: Page) -> list[str]:
    return [look["state"] for look in api(phone, "GET", "/api/care")["looked"]]


def test_an_alert_is_seen_resolved_with_an_outcome_and_that_is_taken_back(
    laptop: Page, address: str, patient_id: str, phone_page: Page
):
    laptop.clock.install()
    open_patient(laptop, address, patient_id)
    press(laptop, "Acknowledge")
    bar = laptop.get_by_text("Warning sign: acknowledged.")
    expect(bar).to_be_visible()
    expect(card(laptop).get_by_text("Acknowledged", exact=True)).to_be_visible()
    assert_accessible(laptop)
    laptop.clock.fast_forward(11_000)
    expect(bar).to_have_count(0)

    press(laptop, "Resolve")
    press(laptop, "Save outcome")
    expect(laptop.get_by_role("link", name="Choose how it ended")).to_be_visible()
    assert_accessible(laptop)
    laptop.get_by_role("radio", name="Called the patient").check()
    laptop.get_by_role("radio", name="Yes", exact=True).check(force=True)
    laptop.get_by_label("Note (optional)").fill("Sent to the hospital.")
    press(laptop, "Save outcome")
    expect(laptop.get_by_text("Warning sign: resolved.")).to_be_visible()
    expect(card(laptop)).to_have_count(0)
    assert looked(phone_page) == ["resolved"]

    # Focus is on the bar: the next stop is the button.
    laptop.keyboard.press("Tab")
    laptop.keyboard.press("Enter")
    expect(card(laptop).get_by_text("Acknowledged", exact=True)).to_be_visible()
    history = card(laptop).get_by_role("list").last
    expect(history).to_contain_text(
        "Resolved by North therapist. Called the patient. The alert was useful"
    )
    expect(history).to_contain_text("Sent to the hospital.")
    expect(history).to_contain_text("Taken back: resolved by North therapist")
    assert looked(phone_page) == ["acknowledged"]


def test_of_two_therapists_at_once_the_later_one_sees_what_the_other_did_and_keeps_the_note(
    laptop: Page, colleague: Page, address: str, patient_id: str, phone_page: Page
):
    for page in (laptop, colleague):
        open_patient(page, address, patient_id)
    press(laptop, "Resolve")
    laptop.get_by_role("radio", name="Referred").check()
    laptop.get_by_label("Note (optional)").fill("To the spine clinic.")
    press(colleague, "Acknowledge")
    expect(colleague.get_by_text("Warning sign: acknowledged.")).to_be_visible()

    press(laptop, "Save outcome")
    notice = laptop.get_by_role("alert").filter(has_text="Not saved")
    expect(notice).to_contain_text("Acknowledged by Colleague")
    expect(notice).to_contain_text("What you wrote is still here.")
    expect(laptop.get_by_label("Note (optional)")).to_have_value("To the spine clinic.")
    assert looked(phone_page) == ["acknowledged"]
    assert_accessible(laptop)
    # Before the other saves: their own page hears of that, and offers nothing to resolve any more.
    press(colleague, "Resolve")
    colleague.get_by_role("radio", name="No action").check()
    colleague.get_by_label("Note (optional)").fill("Nothing to do.")
    press(laptop, "Save outcome")
    expect(laptop.get_by_text("Warning sign: resolved.")).to_be_visible()

    press(colleague, "Save outcome")
    notice = colleague.get_by_role("alert").filter(has_text="Not saved")
    expect(notice).to_contain_text("Resolved by North therapist. Referred")
    expect(notice).to_contain_text("cannot be saved")
    expect(colleague.get_by_label("Note (optional)")).to_have_value("Nothing to do.")
    expect(colleague.get_by_role("button", name="Save outcome")).to_have_count(0)
    page = api(colleague, "GET", f"/api/patients/{patient_id}")
    assert [event["outcome"] for event in page["alerts"][0]["events"]] == [None, None, "referred"]


def test_a_snoozed_alert_rests_until_its_day_and_is_back_with_something_new(
    laptop: Page, address: str, patient_id: str, phone_page: Page
):
    open_patient(laptop, address, patient_id)
    press(laptop, "Snooze")
    press(laptop, "Snooze until this day")
    expect(laptop.get_by_role("link", name=re.compile("Choose a day from"))).to_be_visible()
    assert_accessible(laptop)
    laptop.get_by_role("button", name=re.compile("In 3 days")).click()
    day = own_day() + timedelta(days=3)
    until = re.compile(rf"Snoozed until \w+,? {day.day} {day:%b}")
    expect(card(laptop).get_by_text(until).first).to_be_visible()
    laptop.goto(f"{address}/therapist")
    row = laptop.get_by_role("listitem").filter(has_text="Pat Doe")
    expect(row).to_contain_text(f"Snoozed until {day.day} {day:%b}")
    expect(row.get_by_role("button", name=re.compile("Acknowledge"))).to_have_count(0)

    tell(phone_page, patient_id, red_flags=["bladder_bowel"])
    open_patient(laptop, address, patient_id)
    expect(card(laptop).get_by_text("Open", exact=True)).to_be_visible()
    expect(card(laptop)).to_contain_text(
        "New signal, open again automatically. Something new was reported"
    )
    expect(laptop.get_by_role("button", name="Acknowledge")).to_be_visible()
