"""The main screens by axe: by day, by night, in forced colours, at 200 % text, right to left; the stop screen offline."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LAPTOP
from tests.browser.test_journey import admit, check_in, join

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
LOOKS: tuple[dict[str, Any], ...] = (
    {"color_scheme": "light", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "light", "forced_colors": "active"},
)
# Axe reads the colours of the moment, so what fades in must have arrived.
SETTLE = """() => document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().endTime < 2_000)
  .forEach((animation) => animation.finish())"""
RUN = """() => axe.run(document, {resultTypes: ['violations']}).then((result) =>
  result.violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.target).join(', ')}`))"""


# What a language would do that is written from right to left and is longer: only tests speak it.
RIGHT_TO_LEFT = """() => {
  document.documentElement.dir = 'rtl';
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const {data, parentElement} = texts.currentNode;
    if (!/\\p{L}{2}/u.test(data) || parentElement.closest('svg, noscript')) continue;
    texts.currentNode.data = `${data} ${'\u0643\u0644\u0645\u0629 '.repeat(1 + data.length / 20)}`;
  }
}"""
SIDEWAYS = """() => {
  const {scrollWidth, clientWidth} = document.documentElement;
  return Math.max(scrollWidth, innerWidth) - clientWidth;
}"""
SMALLEST = {"width": 320, "height": 640}


def assert_accessible(page: Page) -> None:
    """No axe violation in light, dark and forced colours; no sideways scroll."""
    for look in LOOKS:
        page.emulate_media(**look)
        page.evaluate(SETTLE)
        # Evaluated rather than added as a script, which the content security policy refuses.
        page.evaluate(AXE.read_text())
        found: list[Any] = page.evaluate(RUN)
        assert found == [], f"{page.title()} in {look}"
    page.emulate_media(**LOOKS[0])
    assert page.evaluate(SIDEWAYS) <= 0, page.title()


def assert_readable_everywhere(page: Page) -> None:
    """The same on a patient's screen with text at 200 % on the narrowest phone, then right to left.

    The screen keeps its lengthened texts: go on by loading another one.
    """
    assert_accessible(page)
    wide = page.viewport_size
    assert wide is not None
    page.set_viewport_size({"width": SMALLEST["width"], "height": SMALLEST["height"]})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) <= 0, f"{page.title()} with 200 % text"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(wide)
    page.evaluate(RIGHT_TO_LEFT)
    assert_accessible(page)


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def report_weakness(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Check in")).click()
    page.get_by_role("radio", name=re.compile(r"^0\b")).first.check()
    page.get_by_role("checkbox", name="Weakness").check()
    page.get_by_role("button", name="Save").click()
    heading(page, "Stop here for today")


def test_axe_finds_nothing_on_the_patients_screens(
    laptop: Page, phone: BrowserContext, address: str
):
    code = admit(laptop, address, "Robin Vale")
    page = phone.new_page()
    page.goto(f"{address}/join")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    join(page, address, code)
    assert_accessible(page)

    page.get_by_role("link", name=re.compile("^Check in")).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Back").click()
    check_in(page, 4, first=True)
    assert_accessible(page)

    page.get_by_role("button", name="Back to Today").click()
    page.get_by_role("link", name=re.compile("Sciatic nerve glide")).click()
    heading(page, "Sciatic nerve glide")
    assert_accessible(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").click()
    assert_accessible(page)
    page.get_by_role("button", name="It tingles, burns or shoots").click()
    heading(page, "Stop the nerve glide")
    assert_accessible(page)

    for path, title in (("", "Hello, Robin"), ("progress", "Progress"), ("more", "More")):
        page.goto(f"{address}/{path}")
        heading(page, title)
        assert_accessible(page)


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
    expect(laptop.get_by_role("heading", name=re.compile("^New weakness"))).to_be_focused()
    laptop.get_by_role("button", name="Resolve").click()
    laptop.get_by_role("button", name="Save outcome").click()
    expect(laptop.get_by_role("alert")).to_be_focused()
    assert_accessible(laptop)
    laptop.get_by_role("radio", name="Contacted the patient").check()
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


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_place_of_the_patient_reads_well_at_any_size_and_from_right_to_left(
    laptop: Page, phone: BrowserContext, address: str, language: str
):
    code = admit(laptop, address, "Robin Vale")
    page = phone.new_page()
    join(page, address, code)
    page.get_by_role("link", name=re.compile("Sciatic nerve glide")).click()
    exercise = page.url.removeprefix(address)
    page.evaluate("language => localStorage.setItem('glidepath.language', language)", language)
    places = ["/", "/check-in", exercise, "/progress", "/learn", "/learn/tell-apart"]
    for path in (*places, "/learn/nerve-glide", "/more", "/welcome"):
        page.goto(f"{address}{path}")
        expect(page.locator("h1").first).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == language
        assert_readable_everywhere(page)
