"""A sign-in elsewhere is asked about on an earlier device; who tried too often reads how long to wait."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import patients
from tests.browser.conftest import Staff
from tests.browser.test_screens import assert_accessible

Device = Callable[..., BrowserContext]
SIGN_IN = """async ([email, passphrase, times]) => {
  const headers = {'content-type': 'application/json'};
  const body = JSON.stringify({email, passphrase});
  for (let one = 0; one < times; one++) await fetch('/api/sign-in', {method: 'POST', headers, body});
}"""


def test_a_patient_signs_a_device_out_that_is_not_theirs(
    laptop: Page, online_phone: BrowserContext, device: Device, address: str
):
    """T4"""
    page = online_phone.new_page()
    patients.join(page, address, patients.admit(laptop, str(uuid4())))
    words = patients.api(page, "POST", "/api/phrase", {})["phrase"]
    thief = device().new_page()
    thief.goto(f"{address}/join")
    thief.get_by_role("button", name="I have been here before").click()
    thief.get_by_label("Your six words").fill(words)
    thief.get_by_role("button", name="Sign in with the words").click()
    patients.at_home(thief)
    expect(thief.get_by_text("A sign-in on a new device")).to_have_count(0)

    page.reload()
    expect(page.get_by_role("heading", name="A sign-in on a new device")).to_be_visible()
    expect(page.get_by_text("Chrome, Linux")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="No, sign it out: Chrome, Linux").click()
    expect(page.get_by_role("status").filter(has_text="That device is signed out")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Your way back in").click()
    expect(page.get_by_role("button", name="Make six words")).to_be_visible()
    thief.reload()
    expect(thief.get_by_text("Signed out. What you wrote stays")).to_be_visible()


def test_who_tried_too_often_reads_how_long_to_wait_and_is_let_in_at_home(
    laptop: Page, device: Device, address: str, therapist: Staff
):
    """AU-5, AU-6"""
    page = device(locale="es-ES").new_page()
    page.goto(f"{address}/therapist/sign-in")
    page.evaluate(SIGN_IN, [therapist.email, "wrong", 5])
    page.get_by_label("Correo electrónico").fill(therapist.email)
    page.get_by_label("Contraseña", exact=True).fill(therapist.passphrase)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("alert")).to_contain_text("dentro de")
    expect(page.get_by_role("alert")).to_contain_text("segundos")
    assert_accessible(page)
    # Where they signed in before nobody keeps them out.
    assert (
        laptop.evaluate(
            """async ([email, passphrase]) => (await fetch('/api/sign-in', {
            method: 'POST', headers: {'content-type': 'application/json'},
            body: JSON.stringify({email, passphrase}),
        })).status""",
            [therapist.email, therapist.passphrase],
        )
        == 200
    )
