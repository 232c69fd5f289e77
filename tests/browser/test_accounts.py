"""An admin invites somebody, who chooses a passphrase behind the link; closed, they are out."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.identity import totp
from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, PHONE, Staff, add_colleague, code_of, sign_in
from tests.browser.test_screens import AXE
from tests.browser.test_therapist_screens import assert_accessible_at

pytestmark = pytest.mark.browser

FRESH = "cups of tea on the windowsill"


def assert_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    for size in (PHONE, LAPTOP):
        assert_accessible_at(page, size)


def set_up_app(page: Page) -> None:
    """Whoever has no second factor is let in no further than to this."""
    page.get_by_role("button", name="Set up an app").click()
    assert_accessible(page)
    secret = "".join(page.get_by_role("code").inner_text().split())
    code = totp.code_of(totp.of_text(secret), totp.step_of(datetime.now(UTC)))
    page.get_by_label("Code from your authenticator app").fill(code)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("listitem")).to_have_count(10)
    assert_accessible(page)
    page.get_by_role("button", name="I have kept them").click()


@pytest.mark.parametrize("address", ["localhost"], indirect=True)
def test_from_an_invitation_to_a_closed_account(
    device: Callable[..., BrowserContext], address: str, settings: Settings, therapist: Staff
):
    admin = device(viewport=LAPTOP).new_page()
    sign_in(admin, address, add_colleague(settings, "Ana Admin", "admin"))
    admin.get_by_role("button", name="Account of Ana Admin").click()
    admin.get_by_role("link", name="Staff").click()
    admin.get_by_role("button", name="Send the invitation").click()
    expect(admin.get_by_role("alert")).to_contain_text("Type a name")
    admin.get_by_label("Name", exact=True).fill("Nora New")
    admin.get_by_label("E-mail", exact=True).fill("nora@north.example")
    admin.get_by_role("button", name="Send the invitation").click()
    link = admin.locator(".link").inner_text()
    row = admin.get_by_role("row", name="Nora New")
    expect(row).to_contain_text("Invited, until")
    assert_accessible(admin)

    nora = device(viewport=LAPTOP).new_page()
    nora.goto(link)
    expect(nora.get_by_text("You sign in with nora@north.example.")).to_be_visible()
    assert "#" not in nora.url
    nora.get_by_label("Choose a passphrase").fill("too short")
    nora.get_by_role("button", name="Save and sign in").click()
    expect(nora.get_by_role("alert")).to_have_text("Type 15 letters or more.")
    assert_accessible(nora)
    nora.get_by_label("Choose a passphrase").fill(FRESH)
    nora.get_by_role("button", name="Save and sign in").click()
    set_up_app(nora)
    expect(nora.get_by_role("heading", name="Who needs me")).to_be_visible()
    nora.goto(f"{address}/therapist/account")
    expect(nora.get_by_text("Only this device is signed in.")).to_be_visible()
    assert_accessible(nora)

    admin.get_by_role("button", name="Close the account of Nora New").click()
    admin.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    expect(admin.get_by_text("The account of Nora New is closed.")).to_be_visible()
    nora.goto(link)
    expect(nora.get_by_role("alert")).to_contain_text("This link was used")
    nora.goto(f"{address}/therapist")
    expect(nora.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    nora.get_by_role("link", name="I forgot my passphrase").click()
    nora.get_by_label("E-mail").fill("nora@north.example")
    nora.get_by_role("button", name="Send me a link").click()
    expect(nora.get_by_text("If there is an account with this address")).to_be_visible()
    assert_accessible(nora)


@pytest.mark.parametrize("address", ["localhost"], indirect=True)
def test_who_confirms_or_signs_in_again_does_so_in_place_and_loses_nothing(
    device: Callable[..., BrowserContext],
    address: str,
    settings: Settings,
    therapist: Staff,
    postgres: EmbeddedPostgres,
    database_name: str,
):
    """SE-3: what is typed survives the sign-in again. A wrong passphrase leaves everything as it is."""
    ana = add_colleague(settings, "Ana Admin", "admin")
    page = device(viewport=LAPTOP).new_page()
    page.clock.install()
    sign_in(page, address, ana)
    page.goto(f"{address}/therapist/staff")
    expect(page.get_by_role("row", name="Ana Admin")).to_be_visible()
    # What watches for the end is loaded after the page itself.
    page.wait_for_load_state("networkidle")
    page.clock.fast_forward("14:30")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_contain_text("You are signed out in")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    page.get_by_label("Name", exact=True).fill("Nora New")
    page.get_by_label("E-mail", exact=True).fill("nora@north.example")
    with psycopg.connect(postgres.url("postgres", database_name)) as owner:
        owner.execute(
            "update sessions set authenticated_at = authenticated_at - interval '11 minutes'"
        )
    page.get_by_role("button", name="Send the invitation").click()
    dialog = page.get_by_role("dialog", name="Confirm that it is you")
    dialog.get_by_label("Passphrase").fill("not this one")
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is not your passphrase.")
    assert_accessible(page)
    dialog.get_by_role("button", name="Use a code of the app").click()
    assert_accessible(page)
    dialog.get_by_label("Code from your authenticator app").fill(code_of(address, ana))
    dialog.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("row", name="Nora New")).to_be_visible()

    page.get_by_label("Name", exact=True).fill("Olga Other")
    page.get_by_label("E-mail", exact=True).fill("olga@north.example")
    with psycopg.connect(postgres.url("postgres", database_name)) as owner:
        owner.execute("delete from sessions")
    page.get_by_role("button", name="Send the invitation").click()
    dialog = page.get_by_role("dialog", name="Your sign-in has ended")
    dialog.get_by_label("E-mail").fill(ana.email)
    dialog.get_by_label("Passphrase").fill(ana.passphrase)
    dialog.get_by_role("button", name="Sign in").click()
    dialog.get_by_label("Code from your authenticator app").fill(code_of(address, ana))
    assert_accessible(page)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Olga Other")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("row", name="Olga Other")).to_be_visible()
