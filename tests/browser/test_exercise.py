"""Exercises in Chromium: pictures, the clock, the questions afterwards, and stop and switch."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.patients import admit, join
from tests.browser.test_screens import assert_accessible, heading
from tests.hostile import Person


@pytest.fixture
def page(device: Callable[..., BrowserContext], address: str, desk: Person) -> Page:
    """A phone without a network on Today, with a stretch and a glide for the left leg in the plan."""
    code = admit(desk, str(uuid4()), name="Robin Vale")
    phone = device(has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.clock.install()
    join(page, address, code, "Robin")
    expect(page.get_by_role("link", name="Hamstring stretch")).to_be_visible()
    phone.set_offline(True)
    page.goto(f"{address}/")
    return page


def start(page: Page, exercise: str) -> None:
    page.get_by_role("link", name=exercise).click()
    heading(page, exercise)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="It tingles, burns or shoots")).to_be_visible()


def sent_sessions(page: Page) -> list[dict[str, Any]]:
    """Back online: what the clinic has got, the last word on each session, in order."""
    page.context.set_offline(False)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    answer = page.evaluate("fetch('/api/diary').then((answer) => answer.json())")
    last: dict[str, dict[str, Any]] = {}
    for entry in sorted(
        answer["exercise_sessions"], key=lambda one: datetime.fromisoformat(one["made_at"])
    ):
        last[entry["revises"] or entry["id"]] = entry
    return list(last.values())


def test_tingling_in_a_stretch_leads_to_the_glide_and_worse_in_the_glide_ends_the_day(page: Page):
    picture = page.get_by_role("link", name="Hamstring stretch").locator("svg").first
    expect(picture).to_have_attribute("aria-hidden", "true")
    start(page, "Hamstring stretch")
    page.clock.fast_forward(10_000)
    expect(page.get_by_text("Left leg, 1 of 3", exact=True)).to_be_visible()
    page.get_by_role("button", name="It tingles, burns or shoots").click()

    heading(page, "Stop this exercise for today")
    expect(
        page.get_by_text(re.compile("Nobody watches your diary around the clock"))
    ).to_be_visible()
    expect(page.get_by_text(re.compile("Monday to Friday, 9:00 to 17:00"))).to_be_visible()
    page.get_by_role("link", name="Do the nerve glide").click()

    heading(page, "Sciatic nerve glide")
    page.get_by_role("button", name="Start").click()
    page.clock.fast_forward(8_000)
    page.get_by_role("button", name="End here").click()
    page.get_by_role("button", name="It is getting worse").click()

    heading(page, "Stop here for today")
    expect(page.get_by_role("link", name=re.compile("glide"))).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("button", name="Back to Today").click()
    for again in (False, True):
        if again:
            page.reload()
        expect(page.get_by_text("Not today")).to_have_count(2)
        expect(page.get_by_role("link", name=re.compile("stretch|glide"))).to_have_count(0)
    expect(page.get_by_text("2 entries saved on this phone, not sent yet")).to_be_visible()

    stretched, glided = sent_sessions(page)
    assert (stretched["stopped_early"], stretched["side"]) == ("nerve_symptoms", "left")
    assert (glided["stopped_early"], glided["hold_seconds"]) == ("worse", None)


def test_a_stretch_on_a_locked_phone_is_over_on_time_and_two_short_tests_follow(page: Page):
    start(page, "Hamstring stretch")
    page.clock.fast_forward(10_000)
    expect(page.get_by_text("Hold gently", exact=True)).to_be_visible()
    page.clock.fast_forward("03:00")
    heading(page, "Well done")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Foot test")).to_have_count(0)

    page.get_by_role("radio", name=re.compile(r"^2\b")).check()
    page.get_by_role("checkbox", name="Pulling").check()
    page.get_by_role("button", name="Foot test").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("point your toes away"))).to_be_visible()
    dialog.get_by_role("button", name="Start 10 seconds").click()
    expect(dialog.get_by_role("timer")).to_be_visible()
    expect(dialog.get_by_role("radio")).to_have_count(0)
    assert_accessible(page)
    page.clock.fast_forward(10_000)
    expect(dialog.get_by_role("radio")).to_have_count(3)
    expect(dialog.get_by_role("radio", checked=True)).to_have_count(0)
    assert_accessible(page)
    dialog.get_by_role("radio", name="It changed").check()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Foot test")).to_contain_text("It changed")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()

    heading(page, "Hello, Robin")
    (stretched,) = sent_sessions(page)
    assert {key: stretched[key] for key in ("sets_done", "pain_during", "stopped_early")} == {
        "sets_done": 3,
        "pain_during": 2,
        "stopped_early": None,
    }
    assert (stretched["sensations"], stretched["changes_with"]) == (["pulling"], ["ankle"])


def test_new_weakness_in_an_exercise_goes_to_the_therapist_and_then_to_the_red_flag_question(
    page: Page,
):
    start(page, "Hamstring stretch")
    page.clock.fast_forward(10_000)
    page.get_by_role("button", name="It tingles, burns or shoots").click()
    heading(page, "Stop this exercise for today")
    page.get_by_role("checkbox", name="Weakness").check()
    page.get_by_role("button", name="Add to the diary").click()

    heading(page, "Stop here for today")
    expect(page.get_by_text(re.compile("Your therapist is told as soon as"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("glide"))).to_have_count(0)
    page.get_by_role("checkbox", name=re.compile("My leg is getting weaker")).check()
    page.get_by_role("button", name="Answer").click()

    expect(page.get_by_role("heading", name="Get medical help now")).to_be_focused()
    card = page.get_by_role("alert").filter(has=page.get_by_role("heading"))
    box, screen = card.bounding_box(), page.viewport_size
    assert box
    assert screen
    assert (box["x"], box["width"]) == (0, screen["width"])
    assert box["height"] >= screen["height"]
    expect(card.get_by_role("link", name="Call 112")).to_have_attribute("href", "tel:112")
    expect(card.get_by_text(re.compile("Monday to Friday, 9:00 to 17:00"))).to_be_visible()


def test_a_phone_without_room_says_what_to_do_and_never_that_it_is_saved(page: Page):
    start(page, "Sciatic nerve glide")
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => {"
        " throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.evaluate("() => addEventListener('error', (event) => event.preventDefault())")
    page.get_by_role("button", name="It tingles, burns or shoots").click()
    expect(page.get_by_role("heading", name="Stop the nerve glide")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("could not be saved")
    expect(page.get_by_text("Saved in your diary")).to_have_count(0)


@pytest.mark.parametrize("end", ["End here", "Terminar aquí"])
def test_end_here_stays_on_one_line(page: Page, end: str):
    start(page, "Hamstring stretch")
    button = page.get_by_role("button", name="End here")
    button.evaluate("(button, text) => { button.textContent = text }", end)
    button = page.get_by_role("button", name=end)
    for width, text in ((390, "100%"), (320, "100%"), (320, "200%")):
        page.set_viewport_size({"width": width, "height": 640})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", text)
        lines = button.evaluate(
            """(button) => {
              const range = document.createRange();
              range.selectNodeContents(button);
              return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
            }"""
        )
        assert lines == 1, (width, text)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, text)
