"""The outbox in a real browser: what is kept, when it is sent, and what is said meanwhile."""

import csv
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from glidepath import diary_csv
from tests.browser import patients
from tests.hostile import Person

NOW = datetime.now(ZoneInfo("Europe/Madrid"))


@pytest.fixture
def phone(
    device: Callable[..., BrowserContext], desk: Person, address: str
) -> tuple[BrowserContext, Page]:
    """A joined patient's phone with one page open."""
    context = device(has_touch=True, is_mobile=True)
    page = context.new_page()
    patients.join(page, address, patients.admit(desk, str(uuid4())))
    return context, page


def worker_of(page: Page) -> tuple[CDPSession, str]:
    """A session with the browser's service workers, and the registration of ours."""
    cdp = page.context.new_cdp_session(page)
    found: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    return cdp, found[-1]


def test_the_worker_sends_what_waits_when_no_page_does(
    phone: tuple[BrowserContext, Page], address: str, desk: Person
):
    context, page = phone
    account = patients.api(page, "GET", "/api/me")["account"]["id"]
    context.set_offline(True)
    for pain in (2, 5):
        patients.check_in(page, address, pain)
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    # A page of the same origin with nothing of ours running in it, so that only the worker can send.
    page.goto(f"{address}/icons/mark.svg")
    context.set_offline(False)
    cdp, registration = worker_of(page)
    event = {"origin": address, "registrationId": registration, "lastChance": False}
    # Somebody else's outbox is not sent, and no key or row appears for them.
    cdp.send("ServiceWorker.dispatchSyncEvent", {**event, "tag": f"outbox:{uuid4()}"})
    cdp.send("ServiceWorker.dispatchSyncEvent", {**event, "tag": f"outbox:{account}"})
    for _ in range(100):
        pains = [entry["pain_now"] for entry in patients.kept(page)]
        if len(pains) == 2:
            break
        page.wait_for_timeout(100)
    assert pains == [2, 5]
    cached = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
          (await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname)))).flat()"""
    )
    assert cached
    assert not [path for path in cached if path.startswith("/api")]


def test_a_save_asks_the_browser_to_send_in_the_background(
    phone: tuple[BrowserContext, Page], address: str
):
    context, page = phone
    context.set_offline(True)
    patients.check_in(page, address, 2)
    tags = """async () => (await navigator.serviceWorker.ready).sync.getTags()"""
    account = page.evaluate("JSON.parse(localStorage.getItem('glidepath.me')).account.id")
    page.wait_for_function(
        f"(wanted) => ({tags})().then((tags) => tags.includes(wanted))", arg=f"outbox:{account}"
    )


def test_entries_that_wait_for_long_are_pointed_out_and_can_be_saved_as_a_file(
    phone: tuple[BrowserContext, Page], address: str
):
    context, page = phone
    context.set_offline(True)
    page.clock.set_fixed_time(NOW - timedelta(days=6))
    patients.check_in(page, address, 3, "from the mountains")
    page.clock.set_fixed_time(NOW - timedelta(days=5, hours=12))
    page.goto(address)
    expect(page.get_by_text("1 entry saved on this phone")).to_be_visible()
    expect(page.get_by_text("Your clinic cannot see this")).to_have_count(0)
    page.clock.set_fixed_time(NOW - timedelta(days=4))
    page.goto(address)
    expect(page.get_by_text("1 entry has waited for more than a day.")).to_be_visible()
    page.clock.set_fixed_time(NOW)
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("for more than five days")

    page.get_by_role("link", name="Show").click()
    expect(page.get_by_text("1 entry waits to be sent, from 6 days ago.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").click()
    file = json.loads(Path(saved.value.path()).read_text())
    assert (file["format"], file["patient"]) == ("glidepath-unsent", "Pat Doe")
    assert [entry["note"] for entry in file["check_ins"]] == ["from the mountains"]
    assert set(file) >= {"account_id", "check_ins", "exercise_sessions"}

    context.set_offline(False)
    expect(page.get_by_text("Everything you entered has arrived")).to_be_visible()
    expect(page.get_by_role("button", name="Save as a file")).to_have_count(0)


def test_the_whole_diary_is_saved_offline_in_the_form_that_the_clinic_reads(
    phone: tuple[BrowserContext, Page], address: str
):
    context, page = phone
    page.clock.set_fixed_time(NOW - timedelta(days=1))
    patients.check_in(page, address, 3, 'A "good" day,\nalmost')
    page.goto(address)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    context.set_offline(True)
    page.clock.set_fixed_time(NOW)
    patients.check_in(page, address, 8)
    page.goto(f"{address}/more")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a table").click()
    assert re.fullmatch(r"glidepath-\d{4}-\d\d-\d\d\.csv", saved.value.suggested_filename)
    assert saved.value.url.startswith("blob:")
    path = Path(saved.value.path())
    (diary,) = diary_csv.read(path, pytest.fail).values()
    assert [(day.date, day.pain, day.place) for day in diary] == [
        ((NOW - timedelta(days=1)).date(), 3, "thigh"),
        (NOW.date(), 8, "thigh"),
    ]
    rows = list(csv.DictReader(path.read_text().splitlines(keepends=True)))
    assert rows[0]["notes"] == 'A "good" day,\nalmost'
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save everything").click()
    file = json.loads(Path(saved.value.path()).read_text())
    assert file["format"] == "glidepath-diary"
    assert [entry["pain_now"] for entry in file["check_ins"]] == [3, 8]


def test_a_phone_without_room_keeps_what_was_answered_and_never_says_saved(
    phone: tuple[BrowserContext, Page], address: str
):
    _, page = phone
    patients.answer(page, address, 7, "the stairs")
    # As a browser does it: the write itself is taken, and its transaction fails later.
    page.evaluate(
        """() => {
          const put = window.put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (...row) {
            const {transaction} = this;
            const done = put.apply(this, row);
            done.addEventListener('success', () => transaction.abort());
            Object.defineProperty(transaction, 'error',
              {value: new DOMException('full', 'QuotaExceededError')});
            return done;
          };
          addEventListener('error', (event) => event.preventDefault());
          window.saved = 0;
          new MutationObserver(() => {
            if (document.querySelector('h1')?.textContent === 'Saved') window.saved += 1;
          }).observe(document, {subtree: true, childList: true, characterData: true});
        }"""
    )
    save = page.get_by_role("button", name="Save", exact=True)
    save.click()
    expect(page.get_by_role("alert")).to_have_text(
        "This could not be saved on the phone. Free some space and press Save again."
    )
    assert page.evaluate("window.saved") == 0
    expect(page.get_by_label("Note for your therapist")).to_have_value("the stairs")
    expect(page.get_by_role("radio", name=re.compile(r"^7\b")).first).to_be_checked()

    # Room was made.
    page.evaluate("() => { IDBObjectStore.prototype.put = window.put; }")
    save.click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [entry["note"] for entry in patients.kept(page)] == ["the stairs"]
