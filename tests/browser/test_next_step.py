"""The next step of a plan: the criteria in the editor, the proposal, and a person's decision."""

import re
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, api, join
from tests.browser.test_plans import CURL, assert_accessible_on_both, dose, edit, plans
from tests.browser.test_screens import heading
from tests.clinics import check_in, glide, next_plan, own_day, stretch


def test_a_proposed_step_is_approved_or_dismissed_by_the_therapist(
    laptop: Page, online_phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = online_phone.new_page()
    join(page, address, admit(laptop, patient_id))

    edit(laptop, address, patient_id)
    laptop.get_by_role("button", name="Add a next step").click()
    expect(laptop.get_by_label("the worst pain is at most")).to_be_focused()
    laptop.get_by_label("and logged on at least").fill("8")
    laptop.get_by_role("button", name="Save as a new version").click()
    assert_accessible_on_both(laptop)
    laptop.get_by_role("link", name=re.compile("pain 0 to 9")).click()
    expect(laptop.get_by_label("and logged on at least")).to_be_focused()
    laptop.get_by_label("and logged on at least").fill("5")
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 2 is saved")
    (criterion,) = plans(laptop, patient_id)[0]["criteria"]
    assert (criterion["item"]["exercise_key"], criterion["logged_least"]) == ("hamstring_curl", 5)

    # The same plan, as if it had stood for a month, with a second step.
    episode_id = api(laptop, "GET", f"/api/patients/{patient_id}")["episode"]["id"]
    begun = str(own_day() - timedelta(days=30))
    steps = [criterion, criterion | {"item": stretch(sets=2)}]
    stood = next_plan(stretch(), glide(), starts_on=begun, based_on=2, criteria=steps)
    api(laptop, "PUT", f"/api/episodes/{episode_id}/plan-versions/{uuid7()}", stood)
    days = [check_in(own_day() - timedelta(days=ago)) for ago in range(6)]
    batch = {"account_id": patient_id, "check_ins": days, "exercise_sessions": []}
    api(page, "POST", "/api/sync", batch)

    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    card = laptop.get_by_role("region", name="Next step proposed")
    why = "Worst pain 3 of 10 and no nerve symptom in the last 7 days; 6 of them logged."
    expect(card.get_by_text(why)).to_have_count(2)
    assert_accessible_on_both(laptop)
    shorter = card.get_by_role("article").filter(has_text="2 sets instead of 3")
    shorter.get_by_role("button", name="Not now").click()
    expect(card.get_by_label("Why not now?")).to_be_focused()
    card.get_by_role("button", name="Dismiss").click()
    expect(card.get_by_role("alert")).to_have_text("Give a reason in a few words.")
    card.get_by_label("Why not now?").fill("<b>She trains for a race</b>")
    card.get_by_role("button", name="Dismiss").click()
    expect(card.get_by_role("button", name="Not now")).to_have_count(1)
    card.get_by_text("1 earlier proposal").click()
    expect(card.get_by_text("<b>She trains for a race</b>")).to_be_visible()
    assert_accessible_on_both(laptop)

    card.get_by_role("link", name="Look and approve").click()
    expect(laptop.get_by_text(why)).to_be_visible()
    expect(dose(laptop, CURL).first).to_be_visible()
    assert_accessible_on_both(laptop)
    laptop.get_by_role("button", name="Save as a new version").click()
    heading(laptop, "Plan 4 is saved")
    assert [item["exercise_key"] for item in plans(laptop, patient_id)[0]["items"]] == [
        "hamstring_stretch",
        "sciatic_glide",
        "hamstring_curl",
    ]
    laptop.get_by_role("link", name="Open the patient's page").click()
    card.get_by_text("2 earlier proposals").click()
    expect(card.get_by_text(re.compile("^Approved by"))).to_be_visible()
