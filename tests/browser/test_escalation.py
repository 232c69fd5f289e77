"""The clinic's rules for alerts in their form, and what a patient is told of how far an emergency has come."""

import re
from collections.abc import Callable

import psycopg
from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, add_colleague, enter
from tests.browser.patients import admit, api, join
from tests.browser.test_screens import assert_accessible, heading, report_weakness

SENT = """
    insert into deliveries (clinic_id, id, cause, channel, recipient_id, alert_id, alert_version, step,
        state, tries, made_at, due_at, ended_at)
    select clinic_id, gen_random_uuid(), 'raised', 'email', account_id, a.id, 1, 0,
        'sent', 1, now(), now(), now()
    from alerts a join care_team using (clinic_id, patient_id)
"""


def mark_as_sent(settings: Settings, clinic_id: str) -> None:
    """As if a worker had told the team of every alert."""
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("select set_config('app.clinic_id', %s, true)", [clinic_id])
        assert connection.execute(SENT).rowcount


def test_an_admin_says_when_the_clinic_reads_and_reads_what_it_means(
    device: Callable[..., BrowserContext], address: str, settings: Settings, laptop: Page
):
    admin = device(viewport=LAPTOP).new_page()
    enter(admin, address, add_colleague(settings, "Ana Admin", "admin"))
    admin.goto(f"{address}/therapist/policy")
    heading(admin, "Opening hours and alerts")
    preview = admin.get_by_role("region", name="What this means")
    expect(preview).to_contain_text("“When your clinic reads it: Monday to Friday, 9:00 to 17:00”")

    monday = admin.get_by_role("group", name="Monday")
    monday.get_by_label("Monday: to").fill("08:00")
    admin.get_by_role("button", name="Save for the clinic").click()
    expect(admin.get_by_role("alert")).to_contain_text("Put the times on Monday in order")
    assert_accessible(admin)
    monday.get_by_label("Monday: to").fill("13:30")
    monday.get_by_role("button", name="Add hours on Monday").click()
    admin.get_by_role("button", name="Same on Tuesday to Friday").click()
    hours = "Monday to Friday, 9:00 to 13:30 and 14:00 to 18:00"
    expect(preview).to_contain_text(hours)
    urgent = admin.get_by_role("region", name="Urgent alerts")
    urgent.get_by_label("If nobody looks, tell the team again after").select_option("15 minutes")
    expect(preview).to_contain_text("If nobody looks at it for 15 minutes")
    urgent.get_by_role("checkbox").check()
    expect(preview).to_contain_text("These times run day and night.")
    admin.get_by_role("button", name="Save for the clinic").click()
    expect(admin.get_by_role("status").filter(has_text="It holds from now on")).to_be_visible()

    # Others may read it, and patients are told the same.
    laptop.goto(f"{address}/therapist/policy")
    expect(laptop.get_by_text(hours)).to_be_visible()
    expect(laptop.get_by_text("Saved by Ana Admin")).to_be_visible()
    expect(laptop.get_by_role("button", name="Save for the clinic")).to_have_count(0)
    assert api(laptop, "GET", "/api/me")["clinic"]["hours"]["en"] == hours
    assert_accessible(laptop)


def test_a_patient_is_told_how_far_an_emergency_has_come_and_no_more(
    laptop: Page, phone: BrowserContext, address: str, settings: Settings
):
    patient_id, page = str(uuid7()), phone.new_page()
    join(page, address, admit(laptop, patient_id))
    phone.set_offline(True)
    page.goto(f"{address}/")
    report_weakness(page)
    page.get_by_role("checkbox", name=re.compile("numb between my legs")).check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("On this phone only. Not sent yet.")).to_be_visible()
    expect(page.get_by_text("Do not wait for an answer. Call 112.")).to_be_visible()
    expect(page.get_by_text("Nobody has looked yet")).to_have_count(0)
    assert_accessible(page)

    phone.set_offline(False)
    expect(page.get_by_text("Sent to your clinic")).to_be_visible()
    page.goto(f"{address}/")
    expect(page.get_by_text("Sent to your clinic at")).to_be_visible()
    expect(page.get_by_text("Nobody has looked yet, as far as this phone knew")).to_be_visible()
    expect(page.get_by_text("Your clinic was told")).to_have_count(0)
    assert_accessible(page)

    alert = api(laptop, "GET", f"/api/patients/{patient_id}")["alerts"][0]
    mark_as_sent(settings, api(laptop, "GET", "/api/me")["clinic"]["id"])
    page.reload()
    expect(page.get_by_text("Your clinic was told at")).to_be_visible()
    expect(page.get_by_text("Nobody has looked yet")).to_be_visible()

    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    expect(laptop.get_by_text("To be looked at by")).to_be_visible()
    laptop.get_by_role("button", name="Acknowledge").first.click()
    expect(laptop.get_by_text("Acknowledged by North therapist").first).to_be_visible()
    assert alert["version"] == 1
    page.reload()
    expect(page.get_by_text("North therapist looked at it at")).to_be_visible()
    expect(page.get_by_text("Do not wait for an answer")).to_have_count(0)
