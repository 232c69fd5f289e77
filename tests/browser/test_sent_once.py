"""Double tap, reload while sending, another tab and the worker at once: one entry a try (SY-3)."""

from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.assurance.network import Proxy
from tests.browser import patients
from tests.browser.test_outbox import worker_of
from tests.hostile import Person

TRIES = 2


def rows_of_tries(phone: BrowserContext, proxy: Proxy, code: str, tries: int) -> list[int]:
    """Makes one entry a try, which all who can send do send; the pains of what the server has."""
    address = f"http://127.0.0.1:{proxy.port}"
    page, second = phone.new_page(), phone.new_page()
    patients.join(page, address, code)
    account = patients.api(page, "GET", "/api/me")["account"]["id"]
    second.goto(address)
    patients.at_home(second)
    worker, registration = worker_of(page)
    for number in range(tries):
        patients.answer(page, address, pain_of(number))
        proxy.hold()
        save = page.get_by_role("button", name="Save", exact=True)
        save.evaluate("(button) => { button.click(); button.click(); }")
        expect(page.get_by_role("heading", name="Saved")).to_be_visible()
        # The request is on its way, and reaches the server though nobody waits for its answer any more.
        wait_for_batches(page, proxy, 1)
        page.goto(address)
        second.evaluate("dispatchEvent(new Event('online'))")
        worker.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": address,
                "registrationId": registration,
                "tag": f"outbox:{account}",
                "lastChance": False,
            },
        )
        # Whoever got the lock after it sends the same entry once more.
        wait_for_batches(page, proxy, 2)
        proxy.release()
        for tab in (page, second):
            expect(tab.get_by_text("All entries sent")).to_be_visible()
    return [entry["pain_now"] for entry in patients.kept(page)]


def pain_of(number: int) -> int:
    return 1 + number % 9


def wait_for_batches(page: Page, proxy: Proxy, wanted: int) -> None:
    for _ in range(400):
        if proxy.held >= wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{proxy.held} batches were sent, not {wanted}")


def test_all_who_can_send_make_one_entry(phone: BrowserContext, desk: Person, address: str):
    proxy = Proxy(urlsplit(address).port or 0)
    code = patients.admit(desk, str(uuid4()))
    assert rows_of_tries(phone, proxy, code, TRIES) == [pain_of(n) for n in range(TRIES)]
    proxy.close()
