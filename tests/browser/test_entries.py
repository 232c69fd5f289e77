"""The patient's own entries: how few taps one takes, two ways to the same answer, days made good, and changes."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.patients import admit, join
from tests.browser.test_journey import diary
from tests.browser.test_screens import assert_accessible, heading
from tests.hostile import Person

NOW = datetime.now(ZoneInfo("Europe/Madrid")).replace(hour=10, minute=0, second=0, microsecond=0)
COUNT_TAPS = """window.taps = 0;
addEventListener('click', (event) => { if (event.isTrusted) window.taps += 1; }, true);"""


@pytest.fixture
def page(device: Callable[..., BrowserContext], address: str, desk: Person) -> Page:
    """A patient's phone, three days after the patient has joined."""
    code = admit(desk, str(uuid4()), name="Robin Vale")
    phone = device(has_touch=True, is_mobile=True, worker=False)
    phone.add_init_script(COUNT_TAPS)
    page = phone.new_page()
    page.clock.set_fixed_time(NOW - timedelta(days=3))
    join(page, address, code, "Robin")
    return page


def later(page: Page, address: str, days_ago: int, path: str = "") -> None:
    page.clock.set_fixed_time(NOW - timedelta(days=days_ago))
    page.goto(f"{address}/{path}")


def sent(page: Page) -> None:
    expect(page.get_by_text("All entries sent")).to_be_visible()


def day(days_ago: int) -> str:
    return str((NOW - timedelta(days=days_ago)).date())


def made(entry: dict[str, Any]) -> tuple[datetime, str]:
    return datetime.fromisoformat(entry["made_at"]), entry["id"]


def settled(page: Page) -> list[dict[str, Any]]:
    """What the server counts: of each entry the last revision, without what was taken back."""
    last = {entry["revises"] or entry["id"]: entry for entry in sorted(diary(page), key=made)}
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


def answer(page: Page, pain: int, felt: str = "None of these") -> None:
    page.get_by_role("radio", name=re.compile(rf"^{pain}\b")).first.check()
    page.get_by_role("checkbox", name=felt).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    heading(page, "Saved")


def test_the_body_and_the_list_give_the_same_answer(page: Page, address: str):
    later(page, address, 2, "check-in")
    answer(page, 4)
    page.get_by_role("radio", name="Calf").check()
    save(page)

    later(page, address, 1, "check-in")
    answer(page, 4)
    page.get_by_role("button", name="Show body").click()
    expect(page.get_by_role("radio", name="Calf")).to_be_checked()
    page.get_by_role("radio", name="Back of the thigh").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Calf")).to_be_checked()
    expect(page.get_by_text("Your left leg, seen from behind")).to_be_visible()
    for place in page.locator(".map label").all():
        box = place.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 48
    assert_accessible(page)
    save(page)

    later(page, address, 0)
    sent(page)
    first, second = settled(page)
    asked = ("pain_now", "pain_worst", "place", "sensations", "changes_with", "red_flags", "note")
    assert [first[name] for name in asked] == [second[name] for name in asked]
    page.goto(f"{address}/check-in")
    page.get_by_role("radio", name=re.compile(r"^4\b")).first.check()
    expect(page.get_by_role("button", name="Show list")).to_be_visible()


def test_a_forgotten_day_is_made_good_and_says_which_day_it_is(page: Page, address: str):
    later(page, address, 2, "check-in")
    answer(page, 0)
    save(page)
    later(page, address, 0)
    page.get_by_role("link", name="I forgot yesterday").click()
    heading(page, "Check in for yesterday")
    answer(page, 6)
    page.get_by_role("radio", name="Foot").check()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("link", name="Add a check-in").click()
    expect(
        page.get_by_text("You began this at 10:00. Your answers are still here.")
    ).to_be_visible()
    assert_accessible(page)
    save(page)
    page.get_by_role("button", name="Back to that day").click()
    expect(page.get_by_text("For the whole day, added later")).to_be_visible()
    assert_accessible(page)

    page.goto(f"{address}/")
    sent(page)
    expect(page.get_by_role("link", name="Check in", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="I forgot yesterday")).to_have_count(0)
    made_good = settled(page)[1]
    assert made_good["local_date"] == day(1)
    assert made_good["happened_at"].startswith(f"{day(1)}T12:00:00")
    assert datetime.fromisoformat(made_good["made_at"]).date() == NOW.date()

    page.goto(f"{address}/entries")
    heading(page, "Your entries")
    assert_accessible(page)
    for too_far in (8, 0, -1):
        page.goto(f"{address}/check-in/{day(too_far)}")
        heading(page, "Your entries")


def test_an_entry_is_changed_and_removed_and_each_step_can_be_undone(page: Page, address: str):
    later(page, address, 0, "check-in")
    answer(page, 0)
    save(page)
    page.get_by_role("button", name="Back to Today").click()
    sent(page)
    [original] = diary(page)

    # Were the clock to stand still over a reload, chance would say which of two versions is the later.
    page.clock.set_fixed_time(NOW + timedelta(minutes=1))
    page.goto(f"{address}/entries/{day(0)}")
    card = page.get_by_role("region", name=re.compile("^Check-in"))
    card.get_by_role("link", name="Change").click()
    heading(page, "Change this check-in")
    page.get_by_role("radio", name=re.compile(r"^2\b")).first.check()
    page.get_by_role("radio", name="Buttock").check()
    save(page)
    page.get_by_role("button", name="Undo").click()
    heading(page, "Change this check-in")
    save(page)
    page.get_by_role("button", name="Back to that day").click()
    expect(card).to_contain_text("Changed")
    expect(card).to_contain_text("Buttock")

    card.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed.")).to_be_visible()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card).to_contain_text("Buttock")
    page.goto(f"{address}/")
    sent(page)
    [counted] = settled(page)
    assert (counted["pain_now"], counted["place"]) == (2, "buttock")
    assert counted["revises"] == original["id"]
    assert original in diary(page)

    page.clock.set_fixed_time(NOW + timedelta(minutes=2))
    page.goto(f"{address}/entries/{day(0)}")
    card.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed.")).to_be_visible()
    page.goto(f"{address}/")
    sent(page)
    assert settled(page) == []
    assert original in diary(page)


def test_a_change_that_names_a_new_weakness_leads_to_the_stop_screens(page: Page, address: str):
    later(page, address, 1, "check-in")
    answer(page, 0)
    save(page)
    later(page, address, 0, f"entries/{day(1)}")
    page.get_by_role("link", name="Change").click()
    page.get_by_role("checkbox", name="Weakness").check()
    page.get_by_role("button", name="Save").click()
    heading(page, "Stop here for today")
    page.get_by_role("checkbox", name="None of these").check()
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("button", name="Back to Today").click()
    expect(page.get_by_role("heading", name="Stop here for today")).to_be_visible()
    sent(page)
    [counted] = settled(page)
    assert (counted["sensations"], counted["red_flags"]) == (["weakness"], [])
