"""The clinic's sensitivity: chosen by its admins, kept with its history, and no cause of a storm."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from glidepath.alerts.models import SensitivityChange
from glidepath.database.engine import Database
from glidepath.trends import Day, screen
from glidepath.trends.policy import MEASURED
from tests.clinics import Clinic, Colleague, check_in, colleague, own_day, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()
TOMORROW = TODAY + timedelta(days=1)
# Up by a point and more: after eight days of it "early" has enough, and "standard" not yet.
RISING = [2, 3] * 15 + [4] * 9
WORSE = [2, 3] * 15 + [6, 7] * 4


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Admin", role="admin") as one:
        yield one


async def choose(client: httpx.AsyncClient, level: str, version: int | None = 0) -> httpx.Response:
    seen = {} if version is None else {"if-match": f'"{version}"'}
    return await client.put("/api/sensitivity", json={"sensitivity": level}, headers=seen)


async def write(clinic: Clinic, ratings: list[int], last: date = TODAY) -> None:
    first = last - timedelta(days=len(ratings) - 1)
    entries = [
        check_in(first + timedelta(days=day), pain_now=pain) for day, pain in enumerate(ratings)
    ]
    for start in range(0, len(entries), 10):
        await sync(clinic, *entries[start : start + 10])


async def worsenings(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    return [alert for alert in page["alerts"] if alert["kind"] == "worsening"]


async def test_an_admin_changes_it_and_everybody_reads_who_when_from_and_to(
    clinic: Clinic, other_clinic: Clinic, admin: Colleague
):
    refused = await choose(clinic.therapist, "early")
    assert (refused.status_code, refused.json()["code"]) == (403, "admins_only")
    assert (await choose(clinic.patient, "early")).json()["code"] == "staff_only"
    assert (await choose(admin.browser, "early")).status_code == 200
    assert (await choose(admin.browser, "calm", 1)).headers["etag"] == '"2"'
    seen = (await clinic.therapist.get("/api/sensitivity")).json()
    assert (seen["version"], seen["sensitivity"]) == (2, "calm")
    assert seen["holds_from"] == str(TOMORROW)
    assert [
        (one["version"], one["by"], one["before"], one["after"]) for one in seen["changes"]
    ] == [(2, "Admin", "early", "calm"), (1, "Admin", "standard", "early")]
    assert [one["sensitivity"] for one in seen["levels"]] == ["calm", "standard", "early"]
    theirs = (await other_clinic.therapist.get("/api/sensitivity")).json()
    assert (theirs["version"], theirs["sensitivity"], theirs["changes"]) == (0, "standard", [])


async def test_two_admins_do_not_overwrite_each_other(
    clinic: Clinic, admin: Colleague, database: Database
):
    assert (await choose(admin.browser, "early", None)).status_code == 428
    assert (await choose(admin.browser, "early")).status_code == 200
    # Asked again after a lost answer, it was done once.
    assert (await choose(admin.browser, "early")).json()["version"] == 1
    async with colleague(clinic, database, "Second", role="admin") as second:
        late = await choose(second.browser, "calm")
        assert (late.status_code, late.headers["etag"]) == (412, '"1"')
        assert late.json()["current"]["sensitivity"] == "early"
        # To choose what there is changes nothing.
        assert (await choose(second.browser, "early", 1)).json()["version"] == 1


async def test_what_stands_at_a_change_is_not_told_at_once_and_nothing_old_is_judged_anew(
    clinic: Clinic, admin: Colleague
):
    first = TOMORROW - timedelta(days=len(RISING) - 1)
    series = [
        Day(first + timedelta(days=day), pain=pain, nerve=0, place="thigh")
        for day, pain in enumerate(RISING)
    ]
    assert screen(series, "early").signals, "the diary has to be one that early would tell of"
    await write(clinic, RISING[:-2], TODAY - timedelta(days=1))
    await choose(admin.browser, "early")
    await sync(clinic, check_in(TODAY, pain_now=4))
    await sync(clinic, check_in(TOMORROW, pain_now=4))
    assert await worsenings(clinic) == []
    # A late entry makes the detector begin from the first day.
    await sync(clinic, check_in(first - timedelta(days=2), pain_now=2))
    assert await worsenings(clinic) == []


async def test_a_change_tells_no_alert_otherwise_than_it_was_raised(
    clinic: Clinic, admin: Colleague, database: Database
):
    """Raised at "early", which had held for weeks, and decided again under "calm"."""
    weeks_ago = TODAY - timedelta(days=60)
    change = SensitivityChange(
        clinic_id=clinic.id,
        version=1,
        at=datetime.now(UTC) - timedelta(days=61),
        by=admin.id,
        before="standard",
        after="early",
        holds_from=weeks_ago,
    )
    async with database.writing(clinic.id) as session:
        session.add(change)
    # One day less than "standard" needs.
    await write(clinic, RISING[:-1])
    (alert,) = await worsenings(clinic)
    url = f"/api/alerts/{alert['id']}/basis"
    before = (await clinic.therapist.get(url)).json()
    assert (before["sensitivity"], before["same_again"]) == ("early", True)
    assert before["otherwise"]
    assert (await choose(admin.browser, "calm", 1)).status_code == 200
    assert (await clinic.therapist.get(url)).json() == before


async def test_under_calm_less_is_raised(clinic: Clinic, admin: Colleague, database: Database):
    await choose(admin.browser, "calm")
    assert (await clinic.therapist.get("/api/sensitivity")).json()["sensitivity"] == "calm"
    await write(clinic, WORSE)
    # Today is still judged by what held today.
    (alert,) = await worsenings(clinic)
    basis = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert basis["sensitivity"] == "standard"


async def test_the_documents_quote_what_was_measured():
    text = (Path(__file__).parents[2] / "docs" / "detector.md").read_text(encoding="utf-8")
    for level, measured in MEASURED.items():
        figures = (
            f"{measured.false_per_180_days:.2f}",
            f"{measured.found_in_14_days:.2f}",
            f"{measured.found_in_28_days:.2f}",
        )
        assert f"| {level} | {' | '.join(figures)} |" in text
