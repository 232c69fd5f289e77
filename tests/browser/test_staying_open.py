"""A patient's page that stays open: it shows what comes, but not over what somebody is writing."""

import re

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, api, check_in, join
from tests.browser.test_screens import assert_accessible


def test_an_open_page_shows_what_comes_and_offers_it_to_whoever_is_writing(
    laptop: Page, online_phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = online_phone.new_page()
    join(page, address, admit(laptop, patient_id))
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    expect(laptop.get_by_text("Live")).to_be_visible()
    timeline = laptop.get_by_role("region", name="Timeline")
    check_in(page, address, 3, note="After a walk.")
    expect(timeline).to_contain_text("After a walk.")

    # What somebody else did is news, too; what is written meanwhile stays as it is.
    field = laptop.get_by_label("Write to the patient")
    field.fill("Well done, and")
    field.focus()
    check_in(page, address, 4, note="Then I rested.")
    news = laptop.get_by_role("status").filter(has_text="New data has arrived.")
    expect(news).to_be_visible()
    expect(timeline).not_to_contain_text("Then I rested.")
    expect(field).to_be_focused()
    assert_accessible(laptop)
    laptop.keyboard.type(" rest today.")
    news.get_by_role("button", name="Refresh").click()
    expect(timeline).to_contain_text("Then I rested.")
    expect(news).to_have_count(0)
    expect(field).to_have_value("Well done, and rest today.")

    # What the reader does is no news to them, whatever form of theirs stands open beside it.
    laptop.get_by_role("button", name="Record an examination").click()
    laptop.get_by_role("button", name="Send", exact=True).click()
    expect(laptop.get_by_text("Well done, and rest today.")).to_be_visible()
    expect(field).to_have_value("")
    laptop.wait_for_timeout(1_500)  # the change is told, and asked about, within this
    expect(news).to_have_count(0)


def test_a_pause_is_seen_on_both_sides_until_it_is_ended(
    laptop: Page, online_phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = online_phone.new_page()
    join(page, address, admit(laptop, patient_id))
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    laptop.get_by_text("Pause", exact=True).first.click()
    laptop.get_by_role("button", name="Pause", exact=True).click()
    said = laptop.get_by_text(re.compile("^Paused until"))
    expect(said).to_be_visible()
    assert_accessible(laptop)
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("^Paused until"))).to_be_visible()
    assert_accessible(page)
    laptop.get_by_role("link", name="Who needs me").first.click()
    row = laptop.get_by_role("listitem").filter(has_text="Pat Doe")
    expect(row).to_contain_text("Paused until")

    # The patient is back sooner; the list hears of it.
    page.get_by_role("link", name="Change the pause").click()
    page.get_by_role("button", name="Go on from today").click()
    expect(page.get_by_text("The pause is over.")).to_be_visible()
    expect(row).not_to_contain_text("Paused until")
    page.goto(address)
    expect(page.get_by_role("link", name=re.compile("^Check in"))).to_be_visible()
    expect(page.get_by_text("Paused until")).to_have_count(0)
    assert api(laptop, "GET", "/api/triage")["rows"][0]["paused_until"] is None
