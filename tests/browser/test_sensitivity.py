"""An admin sees what another level would have done, and chooses it; who looked at what is counted."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.insight import replaying, store
from glidepath.settings import Settings
from tests.browser.conftest import PHONE, add_colleague, enter
from tests.browser.patients import admit, api
from tests.browser.test_screens import SMALL_TARGETS, assert_accessible, heading
from tests.clinics import check_in, own_day

# By and by, and back again: what the levels disagree about.
UNEVEN = [2, 3, 2, 2, 3] * 4 + [3, 4, 4, 3, 5] * 3 + [4, 5, 4, 5, 5] * 2 + [2, 3, 3, 2, 2]
Device = Callable[..., BrowserContext]


@pytest.fixture
def diary(online_phone: BrowserContext, laptop: Page, address: str) -> str:
    """A patient with an emergency answer today, at the end of an uneven diary; their id."""
    patient_id, page = str(uuid7()), online_phone.new_page()
    page.goto(f"{address}/join")
    api(page, "POST", "/api/join", {"code": admit(laptop, patient_id), "locale": "en"})
    first = own_day() - timedelta(days=len(UNEVEN) - 1)
    entries = [check_in(first + timedelta(days=at), pain_now=n) for at, n in enumerate(UNEVEN)]
    entries[-1]["red_flags"] = ["both_legs"]
    batch = {"account_id": patient_id, "check_ins": entries, "exercise_sessions": []}
    api(page, "POST", "/api/sync", batch)
    return patient_id


def reckon(settings: Settings) -> None:
    """What the worker does."""

    async def work() -> None:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=2)
        try:
            async with database.writing() as session:
                (clinic_id,) = await identity.clinic_ids(session)
            async with database.reading(clinic_id) as session:
                asked = await store.replay_run(session)
            assert asked is not None
            assert await replaying.run(database, clinic_id, asked.id, lambda: datetime.now(UTC))
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


def test_an_admin_replays_the_last_90_days_and_changes_the_level(
    device: Device, address: str, settings: Settings, diary: str, laptop: Page
):
    admin = device(viewport=PHONE, has_touch=True).new_page()
    enter(admin, address, add_colleague(settings, "Ana Admin", "admin"))
    admin.get_by_role("button", name="Account of Ana Admin").click()
    admin.get_by_role("link", name="How sensitive alerts are").click()
    heading(admin, "How sensitive alerts are")
    admin.get_by_role("button", name="Work it out").click()
    expect(admin.get_by_text("Waiting for its turn")).to_be_visible()
    reckon(settings)
    replay = admin.get_by_role("region", name="What the last 90 days would have looked like")
    expect(replay.get_by_text("Worked out")).to_be_visible()
    replay.get_by_role("radio", name="Early").check(force=True)
    expect(replay.get_by_role("link", name="Pat Doe").first).to_be_visible()
    assert_accessible(admin)
    small = admin.evaluate(SMALL_TARGETS)
    assert [one for one in small if not one.startswith(("Skip to", "Glidepath"))] == []
    replay.get_by_role("button", name="Change to Early").click()
    dialog = admin.get_by_role("dialog")
    expect(dialog).to_contain_text("is not told all at once")
    assert_accessible(admin)
    dialog.get_by_role("button", name="Change to Early").click()
    expect(admin.get_by_text("The clinic is at Early from")).to_be_visible()
    changes = admin.get_by_role("region", name="Changes so far")
    expect(changes).to_contain_text("Standard → Early")
    expect(changes).to_contain_text("by Ana Admin")
    expect(replay.get_by_text("while the clinic was at Standard")).to_be_visible()

    # A therapist reads the level, and neither replays nor changes it.
    laptop.goto(f"{address}/therapist/sensitivity")
    expect(laptop.get_by_text("Your clinic's admins decide on the level.")).to_be_visible()
    expect(laptop.get_by_role("button", name=re.compile("Work it out|Change to"))).to_have_count(0)


def test_an_alert_counts_as_looked_at_once_its_reason_is_on_a_screen(
    laptop: Page, address: str, diary: str
):
    def looked_at() -> int:
        return int(api(laptop, "GET", "/api/quality")["rows"][0]["seen"]["count"])

    alerts = api(laptop, "GET", f"/api/patients/{diary}")["alerts"]
    laptop.goto(f"{address}/therapist/quality")
    heading(laptop, "How our alerts do")
    kinds = laptop.get_by_role("region", name="By kind and severity").first
    expect(kinds.get_by_role("row", name=re.compile("^Warning sign, urgent"))).to_contain_text(
        "1 not yet"
    )
    assert looked_at() == 0
    assert_accessible(laptop)
    with laptop.expect_download() as saved:
        laptop.get_by_role("button", name="Save as CSV").click()
    assert "Warning sign, urgent" in saved.value.path().read_text()

    with laptop.expect_response("**/api/alerts/viewed") as told:
        laptop.goto(f"{address}/therapist/patients/{diary}")
    assert told.value.status == 204
    body = told.value.request.post_data_json
    assert body is not None
    assert set(body["alerts"]) <= {one["id"] for one in alerts}
    assert looked_at() >= 1
