"""A day with the app by keyboard alone: joining, a check-in, an exercise, and what one sees on the way."""

import re
from uuid import uuid4

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import patients
from tests.hostile import Person

STEPS = 60
# The focus is drawn around the element itself, or around what is drawn in its place.
IS_FOCUSED = """(wanted) => {
  if (document.activeElement !== wanted) return false;
  const drawn = [wanted, wanted.nextElementSibling, wanted.closest('label')].filter(Boolean);
  if (drawn.some((one) => getComputedStyle(one).outlineStyle !== 'none')) return true;
  throw new Error(`Nobody sees that the focus is at ${wanted.outerHTML}`);
}"""


def reach(page: Page, target: Locator) -> None:
    """Goes on with Tab until the focus is there, to be seen."""
    target.wait_for()
    for _ in range(STEPS):
        if target.evaluate(IS_FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def press(page: Page, target: Locator) -> None:
    reach(page, target)
    page.keyboard.press("Enter")


def test_a_day_by_keyboard_alone(desk: Person, online_phone: BrowserContext, address: str):
    code = patients.admit(desk, str(uuid4()))
    page = online_phone.new_page()

    def button(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=True)

    page.goto(f"{address}/join")
    reach(page, page.get_by_label("Your code"))
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    press(page, button("I agree"))
    press(page, button("Skip this"))

    press(page, page.get_by_role("link", name=re.compile("^Check in")))
    reach(page, page.get_by_role("radio", name="0 No pain"))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="4", exact=True)).to_be_checked()
    reach(page, page.get_by_role("radio", name="Lower back"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Back of the thigh")).to_be_checked()
    reach(page, page.get_by_role("checkbox", name="None of these"))
    page.keyboard.press("Space")
    press(page, button("Save"))
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    press(page, button("Back to Today"))

    press(page, page.get_by_role("link", name=re.compile("^Hamstring stretch")))
    press(page, button("Start"))
    press(page, button("Pause"))
    press(page, button("End here"))
    press(page, button("I have no time"))
    reach(page, page.get_by_role("checkbox", name="Tingling"))
    page.keyboard.press("Space")
    press(page, button("Save"))
    press(page, page.get_by_role("link", name="Do the nerve glide"))
    press(page, button("Start"))
    press(page, button("It tingles, burns or shoots"))
    press(page, button("Back to Today"))
    expect(page.get_by_text("All entries sent")).to_be_visible()
    entry = patients.kept(page)[-1]
    assert (entry["pain_now"], entry["place"], entry["sensations"]) == (4, "thigh", [])
