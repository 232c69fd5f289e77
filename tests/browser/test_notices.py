"""How staff choose to be told, what it comes to in words, and a try that tells its true end."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from glidepath.settings import Settings
from tests.browser.conftest import PHONE, add_colleague, enter
from tests.browser.test_screens import assert_accessible, heading

Device = Callable[..., BrowserContext]


def test_a_choice_is_told_in_words_saved_and_not_overwritten_by_another_tab(
    laptop: Page, address: str
):
    laptop.get_by_role("button", name="Account of").click()
    laptop.get_by_role("link", name="How I am told").click()
    heading(laptop, "How I am told")
    effect = laptop.get_by_role("list").filter(has_text="Urgent alerts reach you")
    expect(effect).to_contain_text("at once, at night too, by e-mail.")
    expect(effect).to_contain_text("one message at 07:30, by e-mail")
    mail = laptop.get_by_role("checkbox", name="E-mail to")
    expect(mail).to_be_disabled()
    expect(mail).to_be_checked()
    expect(laptop.get_by_text("the only way left to reach you")).to_be_visible()
    other = laptop.context.new_page()
    other.goto(f"{address}/therapist/notices")
    other.get_by_label("One message a day").fill("16:45")

    laptop.get_by_role("checkbox", name="High").check()
    laptop.get_by_role("checkbox", name="Quiet hours").check()
    laptop.get_by_label("Until").fill("20:00")
    expect(effect).to_contain_text("From 20:00 to 20:00 they wait")
    laptop.get_by_role("button", name="Save").click()
    expect(laptop.get_by_role("link", name="Quiet hours need two different times")).to_be_visible()
    assert_accessible(laptop)
    laptop.get_by_label("Until").fill("06:30")
    expect(effect).to_contain_text("Alerts of the severity high reach you at once, by")
    laptop.get_by_role("button", name="Save").click()
    expect(laptop.get_by_text("Saved.", exact=True)).to_be_visible()

    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("This is what stands now")).to_be_visible()
    expect(other.get_by_label("Until")).to_have_value("06:30")
    expect(other.get_by_label("One message a day")).to_have_value("07:30")


def test_without_a_mail_server_everybody_is_told_so_and_admins_see_the_mails(
    device: Device, address: str, settings: Settings, laptop: Page
):
    admin = device(viewport=PHONE, has_touch=True).new_page()
    enter(admin, address, add_colleague(settings, "Ana Admin", "admin"))
    admin.goto(f"{address}/therapist/notices")
    expect(admin.get_by_text("E-mail is not configured here.")).to_be_visible()
    admin.get_by_role("button", name="Send me a try").click()
    expect(admin.get_by_text("On its way.")).to_be_visible()
    assert_accessible(admin)
    admin.get_by_role("link", name="Look at the mails").click()
    heading(admin, "Mails that were not sent")
    expect(admin.get_by_text("There is none.")).to_be_visible()
    assert_accessible(admin)
    laptop.goto(f"{address}/therapist/mails")
    expect(laptop.get_by_role("alert")).to_contain_text("Your account may not do this")
