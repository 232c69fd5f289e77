"""A clinic that is brought back from last night's backup: what came in since is on the phones, and comes again."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from glidepath.backups import keys, restoring
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.identity.cookies import COOKIE
from glidepath.settings import Settings
from tests.api.test_backups import empty, key, make
from tests.assurance.mutants import LOST_STAYS_LOST
from tests.browser import patients
from tests.browser.conftest import Staff, serving, session_of
from tests.hostile import Person

__all__ = ["empty", "key"]
# In tenths of a second.
PATIENCE = 100

Restore = Callable[[Path | None], list[int]]


def log(page: Page, address: str, pain: int) -> None:
    patients.check_in(page, address, pain)
    patients.go(page, address, "/")
    expect(page.get_by_text("All entries sent")).to_be_visible()


@pytest.fixture
def pains_after_a_restore(
    settings: Settings,
    postgres: EmbeddedPostgres,
    empty: str,
    key: Path,
    tmp_path: Path,
    therapist: Staff,
    phone: BrowserContext,
) -> Restore:
    """Pains of 2 and, after the backup, of 5 and 8 have arrived: which are there once the restored clinic saw the phone."""

    def run(web: Path | None) -> list[int]:
        page = phone.new_page()
        with serving(settings, web=web) as address:
            desk = Person(address, f"{COOKIE}={session_of(address, therapist).token}")
            patients.join(page, address, patients.admit(desk, str(uuid4())))
            log(page, address, 2)
            backup = make(settings, key, tmp_path / "night.backup")
            for pain in (5, 8):
                log(page, address, pain)
            assert [entry["pain_now"] for entry in patients.kept(page)] == [2, 5, 8]
            # Nothing of it is open while the clinic is away.
            page.goto("about:blank")
        restoring.restore(backup, keys.read(key, str), empty)
        restored = msgspec.structs.replace(
            settings,
            database_url=postgres.url(database="brought_back"),
            owner_database_url=empty,
        )
        with serving(restored, port=urlsplit(address).port or 0, web=web):
            page.goto(address)
            patients.at_home(page)
            # The app opens with what it has, and asks what the clinic has then.
            for _ in range(PATIENCE):
                pains = [entry["pain_now"] for entry in patients.kept(page)]
                if len(pains) > 1:
                    break
                page.wait_for_timeout(100)
            expect(page.get_by_text("All entries sent")).to_be_visible()
            page.goto("about:blank")
        return pains

    return run


def test_what_a_backup_lacks_the_phone_sends_again(pains_after_a_restore: Restore):
    assert pains_after_a_restore(None) == [2, 5, 8]


@pytest.mark.assurance
def test_a_phone_that_takes_what_was_delivered_for_kept_is_caught(
    pains_after_a_restore: Restore, tmp_path: Path
):
    assert pains_after_a_restore(LOST_STAYS_LOST.build(tmp_path)) == [2]
