"""The Listen button, with voices in place of those that a headless browser lacks."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.patients import admit, join
from tests.hostile import Person

# Remembers what it is told to say, and never comes to an end by itself.
VOICES = """() => {
  window.said = [];
  const engine = new EventTarget();
  engine.getVoices = () => [
    {lang: 'en-US', localService: false, name: 'remote'},
    {lang: 'en-GB', localService: true, name: 'of this phone'},
  ];
  engine.speak = ({text, voice}) => window.said.push([voice.name, text]);
  engine.cancel = () => window.said.push('cancelled');
  Object.defineProperty(window, 'speechSynthesis', {value: engine});
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""


@pytest.fixture
def page(device: Callable[..., BrowserContext], address: str, desk: Person) -> Page:
    """A patient's phone on the screen of an exercise, in a browser without voices."""
    code = admit(desk, str(uuid4()), name="Robin Vale")
    page = device(has_touch=True, is_mobile=True, worker=False).new_page()
    join(page, address, code, "Robin")
    page.get_by_role("link", name=re.compile("Hamstring stretch")).click()
    expect(page.get_by_role("heading", name="Hamstring stretch")).to_be_visible()
    return page


def test_a_text_is_read_on_request_by_the_phones_own_voice_and_stops_with_the_screen(page: Page):
    listen = page.get_by_role("button", name="Listen")
    expect(listen).to_have_count(0)

    page.add_init_script(f"({VOICES})()")
    page.route("**/api/care", lambda route: route.abort())
    page.reload()
    expect(listen).to_be_visible()
    assert page.evaluate("said") == []

    listen.click()
    said = page.evaluate("said")
    assert said[0] == "cancelled"
    assert said[1][1].startswith("Lie on your back")
    assert {voice for voice, _ in said[1:]} == {"of this phone"}

    page.unroute("**/api/care")
    with page.expect_response("**/api/care"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1_000)
    assert page.evaluate("said") == said, (
        "The diary came anew from the clinic, and cut the reading short."
    )
    page.get_by_role("button", name="Stop reading").click()
    assert page.evaluate("said.at(-1)") == "cancelled"

    listen.click()
    assert page.evaluate("said.at(-1)") != "cancelled"
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", name="Hello, Robin")).to_be_visible()
    assert page.evaluate("said.at(-1)") == "cancelled"
