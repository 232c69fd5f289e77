"""A check-in that was begun and not saved: offered again after a reload, on its day, to nobody else."""

import re
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import patients
from tests.browser.test_screens import assert_accessible, heading
from tests.hostile import Person

BEGUN = re.compile(r"^You began this at \d\d:\d\d\. Your answers are still here\.$")


def open_check_in(page: Page, address: str) -> None:
    page.goto(f"{address}/check-in")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


def leave_and_return(page: Page) -> None:
    """A draft that a screen left behind is on the disk when the next one has opened."""
    page.get_by_role("button", name="Back").click()
    page.get_by_role("link", name=re.compile("^Check in")).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


def expect_answers(page: Page, pain: int, note: str) -> None:
    expect(page.get_by_text(BEGUN)).to_be_visible()
    # What was answered, and nothing else.
    chosen = page.locator("input:checked")
    expect(chosen).to_have_count(2)
    expect(page.get_by_role("radio", name=re.compile(rf"^{pain}\b")).first).to_be_checked()
    expect(page.get_by_role("checkbox", name="None of these").first).to_be_checked()
    expect(page.get_by_label("Note for your therapist")).to_have_value(note)


def expect_blank(page: Page) -> None:
    expect(page.get_by_text(BEGUN)).to_have_count(0)
    expect(page.locator("input:checked")).to_have_count(0)


def test_a_check_in_outlives_a_reload_and_no_other_patient_sees_it(
    desk: Person, phone: BrowserContext, address: str
):
    page = phone.new_page()
    patients.join(page, address, patients.admit(desk, str(uuid4()), name="Ana One"), "Ana")
    phone.set_offline(True)
    patients.answer(page, address, 0, "half of a story")
    leave_and_return(page)
    expect_answers(page, 0, "half of a story")
    page.reload()
    expect_answers(page, 0, "half of a story")
    assert_accessible(page)
    page.close()
    page = phone.new_page()
    open_check_in(page, address)
    expect_answers(page, 0, "half of a story")

    # Her session ends, and Ben joins on the same phone; Ana's answers stay hers.
    phone.clear_cookies()
    phone.set_offline(False)
    page.goto(f"{address}/join#{patients.admit(desk, str(uuid4()), name='Ben Two')}")
    patients.at_home(page, "Ben")
    patients.agree(page)
    open_check_in(page, address)
    expect_blank(page)
    assert patients.kept(page) == []


def test_a_draft_ends_with_save_and_with_start_again(
    desk: Person, phone: BrowserContext, address: str
):
    page = phone.new_page()
    patients.join(page, address, patients.admit(desk, str(uuid4())))
    patients.answer(page, address, 0, "to be forgotten")
    leave_and_return(page)
    page.get_by_role("button", name="Start again").click()
    expect_blank(page)
    leave_and_return(page)
    expect_blank(page)
    page.reload()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    expect_blank(page)

    patients.answer(page, address, 0, "to be kept")
    leave_and_return(page)
    page.reload()
    expect_answers(page, 0, "to be kept")
    page.get_by_role("button", name="Save", exact=True).click()
    heading(page, "Saved")
    # Taken back, the answers are a draft again.
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Note for your therapist")).to_have_value("to be kept")
    leave_and_return(page)
    page.reload()
    expect_answers(page, 0, "to be kept")
    page.get_by_role("button", name="Save", exact=True).click()
    heading(page, "Saved")
    open_check_in(page, address)
    expect_blank(page)
    page.goto(address)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    entries = patients.kept(page)
    gone = {entry["revises"] for entry in entries if entry["withdrawn"]}
    notes = [entry["note"] for entry in entries if not {entry["id"], entry["revises"]} & gone]
    assert notes == ["to be kept"]


def test_what_leads_to_the_stop_screen_is_no_draft_any_more(
    desk: Person, phone: BrowserContext, address: str
):
    page = phone.new_page()
    patients.join(page, address, patients.admit(desk, str(uuid4())))
    open_check_in(page, address)
    page.get_by_role("radio", name=re.compile(r"^0\b")).first.check()
    page.get_by_role("checkbox", name="Weakness").check()
    page.get_by_role("button", name="Save", exact=True).click()
    heading(page, "Stop here for today")
    open_check_in(page, address)
    expect_blank(page)
