"""Plans to begin from: kept, used in the editor and for a new patient, renamed and retired."""

from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import api
from tests.browser.test_plans import CURL, GLIDE, assert_accessible_on_both, edit, plans
from tests.browser.test_screens import heading
from tests.clinics import patient_body

NAME = "<i>Calm</i> weeks"


def test_a_plan_is_kept_as_a_template_and_begun_from(laptop: Page, address: str):
    patient_id = str(uuid7())
    api(laptop, "PUT", f"/api/patients/{patient_id}", patient_body())
    edit(laptop, address, patient_id)
    laptop.get_by_role("button", name=f"Take out {GLIDE}").click()
    laptop.get_by_text("Add an exercise").click()
    laptop.get_by_role("button", name=f"Add {CURL}").click()
    laptop.get_by_role("listitem").filter(has_text=CURL).get_by_label("Monday").check()
    laptop.get_by_role("listitem").filter(has_text=CURL).get_by_label("Friday").check()
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 2 is saved")
    laptop.get_by_text("Keep this plan as a template").click()
    laptop.get_by_role("button", name="Keep as a template").click()
    expect(laptop.get_by_role("alert")).to_have_text("Give it a name")
    laptop.get_by_label("Name of the template").fill(NAME)
    laptop.get_by_role("button", name="Keep as a template").click()
    expect(laptop.get_by_text(f"Kept as {NAME}.")).to_be_visible()
    assert_accessible_on_both(laptop)

    # For a colleague's patient with the other leg.
    laptop.goto(f"{address}/therapist/new")
    laptop.get_by_text("Begin with a template").click()
    laptop.get_by_role("button", name=f"Begin with {NAME}").click()
    expect(laptop.get_by_role("checkbox", name=CURL)).to_be_checked()
    expect(laptop.get_by_role("checkbox", name=GLIDE)).not_to_be_checked()
    assert_accessible_on_both(laptop)

    other_id, body = str(uuid7()), patient_body(name="Ola Ek", plan=None)
    body["episode"]["side"] = "right"
    api(laptop, "PUT", f"/api/patients/{other_id}", body)
    laptop.goto(f"{address}/therapist/patients/{other_id}/plan")
    laptop.get_by_text("Begin with a template").click()
    laptop.get_by_role("button", name=f"Begin with {NAME}").click()
    expect(laptop.get_by_text(f"{NAME} is in the form now.")).to_be_visible()
    laptop.get_by_role("button", name=f"Rename {NAME}").click()
    laptop.get_by_label("Name of the template").fill("Calm")
    laptop.get_by_role("button", name="Rename", exact=True).click()
    expect(laptop.get_by_text("It is called Calm now.")).to_be_visible()
    assert_accessible_on_both(laptop)
    laptop.get_by_role("button", name="Retire Calm").click()
    laptop.get_by_role("button", name="Retire", exact=True).click()
    expect(laptop.get_by_text("Calm is not offered any more.")).to_be_visible()
    # What was begun from it stays.
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 1 is saved")
    (plan,) = plans(laptop, other_id)
    assert [(item["exercise_key"], item["side"], item["weekdays"]) for item in plan["items"]] == [
        ("hamstring_stretch", "right", None),
        ("hamstring_curl", "right", [1, 5]),
    ]
