"""Why an alert, on the patient's page: from its words to its days, to the chart, and to the exercises."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, api
from tests.browser.test_screens import assert_accessible
from tests.clinics import check_in, own_day

STEP = [2] * 30 + [6] * 6


@pytest.fixture
def patient_id() -> str:
    return str(uuid7())


@pytest.fixture
def told(online_phone: BrowserContext, laptop: Page, address: str, patient_id: str) -> None:
    """A diary of six weeks in which pain went up, with exercises and nerve symptoms."""
    page = online_phone.new_page()
    page.goto(f"{address}/join")
    api(page, "POST", "/api/join", {"code": admit(laptop, patient_id), "locale": "en"})
    plan = api(page, "GET", "/api/care")["plan"]
    last = len(STEP) - 1
    days = [own_day() - timedelta(days=last - at) for at in range(len(STEP))]
    check_ins = [
        check_in(
            day,
            pain_now=pain,
            sensations=["tingling"] if at > last - 4 else ["tightness"],
            place="thigh",
        )
        for at, (day, pain) in enumerate(zip(days, STEP, strict=True))
    ]
    item = plan["items"][0]
    sessions = [exercise(day, item, plan["id"], pain_during=3) for day in days[-9:-1]]
    api(
        page,
        "POST",
        "/api/sync",
        {"account_id": patient_id, "check_ins": check_ins, "exercise_sessions": sessions},
    )


def exercise(day: Any, item: dict[str, Any], plan_id: str, **changes: Any) -> dict[str, Any]:
    shared = ("revises", "withdrawn", "local_date", "zone", "sensations", "changes_with")
    moment = f"{day}T18:00:00+02:00"
    return {
        **{name: check_in(day)[name] for name in shared},
        "id": str(uuid7()),
        "happened_at": moment,
        "made_at": moment,
        "plan_version_id": plan_id,
        "plan_item_id": item["id"],
        "side": item["side"],
        "sets_done": 2,
        "repetitions_done": None,
        "hold_seconds": 30,
        "stopped_early": None,
        "pain_during": None,
        **changes,
    }


def test_an_alert_says_what_it_stands_on_and_shows_it_on_the_chart(
    laptop: Page, address: str, patient_id: str, told: None
):
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    card = laptop.get_by_role("article", name=re.compile("Worsening"))
    card.get_by_text("Why this alert?").click()
    expect(card.get_by_text("What would have had to be different")).to_be_visible()
    expect(
        card.get_by_text(re.compile("^Had pain gone on as before .*: not raised"))
    ).to_be_visible()
    expect(card.get_by_text(re.compile("sensitivity standard"))).to_be_visible()
    card.get_by_text(re.compile("days that counted")).click()
    table = card.get_by_role("region", name="The days that counted, as a table")
    expect(table.get_by_text("arrived late").first).to_be_visible()
    assert_accessible(laptop)
    card.get_by_role("button", name="Compute it again").click()
    expect(card.get_by_text(re.compile("the same result"))).to_be_visible()

    counted = table.get_by_role("row").count() - 1
    laptop.evaluate("scrollTo(0, document.body.scrollHeight)")
    card.get_by_role("link", name="Show these days on the chart").click()
    course = laptop.get_by_role("region", name="Course")
    expect(course.get_by_text(re.compile("days that counted for this alert"))).to_be_visible()
    expect(course.get_by_role("heading", name="Course")).to_be_in_viewport()
    expect(course.locator("circle.marked")).to_have_count(counted)
    assert_accessible(laptop)


def test_the_address_of_an_alert_opens_the_chart_with_its_days(
    laptop: Page, address: str, patient_id: str, told: None
):
    (alert,) = api(laptop, "GET", f"/api/patients/{patient_id}")["alerts"]
    laptop.goto(f"{address}/therapist/patients/{patient_id}/alerts/{alert['id']}")
    course = laptop.get_by_role("region", name="Course")
    expect(course.get_by_role("heading", name="Course")).to_be_in_viewport()
    expect(course.locator("circle.marked").first).to_be_visible()


def test_a_period_is_chosen_by_keyboard_and_by_dragging(
    laptop: Page, address: str, patient_id: str, told: None
):
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    course = laptop.get_by_role("region", name="Course")
    chart = course.get_by_role("img")
    expect(chart).to_have_accessible_name(re.compile("28 of 28 days"))
    course.get_by_role("slider", name="First day shown").press("ArrowRight")
    expect(chart).to_have_accessible_name(re.compile("27 of 27 days"))
    course.get_by_role("slider", name="Last day shown").press("Home")
    expect(chart).to_have_accessible_name(re.compile("7 of 7 days"))
    brush = course.get_by_role("group", name="Period shown")
    box = brush.bounding_box()
    assert box is not None
    laptop.mouse.move(box["x"] + box["width"] / 2, box["y"] + 24)
    laptop.mouse.down()
    laptop.mouse.move(box["x"] + box["width"] - 30, box["y"] + 24, steps=4)
    laptop.mouse.up()
    expect(chart).to_have_accessible_name(re.compile("^1[5-9] of 1[5-9] days"))
    course.get_by_role("radio", name="All").check(force=True)
    expect(chart).to_have_accessible_name(re.compile("36 of 36 days"))


def test_muscle_or_nerve_and_each_exercise_are_told(
    laptop: Page, address: str, patient_id: str, told: None
):
    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    pointing = laptop.get_by_role("region", name="Muscle or nerve")
    expect(pointing).to_contain_text("Nerve on 4, muscle on 10, unclear on 0 of 14 days")
    expect(pointing).to_contain_text("nerve more often than before")
    expect(pointing.get_by_role("img")).to_be_visible()
    work = laptop.get_by_role("region", name="Exercise by exercise")
    work.get_by_role("button", name="Show").click()
    expect(work).to_contain_text("8 times · pain during 3 on average")
    work.locator("summary").first.click()
    expect(work.get_by_role("row")).to_have_count(9)
    expect(work.get_by_role("row").nth(1)).to_contain_text("2 sets, 30 s")
    assert_accessible(laptop)
