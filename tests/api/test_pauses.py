"""A pause that was agreed on: nobody misses the entries, and who goes on earlier is expected again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity.actor import StaffActor
from glidepath.insight import service as insight
from tests.api.test_alerts import ago, alerts
from tests.api.test_daily_look import NOW, look, write
from tests.clinics import Clinic, check_in, own_day, sync

pytestmark = pytest.mark.anyio


def days(first: int, last: int) -> dict[str, str]:
    """From so many days from today to so many."""
    return {
        "first_on": str(own_day() + timedelta(days=first)),
        "last_on": str(own_day() + timedelta(days=last)),
    }


async def pause(clinic: Clinic, first: int, last: int) -> str:
    pause_id = str(uuid7())
    answer = await clinic.patient.put(f"/api/pauses/{pause_id}", json=days(first, last))
    assert answer.status_code == 200, answer.text
    return pause_id


async def seen(clinic: Clinic) -> list[dict[str, Any]]:
    """The same on the phone and on the therapist's page."""
    on_phone = (await clinic.patient.get("/api/care")).json()["pauses"]
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    assert page["pauses"] == on_phone
    found: list[dict[str, Any]] = on_phone
    return found


async def test_a_pause_is_known_on_both_sides_and_sent_twice_is_one(clinic: Clinic):
    pause_id = await pause(clinic, 0, 6)
    again = await clinic.patient.put(f"/api/pauses/{pause_id}", json=days(0, 6))
    assert again.status_code == 200
    (one,) = await seen(clinic)
    assert one == {"id": pause_id, "by": "Pat Doe", "over": False, **days(0, 6)}
    changed = await clinic.patient.put(f"/api/pauses/{pause_id}", json=days(0, 7))
    assert changed.json()["code"] == "pause_exists"
    beside = await clinic.patient.put(f"/api/pauses/{uuid7()}", json=days(6, 9))
    assert beside.json()["code"] == "pause_there"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(-1, 3, "days_out_of_range"), (3, 2, "days_out_of_range"), (0, 93, "pause_too_long")],
)
async def test_a_pause_lies_ahead_and_has_an_end(clinic: Clinic, first: int, last: int, code: str):
    answer = await clinic.patient.put(f"/api/pauses/{uuid7()}", json=days(first, last))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_writing_on_a_pause_ends_nothing_and_ending_it_does(clinic: Clinic):
    running, coming = await pause(clinic, 0, 6), await pause(clinic, 10, 12)
    await sync(clinic, check_in())
    assert len(await seen(clinic)) == 2
    # The therapist may end what the patient entered.
    url = f"/api/episodes/{clinic.episode_id}/pauses"
    for pause_id in (running, coming, running):
        assert (await clinic.therapist.post(f"{url}/{pause_id}/end", json={})).status_code == 200
    assert await seen(clinic) == []
    unknown = await clinic.patient.post(f"/api/pauses/{uuid7()}/end", json={})
    assert unknown.status_code == 404
    # What was ended stands in the way of nothing.
    made = await clinic.therapist.put(f"{url}/{uuid7()}", json=days(0, 6))
    assert [one["by"] for one in made.json()] == ["North therapist"]


async def test_nobody_is_missed_on_a_pause_and_its_days_are_not_counted_after_it(
    clinic: Clinic, database: Database
):
    await write(clinic, *range(1, 31))
    await pause(clinic, 0, 20)
    for day in (10, 20, 21, 24):
        assert await look(database, clinic, NOW + timedelta(days=day)) == 0
    assert await look(database, clinic, NOW + timedelta(days=34)) == 1
    (alert,) = await alerts(clinic)
    assert alert["onset"] == str(ago(1))
    assert alert["reason"]["en"].startswith("No data received since")
    again = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert again["same_again"] is True


async def test_the_same_silence_without_a_pause_is_missed(clinic: Clinic, database: Database):
    await write(clinic, *range(1, 31))
    assert await look(database, clinic, NOW + timedelta(days=20)) == 1


async def test_a_pause_of_a_colleagues_patient_or_another_clinics_is_not_to_be_made(
    clinic: Clinic, other_clinic: Clinic
):
    pause_id = await pause(clinic, 0, 6)
    url = f"/api/episodes/{clinic.episode_id}/pauses"
    for path, method in ((f"{url}/{uuid7()}", "PUT"), (f"{url}/{pause_id}/end", "POST")):
        answer = await other_clinic.therapist.request(method, path, json=days(0, 6))
        assert answer.status_code == 404
    theirs = await other_clinic.patient.post(f"/api/pauses/{pause_id}/end", json={})
    assert theirs.status_code == 404
    assert len(await seen(clinic)) == 1


async def listed(clinic: Clinic) -> dict[str, Any]:
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert isinstance(row, dict)
    return row


async def test_the_list_says_until_when_a_patient_is_away(clinic: Clinic):
    assert (await listed(clinic))["paused_until"] is None
    await pause(clinic, 2, 3)
    assert (await listed(clinic))["paused_until"] is None
    # One that follows without a day between is the same absence; one after a week is another.
    running = await pause(clinic, 0, 1)
    await pause(clinic, 11, 12)
    assert (await listed(clinic))["paused_until"] == days(0, 3)["last_on"]
    await clinic.patient.post(f"/api/pauses/{running}/end", json={})
    assert (await listed(clinic))["paused_until"] is None


async def test_who_has_not_begun_is_not_asked_about_while_away(clinic: Clinic, database: Database):
    staff = StaffActor(clinic.id, clinic.therapist_id, "therapist", uuid7())
    await pause(clinic, 1, 20)
    for day, need in ((19, "steady"), (30, "quiet")):
        async with database.reading(clinic.id) as session:
            now = datetime.now(UTC) + timedelta(days=day)
            (row,) = (await insight.triage(session, staff, now)).rows
            page = await insight.patient_page(session, staff, clinic.patient_id, now)
        assert (row.need, page.summary) == (need, row.reason)
