"""A clinic that is brought back from last night's backup: what came in since is on the phones, and comes again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from glidepath.backups import keys, making, restoring
from glidepath.database.embedded import APP, OWNER, EmbeddedPostgres
from glidepath.identity.cookies import COOKIE
from glidepath.settings import Settings
from tests.assurance.mutants import LOST_STAYS_LOST
from tests.browser import patients
from tests.browser.conftest import Staff, serving, session_of
from tests.hostile import Person

RESTORED = "brought_back_to_phones"
# In tenths of a second.
PATIENCE = 100


class Backup:
    """Of a clinic as it is now, to be brought back into a database of its own."""

    def __init__(self, settings: Settings, postgres: EmbeddedPostgres, folder: Path) -> None:
        self._settings, self._postgres = settings, postgres
        self._file, key = folder / "night.backup", folder / "backup.key"
        keys.make(key, datetime.now(UTC), None)
        self._identities = keys.read(key, str)
        recipients = keys.recipients(str(self._identities[0].to_public()))
        assert settings.owner_database_url is not None
        making.make(settings.owner_database_url, self._file, recipients, datetime.now(UTC))

    def restore(self) -> Settings:
        """How the database that it is in now is reached."""
        owner_url = self._postgres.url(OWNER, RESTORED)
        restoring.restore(self._file, self._identities, owner_url)
        return msgspec.structs.replace(
            self._settings,
            database_url=self._postgres.url(APP, RESTORED),
            owner_database_url=owner_url,
        )


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """PostgreSQL with room for what is brought back."""
    postgres.create(RESTORED)
    yield postgres
    postgres.drop(RESTORED)


def log(page: Page, address: str, pain: int) -> None:
    patients.check_in(page, address, pain)
    patients.go(page, address, "/")
    expect(page.get_by_text("All entries sent")).to_be_visible()


def pains_after_a_restore(
    settings: Settings,
    postgres: EmbeddedPostgres,
    folder: Path,
    therapist: Staff,
    phone: BrowserContext,
    web: Path | None = None,
) -> list[int]:
    """Pains of 2 and, after the backup, of 5 and 8 have arrived: which are there once the restored clinic saw the phone."""
    page = phone.new_page()
    with serving(settings, web=web) as address:
        desk = Person(address, f"{COOKIE}={session_of(address, therapist).token}")
        patients.join(page, address, patients.admit(desk, str(uuid4())))
        log(page, address, 2)
        backup = Backup(settings, postgres, folder)
        for pain in (5, 8):
            log(page, address, pain)
        assert [entry["pain_now"] for entry in patients.kept(page)] == [2, 5, 8]
        # Nothing of it is open while the clinic is away.
        page.goto("about:blank")
    restored = backup.restore()
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


def test_what_a_backup_lacks_the_phone_sends_again(
    settings: Settings,
    empty: EmbeddedPostgres,
    tmp_path: Path,
    therapist: Staff,
    phone: BrowserContext,
):
    assert pains_after_a_restore(settings, empty, tmp_path, therapist, phone) == [2, 5, 8]


@pytest.mark.assurance
def test_a_phone_that_takes_what_was_delivered_for_kept_is_caught(
    settings: Settings,
    empty: EmbeddedPostgres,
    tmp_path: Path,
    therapist: Staff,
    phone: BrowserContext,
):
    web = LOST_STAYS_LOST.build(tmp_path)
    assert pains_after_a_restore(settings, empty, tmp_path, therapist, phone, web) == [2]
