"""A month without a network and five hundred entries: open, exercise, log, look back, and deliver."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import patients
from tests.browser.conftest import without_network
from tests.clinics import ZONE, check_in
from tests.hostile import Person

# Days and entries that the phone brings back from the clinic, and days that follow without a network.
BEFORE, EACH_DAY, OFFLINE = 30, 16, 30
SENT = BEFORE * EACH_DAY
BATCH = 50


def write_history(page: Page, first: datetime) -> None:
    """Fills a diary as another phone would have, some days before."""
    entries = [
        check_in(
            (moment := first + timedelta(days=day, minutes=number)).date(),
            happened_at=moment.isoformat(),
            made_at=moment.isoformat(),
            pain_now=2 + number % 3,
        )
        for day in range(BEFORE)
        for number in range(EACH_DAY)
    ]
    account = patients.api(page, "GET", "/api/me")["account"]["id"]
    for start in range(0, SENT, BATCH):
        body = {
            "account_id": account,
            "check_ins": entries[start : start + BATCH],
            "exercise_sessions": [],
        }
        results = patients.api(page, "POST", "/api/sync", body)["results"]
        assert {result["status"] for result in results} == {"stored"}


def test_a_month_without_a_network(
    desk: Person, device: Callable[..., BrowserContext], address: str
):
    now = datetime.now(ZONE)
    days = [now - timedelta(days=OFFLINE - 1 - day) for day in range(OFFLINE)]
    patient_id = str(uuid4())
    other = device().new_page()
    patients.join(other, address, patients.admit(desk, patient_id))
    # In the morning, so that no hour of the test's own puts an entry on the next day.
    write_history(other, (days[0] - timedelta(days=BEFORE)).replace(hour=9, minute=0))
    invited = patients.api(desk, "POST", f"/api/patients/{patient_id}/invitations", {})

    phone = device(has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.clock.set_fixed_time(days[0])
    patients.join(page, address, invited["code"], agreed=True)
    page.goto(f"{address}/entries")
    brought_back = page.get_by_role("link", name=re.compile("pain 4"))
    expect(brought_back).to_have_count(BEFORE - 1)

    with without_network(phone, address):
        for day in days:
            page.clock.set_fixed_time(day)
            patients.check_in(page, address, pain=1)
        page.goto(f"{address}/")
        page.get_by_role("link", name="Sciatic nerve glide").click()
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="End here").click()
        page.get_by_role("button", name="I have no time").click()
        page.get_by_role("button", name="Skip").click()

        page.goto(f"{address}/progress")
        expect(
            page.get_by_role("img", name=re.compile("pain", re.IGNORECASE)).first
        ).to_be_visible()
        page.goto(f"{address}/entries")
        expect(page.get_by_role("link", name=re.compile("pain 1"))).to_have_count(OFFLINE)
        page.get_by_role("button", name="Show earlier days").click()
        expect(brought_back).to_have_count(BEFORE)
        page.goto(f"{address}/")
        expect(page.get_by_text(f"{OFFLINE + 1} entries saved on this phone")).to_be_visible()

    expect(page.get_by_text("All entries sent")).to_be_visible()
    kept = patients.kept(page)
    assert len(kept) == SENT + OFFLINE
    assert [entry["local_date"] for entry in kept if entry["pain_now"] == 1] == [
        str(day.date()) for day in days
    ]
