"""Takes the documentation's pictures from a fresh demo: `scripts/pictures.py http://127.0.0.1:8000`.

Start the demo with `make run` first, on a data folder of its own: a check-in is made for a picture.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from glidepath.demo import second_steps
from glidepath.demo.cast import CAST, STAFF
from glidepath.demo.seed import PASSPHRASE

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
PATIENT = CAST[3]


def main(address: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        of_the_admin(open_page(browser, viewport=LAPTOP), address)
        therapist = open_page(browser, viewport=LAPTOP)
        code = of_the_therapist(therapist, address)
        of_the_patient(open_page(browser, viewport=PHONE, has_touch=True), address, code)
        browser.close()


def open_page(browser: Browser, **options: object) -> Page:
    context = browser.new_context(
        locale="en-GB",
        timezone_id="Europe/Madrid",
        reduced_motion="reduce",
        **options,  # type: ignore[arg-type]
    )
    return context.new_page()


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/therapist")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code from your authenticator app").fill(second_steps.code(datetime.now(UTC)))
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_role("link", name=PATIENT.name).wait_for()


def of_the_admin(page: Page, address: str) -> None:
    sign_in(page, address, next(one.email for one in STAFF if one.role == "admin"))
    page.goto(f"{address}/therapist/policy")
    page.get_by_text("What this means").wait_for()
    keep(page, "policy")
    page.goto(f"{address}/therapist/admin")
    page.get_by_role("heading", name="The installation").wait_for()
    keep(page, "deliveries")


def of_the_therapist(page: Page, address: str) -> str:
    """The list and a patient's page; a joining code for that patient."""
    sign_in(page, address, STAFF[0].email)
    keep(page, "triage")
    page.get_by_role("link", name=PATIENT.name).click()
    page.get_by_text("Why this alert?").first.click()
    page.get_by_role("button", name="Acknowledge").first.wait_for()
    keep(page, "patient")
    page.get_by_role("button", name="Make a join code").click()
    code = page.locator("strong.number")
    code.wait_for()
    return code.inner_text()


def of_the_patient(page: Page, address: str, code: str) -> None:
    page.goto(f"{address}/join#{code}")
    page.get_by_role("button", name="Skip this").click()
    page.get_by_role("heading", name="Hello").wait_for()
    page.get_by_role("link", name=re.compile("^Check in")).wait_for()
    keep(page, "today")
    page.get_by_role("link", name=re.compile("^Check in")).click()
    page.get_by_role("radio", name="5 Medium").check()
    page.get_by_role("checkbox", name="Tingling").check()
    page.evaluate("scrollTo(0, 0)")
    keep(page, "check-in")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/stop/**")
    keep(page, "stop")
    page.goto(f"{address}/progress")
    page.get_by_text("Habit strength").wait_for()
    keep(page, "progress")


def keep(page: Page, name: str) -> None:
    page.mouse.move(0, 0)  # no row is under it
    page.wait_for_timeout(800)  # fonts and charts settle; nothing depends on it
    page.screenshot(path=str(PICTURES / f"{name}.png"))


if __name__ == "__main__":
    main(sys.argv[1])
