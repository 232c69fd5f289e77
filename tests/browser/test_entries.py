"""The patient's own entries: how few taps one takes, two ways to the same answer, days made good, and changes."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import LAPTOP, Staff
from tests.browser.test_journey import admit, diary, join, sign_in
from tests.browser.test_screens import heading

NOW = datetime.now(ZoneInfo("Europe/Madrid")).replace(hour=10, minute=0, second=0, microsecond=0)
COUNT_TAPS = """window.taps = 0;
addEventListener('click', (event) => { if (event.isTrusted) window.taps += 1; }, true);"""


@pytest.fixture
def page(device: Callable[..., BrowserContext], address: str, therapist: Staff) -> Page:
    """A patient's phone, three days after the patient has joined."""
    laptop = device(viewport=LAPTOP).new_page()
    sign_in(laptop, address, therapist)
    code = admit(laptop, address, "Robin Vale")
    phone = device(has_touch=True, is_mobile=True)
    phone.add_init_script(COUNT_TAPS)
    page = phone.new_page()
    page.clock.set_fixed_time(NOW - timedelta(days=3))
    join(page, address, code)
    return page


def later(page: Page, address: str, days_ago: int, path: str = "") -> None:
    page.clock.set_fixed_time(NOW - timedelta(days=days_ago))
    page.goto(f"{address}/{path}")


def sent(page: Page) -> None:
    expect(page.get_by_text("All entries sent")).to_be_visible()


def day(days_ago: int) -> str:
    return str((NOW - timedelta(days=days_ago)).date())


def settled(page: Page) -> list[dict[str, Any]]:
    """What the server counts: of each entry the last revision, without what was taken back."""
    last = {
        entry["revises"] or entry["id"]: entry
        for entry in sorted(diary(page), key=lambda one: (one["made_at"], one["id"]))
    }
    return [entry for entry in last.values() if not entry["withdrawn"]]


def option(page: Page, role: Any, name: str | re.Pattern[str]) -> Locator:
    """What a finger meets of an option: the label that its input fills."""
    return page.locator("label").filter(has=page.get_by_role(role, name=name)).first


def taps_of_a_check_in(page: Page, pain: int, place: str | None) -> int:
    option(page, "radio", re.compile(rf"^{pain}\b")).tap()
    if place:
        option(page, "radio", place).tap()
    option(page, "checkbox", "None of these").tap()
    page.get_by_role("button", name="Save").tap()
    heading(page, "Saved")
    taps: int = page.evaluate("window.taps")
    return taps


def test_a_daily_check_in_takes_five_taps_at_most(page: Page, address: str):
    def from_today(days_ago: int, pain: int, place: str | None = None) -> int:
        later(page, address, days_ago)
        page.get_by_role("link", name="Check in", exact=True).tap()
        return taps_of_a_check_in(page, pain, place)

    taps = {
        "from Today, the first one, with a place": from_today(3, 4, "Back of the thigh"),
        "from Today, the place as last time": from_today(2, 5),
        "from Today, without pain and so without a place": from_today(1, 0),
    }
    later(page, address, 0, "check-in")
    taps["from the reminder or the shortcut"] = taps_of_a_check_in(page, 3, None)
    later(page, address, 0, "check-in")
    taps["from the reminder, with another place"] = taps_of_a_check_in(page, 3, "Calf")
    later(page, address, 0)
    sent(page)
    lines = [f"{count} {where}" for where, count in taps.items()]
    print("", "Taps of a check-in:", *lines, sep="\n  ")  # noqa: T201
    assert list(taps.values()) == [5, 4, 4, 3, 4]
