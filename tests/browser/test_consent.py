"""What a patient agrees to, on the phone and on the therapist's page."""

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from glidepath.settings import Settings
from tests.browser import patients
from tests.browser.conftest import LAPTOP, Staff, add_colleague, enter
from tests.browser.test_screens import assert_accessible


def test_consent_comes_before_the_first_entry_and_can_be_taken_back(
    laptop: Page, online_phone: BrowserContext, address: str
):
    """PH-7"""
    patient_id = str(uuid4())
    page = online_phone.new_page()
    page.goto(f"{address}/join#{patients.admit(laptop, patient_id)}")
    expect(page.get_by_role("heading", name="How your data are used")).to_be_visible()
    page.get_by_role("button", name="Not now").click()
    page.get_by_role("button", name="Skip this").click()
    expect(page.get_by_role("heading", name="Before your first entry")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("^Check in")).click()
    page.get_by_role("button", name="I agree").click()
    # Where they wanted to go.
    expect(page.get_by_role("radio", name="0 No pain")).to_be_attached()
    patients.check_in(page, address, 3)
    page.goto(address)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [one["pain_now"] for one in patients.kept(page)] == [3]

    page.goto(f"{address}/more")
    expect(page.get_by_text("You agreed to version 1 on")).to_be_visible()
    page.get_by_role("button", name="Take my consent back").click()
    assert_accessible(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("You took your consent back on")).to_be_visible()
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    expect(laptop.get_by_text("Took the consent back on")).to_be_visible()
    assert_accessible(laptop)
    page.goto(address)
    expect(page.get_by_role("heading", name="Nothing is sent to your clinic")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Check in")).click()
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("radio", name="0 No pain")).to_be_attached()
    # Nothing waited meanwhile, which must not leave Today saying that nothing is sent.
    page.go_back()
    expect(page.get_by_text("All entries sent")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing is sent to your clinic")).to_be_hidden()


def test_an_admin_says_for_how_long_records_are_kept(
    settings: Settings, device: Callable[..., BrowserContext], address: str, therapist: Staff
):
    page = device(viewport=LAPTOP).new_page()
    enter(page, address, add_colleague(settings, "Ada Admin", "admin"))
    page.goto(f"{address}/therapist/admin")
    expect(page.get_by_text("Records are kept without an end.")).to_be_visible()
    page.get_by_label("Years after discharge").fill("10")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Records are kept for 10 years after discharge.")).to_be_visible()
    expect(page.get_by_text("No record is due by now.")).to_be_visible()
    assert_accessible(page)
