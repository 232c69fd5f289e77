"""The clinic's own exercises: written by a therapist, put into a plan, and read on the phone as plain text."""

import re

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, join
from tests.browser.test_plans import assert_accessible_on_both, edit
from tests.browser.test_screens import assert_accessible, heading

TITLE = "Calf <img src=x onerror=alert(1)>"


def test_an_own_exercise_is_written_planned_read_and_retired(
    laptop: Page, online_phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = online_phone.new_page()
    join(page, address, admit(laptop, patient_id))

    laptop.get_by_role("button", name=re.compile("^Account of")).click()
    laptop.get_by_role("link", name="The clinic's own exercises").click()
    heading(laptop, "The clinic's own exercises")
    laptop.get_by_role("button", name="Write an exercise").click()
    laptop.get_by_label("Kind").select_option("Strength")
    laptop.get_by_role("button", name="Save the exercise").click()
    laptop.get_by_role("link", name="English: fill in “Title”").click()
    expect(laptop.get_by_label("Title").first).to_be_focused()
    laptop.keyboard.type(TITLE)
    laptop.get_by_label("What it is for").first.fill("For the calf.")
    laptop.get_by_label("How to begin").first.fill("Stand on a step.")
    laptop.get_by_label("Steps").first.fill("Rise.\nLower.\nRise.\nLower.")
    laptop.get_by_label("What to be careful about").first.fill("Hold on to the rail.")
    assert_accessible_on_both(laptop)
    laptop.get_by_role("button", name="Save the exercise").click()
    expect(laptop.get_by_role("status").get_by_text("Saved.")).to_be_visible()
    assert_accessible_on_both(laptop)

    edit(laptop, address, patient_id)
    laptop.get_by_text("Add an exercise").click()
    laptop.get_by_role("button", name=f"Add {TITLE}").click()
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 2 is saved")
    assert_accessible_on_both(laptop)

    page.goto(f"{address}/")
    page.get_by_role("link", name=re.compile(re.escape(TITLE))).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Rise.")).to_have_count(2)
    expect(page.get_by_text("Hold on to the rail.")).to_be_visible()
    # When to stop is told for every exercise of its kind.
    expect(page.get_by_text("Stop at a sharp pain, a cramp")).to_be_visible()
    assert page.locator("img").count() == 0
    assert_accessible(page)

    laptop.goto(f"{address}/therapist/exercises")
    laptop.get_by_role("button", name=f"Retire {TITLE}").click()
    expect(laptop.get_by_text("is not offered for new plans any more")).to_be_visible()
    edit(laptop, address, patient_id)
    expect(laptop.get_by_role("heading", name=TITLE)).to_be_visible()
    laptop.get_by_text("Add an exercise").click()
    expect(laptop.get_by_role("button", name=f"Add {TITLE}")).to_have_count(0)
