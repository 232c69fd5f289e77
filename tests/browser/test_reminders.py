"""The reminder that the open app gives."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.patients import admit, join
from tests.browser.test_journey import answer
from tests.hostile import Person


@pytest.fixture
def page(device: Callable[..., BrowserContext], address: str, desk: Person) -> Page:
    code = admit(desk, str(uuid4()), name="Robin Vale")
    page = device(has_touch=True, is_mobile=True).new_page()
    join(page, address, code, "Robin")
    return page


def choose(page: Page, at: str) -> None:
    page.get_by_role("link", name="More").click()
    page.get_by_label("Remind me each day").check()
    page.get_by_label("Time").fill(at)
    page.get_by_role("button", name="Save the reminder").click()


def at(page: Page, address: str, moment: str) -> None:
    page.clock.set_fixed_time(moment)
    page.goto(f"{address}/")
    expect(page.get_by_role("heading", name="Hello, Robin")).to_be_visible()


def test_the_open_app_reminds_after_its_time_until_something_is_logged(page: Page, address: str):
    card = page.get_by_role("heading", name="You have not written today yet")
    page.context.set_offline(True)
    choose(page, "18:00")
    expect(page.get_by_text("Saved on this phone.")).to_be_visible()
    with page.expect_response("**/api/reminders") as sent:
        page.context.set_offline(False)
    assert sent.value.json() == {"at": "18:00", "quiet_from": None, "quiet_until": None}

    at(page, address, "2027-05-04T17:59:00+02:00")
    page.wait_for_load_state("networkidle")
    expect(card).to_have_count(0)
    at(page, address, "2027-05-04T18:00:00+02:00")
    expect(card).to_be_visible()
    page.get_by_role("button", name="Later").click()
    expect(card).to_have_count(0)
    expect(page.get_by_role("main")).to_be_focused()

    at(page, address, "2027-05-04T19:00:00+02:00")
    expect(card).to_be_visible()
    expect(page.get_by_role("button", name="Later")).to_have_count(0)
    page.get_by_role("button", name="Not today").click()
    expect(card).to_have_count(0)

    at(page, address, "2027-05-05T18:00:00+02:00")
    expect(card).to_be_visible()
    page.get_by_role("link", name="Check in").first.click()
    answer(page, 4, first=True)
    page.get_by_role("button", name="Back to Today").click()
    expect(page.get_by_text("You have checked in today")).to_be_visible()
    expect(card).to_have_count(0)


def test_a_reminder_in_the_quiet_hours_is_asked_about(page: Page):
    choose(page, "22:00")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.get_by_label("Keep quiet at night").check()
    page.get_by_role("button", name="Save the reminder").click()
    expect(page.get_by_role("link", name="This time is in your quiet hours")).to_be_visible()
    kept = page.evaluate("fetch('/api/reminders').then((answer) => answer.json())")
    assert kept == {"at": "22:00", "quiet_from": None, "quiet_until": None}
