"""The main screens by axe: by day, by night, in forced colours, at 200 % text, right to left; the stop screen offline."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import patients
from tests.browser.conftest import LAPTOP
from tests.browser.test_journey import admit, join
from tests.clinics import ZONE
from tests.hostile import Person

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
LOOKS: tuple[dict[str, Any], ...] = (
    {"color_scheme": "light", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "light", "forced_colors": "active"},
)
# Axe reads the colours of the moment, so what fades in must have arrived.
SETTLE = """() => document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().endTime < 2_000)
  .forEach((animation) => animation.finish())"""
RUN = """(rules) => axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})}).then((result) =>
  result.violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.target).join(', ')}`))"""
# All in which one look of a screen may differ from another: the styles for them change colours alone.
OF_COLOURS = ("color-contrast", "link-in-text-block")


def violations(page: Page, rules: tuple[str, ...] | None = None) -> list[str]:
    """What axe finds by these rules, or by all."""
    page.evaluate(SETTLE)
    if not page.evaluate("'axe' in window"):
        # Evaluated rather than added as a script, which the content security policy refuses.
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(RUN, rules and list(rules))
    return found


# What a language would do that is written from right to left and is longer: only tests speak it.
RIGHT_TO_LEFT = """() => {
  document.documentElement.dir = 'rtl';
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  window.originals = [];
  while (texts.nextNode()) {
    const {data, parentElement} = texts.currentNode;
    if (!/\\p{L}{2}/u.test(data) || parentElement.closest('svg, noscript')) continue;
    window.originals.push([texts.currentNode, data]);
    texts.currentNode.data = `${data} ${'\u0643\u0644\u0645\u0629 '.repeat(1 + data.length / 20)}`;
  }
}"""
LEFT_TO_RIGHT = """() => {
  document.documentElement.dir = 'ltr';
  for (const [text, data] of window.originals) text.data = data;
}"""
# A chart takes its new width after the page has: the frames that follow show how wide it is.
SIDEWAYS = """async () => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  await frame();
  await frame();
  const {scrollWidth, clientWidth} = document.documentElement;
  return Math.max(scrollWidth, innerWidth) - clientWidth;
}"""


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wider: int = page.evaluate(SIDEWAYS)
    return wider


SMALLEST = {"width": 320, "height": 640}
# What a finger must hit, by its hit area: of an input the label around it counts, as it does for a finger.
# A link in the middle of a sentence is as high as its line.
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest('svg, p, .visually-hidden'))
  .map((one) => {
    const rating = one.closest('fieldset')?.querySelectorAll('.cell.number').length === 11;
    const {width, height} = (one.closest('label') ?? one).getBoundingClientRect();
    return {name: one.ariaLabel || one.innerText || one.name || one.id, width, height, least: rating ? 56 : 48};
  })
  .filter(({width, height, least}) => Math.min(width, height) < least - 0.5)
  .map(({name, width, height}) => `${name}: ${Math.round(width)} x ${Math.round(height)}`)"""


def assert_accessible(page: Page) -> None:
    """No axe violation in light, dark and forced colours; no sideways scroll."""
    for look in LOOKS:
        page.emulate_media(**look)
        found = violations(page, None if look is LOOKS[0] else OF_COLOURS)
        assert found == [], f"{page.title()} in {look}"
    page.emulate_media(**LOOKS[0])
    assert sideways(page) <= 0, page.title()


def assert_readable_everywhere(page: Page) -> None:
    """The same on a patient's screen, for fingers, with text at 200 % on the narrowest phone, right to left."""
    assert_accessible(page)
    assert_roomy(page)
    # The colours are those of before.
    page.evaluate(RIGHT_TO_LEFT)
    assert_fits(page)
    page.evaluate(LEFT_TO_RIGHT)


def assert_readable_in_another_language(page: Page) -> None:
    """What longer words and other labels may break; the colours are the same in every language."""
    assert_fits(page)
    assert_roomy(page)


def assert_fits(page: Page) -> None:
    assert violations(page) == [], page.title()
    assert sideways(page) <= 0, page.title()


def assert_roomy(page: Page) -> None:
    assert page.evaluate(SMALL_TARGETS) == [], page.title()
    wide = page.viewport_size
    assert wide is not None
    page.set_viewport_size({"width": SMALLEST["width"], "height": SMALLEST["height"]})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page) <= 0, f"{page.title()} with 200 % text"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(wide)


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def report_weakness(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Check in")).click()
    page.get_by_role("radio", name=re.compile(r"^0\b")).first.check()
    page.get_by_role("checkbox", name="Weakness").check()
    page.get_by_role("button", name="Save").click()
    heading(page, "Stop here for today")


def test_axe_finds_nothing_on_the_therapists_screens(
    laptop: Page, phone: BrowserContext, device: Callable[..., BrowserContext], address: str
):
    door = device(viewport=LAPTOP).new_page()
    door.goto(f"{address}/therapist")
    door.get_by_role("button", name="Sign in").click()
    expect(door.get_by_role("alert")).to_be_focused()
    assert_accessible(door)

    code = admit(laptop, address, "Robin Vale")
    expect(laptop.get_by_role("img", name=re.compile("QR"))).to_be_visible()
    assert_accessible(laptop)
    laptop.goto(f"{address}/therapist/new")
    laptop.get_by_role("checkbox", name="Sciatic nerve glide").check()
    laptop.get_by_role("button", name="Create patient").click()
    expect(laptop.get_by_role("alert")).to_be_focused()
    assert_accessible(laptop)

    page = phone.new_page()
    join(page, address, code)
    report_weakness(page)
    expect(page.get_by_text("Saved in your diary")).to_be_visible()

    laptop.goto(f"{address}/therapist")
    laptop.get_by_role("link", name="Robin Vale").wait_for()
    assert_accessible(laptop)
    laptop.keyboard.press("j")
    laptop.keyboard.press("Enter")
    heading(laptop, "Robin Vale")
    laptop.get_by_text("Why this alert?").click()
    laptop.get_by_role("button", name="Acknowledge").click()
    expect(laptop.get_by_role("status").filter(has_text="Undo")).to_be_focused()
    laptop.get_by_role("button", name="Resolve").click()
    laptop.get_by_role("button", name="Save outcome").click()
    expect(laptop.get_by_role("alert")).to_be_focused()
    assert_accessible(laptop)
    laptop.get_by_role("radio", name="Called the patient").check()
    laptop.get_by_role("button", name="Save outcome").click()
    expect(laptop.get_by_text("1 earlier alert")).to_be_visible()
    assert_accessible(laptop)


def test_without_a_network_a_red_flag_leads_to_the_emergency_card(
    laptop: Page, phone: BrowserContext, address: str
):
    code = admit(laptop, address, "Robin Vale")
    page = phone.new_page()
    join(page, address, code)
    phone.set_offline(True)
    page.goto(f"{address}/")

    report_weakness(page)
    page.reload()
    heading(page, "Stop here for today")
    expect(page.get_by_role("link", name=re.compile("glide"))).to_have_count(0)
    page.get_by_role("checkbox", name=re.compile("numb between my legs")).check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("heading", name="Get medical help now")).to_be_focused()
    assert_accessible(page)
    call = page.get_by_role("link", name=re.compile("^Call"))
    assert re.fullmatch(r"tel:\d+", call.get_attribute("href") or "")

    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_role("heading", name="Get medical help now")).to_be_visible()
    expect(page.get_by_text("saved on this phone, not sent yet")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("All entries sent")).to_be_visible()


def test_a_change_of_language_keeps_what_is_typed(laptop: Page, address: str):
    laptop.goto(f"{address}/therapist/new")
    laptop.get_by_label("Name").fill("Robin Vale")
    laptop.get_by_role("button", name=re.compile("^Account of")).click()
    laptop.get_by_role("radio", name="Español").check()
    heading(laptop, "Nuevo paciente")
    expect(laptop.get_by_label("Nombre")).to_have_value("Robin Vale")


@dataclass(frozen=True)
class Words:
    """What the app says in a language: of its own by "patient:today.checkIn", of the clinic by "places.thigh"."""

    language: str

    def __call__(self, key: str) -> str:
        namespace, _, path = key.rpartition(":")
        file = ROOT / f"frontend/messages/{self.language}/{namespace or 'common'}.json"
        return str(reduce(getitem, path.split("."), json.loads(file.read_text())))

    def label(self, path: str) -> str:
        file = ROOT / "backend/glidepath/clinical/data/labels.json"
        return str(reduce(getitem, path.split("."), json.loads(file.read_text()))[self.language])


@pytest.mark.parametrize(
    ("language", "look"),
    [("en", assert_readable_everywhere), ("es", assert_readable_in_another_language)],
)
def test_the_patients_app_reads_well_at_any_size_and_from_right_to_left(
    desk: Person,
    online_phone: BrowserContext,
    address: str,
    language: str,
    look: Callable[[Page], None],
):
    text = Words(language)
    code = patients.admit(desk, str(uuid4()), name="Robin Vale")
    page = online_phone.new_page()

    def press(key: str) -> None:
        page.get_by_role("button", name=text(key), exact=True).click()

    def tick(words: str) -> None:
        page.get_by_label(words, exact=True).check(force=True)

    def rate(pain: int) -> None:
        page.get_by_role("radio", name=re.compile(rf"^{pain}\b")).first.check(force=True)

    page.goto(f"{address}/join")
    # Until the first screen is there, the app may still write down the language that it began with.
    page.locator("main").first.wait_for()
    page.evaluate("language => localStorage.setItem('glidepath.language', language)", language)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_label(text("join:code")).fill(code)
    look(page)
    press("join:submit")
    heading(page, text("consent:title"))
    page.get_by_role("button", name=text("consent:agree"), exact=True).wait_for()
    look(page)
    press("consent:agree")
    heading(page, text("setup:reminder.title"))
    look(page)
    press("setup:welcome.later")
    page.get_by_role("link", name=re.compile(text("patient:today.checkIn"))).click()

    press("entry:checkIn.save")
    page.get_by_text(text("entry:checkIn.extras")).click()
    rate(4)
    look(page)
    press("entry:checkIn.showBody")
    look(page)
    press("entry:checkIn.showList")
    tick(text.label("places.thigh"))
    tick(text.label("none_of_these"))
    press("entry:checkIn.save")
    heading(page, text("entry:saved.title"))
    look(page)

    page.goto(f"{address}/entries/{datetime.now(ZONE).date()}")
    heading(page, re.compile("."))
    look(page)
    page.get_by_role("link", name=text("history:entries.change")).click()
    heading(page, text("entry:checkIn.titleChange"))
    look(page)

    page.goto(address)
    page.locator("a[href^='/exercise/']").first.click()
    press("exercise:start")
    press("exercise:player.pause")
    look(page)
    press("exercise:player.end")
    look(page)
    press("exercise:player.endTime")
    heading(page, text("exercise:after.titleEnded"))
    rate(2)
    look(page)
    press("exercise:after.test.ankle")
    look(page)
    page.keyboard.press("Escape")
    tick(text.label("sensations.tingling"))
    press("exercise:after.save")
    page.wait_for_url("**/stop/**")
    look(page)

    page.goto(f"{address}/check-in")
    rate(4)
    tick(text.label("sensations.weakness"))
    press("entry:checkIn.save")
    page.wait_for_url("**/stop/**")
    look(page)
    tick(text.label("red_flag_questions.saddle_numbness"))
    press("patient:stop.answer")
    page.get_by_role("link", name=re.compile("112")).wait_for()
    look(page)

    places = ["", "entries", "progress", "learn", "learn/tell-apart", "messages", "more", "welcome"]
    for path in places:
        page.goto(f"{address}/{path}")
        heading(page, re.compile("."))
        look(page)
