"""Recording an examination: what is missing is said, what was found is plotted, corrected and taken back."""

import re
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import patients
from tests.browser.test_screens import assert_accessible


def test_an_examination_is_recorded_corrected_and_taken_back(
    laptop: Page, online_phone: BrowserContext, address: str
):
    patient = str(uuid4())
    page = online_phone.new_page()
    patients.join(page, address, patients.admit(laptop, patient))
    patients.check_in(page, address, 4)
    page.goto(address)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    laptop.goto(f"{address}/therapist/patients/{patient}")
    card = laptop.get_by_role("region", name="Examination")
    expect(card.get_by_text("Nothing recorded yet.")).to_be_visible()

    card.get_by_role("button", name="Record an examination").click()
    card.get_by_role("button", name="Record", exact=True).click()
    laptop.get_by_role("link", name="Record at least one test or a note").click()
    left = card.get_by_role("group", name="Left leg")
    expect(left.get_by_label("Straight-leg raise")).to_be_focused()
    laptop.keyboard.press("ArrowDown")
    left.get_by_label("Hip flexion, degrees").fill("145")
    left.get_by_label("Slump test").select_option(label="Positive")
    left.get_by_label("Releasing the neck").select_option(label="Eased the symptom")
    card.get_by_role("button", name="Record", exact=True).click()
    problem = laptop.get_by_role("link", name="Left leg: type the angle in whole degrees, 0 to 120")
    expect(problem).to_be_visible()
    assert_accessible(laptop)
    problem.click()
    expect(left.get_by_label("Hip flexion, degrees")).to_be_focused()
    left.get_by_label("Hip flexion, degrees").fill("45")
    card.get_by_role("button", name="Record", exact=True).click()

    found = card.get_by_role("table")
    expect(found.get_by_role("row", name=re.compile("^Straight-leg raise"))).to_contain_text(
        "symptom at 45°"
    )
    expect(found.get_by_role("row", name=re.compile("^Slump"))).to_contain_text(
        "positive, eased by the neck"
    )
    readout = laptop.get_by_text("SLR left 45°, slump left positive")
    expect(readout).to_be_visible()
    assert_accessible(laptop)

    card.get_by_role("button", name="Correct", exact=True).click()
    left.get_by_label("Hip flexion, degrees").fill("55")
    card.get_by_role("button", name="Save the correction").click()
    expect(found).to_contain_text("symptom at 55°")
    expect(card.get_by_text("corrected")).to_be_visible()
    laptop.reload()
    expect(found).to_contain_text("symptom at 55°")
    card.get_by_role("button", name="Take back").click()
    expect(card.get_by_text("Nothing recorded yet.")).to_be_visible()
    expect(readout).to_have_count(0)
