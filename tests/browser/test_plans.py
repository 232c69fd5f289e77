"""The plan editor: a new version reaches a phone that was offline, and two therapists lose nothing."""

import re
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.patients import admit, api, check_in, join, kept
from tests.browser.test_screens import assert_accessible, heading
from tests.clinics import glide, next_plan, own_day, patient_body, stretch

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STRETCH, GLIDE, CURL = "Hamstring stretch", "Sciatic nerve glide", "Hamstring curl"


def plans(laptop: Page, patient_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api(laptop, "GET", f"/api/patients/{patient_id}")["plans"]
    return found


def edit(laptop: Page, address: str, patient_id: str) -> None:
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    laptop.get_by_role("link", name="Change the plan").click()
    heading(laptop, "Change the plan of Pat Doe")


def dose(laptop: Page, exercise: str) -> Any:
    return laptop.get_by_role("group", name=f"Dose of {exercise}")


def assert_accessible_on_both(laptop: Page) -> None:
    for size in (LAPTOP, PHONE):
        laptop.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert_accessible(laptop)
    laptop.set_viewport_size({"width": LAPTOP["width"], "height": LAPTOP["height"]})


def test_an_offline_phone_logs_against_the_plan_it_shows_and_then_gets_the_new_one(
    laptop: Page, phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = phone.new_page()
    join(page, address, admit(laptop, patient_id))
    phone.set_offline(True)

    edit(laptop, address, patient_id)
    laptop.get_by_role("button", name="Save as a new version").click()
    expect(laptop.get_by_role("alert")).to_be_focused()
    laptop.get_by_role("link", name="Nothing has changed yet").click()
    dose(laptop, STRETCH).get_by_label("Hold (s)").fill("45")
    laptop.get_by_text("Add an exercise").click()
    laptop.get_by_role("button", name=f"Add {CURL}").click()
    expect(laptop.get_by_role("heading", name=CURL)).to_be_focused()
    laptop.get_by_role("button", name=f"Move {CURL} up").click()
    expect(laptop.get_by_role("button", name=f"Move {CURL} up")).to_be_focused()
    expect(laptop.get_by_text(f"{CURL} is now 2 of 3.")).to_be_attached()
    # A glide keeps moving: there is nowhere to type a hold.
    expect(dose(laptop, GLIDE).get_by_role("spinbutton")).to_have_count(4)
    expect(dose(laptop, GLIDE).get_by_label("Hold (s)")).to_have_count(0)
    laptop.get_by_role("button", name=f"Take out {GLIDE}").click()
    laptop.get_by_role("button", name="Save as a new version").click()
    expect(laptop.get_by_role("alert")).to_be_focused()
    assert_accessible_on_both(laptop)
    laptop.get_by_role("link", name=re.compile("give the reason in the note")).click()
    laptop.get_by_label(re.compile("Note to the patient")).fill("Longer, as you are used to it.")
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 2 is saved")
    told = [
        f"New: {CURL}, left leg (2 sets, 10 repetitions, 3 days a week).",
        f"Taken out: {GLIDE}, left leg.",
        f"{STRETCH}, left leg: 45 seconds of hold instead of 30.",
        "There is a note.",
    ]
    for text in told:
        expect(laptop.get_by_text(text)).to_be_visible()
    assert_accessible_on_both(laptop)
    new, old = plans(laptop, patient_id)
    assert [item["exercise_key"] for item in new["items"]] == [
        "hamstring_stretch",
        "hamstring_curl",
    ]

    check_in(page, address, 3)
    page.goto(f"{address}/")
    expect(page.get_by_role("link", name=re.compile(GLIDE))).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text(told[2])).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(CURL))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(GLIDE))).to_have_count(0)
    assert_accessible(page)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [entry["plan_version_id"] for entry in kept(page)] == [old["id"]]
    phone.set_offline(True)
    page.reload()
    expect(page.get_by_text("Longer, as you are used to it.")).to_be_visible()
    phone.set_offline(False)
    check_in(page, address, 2)
    page.goto(f"{address}/")
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [entry["plan_version_id"] for entry in kept(page)] == [old["id"], new["id"]]


