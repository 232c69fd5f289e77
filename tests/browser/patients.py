"""Patients for the browser tests of the phone: admitted and joined without a walk through the screens."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.clinics import patient_body
from tests.hostile import Person

API = """async ([method, path, body]) => {
  const answer = await fetch(path, {
    method,
    headers: {'content-type': 'application/json'},
    ...(body ? {body: JSON.stringify(body)} : {}),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}"""

# As a link does it; by way of Today, so that a screen that is open already starts anew.
GO = """async (path) => {
  for (const next of ['/', path]) {
    history.pushState(null, '', next);
    dispatchEvent(new PopStateEvent('popstate'));
    await new Promise((done) => setTimeout(done));
  }
}"""


def api(who: Page | Person, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What a session gets from the server, that of a page or one without."""
    if isinstance(who, Person):
        answer = who.send(method, path, body)
        return None if answer.status_code == 204 else answer.json()
    return who.evaluate(API, [method, path, body])


def admit(staff: Page | Person, patient_id: str, **changes: Any) -> str:
    """Admits a patient with the session of a therapist; the joining code."""
    api(staff, "PUT", f"/api/patients/{patient_id}", patient_body(**changes))
    return str(api(staff, "POST", f"/api/patients/{patient_id}/invitations", {})["code"])


def join(page: Page, address: str, code: str, name: str = "Pat", *, agreed: bool = False) -> None:
    """`agreed`: on another phone before, so that nothing is asked."""
    page.goto(f"{address}/join")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Start").click()
    if not agreed:
        page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Skip this").click()
    at_home(page, name)
    # The plan has come, and with it all that the phone needs without a network.
    expect(page.get_by_role("link", name=re.compile("Sciatic nerve glide"))).to_be_visible()
    page.wait_for_function("() => navigator.serviceWorker?.controller !== null")


def agree(page: Page) -> None:
    """The signed-in patient's consent, without a walk through the screens."""
    api(page, "PUT", "/api/consent", {"version": 1, "agrees": True})
    # The app has asked already, and learns of it when it opens.
    page.reload()


def at_home(page: Page, name: str = "Pat") -> None:
    expect(page.get_by_role("heading", name=f"Hello, {name}")).to_be_visible()


def go(page: Page, address: str, path: str) -> None:
    """To a screen of the app: inside it where it is open, since to load it takes a third of a second."""
    inside = page.url.startswith(f"{address}/") and page.locator("main").count() > 0
    if inside:
        page.evaluate(GO, path)
    else:
        page.goto(address + path)


def answer(page: Page, address: str, pain: int, note: str | None = None) -> None:
    """Fills a check-in in and leaves it unsaved."""
    go(page, address, "/check-in")
    page.get_by_role("radio", name=re.compile(rf"^{pain}\b")).first.check(force=True)
    if pain:
        page.get_by_role("radio", name=re.compile("thigh", re.IGNORECASE)).check(force=True)
    page.get_by_role("checkbox", name="None of these").check(force=True)
    if note:
        page.get_by_text("Add more").click()
        page.get_by_label("Note for your therapist").fill(note)


def check_in(page: Page, address: str, pain: int, note: str | None = None) -> None:
    answer(page, address, pain, note)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()


def kept(page: Page) -> list[dict[str, Any]]:
    """The signed-in patient's check-ins on the server."""
    entries: list[dict[str, Any]] = api(page, "GET", "/api/diary")["check_ins"]
    return entries
