"""A browser that finds its database damaged and begins anew: what waits to be sent is there all the same (SY-7)."""

from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import patients
from tests.browser.conftest import out_of_reach
from tests.browser.test_phone_storage import profile_at
from tests.hostile import Person

WITHOUT_A_SECOND_PLACE = "delete Navigator.prototype.storageBuckets"


def files(profile: Path, name: str) -> list[Path]:
    return list((profile / "Default" / "IndexedDB").glob(f"*.leveldb/{name}"))


def damage(profile: Path) -> None:
    """One byte of what was written first, as a torn write leaves it two starts later."""
    (log,) = files(profile, "*.log")
    content = bytearray(log.read_bytes())
    content[20] ^= 0xFF
    log.write_bytes(content)


def began_anew(profile: Path) -> bool:
    """Whether the browser threw the database away: what it writes of its last start says so."""
    return any("since it was missing" in log.read_text() for log in files(profile, "LOG"))


def pains_after_damage(
    chromium: Browser, profile: Path, desk: Person, address: str, script: str
) -> list[int]:
    """Three entries are kept without a network, then the database is damaged; the pains that arrive at last."""
    code = patients.admit(desk, str(uuid4()))
    with ExitStack() as away, profile_at(chromium, profile) as page:
        page.context.add_init_script(script)
        patients.join(page, address, code)
        page.context.set_offline(True)
        # As it closes, the browser has its network back for a moment and sends what waits.
        away.enter_context(out_of_reach(address))
        for pain in (3, 6, 9):
            patients.check_in(page, address, pain)
    damage(profile)
    with profile_at(chromium, profile) as page:
        page.context.add_init_script(script)
        page.goto(address)
        patients.at_home(page)
        expect(page.get_by_text("All entries sent")).to_be_visible()
        pains = [entry["pain_now"] for entry in patients.kept(page)]
    assert began_anew(profile)
    return pains


def test_what_waits_outlives_the_database(
    chromium: Browser, tmp_path: Path, desk: Person, address: str
):
    assert pains_after_damage(chromium, tmp_path, desk, address, ";") == [3, 6, 9]


@pytest.mark.assurance
def test_a_phone_that_keeps_it_once_is_caught(
    chromium: Browser, tmp_path: Path, desk: Person, address: str
):
    found = pains_after_damage(chromium, tmp_path, desk, address, WITHOUT_A_SECOND_PLACE)
    assert found == []