def test_given_days_and_a_named_glide_reach_a_phone_that_was_offline(
    laptop: Page, phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = phone.new_page()
    join(page, address, admit(laptop, patient_id))
    phone.set_offline(True)

    edit(laptop, address, patient_id)
    stretch_item = laptop.get_by_role("listitem").filter(has=dose(laptop, STRETCH))
    glide_item = laptop.get_by_role("listitem").filter(has=dose(laptop, GLIDE))
    replaced_by = stretch_item.get_by_label(re.compile("the phone offers"))
    replaced_by.select_option("Rest, no glide")
    expect(laptop.get_by_text("Then: Sciatic nerve glide")).to_have_count(0)
    replaced_by.select_option(GLIDE)
    expect(laptop.get_by_text(f"Then: {GLIDE}")).to_be_visible()
    other_days = [day for number, day in enumerate(WEEKDAYS, 1) if number != own_day().isoweekday()]
    for day in other_days[:3]:
        glide_item.get_by_role("checkbox", name=day).check()
    expect(dose(laptop, GLIDE).get_by_label("Days a week")).to_have_value("3")
    # What leaves the plan can replace nothing.
    glide_item.get_by_role("radio", name="Right leg").check()
    laptop.get_by_role("button", name="Save as a new version").click()
    laptop.get_by_role("link", name=re.compile("choose what the phone offers")).click()
    expect(replaced_by).to_be_focused()
    assert_accessible_on_both(laptop)
    glide_item.get_by_role("radio", name="Left leg").check()
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 2 is saved")
    days = f"{other_days[0]}, {other_days[1]} and {other_days[2]} instead of 7 days a week"
    expect(laptop.get_by_text(f"{GLIDE}, left leg: {days}.")).to_be_visible()
    new, old = plans(laptop, patient_id)

    check_in(page, address, 3)
    page.goto(f"{address}/")
    phone.set_offline(False)
    expect(page.get_by_text("All entries sent")).to_be_visible()
    assert [entry["plan_version_id"] for entry in kept(page)] == [old["id"]]
    expect(page.get_by_text(days)).to_be_visible()
    # Due on other days, the glide is out of the way and still there.
    phone.set_offline(True)
    page.reload()
    glide_link = page.get_by_role("link", name=re.compile(GLIDE))
    expect(glide_link).to_be_hidden()
    page.get_by_text("For other days").click()
    expect(glide_link).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name=re.compile(STRETCH)).click()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="It tingles, burns or shoots").click()
    switch = page.get_by_role("link", name="Do the nerve glide")
    expect(switch).to_have_attribute("href", f"/exercise/{new['items'][1]['id']}")
    # What is left for today is no longer for other days alone.
    page.goto(f"{address}/")
    expect(glide_link).to_be_visible()
    expect(page.get_by_text("For other days")).to_have_count(0)
    phone.set_offline(False)


def test_what_a_colleague_saved_meanwhile_is_shown_and_what_was_typed_is_kept(
    laptop: Page, address: str
):
    patient_id, body = str(uuid7()), patient_body()
    api(laptop, "PUT", f"/api/patients/{patient_id}", body)
    edit(laptop, address, patient_id)
    dose(laptop, STRETCH).get_by_label("Sets").fill("2")
    path = f"/api/episodes/{body['episode']['id']}/plan-versions/{uuid7()}"
    api(laptop, "PUT", path, next_plan(stretch(), glide(repetitions=15)))

    laptop.get_by_role("button", name="Save as a new version").click()
    expect(laptop.get_by_role("heading", name="Plan 2 was saved meanwhile")).to_be_focused()
    expect(laptop.get_by_text("15 repetitions instead of 12")).to_be_visible()
    assert_accessible_on_both(laptop)
    laptop.get_by_role("button", name=re.compile("^Account of")).click()
    laptop.get_by_role("radio", name="Español").check()
    heading(laptop, "Cambiar el plan de Pat Doe")
    assert_accessible_on_both(laptop)
    laptop.get_by_role("radio", name="English").check()
    laptop.keyboard.press("Escape")

    laptop.get_by_role("button", name="Go on with mine, after plan 2").click()
    expect(dose(laptop, STRETCH).get_by_label("Sets")).to_have_value("2")
    expect(laptop.get_by_role("heading", name="What changes against plan 2")).to_be_visible()
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 3 is saved")
    expect(laptop.get_by_text("12 repetitions instead of 15")).to_be_visible()
    assert [plan["number"] for plan in plans(laptop, patient_id)] == [3, 2, 1]
