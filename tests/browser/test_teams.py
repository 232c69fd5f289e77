"""A team changes hands, and a colleague covers, in two browsers at once."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, Staff, add_colleague, enter
from tests.browser.patients import admit, api
from tests.browser.test_screens import assert_accessible, heading
from tests.clinics import own_day

Device = Callable[..., BrowserContext]


def colleague(device: Device, address: str, settings: Settings, name: str, role: str) -> Page:
    page = device(viewport=LAPTOP).new_page()
    enter(page, address, add_colleague(settings, name, role))
    return page


def test_a_patient_gets_a_second_therapist_and_then_another_lead(
    laptop: Page, device: Device, address: str, settings: Settings, therapist: Staff
):
    other = colleague(device, address, settings, "Second Therapist", "therapist")
    patient_id = str(uuid7())
    admit(laptop, patient_id)
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    team = laptop.get_by_role("region", name="Care team")
    team.get_by_role("button", name="Add a colleague").click()
    team.get_by_role("button", name="Add to the team").click()
    expect(team.get_by_role("alert")).to_have_text("Choose a colleague")
    team.get_by_label("Colleague").select_option("Second Therapist")
    assert_accessible(laptop)
    team.get_by_role("button", name="Add to the team").click()
    expect(team.get_by_role("status")).to_have_text("Second Therapist is in the team.")

    other.goto(f"{address}/therapist")
    other.get_by_role("link", name="Pat Doe").click()
    theirs = other.get_by_role("region", name="Care team")
    expect(theirs.get_by_role("button", name="Leave the team")).to_be_visible()
    expect(theirs.get_by_role("button", name="Hand over")).to_have_count(0)

    team.get_by_role("button", name="Hand over").click()
    team.get_by_label("Colleague").select_option("Second Therapist")
    team.get_by_label("stays in the team").uncheck()
    team.get_by_role("button", name="Hand over the lead").click()
    # Whoever gave the patient away sees them no more.
    heading(laptop, "Who needs me")
    expect(laptop.get_by_role("link", name="Pat Doe")).to_have_count(0)
    other.reload()
    expect(theirs.get_by_text("lead", exact=False).first).to_be_visible()
    theirs.get_by_text("4 changes so far").click()
    expect(theirs.get_by_text("North therapist left the team")).to_be_visible()
    assert_accessible(other)


def test_a_colleague_covers_until_it_ends(
    laptop: Page, device: Device, address: str, settings: Settings
):
    other = colleague(device, address, settings, "Second Therapist", "therapist")
    admit(laptop, str(uuid7()))
    laptop.get_by_role("link", name="Caseload").click()
    heading(laptop, "Caseload")
    laptop.get_by_role("button", name="Enter the absence").click()
    expect(laptop.get_by_role("link", name="Choose who covers")).to_be_visible()
    laptop.get_by_label("Who covers").select_option("Second Therapist")
    laptop.get_by_label("Last day").fill(str(own_day() + timedelta(days=6)))
    laptop.get_by_role("button", name="Enter the absence").click()
    expect(laptop.get_by_text("Second Therapist covers for North therapist.")).to_be_visible()
    assert_accessible(laptop)

    other.goto(f"{address}/therapist")
    row = other.get_by_role("listitem").filter(has_text="Pat Doe")
    expect(row).to_contain_text("Cover for North therapist.")
    row.get_by_role("link", name="Pat Doe").click()
    expect(other.get_by_text("Second Therapist covers for North therapist until")).to_be_visible()
    assert_accessible(other)

    laptop.get_by_role("button", name="End the cover").click()
    expect(laptop.get_by_text("The cover has ended.")).to_be_visible()
    other.goto(f"{address}/therapist")
    heading(other, "Who needs me")
    expect(other.get_by_role("link", name="Pat Doe")).to_have_count(0)


def test_an_admin_hands_over_a_leavers_patients(
    laptop: Page, device: Device, address: str, settings: Settings
):
    admin = colleague(device, address, settings, "Ana Admin", "admin")
    for _ in range(2):
        admit(laptop, str(uuid7()))
    admin.goto(f"{address}/therapist/caseload")
    card = admin.get_by_role("region", name="Hand over everybody")
    card.get_by_label("From").select_option("North therapist (leads 2 patients)")
    card.get_by_label("To").select_option("Ana Admin (leads 0 patients)")
    card.get_by_role("button", name="Hand over everybody").click()
    dialog = admin.get_by_role("dialog")
    expect(dialog).to_contain_text("All patients of North therapist go to Ana Admin.")
    assert_accessible(admin)
    dialog.get_by_role("button", name="Hand over everybody").click()
    expect(card.get_by_role("status")).to_have_text("Ana Admin has taken over 2 patients.")
    assert api(laptop, "GET", "/api/triage")["rows"] == []
