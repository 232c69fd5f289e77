"""How care ends, goes on again and begins anew; what a phone sends meanwhile is never lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.alerts import looking
from glidepath.care import service as care
from glidepath.database.engine import Database
from tests.clinics import (
    Clinic,
    check_in,
    colleague,
    glide,
    handle,
    next_plan,
    own_day,
    patient_body,
    stretch,
    sync,
)

pytestmark = pytest.mark.anyio
TODAY = own_day()
DAY = timedelta(days=1)


async def page(clinic: Clinic, **query: Any) -> dict[str, Any]:
    answer = await clinic.therapist.get(f"/api/patients/{clinic.patient_id}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(clinic: Clinic) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await clinic.therapist.get("/api/triage")).json()["rows"]
    return rows


async def discharge(
    clinic: Clinic, *, client: httpx.AsyncClient | None = None, **changes: Any
) -> httpx.Response:
    """With the alerts that wait, unless they are named."""
    client = client or clinic.therapist
    path = f"/api/episodes/{clinic.episode_id}"
    waiting = (await client.get(f"{path}/waiting")).json()
    seen = [{"id": one["id"], "version": one["version"]} for one in waiting["alerts"]]
    body = {"ended_on": str(TODAY), "reason": "goals_met", "note": None, "alerts": seen} | changes
    return await client.post(f"{path}/discharge", json=body)


async def reopen(clinic: Clinic) -> httpx.Response:
    return await clinic.therapist.post(
        f"/api/episodes/{clinic.episode_id}/reopen", json={"note": "Ended by mistake"}
    )


def next_episode(**changes: Any) -> dict[str, Any]:
    return {
        "condition": "sciatic",
        "side": "right",
        "started_on": str(TODAY - DAY),
        "screening": None,
    } | changes


async def begin(clinic: Clinic, episode_id: Any, **changes: Any) -> httpx.Response:
    url = f"/api/patients/{clinic.patient_id}/episodes/{episode_id}"
    return await clinic.therapist.put(url, json=next_episode(**changes))


def statuses(results: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(one["status"], one["reason"] and one["reason"]["code"]) for one in results]


async def quiet_alert(clinic: Clinic, database: Database) -> None:
    """Wrote for two weeks and then no more."""
    await sync(clinic, *(check_in(TODAY - day * DAY) for day in range(25, 45)))
    async with database.writing(clinic.id) as session:
        running = await care.running_episodes(session)
        assert await looking.look(session, clinic.id, running, datetime.now(UTC)) == 1


async def test_who_is_discharged_leaves_the_list_and_stays_readable(clinic: Clinic):
    await sync(clinic, check_in(pain_now=2))
    for _ in range(2):
        done = await discharge(clinic, note="All goals reached")
        assert done.status_code == 204, done.text
    assert await listed(clinic) == []
    shown = await page(clinic)
    assert shown["episode"]["ended_on"] == str(TODAY)
    assert [day["pain"] for day in shown["days"]] == [2]
    assert [
        (one["kind"], one["by"], one["reason"], one["note"], one["ended_on"])
        for one in shown["events"]
    ] == [
        ("discharged", "North therapist", "goals_met", "All goals reached", str(TODAY)),
        ("opened", "North therapist", None, None, None),
    ]
    again = await discharge(clinic, reason="moved_away")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ended_on": str(TODAY + DAY)}, "day_out_of_range"),
        ({"ended_on": str(TODAY - 40 * DAY)}, "day_out_of_range"),
        ({"reason": "other"}, "note_missing"),
        ({"reason": "other", "note": " "}, "note_missing"),
    ],
)
async def test_a_discharge_needs_a_day_and_a_reason(
    clinic: Clinic, changes: dict[str, Any], code: str
):
    refused = await discharge(clinic, **changes)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert len(await listed(clinic)) == 1


async def test_an_urgent_alert_is_resolved_before_care_ends(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    refused = await discharge(clinic)
    assert (refused.status_code, refused.json()["code"]) == (409, "urgent_alert")
    (alert,) = refused.json()["current"]["alerts"]
    await handle(clinic.therapist, alert, "resolve", outcome="referred")
    assert (await discharge(clinic)).status_code == 204


async def test_other_alerts_end_with_the_care_once_they_were_seen(
    clinic: Clinic, database: Database
):
    await quiet_alert(clinic, database)
    await clinic.therapist.put(
        f"/api/patients/{clinic.patient_id}/messages/{uuid7()}", json={"text": "All well?"}
    )
    unseen = await discharge(clinic, alerts=[])
    assert (unseen.status_code, unseen.json()["code"]) == (409, "waiting_changed")
    waiting = unseen.json()["current"]
    assert [one["kind"] for one in waiting["alerts"]] == ["quiet"]
    assert (waiting["unread_messages"], waiting["last_entry_on"]) == (1, str(TODAY - 25 * DAY))
    assert (await page(clinic))["alerts"][0]["state"] == "open"
    assert (await discharge(clinic)).status_code == 204
    (alert,) = (await page(clinic))["alerts"]
    last = alert["events"][-1]
    assert (alert["state"], last["outcome"], last["by"]) == (
        "resolved",
        "discharged",
        "North therapist",
    )


async def test_the_phone_hears_that_care_ended_and_keeps_its_diary(clinic: Clinic):
    await sync(clinic, check_in())
    await discharge(clinic)
    answer = await clinic.patient.get("/api/care")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["episode"]["ended_on"], told["plan"], told["exercises"]) == (str(TODAY), None, [])
    assert len((await clinic.patient.get("/api/diary")).json()["check_ins"]) == 1


async def test_what_a_phone_kept_from_before_the_end_is_stored_and_later_days_are_refused(
    clinic: Clinic,
):
    first = check_in(TODAY - 5 * DAY, pain_now=4)
    await sync(clinic, first)
    await discharge(clinic, ended_on=str(TODAY - 2 * DAY))
    late, too_late = check_in(TODAY - 2 * DAY, pain_now=6), check_in(TODAY - DAY)
    edit = check_in(TODAY - 5 * DAY, pain_now=5, revises=first["id"], made_at=late["made_at"])
    batch = (first, late, too_late, edit)
    assert statuses(await sync(clinic, *batch)) == [
        ("known", None),
        ("stored", None),
        ("refused", "care_ended"),
        ("stored", None),
    ]
    results = await sync(clinic, *batch)
    assert statuses(results) == [
        ("known", None),
        ("known", None),
        ("refused", "care_ended"),
        ("known", None),
    ]
    assert "ended on" in results[2]["reason"]["message"]["en"]
    days = (await page(clinic))["days"]
    assert [day["pain"] for day in days if day["pain"] is not None] == [5, 6]
    assert await listed(clinic) == []
    # Once care goes on, the same entry is welcome.
    assert (await reopen(clinic)).status_code == 204
    assert statuses(await sync(clinic, too_late)) == [("stored", None)]


async def test_an_emergency_that_arrives_after_the_end_is_told_all_the_same(clinic: Clinic):
    await discharge(clinic)
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    (row,) = await listed(clinic)
    assert (row["need"], row["ended_on"], row["alert"]["kind"]) == (
        "urgent",
        str(TODAY),
        "red_flag",
    )
    (found,) = (await search(clinic, "discharged"))["patients"]
    assert found["alert"] is True
    resolved = await handle(clinic.therapist, row["alert"], "resolve", outcome="called")
    assert resolved.status_code == 200, resolved.text
    assert await listed(clinic) == []


async def test_what_waits_of_an_earlier_episode_keeps_the_next_ones_end_off_as_well(clinic: Clinic):
    await discharge(clinic)
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    clinic.episode_id = uuid7()
    assert (await begin(clinic, clinic.episode_id)).status_code == 201
    refused = await discharge(clinic)
    assert (refused.status_code, refused.json()["code"]) == (409, "urgent_alert")
    (alert,) = refused.json()["current"]["alerts"]
    await handle(clinic.therapist, alert, "resolve", outcome="referred")
    assert (await discharge(clinic)).status_code == 204


async def test_a_trend_of_late_days_raises_nothing_and_counts_once_care_goes_on(clinic: Clinic):
    calm = [check_in(TODAY - day * DAY, pain_now=2) for day in range(16, 46)]
    worse = [
        check_in(TODAY - day * DAY, pain_now=7, sensations=["tingling"], place="thigh")
        for day in range(1, 16)
    ]
    await sync(clinic, *calm)
    await discharge(clinic)
    assert {status for status, _ in statuses(await sync(clinic, *worse))} == {"stored"}
    assert (await page(clinic))["alerts"] == []
    await reopen(clinic)
    await sync(clinic, check_in(TODAY, pain_now=7, sensations=["tingling"]))
    assert "worsening" in [alert["kind"] for alert in (await page(clinic))["alerts"]]


async def test_reopened_the_same_episode_goes_on_with_its_plan(clinic: Clinic):
    plan = (await clinic.patient.get("/api/care")).json()["plan"]
    await discharge(clinic)
    for _ in range(2):
        assert (await reopen(clinic)).status_code == 204
    assert [row["patient_id"] for row in await listed(clinic)] == [str(clinic.patient_id)]
    told = (await clinic.patient.get("/api/care")).json()
    assert (told["episode"]["ended_on"], told["plan"]) == (None, plan)
    assert [(one["kind"], one["note"]) for one in (await page(clinic))["events"]] == [
        ("reopened", "Ended by mistake"),
        ("discharged", None),
        ("opened", None),
    ]


async def test_who_is_back_is_not_called_silent(clinic: Clinic, database: Database):
    await sync(clinic, *(check_in(TODAY - day * DAY) for day in range(25, 45)))
    await discharge(clinic, ended_on=str(TODAY - 24 * DAY))
    await reopen(clinic)
    async with database.writing(clinic.id) as session:
        running = await care.running_episodes(session)
        assert await looking.look(session, clinic.id, running, datetime.now(UTC)) == 0
        later = datetime.now(UTC) + timedelta(days=16)
        assert await looking.look(session, clinic.id, running, later) == 1


async def test_what_ended_long_ago_begins_anew(clinic: Clinic, database: Database):
    await discharge(clinic)
    async with database.writing(clinic.id) as session:
        await session.execute(
            text("update episodes set started_on = ended_on - 100, ended_on = ended_on - 85")
        )
    refused = await reopen(clinic)
    assert (refused.status_code, refused.json()["code"]) == (409, "ended_long_ago")


async def test_a_new_episode_begins_without_a_plan_and_the_old_one_stays_readable(clinic: Clinic):
    await sync(clinic, check_in(TODAY - 3 * DAY, pain_now=4))
    running = await begin(clinic, uuid7())
    assert (running.status_code, running.json()["code"]) == (409, "episode_running")
    await discharge(clinic, ended_on=str(TODAY - 2 * DAY))
    episode_id = uuid7()
    answers = [(await begin(clinic, episode_id)).status_code for _ in range(2)]
    assert answers == [201, 200]
    other = await begin(clinic, episode_id, side="left")
    assert (other.status_code, other.json()["code"]) == (409, "episode_exists")
    # Old days go to the old episode, new ones to the new.
    results = await sync(clinic, check_in(TODAY - 2 * DAY, pain_now=5), check_in(pain_now=8))
    assert statuses(results) == [("stored", None)] * 2
    now, before = await page(clinic), await page(clinic, episode=str(clinic.episode_id))
    assert [one["id"] for one in now["episodes"]] == [str(episode_id), str(clinic.episode_id)]
    assert (now["plans"], [day["pain"] for day in now["days"]]) == ([], [8])
    assert len(before["plans"]) == 1
    assert [day["pain"] for day in before["days"]] == [4, 5]
    told = (await clinic.patient.get("/api/care")).json()
    assert (told["episode"]["id"], told["plan"]) == (str(episode_id), None)
    (row,) = await listed(clinic)
    assert row["need"] == "steady"
    gone = await reopen(clinic)
    assert (gone.status_code, gone.json()["code"]) == (409, "later_episode")
    entries = await clinic.therapist.get(
        f"/api/patients/{clinic.patient_id}/entries", params={"episode": str(clinic.episode_id)}
    )
    assert len(entries.json()["check_ins"]) == 2


async def test_no_plan_is_saved_in_an_episode_that_has_ended(clinic: Clinic):
    await discharge(clinic)
    url = f"/api/episodes/{clinic.episode_id}/plan-versions/{uuid7()}"
    refused = await clinic.therapist.put(url, json=next_plan(stretch(), glide()))
    assert (refused.status_code, refused.json()["code"]) == (409, "episode_ended")


async def test_several_at_once_leave_one_running_episode(clinic: Clinic):
    await discharge(clinic)
    answers = await asyncio.gather(
        *(begin(clinic, uuid7()) for _ in range(3)),
        reopen(clinic),
        sync(clinic, check_in()),
    )
    codes = [one.status_code for one in answers if isinstance(one, httpx.Response)]
    assert set(codes) <= {201, 204, 409}
    assert sum(code in {201, 204} for code in codes) == 1
    running = [one for one in (await page(clinic))["episodes"] if one["ended_on"] is None]
    assert len(running) == 1


async def search(clinic: Clinic, state: str, name: str = "") -> dict[str, Any]:
    answer = await clinic.therapist.post(
        "/api/caseload/search", json={"state": state, "name": name}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_discharged_and_the_not_yet_joined_are_found_by_name(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    await clinic.therapist.put(f"/api/patients/{uuid7()}", json=patient_body(name="Wanda 50%"))
    await discharge(clinic)
    await discharge(other_clinic)

    async def names(state: str, name: str = "") -> list[str]:
        return [one["name"] for one in (await search(clinic, state, name))["patients"]]

    assert (await names("discharged"), await names("not_joined")) == (["Pat Doe"], ["Wanda 50%"])
    assert (await names("discharged", "pAT"), await names("discharged", "w")) == (["Pat Doe"], [])
    assert (await names("not_joined", "50%"), await names("not_joined", "5%")) == (
        ["Wanda 50%"],
        [],
    )
    async with colleague(clinic, database) as other:
        body = {"state": "discharged", "name": ""}
        found = await other.browser.post("/api/caseload/search", json=body)
        assert found.json() == {"patients": [], "more": False}
        refused = await discharge(clinic, client=clinic.therapist, reason="moved_away")
        assert refused.status_code == 409
        theirs = await other.browser.post(
            f"/api/episodes/{clinic.episode_id}/reopen", json={"note": None}
        )
        assert (theirs.status_code, theirs.json()["code"]) == (403, "no_care_relation")
