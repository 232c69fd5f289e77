"""Records on hold and records to be erased: what admins decide, what the team reads, what the patient is told."""

import json
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, Route, expect

from glidepath.settings import Settings
from tests.browser import patients
from tests.browser.conftest import LAPTOP, PHONE, add_colleague, enter
from tests.browser.test_screens import assert_accessible, sideways

ERASED = {"status": 401, "title": "Sign in first", "code": "record_erased", "detail": "Erased."}


def test_a_record_is_held_then_planned_to_be_erased_and_everybody_is_told(
    settings: Settings,
    device: Callable[..., BrowserContext],
    laptop: Page,
    phone: BrowserContext,
    address: str,
):
    """PR-2"""
    patient_id = str(uuid4())
    own = phone.new_page()
    patients.join(own, address, patients.admit(laptop, patient_id))
    own.goto(f"{address}/more")
    own.get_by_role("button", name="Ask for my data to be erased").click()
    assert_accessible(own)
    own.get_by_role("button", name="Ask for it", exact=True).click()
    expect(own.get_by_text("for your data to be erased. Your clinic")).to_be_visible()

    page = device(viewport=LAPTOP).new_page()
    enter(page, address, add_colleague(settings, "Ada Admin", "admin"))
    page.goto(f"{address}/therapist/admin")
    page.get_by_role("heading", name="Ask to be erased").wait_for()
    page.get_by_role("link", name="Pat Doe").click()
    expect(page.get_by_text("The patient asked on")).to_be_visible()
    page.get_by_role("button", name="Put on hold").click()
    page.keyboard.type("A claim")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Say why in ten characters or more.")).to_be_visible()
    page.get_by_label("Why it must be kept").fill("A claim of the insurer is open")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("It is not erased while this stands.")).to_be_visible()
    expect(page.get_by_role("button", name="Erase this record")).to_have_count(0)
    page.get_by_role("button", name="Lift the hold").click()
    page.get_by_label("Why it need not be kept").fill("The insurer has paid it")
    page.get_by_role("button", name="Lift the hold").click()
    page.get_by_role("button", name="Erase this record").click()
    page.get_by_label("Why it is erased").fill("Asked for by the patient")
    for size in (PHONE, LAPTOP):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert_accessible(page)
        assert sideways(page) <= 0
    page.get_by_role("button", name="Plan the erasure").click()
    expect(page.get_by_text("This record will be erased on")).to_be_visible()
    page.get_by_text("What came before").click()
    expect(page.get_by_text("The insurer has paid it")).to_be_visible()
    assert_accessible(page)

    # The team and the patient read it; neither decides it.
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    expect(laptop.get_by_text("This record will be erased on")).to_be_visible()
    expect(laptop.get_by_role("heading", name="Keep or erase this record")).to_have_count(0)
    own.goto(address)
    expect(own.get_by_role("heading", name="Your record is to be erased")).to_be_visible()
    assert_accessible(own)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("This record will be erased on")).to_have_count(0)

    def erased(route: Route) -> None:
        body = json.dumps(ERASED)
        route.fulfill(status=401, content_type="application/problem+json", body=body)

    own.context.route("**/api/**", erased)
    patients.answer(own, address, 3)
    own.get_by_role("button", name="Save", exact=True).click()
    own.goto(address)
    expect(own.get_by_role("heading", name="Your record was erased")).to_be_visible()
    expect(own.get_by_text("Your clinic has erased your record.").first).to_be_visible()
    assert_accessible(own)
