"""Care ends while a phone is without a network, and goes on again: nothing that it holds is lost."""

import re
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser import patients
from tests.browser.test_screens import assert_accessible
from tests.clinics import own_day

YESTERDAY = own_day() - timedelta(days=1)


def end_care(laptop: Page, last: str) -> None:
    laptop.get_by_role("button", name="End care").click()
    asked = laptop.get_by_role("dialog", name="End the care of Pat Doe?")
    expect(asked.get_by_text("Nothing waits.")).to_be_visible()
    asked.get_by_role("button", name="End care").click()
    expect(asked.get_by_role("alert")).to_have_text("Choose a reason.")
    asked.get_by_label("Reason").select_option("Goals met")
    asked.get_by_label("Last day of care").fill(last)
    assert_accessible(laptop)
    asked.get_by_role("button", name="End care").click()
    expect(laptop.get_by_text("goals met,").first).to_be_visible()


def test_care_ends_and_goes_on_while_the_phone_is_away(
    laptop: Page, phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = phone.new_page()
    patients.join(page, address, patients.admit(laptop, patient_id))
    phone.set_offline(True)
    patients.check_in(page, address, pain=5)
    page.goto(f"{address}/check-in/{YESTERDAY}")
    page.get_by_role("radio", name=re.compile(r"^0\b")).first.check(force=True)
    page.get_by_role("checkbox", name="None of these").check(force=True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    page.goto(f"{address}/")
    expect(page.get_by_text("2 entries saved on this phone")).to_be_visible()

    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    end_care(laptop, str(YESTERDAY))

    phone.set_offline(False)
    over = page.get_by_role("heading", name="Your care has ended")
    expect(over).to_be_visible()
    # The day before the end has arrived; today's stays here, and is told.
    assert [entry["local_date"] for entry in patients.kept(page)] == [str(YESTERDAY)]
    expect(page.get_by_text("1 entry needs a look")).to_be_visible()
    assert_accessible(page)
    phone.set_offline(True)
    page.goto(f"{address}/check-in")
    expect(over).to_be_visible()
    page.get_by_role("link", name="Read my diary").click()
    expect(page.get_by_role("link", name=re.compile("pain 5"))).to_be_visible()

    laptop.goto(f"{address}/therapist/caseload")
    laptop.get_by_role("region", name="Find a patient").get_by_role("link", name="Pat Doe").click()
    laptop.get_by_role("button", name="Reopen").click()
    laptop.get_by_role("dialog").get_by_role("button", name="Reopen").click()
    expect(laptop.get_by_role("button", name="End care")).to_be_visible()

    phone.set_offline(False)
    page.goto(f"{address}/")
    expect(page.get_by_text("All entries sent")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Sciatic nerve glide"))).to_be_visible()
    assert len(patients.kept(page)) == 2
