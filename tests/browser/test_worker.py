"""What a browser keeps of us, and whether it can be taken back: cookies, stores, caches, the service worker."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from playwright.sync_api import BrowserContext, Error, Page, expect

from glidepath.settings import Settings
from tests.browser import patients
from tests.browser.conftest import LAPTOP, Staff, serving, sign_in

# Everything that scripts can read of this origin, bytes as letters.
READABLE = """async () => {
  const plain = (value) => value instanceof ArrayBuffer ? plain(new Uint8Array(value))
    : ArrayBuffer.isView(value) ? String.fromCharCode(...value)
    : value instanceof Date ? value.toISOString()
    : Array.isArray(value) ? value.map(plain).join(' ')
    : value && typeof value === 'object' ? Object.entries(value).map(plain).join(' ')
    : String(value);
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = [document.cookie, plain({...localStorage}), plain({...sessionStorage})];
  for (const {name} of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store);
      found.push(`store ${store}`, plain(await asked(rows.getAll())));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      found.push(`cached ${new URL(request.url).pathname}`, plain([...answer.headers]), await answer.text());
    }
  }
  return found;
}"""
SESSION, DEVICE = "__Host-glidepath", "__Host-glidepath-device"
WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.map(({scope}) => scope))"
LEFT = """async () => [
  Boolean(navigator.serviceWorker.controller), await caches.keys(),
  (await navigator.serviceWorker.getRegistrations()).length,
]"""
NOTHING = [False, [], 0]
# A page that was loaded after this one has no such mark.
MARK = "window.marked = true"


def wait_until_gone(page: Page) -> None:
    """No worker and no cache, on whatever page this becomes."""
    deadline, left = monotonic() + 20, None
    while left != NOTHING and monotonic() < deadline:
        with suppress(Error):  # it is just being loaded anew
            left = page.evaluate(LEFT)
        page.wait_for_timeout(50)
    assert left == NOTHING


def test_no_script_finds_a_session_and_no_cache_an_answer(
    device: Callable[..., BrowserContext], phone: BrowserContext, address: str, therapist: Staff
):
    """SE-2, SE-9."""
    laptop, page = device(viewport=LAPTOP, worker=True).new_page(), phone.new_page()
    # By the form: a cookie that a test puts there itself says nothing of the server's.
    sign_in(laptop, address, therapist)
    patients.join(page, address, patients.admit(laptop, str(uuid4())))
    patients.check_in(page, address, 4, "kept")
    for path in ("progress", "entries", "messages", "more", ""):
        page.goto(f"{address}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("All entries sent")).to_be_visible()
    for seen in (page, laptop):
        cookies = seen.context.new_cdp_session(seen).send("Network.getCookies")["cookies"]
        assert {cookie["name"] for cookie in cookies} == {SESSION, DEVICE}
        found = seen.evaluate(READABLE)
        for cookie in cookies:
            assert (cookie["secure"], cookie["httpOnly"], cookie["path"]) == (True, True, "/")
            assert cookie["sameSite"] in ("Lax", "Strict")
            assert cookie["domain"] == urlsplit(address).hostname
            # In 64 signs a letter each: 128 bits and more.
            assert len(cookie["value"]) * 6 >= 128
            assert not [text for text in found if cookie["value"] in text]
        # The search does read what is kept: the shell, and of the phone its own rows.
        assert "cached /index.html" in found
        assert not [text for text in found if text.startswith("cached /api")]
        assert seen.evaluate(WORKERS) == [f"{address}/"]
    assert "store outbox" in page.evaluate(READABLE)
    worker = page.request.get(f"{address}/sw.js")
    assert worker.headers["cache-control"] == "no-cache"


def test_a_worker_is_taken_back_and_a_phone_that_was_shut_out_keeps_what_waits(
    device: Callable[..., BrowserContext], settings: Settings, therapist: Staff
):
    """SE-9, AC-9."""
    patient_id = str(uuid4())
    laptop, phone = (
        device(viewport=LAPTOP, worker=True).new_page(),
        device(has_touch=True, is_mobile=True),
    )
    page = phone.new_page()
    with serving(settings) as address:
        sign_in(laptop, address, therapist)
        patients.join(page, address, patients.admit(laptop, patient_id))
        phone.set_offline(True)
        for pain in (2, 3):
            patients.check_in(page, address, pain)
        patients.answer(page, address, 6, "half written")
        patients.api(laptop, "POST", f"/api/patients/{patient_id}/end-sessions", {})

    without = msgspec.structs.replace(settings, service_worker=False)
    with serving(without, port=urlsplit(address).port or 0):
        phone.set_offline(False)
        page.reload()
        wait_until_gone(page)
        expect(page.get_by_label("Note for your therapist")).to_have_value("half written")
        # It comes to an end: where there is no worker before it, no page is loaded again.
        page.goto(address)
        page.evaluate(MARK)
        expect(page.get_by_text("Signed out. What you wrote stays on this phone.")).to_be_visible()
        page.wait_for_timeout(500)
        wait_until_gone(page)
        assert page.evaluate("window.marked") is True

        code = patients.api(laptop, "POST", f"/api/patients/{patient_id}/invitations", {})["code"]
        page.goto(f"{address}/join")
        page.get_by_label("Your code").fill(code)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("All entries sent")).to_be_visible()
        assert sorted(entry["pain_now"] for entry in patients.kept(page)) == [2, 3]
    with serving(settings, port=urlsplit(address).port or 0):
        page.reload()
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
