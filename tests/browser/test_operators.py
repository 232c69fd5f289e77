"""An operator comes in by the printed link, and adds a clinic in a browser."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP
from tests.browser.test_accounts import FRESH, assert_accessible, set_up_app

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", ["localhost"], indirect=True)
def test_from_the_printed_link_to_a_clinic_whose_first_admin_is_invited_again(
    device: Callable[..., BrowserContext], address: str, settings: Settings
):
    assert settings.database_url is not None
    environment = {"GLIDEPATH_DATABASE_URL": settings.database_url, "GLIDEPATH_BASE_URL": address}
    command = [sys.executable, "-m", "glidepath", "operator", "add", "op@hosts.example"]
    said = subprocess.check_output(
        [*command, "--name", "Olga Operator"], env=os.environ | environment, text=True
    )
    page = device(viewport=LAPTOP).new_page()
    page.goto(said.split()[0])
    page.get_by_label("Choose a passphrase").fill(FRESH)
    page.get_by_role("button", name="Save and sign in").click()
    set_up_app(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Clinics")
    expect(page.get_by_text("There is no clinic yet.")).to_be_visible()
    page.get_by_role("button", name="Add the clinic").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the clinic's name")
    page.get_by_label("Clinic", exact=True).fill("West")
    page.get_by_label("Country").select_option("Spain")
    page.get_by_label("Name of the admin").fill("Ana Admin")
    page.get_by_label("E-mail of the admin").fill("ana@west.example")
    page.get_by_role("button", name="Add the clinic").click()
    row = page.get_by_role("row", name="West")
    expect(row).to_contain_text("Spain")
    first = page.locator(".link").inner_text()
    assert_accessible(page)
    row.get_by_role("button", name="Invite the first admin of West again").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of the admin").fill("Ana Admin")
    dialog.get_by_label("E-mail of the admin").fill("ana@right.example")
    assert_accessible(page)
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("ana@right.example")).to_be_visible()
    assert page.locator(".link").inner_text() != first
    # No page of a clinic is theirs.
    page.goto(f"{address}/therapist/caseload")
    expect(page).to_have_url(f"{address}/operator")
