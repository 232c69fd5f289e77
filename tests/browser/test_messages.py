"""A therapist writes, the patient reads without a network, and the therapist sees that it was read."""

import re

from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, api, join
from tests.browser.test_screens import assert_accessible, assert_readable_everywhere, heading

TEXT = "Well done this week, Pat.\nKeep the gentle pace until Thursday."
HOSTILE = "<img src=x onerror=alert(1)> {{name}} & so on"


def write(laptop: Page, text: str) -> None:
    laptop.get_by_label("Write to the patient").fill(text)
    laptop.get_by_role("button", name="Send").click()
    first_line = text.splitlines()[0]
    told = laptop.get_by_role("listitem").filter(has_text=first_line)
    expect(told).to_contain_text("not read yet")


def test_a_message_is_read_offline_and_the_therapist_sees_it_read(
    laptop: Page, phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    code = admit(laptop, patient_id)
    page = phone.new_page()
    join(page, address, code)

    laptop.goto(f"{address}/therapist/patients/{patient_id}")
    laptop.get_by_role("button", name="Send").click()
    expect(laptop.get_by_text("Write something first")).to_be_visible()
    write(laptop, TEXT)
    write(laptop, HOSTILE)
    assert_accessible(laptop)

    page.goto(f"{address}/")
    expect(page.get_by_role("heading", name="North therapist wrote to you")).to_be_visible()
    phone.set_offline(True)
    page.goto(f"{address}/")
    expect(page.get_by_text(TEXT)).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_text(TEXT)).to_have_count(0)
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    page.reload()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    expect(page.get_by_text(TEXT)).to_have_count(0)
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_text("You find the message again under More")).to_be_visible()

    page.get_by_role("link", name="More").click()
    page.get_by_role("link", name="Show messages").click()
    heading(page, "Messages")
    expect(page.get_by_text(TEXT)).to_be_visible()
    expect(page.get_by_text(re.compile("^Read "))).to_have_count(2)
    assert api_reads(laptop, patient_id) == [False, False]

    with page.expect_response(lambda response: response.url.endswith("/api/messages/read")):
        phone.set_offline(False)
    laptop.reload()
    told = laptop.get_by_role("listitem").filter(has_text="Well done this week")
    expect(told).to_contain_text(re.compile(r"·\s+read "))
    assert api_reads(laptop, patient_id) == [True, True]
    assert_readable_everywhere(page)


def api_reads(laptop: Page, patient_id: str) -> list[bool]:
    messages = api(laptop, "GET", f"/api/patients/{patient_id}")["messages"]
    return [message["read_at"] is not None for message in messages]
