"""An admin brings patients and their past diaries in from files: told what is wrong, and then what is made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, PHONE, Staff, add_colleague, enter
from tests.browser.test_screens import AXE
from tests.browser.test_therapist_screens import assert_accessible_at
from tests.files import PATIENTS, lines

pytestmark = pytest.mark.browser
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("address", ["localhost"], indirect=True)
def test_a_file_is_looked_at_first_and_then_imported(
    device: Callable[..., BrowserContext], address: str, settings: Settings, therapist: Staff
):
    page = device(viewport=LAPTOP).new_page()
    enter(page, address, add_colleague(settings, "Ana Admin", "admin"))
    page.goto(f"{address}/therapist/imports")
    file = page.get_by_label("CSV file")
    wrong = lines(PATIENTS, "1,Pat Doe,fr,both,left,soon,,", "2,Sam Roe,en,both,left,2025-01-01,,")
    file.set_input_files({"name": "wrong.csv", "mimeType": "text/csv", "buffer": wrong})
    found = page.get_by_role("region", name="Patients in the file")
    expect(found.get_by_role("alert")).to_contain_text("2 problems. Nothing can be imported")
    expect(found).to_contain_text("Found “fr”, expected one of en, es.")
    expect(found.get_by_role("button", name="Import")).to_have_count(0)
    page.evaluate(AXE.read_text())
    for size in (PHONE, LAPTOP):
        assert_accessible_at(page, size, "light", "dark")
    file.set_input_files(EXAMPLES / "patients.csv")
    expect(found).to_contain_text("Ana María Ruiz")
    found.get_by_role("button", name="Import").press("Enter")
    made = page.get_by_role("region", name="Imported patients")
    expect(made.get_by_role("status")).to_contain_text("2 patients were admitted.")
    expect(made.get_by_role("heading")).to_be_focused()
    page.get_by_role("radio", name="Past diaries").check()
    file.set_input_files(EXAMPLES / "past-diary.csv")
    page.get_by_role("button", name="Import").click()
    made = page.get_by_role("region", name="Imported diaries")
    expect(made.get_by_role("status")).to_contain_text("27 days were imported.")
    for size in (PHONE, LAPTOP):
        assert_accessible_at(page, size, "light", "dark")
    made.get_by_role("link", name="Ben Carter").click()
    expect(page.get_by_text("from an imported file").first).to_be_visible()
