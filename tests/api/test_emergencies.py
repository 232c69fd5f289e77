"""Opening a colleague's patient in an emergency (AC-10): with a reason, for some hours, before everybody's eyes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.care import emergency_store
from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_worker import jobs
from tests.auditing import events, last
from tests.clinics import Clinic, colleague

pytestmark = pytest.mark.anyio
REASON = "Their partner called: numb in both legs"


async def opened(
    client: httpx.AsyncClient, patient_id: UUID, known: UUID | None = None, **changes: Any
) -> httpx.Response:
    path = f"/api/patients/{patient_id}/emergency-openings/{known or uuid7()}"
    return await client.put(path, json={"reason": REASON} | changes)


async def test_ac_10_a_record_opens_with_a_reason_and_each_look_is_marked_with_it(
    clinic: Clinic, database: Database
):
    """AC-10."""
    page = f"/api/patients/{clinic.patient_id}"
    async with colleague(clinic, database) as other:
        assert (await other.browser.get(page)).json()["code"] == "no_care_relation"
        before = await last(database, clinic.id)
        made = await opened(other.browser, clinic.patient_id)
        assert made.status_code == 201, made.text
        opening = made.json()
        until = datetime.fromisoformat(opening["until"])
        assert until - datetime.fromisoformat(opening["opened_at"]) == timedelta(hours=1)
        seen = (await other.browser.get(page)).json()
        assert seen["patient"]["name"] == "Pat Doe"
        # The page says why and until when.
        assert seen["emergency"] == opening
        opening_event, look = await events(database, clinic.id, before)
        assert (opening_event["action"], look["action"]) == (
            "patient:emergency:open",
            "patient:record:read",
        )
        for event in (opening_event, look):
            assert str(event["emergency_id"]) == opening["id"]
            assert (event["purpose"], event["outcome"]) == ("emergency", "done")
        assert (await clinic.therapist.get(page)).json()["emergency"] is None
        # Their list stays their own.
        assert (await other.browser.get("/api/triage")).json()["rows"] == []


async def test_ac_10_it_is_over_by_hand_or_by_the_clock_and_never_lasts_beyond_four_hours(
    clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
):
    """AC-10."""
    page = f"/api/patients/{clinic.patient_id}"
    async with colleague(clinic, database) as other:
        for hours in (0, 5):
            assert (await opened(other.browser, clinic.patient_id, hours=hours)).status_code == 400
        first = (await opened(other.browser, clinic.patient_id, hours=4)).json()
        end = f"/api/emergency-openings/{first['id']}/end"
        assert (await clinic.therapist.post(end, json={})).json()["code"] == "not_yours"
        ended = (await other.browser.post(end, json={})).json()
        assert (ended["running"], ended["ended_by"]) == (False, "Colleague")
        assert (await other.browser.get(page)).status_code == 403
        await opened(other.browser, clinic.patient_id)
        assert (await other.browser.get(page)).status_code == 200
        real: Any = emergency_store.running
        for passed, status in ((59, 200), (61, 403)):

            async def later(*asked: Any, minutes: int = passed) -> UUID | None:
                found: UUID | None = await real(*asked[:-1], asked[-1] + timedelta(minutes=minutes))
                return found

            monkeypatch.setattr(emergency_store, "running", later)
            assert (await other.browser.get(page)).status_code == status


async def test_ac_10_admins_are_told_at_once_and_see_who_whose_and_why(
    clinic: Clinic, database: Database
):
    """AC-10."""
    async with (
        colleague(clinic, database) as other,
        colleague(clinic, database, "Admin", "admin") as admin,
    ):
        known = uuid7()
        for status in (201, 200):
            made = await opened(other.browser, clinic.patient_id, known)
            assert made.status_code == status
        told = [
            arguments
            for task, _, arguments in await jobs(database, clinic)
            if task == "identity:tell" and arguments["cause"] == "emergency_opened"
        ]
        assert [one["account_id"] for one in told] == [str(admin.id)]
        assert REASON not in str(told)
        (seen,) = (await admin.browser.get("/api/emergency-openings")).json()
        assert (seen["by"], seen["patient"], seen["reason"]) == ("Colleague", "Pat Doe", REASON)
        assert seen["running"]
        async with database.reading(clinic.id) as session:
            kept = (await session.execute(text("select reason from emergency_openings"))).scalar()
        assert REASON not in str(kept)
        assert (await clinic.therapist.get("/api/emergency-openings")).json() == []


async def test_ac_10_a_wall_has_no_emergency_door_and_a_reason_has_words(
    clinic: Clinic, other_clinic: Clinic
):
    """AC-10."""
    assert (await opened(other_clinic.therapist, clinic.patient_id)).status_code == 404
    page = f"/api/patients/{clinic.patient_id}"
    assert (await other_clinic.therapist.get(page)).status_code == 404
    for reason, status in (("short", 400), ("   a b      c     ", 422)):
        answer = await opened(clinic.therapist, clinic.patient_id, reason=reason)
        assert answer.status_code == status
    known = uuid7()
    assert (await opened(clinic.therapist, clinic.patient_id, known)).status_code == 201
    other = await opened(clinic.therapist, clinic.patient_id, known, reason="Another good reason")
    assert other.json()["code"] == "opening_exists"


async def test_a_patient_is_found_by_the_whole_name_alone(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    async with colleague(clinic, database) as other:

        async def found(name: str) -> list[dict[str, Any]]:
            answer = await other.browser.post("/api/emergency-search", json={"name": name})
            listed: list[dict[str, Any]] = answer.json()
            return listed

        assert [one["id"] for one in await found(" pat  DOE ")] == [str(clinic.patient_id)]
        assert await found("Pat") == await found("Pat Do%") == []
        # A colleague's name is no patient's.
        assert await found("North therapist") == []


async def test_an_admin_reads_who_looked_and_the_patient_on_which_days(
    clinic: Clinic, database: Database, settings: Settings
):
    page = f"/api/patients/{clinic.patient_id}"
    async with (
        colleague(clinic, database) as other,
        colleague(clinic, database, "Admin", "admin") as admin,
    ):
        await clinic.therapist.get(page)
        await other.browser.get(page)
        await opened(other.browser, clinic.patient_id)
        await other.browser.get(page)
        assert (await clinic.therapist.get(f"{page}/looks")).json()["code"] == "admins_only"
        said = (await admin.browser.get(f"{page}/looks")).json()
        newest = [
            (one["by"], one["action"], one["outcome"], one["emergency"])
            for one in said["looks"]
            if one["by"] == "Colleague"
        ]
        assert newest == [
            ("Colleague", "patient:record:read", "done", True),
            ("Colleague", "patient:emergency:open", "done", True),
            ("Colleague", "patient:record:read", "denied", False),
        ]
        assert (await admin.browser.get(f"/api/patients/{uuid7()}/looks")).status_code == 404
        for before in (0, -1, 2**63, -(2**94)):
            wrong = await admin.browser.get(f"{page}/looks?before={before}")
            assert wrong.status_code == 400
        oldest = said["looks"][-1]["seq"]
        assert (await admin.browser.get(f"{page}/looks?before={oldest}")).json()["looks"] == []
    own = (await clinic.patient.get("/api/looks")).json()["looks"]
    assert {(one["by"], one["emergency"]) for one in own} >= {
        ("North therapist", False),
        ("Colleague", True),
    }
    assert all("reason" not in one for one in own)
