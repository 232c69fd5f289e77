"""An admin sees in the list that something was given up, reads why, and tries it again."""

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import BrowserContext, expect

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, Staff, add_colleague, enter
from tests.browser.test_screens import AXE
from tests.browser.test_therapist_screens import assert_accessible_at
from tests.clinics import PASSPHRASE

pytestmark = pytest.mark.browser

GIVEN_UP = """
    insert into deliveries (clinic_id, id, cause, channel, recipient_id, step, day, state, tries, code,
        made_at, due_at, ended_at)
    select clinic_id, gen_random_uuid(), 'digest', 'email', id, 0, current_date, 'failed', 9, 'smtp_550',
        now(), now(), now()
    from accounts where role = 'therapist'
"""


@pytest.mark.parametrize("address", ["localhost"], indirect=True)
def test_what_was_given_up_stands_over_the_list_and_is_tried_again(
    device: Callable[..., BrowserContext],
    address: str,
    settings: Settings,
    therapist: Staff,
    postgres: EmbeddedPostgres,
    database_name: str,
):
    ana = add_colleague(settings, "Ana Admin", "admin")
    assert ana.passphrase == PASSPHRASE
    with psycopg.connect(postgres.url("postgres", database_name)) as owner:
        owner.execute(GIVEN_UP)
    page = device(viewport=LAPTOP).new_page()
    enter(page, address, ana)
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("Deliveries were given up, and nobody was told.")
    banner.get_by_role("link", name="See what is wrong").click()
    card = page.get_by_role("region", name="Given up")
    expect(card).to_contain_text("the mail server refused it (550)")
    page.evaluate(AXE.read_text())
    for size in (LAPTOP, {"width": 390, "height": 844}):
        assert_accessible_at(page, size)
    card.get_by_role("button", name="Try again").click()
    expect(card.get_by_role("status")).to_have_text("On its way again.")
    expect(card).to_contain_text("Nothing was given up")
