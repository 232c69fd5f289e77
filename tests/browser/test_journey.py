"""The main job in Chromium: fourteen days logged offline, one alert, somebody looks."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.conftest import LAPTOP, Staff, sign_in, without_network

DAYS = 14
CLIMB = [round(2 + day * 7 / (DAYS - 1)) for day in range(DAYS)]


def admit(page: Page, address: str, name: str) -> str:
    """Admits a patient as a therapist does; the joining code."""
    page.goto(f"{address}/therapist/new")
    page.get_by_label("Name").fill(name)
    page.get_by_role("radio", name="Sciatic nerve", exact=True).check(force=True)
    page.get_by_role("radio", name=re.compile("left", re.IGNORECASE)).check(force=True)
    for exercise in ("Hamstring stretch", "Sciatic nerve glide"):
        page.get_by_role("checkbox", name=exercise).check(force=True)
    page.get_by_role("button", name="Create patient").click()
    code = page.locator("strong.number").inner_text()
    assert re.fullmatch("[A-Z2-9]{8}", code)
    return code


def join(page: Page, address: str, code: str) -> None:
    page.goto(f"{address}/join")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Skip this").click()
    expect(page.get_by_role("heading", name="Hello, Robin")).to_be_visible()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def check_in(page: Page, pain: int, *, first: bool) -> int:
    """Logs one day from Today; how many taps it took."""
    page.get_by_role("link", name=re.compile("^Check in")).click()
    answer(page, pain, first=first)
    return 5 if first else 4


def answer(page: Page, pain: int, *, first: bool) -> None:
    page.get_by_role("radio", name=re.compile(rf"^{pain}\b")).first.check(force=True)
    if first:
        page.get_by_role("radio", name=re.compile("thigh", re.IGNORECASE)).check(force=True)
    page.get_by_role("checkbox", name="None of these").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()


def days_of_sending(phone: BrowserContext) -> set[str]:
    """By the pages' clocks, of whatever they send from now on."""
    days = set[str]()

    def note(request: Request) -> None:
        body = request.post_data_json if request.url.endswith("/api/sync") else None
        if body and "sent_at" in body:
            days.add(body["sent_at"][:10])

    phone.on("request", note)
    return days


def diary(page: Page) -> list[dict[str, Any]]:
    answer = page.evaluate("fetch('/api/diary').then((answer) => answer.json())")
    entries: list[dict[str, Any]] = answer["check_ins"]
    return entries


def test_fourteen_days_offline_become_one_alert_that_somebody_looks_at(
    device: Callable[..., BrowserContext], address: str, therapist: Staff
):
    laptop = device(viewport=LAPTOP).new_page()
    sign_in(laptop, address, therapist)
    code = admit(laptop, address, "Robin Vale")

    now = datetime.now(ZoneInfo("Europe/Madrid"))
    days = [now - timedelta(days=DAYS - 1 - day) for day in range(DAYS)]
    phone = device(has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.clock.set_fixed_time(days[0])
    join(page, address, code)

    with without_network(phone, address):
        for day, pain in zip(days, CLIMB, strict=True):
            page.clock.set_fixed_time(day)
            page.goto(f"{address}/")
            assert check_in(page, pain, first=day == days[0]) <= 5
        page.goto(f"{address}/")
        expect(page.get_by_text(f"{DAYS} entries saved on this phone")).to_be_visible()

        second = phone.new_page()
        second.clock.set_fixed_time(days[-1])
        second.goto(f"{address}/")
        sent_on = days_of_sending(phone)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    expect(second.get_by_text("All entries sent")).to_be_visible()

    assert sent_on == {str(days[-1].date())}

    kept = diary(page)
    assert [(entry["local_date"], entry["pain_now"]) for entry in kept] == [
        (str(day.date()), pain) for day, pain in zip(days, CLIMB, strict=True)
    ]
    again = page.evaluate(
        """async (entries) => {
          const me = await (await fetch('/api/me')).json();
          const body = {account_id: me.account.id, check_ins: entries, exercise_sessions: []};
          const answer = await fetch('/api/sync', {
            method: 'POST',
            headers: {'content-type': 'application/json'},
            body: JSON.stringify(body),
          });
          return (await answer.json()).results.map((result) => result.status);
        }""",
        kept,
    )
    assert again == ["known"] * DAYS
    assert diary(page) == kept

    laptop.goto(f"{address}/therapist")
    row = (
        laptop.get_by_role("row")
        .filter(has_text="Robin Vale")
        .or_(laptop.get_by_role("listitem").filter(has_text="Robin Vale"))
    )
    expect(row).to_contain_text("Worsening")
    expect(row).to_contain_text(re.compile("Pain went from about [2-4] to about [78]"))
    row.get_by_role("link", name="Robin Vale").click()
    expect(laptop.get_by_role("heading", name="Robin Vale")).to_be_visible()
    expect(laptop.get_by_role("img", name=re.compile("pain", re.IGNORECASE)).first).to_be_visible()
    expect(laptop.get_by_role("button", name="Acknowledge")).to_have_count(1)
    laptop.get_by_text("Why this alert?").click()
    laptop.get_by_role("button", name="Compute it again").click()
    expect(laptop.get_by_text("the same result")).to_be_visible()
    laptop.get_by_role("button", name="Acknowledge").click()
    expect(laptop.get_by_text("Acknowledged", exact=True).first).to_be_visible()

    page.goto(f"{address}/")
    expect(page.get_by_text(re.compile("North therapist looked at your diary"))).to_be_visible()
