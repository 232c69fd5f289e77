"""Signing out, and two people with one phone: nobody's entries are lost, seen or sent by another."""

import re
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import patients

ROWS = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('glidepath');
  opening.onerror = reject;
  opening.onsuccess = () => {
    const db = opening.result;
    const names = ['entries', 'outbox', 'readings', 'drafts', 'care', 'keys'];
    const tx = db.transaction(names);
    const asked = names.map((name) => tx.objectStore(name).getAll());
    tx.oncomplete = () => {
      db.close();
      resolve(asked.flatMap(({result}) => result.map((row) => row.account_id)));
    };
  };
})"""


def sign_out(page: Page, address: str, button: str) -> None:
    page.goto(f"{address}/more")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("heading", name="Welcome to Glidepath")).to_be_visible()


def test_an_expired_session_and_another_patient_on_the_phone_lose_and_mix_nothing(
    laptop: Page, phone: BrowserContext, address: str
):
    ana, ben = str(uuid4()), str(uuid4())
    page = phone.new_page()
    patients.join(page, address, patients.admit(laptop, ana, name="Ana One"), "Ana")
    phone.set_offline(True)
    for pain in (1, 2, 3):
        patients.check_in(page, address, pain)
    # Her session ends while the phone is offline, as after 90 days.
    phone.clear_cookies()
    phone.set_offline(False)
    page.goto(address)
    expect(page.get_by_text("Signed out. What you wrote stays on this phone.")).to_be_visible()

    # Ben joins on the same phone, also in a tab that was left open as Ana's.
    second = phone.new_page()
    second.goto(address)
    patients.at_home(second, "Ana")
    page.goto(f"{address}/join#{patients.admit(laptop, ben, name='Ben Two')}")
    patients.at_home(page, "Ben")
    patients.agree(page)
    patients.at_home(second, "Ben")
    expect(page.get_by_text("All entries sent")).to_be_visible()
    patients.check_in(page, address, 9)
    page.goto(address)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [entry["pain_now"] for entry in patients.kept(page)] == [9]
    second.close()

    # Ben leaves: nothing of his stays, all of hers does, and she signs in again.
    sign_out(page, address, "Sign out")
    assert set(page.evaluate(ROWS)) == {ana}
    code = patients.api(laptop, "POST", f"/api/patients/{ana}/invitations", {})["code"]
    patients.join(page, address, code, "Ana", agreed=True)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [entry["pain_now"] for entry in patients.kept(page)] == [1, 2, 3]


def test_signing_out_without_a_network_asks_first_and_tells_the_server_later(
    laptop: Page, phone: BrowserContext, address: str
):
    """PH-4."""
    page = phone.new_page()
    patients.join(page, address, patients.admit(laptop, str(uuid4())))
    phone.set_offline(True)
    patients.check_in(page, address, 4)
    page.goto(f"{address}/more")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("1 entry has not been sent yet and would be lost.")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    page.goto(address)
    expect(page.get_by_text("1 entry saved on this phone")).to_be_visible()

    sign_out(page, address, "Delete and sign out")
    # What was still reading may have made the database anew, with nothing in it.
    if page.evaluate("indexedDB.databases()"):
        assert page.evaluate(ROWS) == []
    assert session_cookies(phone) == ["__Host-glidepath"]
    with page.expect_response(re.compile("/api/sign-out")) as answer:
        phone.set_offline(False)
    assert answer.value.all_headers()["clear-site-data"] == '"cache"'
    page.wait_for_function("() => localStorage.getItem('glidepath.leaving') === null")
    assert session_cookies(phone) == []


def session_cookies(phone: BrowserContext) -> list[str]:
    """By which a browser is known again stays: it opens nothing."""
    names = [cookie["name"] for cookie in phone.cookies()]
    return [name for name in names if name != "__Host-glidepath-device"]


def test_local_storage_names_nobody(laptop: Page, phone: BrowserContext, address: str):
    page = phone.new_page()
    patients.join(page, address, patients.admit(laptop, str(uuid4()), name="Robin Vale"), "Robin")
    for seen in (page, laptop):
        kept = seen.evaluate("JSON.stringify(localStorage)")
        assert "glidepath.me" in kept
        for name in ("Robin", "Vale", "therapist@", "North therapist"):
            assert name not in kept
    # The greeting comes from the sealed store, also without a network.
    phone.set_offline(True)
    page.goto(address)
    patients.at_home(page, "Robin")
