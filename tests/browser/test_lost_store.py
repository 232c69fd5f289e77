"""A browser that finds its database damaged and begins anew: what waits to be sent is there all the same (SY-7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import patients
from tests.browser.conftest import PHONE
from tests.chromium import CHROMIUM, FLAGS
from tests.hostile import Person

WITHOUT_A_SECOND_PLACE = "delete Navigator.prototype.storageBuckets"


@contextmanager
def opened(chromium: Browser, profile: Path, script: str) -> Iterator[Page]:
    context = chromium.browser_type.launch_persistent_context(
        profile,
        executable_path=str(CHROMIUM),
        args=FLAGS,
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        locale="en-GB",
        timezone_id="Europe/Madrid",
    )
    context.set_default_timeout(20_000)
    if script:
        context.add_init_script(script)
    yield context.pages[0]
    context.close()


def damage(profile: Path) -> None:
    """One byte of what was written first, as a torn write leaves it two starts later."""
    (log,) = (profile / "Default" / "IndexedDB").glob("*.leveldb/*.log")
    content = bytearray(log.read_bytes())
    content[20] ^= 0xFF
    log.write_bytes(content)


def pains_after_damage(
    chromium: Browser, profile: Path, desk: Person, address: str, script: str
) -> list[int]:
    """Three entries are kept without a network, then the database is damaged; the pains that arrive at last."""
    code = patients.admit(desk, str(uuid4()))
    with opened(chromium, profile, script) as page:
        patients.join(page, address, code)
        page.context.set_offline(True)
        for pain in (3, 6, 9):
            patients.check_in(page, address, pain)
    damage(profile)
    with opened(chromium, profile, script) as page:
        page.goto(address)
        patients.at_home(page)
        expect(page.get_by_text("All entries sent")).to_be_visible()
        return [entry["pain_now"] for entry in patients.kept(page)]


def test_what_waits_outlives_the_database(
    chromium: Browser, tmp_path: Path, desk: Person, address: str
):
    assert pains_after_damage(chromium, tmp_path, desk, address, "") == [3, 6, 9]


@pytest.mark.assurance
def test_a_phone_that_keeps_it_once_is_caught(
    chromium: Browser, tmp_path: Path, desk: Person, address: str
):
    found = pains_after_damage(chromium, tmp_path, desk, address, WITHOUT_A_SECOND_PLACE)
    assert found == []
