"""Every therapist's screen by axe: both languages, by day and by night, on a laptop and on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Staff, code_of
from tests.browser.test_screens import OF_COLOURS, ROOT, SMALLEST, Words, sideways, violations
from tests.clinics import check_in, own_day
from tests.hostile import HARMLESS, Person, Story

THERAPIST = ROOT / "frontend/src/therapist"
ROUTE = re.compile(r"'/therapist(?:/[:\w/-]*)?'")
OPEN = "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"

# What is pressed on each screen, so that its forms are looked at, too.
SCREENS: dict[str, tuple[str, ...]] = {
    "/therapist/forgotten": ("account:forgotten.submit",),
    "/therapist/invited": (),
    "/therapist/new-passphrase": (),
    "/therapist/new-address": (),
    "/therapist/sign-in": ("therapist:signIn.submit",),
    "/therapist": (),
    "/therapist/new": ("therapist:new.submit",),
    "/therapist/caseload": (),
    "/therapist/exercises": ("own:new",),
    "/therapist/ways-in": ("second:ways.makeCodes",),
    "/therapist/policy": (),
    "/therapist/notices": (),
    "/therapist/mails": (),
    "/therapist/quality": (),
    "/therapist/admin": (),
    "/therapist/forms": (),
    "/therapist/imports": (),
    "/therapist/account": ("account:own.save",),
    "/therapist/staff": (),
    "/therapist/emergencies": (),
    "/therapist/patients/:id/looks": (),
    "/therapist/sensitivity": (),
    # In a clinic that has none of it; in one that has, tests/browser/test_monitoring.py looks at them.
    "/therapist/monitoring": (),
    "/therapist/patients/:id/monitoring": (),
    "/therapist/notified/:id": (),
    "/therapist/patients/:id": (
        "therapist:alerts.resolve",
        "therapist:assessment.record",
        "outcomes:add",
        "caseload:team.add",
    ),
    "/therapist/patients/:id/alerts/:alert": ("therapist:alerts.snooze", "caseload:team.handOver"),
    "/therapist/patients/:id/episodes/:episode": (),
    "/therapist/patients/:id/screening": (),
    "/therapist/patients/:id/new-episode": (),
    "/therapist/patients/:id/plan": (),
    "/therapist/patients/:id/plan/:proposal": (),
}


Scheme = Literal["light", "dark"]


def assert_accessible_at(page: Page, size: dict[str, int], *schemes: Scheme) -> None:
    """By axe in these schemes; and never wider than the screen."""
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    # By day last, as it was.
    for scheme in reversed(schemes):
        page.emulate_media(color_scheme=scheme)
        found = violations(page, None if scheme == "light" else OF_COLOURS)
        assert found == [], f"{page.url}, {size['width']} wide, {scheme}"
    assert sideways(page) <= 0, f"{page.url}, {size['width']} wide"


def test_every_route_of_the_therapists_is_looked_at():
    sources = [(THERAPIST / name).read_text() for name in ("Therapist.svelte", "routes.ts")]
    found = {route.strip("'") for source in sources for route in ROUTE.findall(source)}
    assert found == {*SCREENS}


# The colours and parts are the same in both; the longer words are looked at among the long tests.
@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.assurance)])
@pytest.mark.parametrize("address", ["localhost"], indirect=True)
def test_axe_finds_nothing_on_any_screen_in_either_language_by_day_and_by_night(
    device: Callable[..., BrowserContext], address: str, therapist: Staff, language: str
):
    staff = Person.of_staff(address, therapist.email, therapist.passphrase)
    story = Story(staff, "Robin Vale", HARMLESS)
    story.write(address)
    story.log(check_in(own_day() - timedelta(days=2), red_flags=["saddle_numbness"]))
    alert = next(one for one in story.page()["alerts"] if one["state"] == "open")
    (proposal,) = story.page()["proposals"]
    places = {
        ":id": story.patient_id,
        ":alert": alert["id"],
        ":proposal": proposal["id"],
        ":episode": story.earlier_id,
    }

    page, text = device(viewport=LAPTOP).new_page(), Words(language)
    page.goto(f"{address}/therapist")
    # Until the first screen is there, the app may still write down the language that it began with.
    page.locator("h1").first.wait_for()
    page.evaluate("language => localStorage.setItem('glidepath.language', language)", language)
    for route, presses in SCREENS.items():
        if route == "/therapist":
            continue
        path = re.sub(r":\w+", lambda found: places[found[0]], route)
        page.goto(f"{address}{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        look(page, text, presses)
        if route == "/therapist/sign-in":
            sign_in_in(page, address, therapist, text)
            look(page, text, SCREENS["/therapist"])


def look(page: Page, text: Words, presses: tuple[str, ...]) -> None:
    page.get_by_role("heading", level=1).first.wait_for()
    if not page.url.endswith("/therapist"):
        page.wait_for_load_state("networkidle")
    for key in presses:
        page.get_by_role("button", name=text(key), exact=True).first.click()
    page.evaluate(OPEN)
    # The colours are the same in every language and at every size; what longer words break shows on a phone.
    if text.language == "en":
        assert_accessible_at(page, LAPTOP, "light")
        assert_accessible_at(page, PHONE, "light", "dark")
        assert_accessible_at(page, SMALLEST)
    else:
        assert_accessible_at(page, LAPTOP)
        assert_accessible_at(page, PHONE, "light")
        assert_accessible_at(page, SMALLEST)
    page.set_viewport_size({"width": LAPTOP["width"], "height": LAPTOP["height"]})


def sign_in_in(page: Page, address: str, staff: Staff, text: Words) -> None:
    page.get_by_label(text("therapist:signIn.email")).fill(staff.email)
    page.get_by_label(text("therapist:signIn.passphrase"), exact=True).fill(staff.passphrase)
    code = code_of(address, staff)
    page.get_by_role("button", name=text("therapist:signIn.submit"), exact=True).click()
    page.get_by_label(text("second:step.code")).fill(code)
    look(page, text, ())
    page.get_by_role("button", name=text("second:step.submit"), exact=True).click()
    page.locator("ol.rows > li").first.wait_for()
