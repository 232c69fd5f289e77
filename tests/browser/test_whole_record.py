"""Everything that is kept about a patient, saved as a file on a phone and at the clinic (PR-1)."""

import asyncio
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_worker import work
from tests.browser.conftest import LAPTOP, Staff, enter
from tests.browser.test_journey import admit, join
from tests.browser.test_screens import assert_accessible, assert_readable_everywhere
from tests.clinics import Clinic


@pytest.fixture
def worker(
    settings: Settings, postgres: EmbeddedPostgres, database_name: str
) -> Callable[[], None]:
    """Does what there is to do."""

    def run() -> None:
        with psycopg.connect(postgres.url("postgres", database_name)) as owner:
            (clinic_id,) = owner.execute("select clinic_id from exports").fetchone() or (None,)

        async def job() -> None:
            assert settings.database_url is not None
            database = Database(settings.database_url, pool_size=2)
            try:
                await work(settings, database, cast("Clinic", SimpleNamespace(id=clinic_id)))
            finally:
                await database.close()

        # In a thread of its own, since the driver of the browser runs a loop in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(job())).result()

    return run


def saved(page: Page, button: str) -> set[str]:
    """What is in the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    with zipfile.ZipFile(download.value.path()) as archive:
        return set(archive.namelist())


def test_a_patient_and_their_clinic_save_everything_that_is_kept(
    device: Callable[..., BrowserContext],
    address: str,
    therapist: Staff,
    worker: Callable[[], None],
    postgres: EmbeddedPostgres,
    database_name: str,
):
    """PR-1: asked for, being made, ready and gone."""
    laptop = device(viewport=LAPTOP).new_page()
    enter(laptop, address, therapist)
    code = admit(laptop, address, "Robin Vale")
    phone = device(has_touch=True, is_mobile=True).new_page()
    join(phone, address, code)
    phone.get_by_role("link", name="More").click()
    part = phone.get_by_role("region", name="Get my data")
    part.get_by_role("button", name="Make my file").click()
    expect(part.get_by_role("status").first).to_contain_text("is being made")
    worker()
    expect(part.get_by_role("status").first).to_contain_text("Your file is ready")
    assert_readable_everywhere(phone)
    assert {"README.txt", "tables/check_ins.json"} <= saved(phone, "Save my data")
    with psycopg.connect(postgres.url("postgres", database_name)) as owner:
        owner.execute("update exports set expires_at = now()")
    phone.reload()
    expect(part.get_by_role("status").first).to_contain_text("deleted after a day")

    laptop.goto(f"{address}/therapist")
    laptop.get_by_role("link", name="Robin Vale").click()
    card = laptop.get_by_role("region", name="The whole record")
    card.get_by_role("button", name="Everything as a file").press("Enter")
    expect(card.get_by_role("status").first).to_contain_text("is being made")
    worker()
    # Whoever pressed with the keyboard is where the next press is.
    expect(card.get_by_role("button", name="Save the file")).to_be_focused()
    assert_accessible(laptop)
    assert "fhir.json" in saved(laptop, "Save the file")
