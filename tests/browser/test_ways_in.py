"""Coming back to a diary without the clinic: with a passkey, and with six words."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from glidepath.database.embedded import EmbeddedPostgres
from tests.browser.conftest import LAPTOP, Staff
from tests.browser.patients import admit, join
from tests.browser.test_screens import assert_readable_everywhere
from tests.hostile import Person

pytestmark = pytest.mark.parametrize("address", ["localhost"], indirect=True)


@pytest.fixture
def phone(device: Callable[..., BrowserContext], address: str, desk: Person) -> Page:
    """A patient's phone with a fingerprint reader that always agrees, open at More."""
    code = admit(desk, str(uuid4()), name="Robin Vale")
    page = device(has_touch=True, is_mobile=True, worker=False).new_page()
    fingerprint_reader(page)
    join(page, address, code, "Robin")
    page.get_by_role("link", name="More").click()
    return page


def fingerprint_reader(page: Page) -> tuple[CDPSession, str]:
    """That always agrees; with what it can be made to lie."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, added["authenticatorId"]


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="I have been here before").click()


@pytest.fixture
def last_proof(postgres: EmbeddedPostgres, database_name: str) -> Callable[[int], None]:
    """Everybody last showed who they are so many minutes ago."""

    def was(minutes_ago: int) -> None:
        with psycopg.connect(postgres.url("postgres", database_name)) as owner:
            owner.execute(
                "update sessions set authenticated_at = now() - make_interval(mins => %s)",
                [minutes_ago],
            )

    return was


def test_a_passkey_opens_the_file_of_a_diary_and_brings_back_who_signed_out(
    phone: Page, last_proof: Callable[[int], None]
):
    """AU-12: before there is one nobody is asked, and whoever stops gets no file."""
    last_proof(11)
    with phone.expect_download():
        phone.get_by_role("button", name="Save everything").click()
    phone.get_by_role("button", name="Make six words").click()
    dialog = phone.get_by_role("dialog", name="Show that it is you")
    expect(dialog).to_contain_text("Ask your clinic for a new code")
    assert_readable_everywhere(phone)
    dialog.get_by_role("button", name="Cancel").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nothing has changed")

    # As after joining again, with another code.
    last_proof(0)
    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone.get_by_role("button", name="Remove the passkey This device")).to_be_visible()
    last_proof(11)
    phone.get_by_role("button", name="Save everything").click()
    expect(dialog).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("alert")).to_contain_text("No file was saved")
    phone.get_by_role("button", name="Save everything").click()
    with phone.expect_download():
        dialog.get_by_role("button", name="Use my passkey").click()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Save as a table").click()
    expect(phone.get_by_role("alert")).to_contain_text("There is no connection right now")
    phone.context.set_offline(False)
    sign_out(phone)
    phone.get_by_role("button", name="Sign in with a passkey").click()
    expect(phone.get_by_role("heading", name="Hello, Robin")).to_be_visible()


def test_six_words_bring_back_who_signed_out_and_are_shown_once(
    phone: Page, last_proof: Callable[[int], None]
):
    phone.get_by_role("button", name="Make six words").click()
    listed = phone.get_by_role("dialog").get_by_role("listitem")
    expect(listed).to_have_count(6)
    words = listed.all_inner_texts()
    phone.get_by_role("button", name="I have written them down").click()
    expect(phone.get_by_text(words[0], exact=True)).to_have_count(0)
    last_proof(11)
    phone.get_by_role("button", name="Remove the words").click()
    dialog = phone.get_by_role("dialog", name="Show that it is you")
    expect(dialog).to_be_visible()
    assert_readable_everywhere(phone)
    dialog.get_by_label("Your six words").fill("wrong " * 6)
    dialog.get_by_role("button", name="Use these words").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not known here")
    dialog.get_by_role("button", name="Cancel").click()
    sign_out(phone)
    phone.get_by_label("Your six words").fill("wrong " * 6)
    phone.get_by_role("button", name="Sign in with the words").click()
    expect(phone.get_by_role("alert")).to_contain_text("not known here")
    phone.get_by_label("Your six words").fill(" ".join(words).upper())
    phone.get_by_role("button", name="Sign in with the words").click()
    expect(phone.get_by_role("heading", name="Hello, Robin")).to_be_visible()


def test_a_therapist_sets_up_a_passkey_and_one_that_lies_opens_nothing(
    device: Callable[..., BrowserContext], address: str, therapist: Staff
):
    """AU-8, by Chromium's own authenticator: bogus signature, nobody verified, nobody there."""
    page = device(viewport=LAPTOP).new_page()
    session, reader = fingerprint_reader(page)
    page.goto(f"{address}/therapist")
    page.get_by_label("E-mail").fill(therapist.email)
    page.get_by_label("Passphrase", exact=True).fill(therapist.passphrase)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(10)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Who needs me")).to_be_visible()
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    for lie in ("isBogusSignature", "isBadUV", "isBadUP"):
        session.send("WebAuthn.setResponseOverrideBits", {"authenticatorId": reader, lie: True})
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("did not work")
        session.send("WebAuthn.setResponseOverrideBits", {"authenticatorId": reader, lie: False})
        page.reload()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Who needs me")).to_be_visible()
