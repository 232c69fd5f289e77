"""Messages both ways: written and read without a network, read and acted on by name, and ready words."""

import re

from playwright.sync_api import BrowserContext, Page, Route, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, api, join
from tests.browser.test_screens import assert_accessible, assert_readable_everywhere, heading
from tests.hostile import Person

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
    page.get_by_role("link", name="Read and write messages").click()
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


ASKED = "My leg tingles. <b>May I</b> stretch?"
WAITS = "On this phone, not sent yet"
REPLY = "Yes, but gently."


def ask_offline(page: Page, address: str) -> None:
    """Writes without a network: half of it and all of it are kept through a reload."""
    page.goto(f"{address}/messages")
    heading(page, "Messages")
    expect(page.get_by_text("This is no emergency line. In an emergency call 112.")).to_be_visible()
    expect(page.get_by_text("Its hours: Monday to Friday, 9:00 to 17:00")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Write something first.")
    field = page.get_by_label("Your message")
    field.fill(ASKED)
    page.wait_for_timeout(500)  # a draft is kept soon after
    page.reload()
    expect(page.get_by_text("Your words are still here")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(WAITS, exact=True)).to_be_visible()
    expect(page.get_by_text("1 message saved on this phone, not sent yet")).to_be_visible()
    assert_readable_everywhere(page)
    page.reload()
    expect(page.get_by_text(ASKED)).to_be_visible()
    expect(page.get_by_text(WAITS, exact=True)).to_be_visible()
    expect(field).to_have_value("")


def begin_with_own_words(laptop: Page) -> None:
    laptop.get_by_text("Begin with ready words").click()
    laptop.get_by_role("button", name="New words").click()
    laptop.get_by_role("button", name="Keep these words").click()
    expect(laptop.get_by_role("alert")).to_be_focused()
    laptop.get_by_label("Name", exact=True).fill("Gently")
    laptop.get_by_label("Text in English").fill(REPLY)
    assert_accessible(laptop)
    laptop.get_by_role("button", name="Keep these words").click()
    expect(laptop.get_by_text("Kept as Gently.")).to_be_focused()
    assert_accessible(laptop)
    laptop.get_by_role("button", name="Use Tingling or burning").click()
    laptop.get_by_role("button", name="Use Gently").click()
    expect(laptop.get_by_label("Write to the patient")).to_have_value(REPLY)


def test_a_patient_writes_offline_and_sees_it_read_and_acted_on(
    laptop: Page, phone: BrowserContext, address: str
):
    patient_id = str(uuid7())
    page = phone.new_page()
    join(page, address, admit(laptop, patient_id))
    laptop.goto(f"{address}/therapist")
    row = laptop.get_by_role("listitem").filter(has_text="Pat Doe")
    expect(row).to_be_visible()
    phone.set_offline(True)
    ask_offline(page, address)
    expect(row).not_to_contain_text("unread message")

    # The list tells by itself.
    phone.set_offline(False)
    expect(page.get_by_text("Sent. Nobody has read it yet.")).to_be_visible()
    expect(row).to_contain_text("1 unread message.")
    laptop.get_by_role("radio", name="With unread messages").check(force=True)
    assert_accessible(laptop)
    row.get_by_role("link", name="Pat Doe").click()
    told = laptop.get_by_role("listitem").filter(has_text=ASKED)
    expect(told).to_contain_text("nobody has read it yet")
    assert_accessible(laptop)
    laptop.get_by_role("button", name="I have read it").click()
    expect(told).to_contain_text("read by North therapist")
    page.reload()
    expect(page.get_by_text("North therapist read it, ")).to_be_visible()

    # Somebody else was faster: nothing is overwritten.
    (message,) = api(laptop, "GET", f"/api/patients/{patient_id}")["messages"]
    path = f"/api/patients/{patient_id}/messages/{message['id']}/done"
    signed_in = "; ".join(f"{one['name']}={one['value']}" for one in laptop.context.cookies())

    def be_faster(route: Route) -> None:
        """When the page has already asked: it hears at once of what was done before."""
        Person(address, signed_in).send("POST", path, {"what": "advice_given", "after": 0})
        route.continue_()

    laptop.route(f"**{path}", be_faster, times=1)
    told.get_by_role("button", name="Say what was done").click()
    told.get_by_role("button", name="Called the patient").click()
    expect(told.get_by_role("alert")).to_contain_text("Meanwhile: Advice given by North therapist")
    told.get_by_role("button", name="Called the patient").click()
    expect(told).to_contain_text("Before: Advice given")
    told.get_by_role("button", name="Undo").click()
    expect(told).to_contain_text("Before: Called the patient")
    told.get_by_role("button", name="Change").click()
    told.get_by_role("button", name="Not acted on yet").click()
    expect(told.get_by_role("button", name="Say what was done")).to_be_visible()

    begin_with_own_words(laptop)
    expect(laptop.get_by_role("checkbox", name="This answers the open message")).to_be_checked()
    laptop.get_by_role("button", name="Send").click()
    expect(told).to_contain_text("Answered by North therapist")
    page.reload()
    expect(page.get_by_text("North therapist answered you, ")).to_be_visible()
    expect(page.get_by_text(REPLY, exact=True)).to_be_visible()
    assert_readable_everywhere(page)


def api_reads(laptop: Page, patient_id: str) -> list[bool]:
    messages = api(laptop, "GET", f"/api/patients/{patient_id}")["messages"]
    return [message["read_at"] is not None for message in messages]
