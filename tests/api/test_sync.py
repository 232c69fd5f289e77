"""Entries in: each once, each under its own day, none lost and none in another's way."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import time_machine
from uuid_utils.compat import uuid7

from glidepath.settings import Settings
from tests.clinics import Clinic, check_in, own_day, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()


def climb() -> list[dict[str, Any]]:
    return [
        check_in(TODAY - timedelta(days=13 - day), pain_now=round(2 + day * 7 / 13))
        for day in range(14)
    ]


async def everything(clinic: Clinic) -> tuple[Any, Any, Any]:
    """What the patient and the therapist can see, without the time of looking."""
    diary = (await clinic.patient.get("/api/diary")).json()
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
    return diary, page, rows


async def test_sending_twice_ends_like_sending_once(clinic: Clinic):
    batch = climb()
    await sync(clinic, *batch)
    once = await everything(clinic)
    results = await sync(clinic, *batch)
    assert {result["status"] for result in results} == {"known"}
    assert await everything(clinic) == once
    assert len(once[1]["alerts"]) == 1


async def test_two_tabs_at_once_store_each_entry_once_and_raise_one_alert(clinic: Clinic):
    batch = climb()
    answers = await asyncio.gather(*(sync(clinic, *batch) for _ in range(4)))
    for results in zip(*answers, strict=True):
        statuses = sorted(result["status"] for result in results)
        assert statuses == ["known", "known", "known", "stored"]
    diary, page, _ = await everything(clinic)
    assert len(diary["check_ins"]) == 14
    assert len(page["alerts"]) == 1


async def test_any_order_of_arrival_ends_in_the_same_alert(clinic: Clinic, other_clinic: Clinic):
    batch = climb()
    await sync(clinic, *batch)
    for entry in reversed(batch):
        await sync(other_clinic, entry)
    (ours,) = (await everything(clinic))[1]["alerts"]
    (theirs,) = (await everything(other_clinic))[1]["alerts"]
    assert theirs["kind"] == ours["kind"] == "worsening"
    mine, yours = (await everything(clinic))[1]["days"], (await everything(other_clinic))[1]["days"]
    assert mine == yours


async def test_one_bad_entry_is_refused_by_name_and_the_rest_is_stored(clinic: Clinic):
    good = [check_in(TODAY - timedelta(days=day)) for day in range(3)]
    bad = check_in(pain_now=11)
    results = await sync(clinic, good[0], bad, *good[1:])
    assert [result["status"] for result in results] == ["stored", "refused", "stored", "stored"]
    assert results[1]["id"] == bad["id"]
    assert results[1]["reason"]["code"] == "malformed"
    assert "pain_now" in results[1]["reason"]["message"]["en"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"happened_at": f"{TODAY - timedelta(days=1)}T09:00:00+02:00"}, "day_mismatch"),
        ({"zone": "Moon/Base"}, "unknown_zone"),
        ({"plan_version_id": "01980000-0000-7000-8000-000000000099"}, "unknown_plan"),
        ({"place": "knee"}, "malformed"),
        ({"sensations": ["itching"]}, "malformed"),
        ({"note": "x" * 2001}, "malformed"),
        ({"note": "a\x00b"}, "malformed"),
        ({"clinic_id": "01980000-0000-7000-8000-000000000099"}, "malformed"),
    ],
)
async def test_a_refusal_says_why(clinic: Clinic, changes: dict[str, Any], code: str):
    (result,) = await sync(clinic, check_in(**changes))
    assert (result["status"], result["reason"]["code"]) == ("refused", code)
    assert (await clinic.patient.get("/api/diary")).json()["check_ins"] == []


async def test_half_a_character_refuses_its_entry_and_no_other(clinic: Clinic):
    bad, good = check_in(note="a\ud800b"), check_in(note="e\u0301")
    batch = {
        "account_id": str(clinic.patient_id),
        "check_ins": [bad, good],
        "exercise_sessions": [],
    }
    answer = await clinic.patient.post(
        "/api/sync", content=json.dumps(batch), headers={"content-type": "application/json"}
    )
    assert [one["status"] for one in answer.json()["results"]] == ["refused", "stored"]
    (kept,) = (await clinic.patient.get("/api/diary")).json()["check_ins"]
    assert kept["note"] == "\u00e9"


@pytest.mark.parametrize("days", [-62, 2])
async def test_a_day_out_of_range_is_refused(clinic: Clinic, days: int):
    (result,) = await sync(clinic, check_in(TODAY + timedelta(days=days)))
    assert result["reason"]["code"] == "day_out_of_range"


async def test_an_id_taken_by_other_content_is_refused_and_the_first_stays(clinic: Clinic):
    first = check_in(pain_now=3)
    await sync(clinic, first)
    (result,) = await sync(clinic, {**first, "pain_now": 7})
    assert result["reason"]["code"] == "id_reused"
    (kept,) = (await clinic.patient.get("/api/diary")).json()["check_ins"]
    assert kept["pain_now"] == 3


async def test_another_patients_id_is_free_to_use(clinic: Clinic, other_clinic: Clinic):
    entry = check_in(pain_now=4)
    await sync(clinic, entry)
    (result,) = await sync(other_clinic, {**entry, "pain_now": 8})
    assert result["status"] == "stored"


async def test_an_edit_is_a_revision_and_both_stay(clinic: Clinic):
    original = check_in(pain_now=3, made_at=f"{TODAY}T09:00:00+02:00")
    edit = {**original, "id": str(uuid7()), "revises": original["id"], "pain_now": 6}
    edit["made_at"] = f"{TODAY}T09:05:00+02:00"
    await sync(clinic, edit)
    await sync(clinic, original)
    diary, page, _ = await everything(clinic)
    assert {entry["pain_now"] for entry in diary["check_ins"]} == {3, 6}
    assert page["days"][-1]["pain"] == 6
    assert page["days"][-1]["edited"] is True


async def test_of_two_edits_the_later_made_counts_whichever_arrives_first(clinic: Clinic):
    original = check_in(pain_now=3)
    edits = [
        {
            **original,
            "id": str(uuid7()),
            "revises": original["id"],
            "pain_now": pain,
            "made_at": f"{TODAY}T{hour}:00:00+02:00",
        }
        for pain, hour in ((8, 11), (5, 10))
    ]
    await sync(clinic, original, *edits)
    assert (await everything(clinic))[1]["days"][-1]["pain"] == 8


async def test_a_withdrawn_entry_leaves_the_day_empty(clinic: Clinic):
    original = check_in(pain_now=3, made_at=f"{TODAY}T09:00:00+02:00")
    undone = {**original, "id": str(uuid7()), "revises": original["id"], "withdrawn": True}
    undone["made_at"] = f"{TODAY}T09:00:05+02:00"
    await sync(clinic, original, undone)
    _, page, _ = await everything(clinic)
    assert page["days"] == []


async def test_missing_stays_missing_and_none_of_these_is_an_answer(clinic: Clinic):
    await sync(
        clinic,
        check_in(TODAY - timedelta(days=2), sensations=None, place=None, pain_now=None, note="hi"),
        check_in(TODAY, sensations=[], pain_now=0, place=None),
    )
    days = (await everything(clinic))[1]["days"]
    assert [(day["pain"], day["nerve"]) for day in days] == [(None, None), (None, None), (0, 0)]


async def test_an_entry_keeps_its_four_times(clinic: Clinic):
    day = TODAY - timedelta(days=1)
    sent = check_in(
        day,
        happened_at=f"{day}T23:30:00-05:00",
        zone="America/New_York",
        made_at=f"{TODAY}T07:00:00-05:00",
    )
    await sync(clinic, sent)
    (kept,) = (await clinic.patient.get("/api/diary")).json()["check_ins"]
    assert kept["local_date"] == str(day)
    assert kept["happened_at"] == f"{day}T23:30:00-05:00"
    assert datetime.fromisoformat(kept["made_at"]) == datetime.fromisoformat(sent["made_at"])
    assert kept["zone"] == "America/New_York"


async def test_entries_of_another_sign_in_are_turned_away_whole(clinic: Clinic):
    answer = await clinic.patient.post(
        "/api/sync",
        json={"account_id": str(uuid7()), "check_ins": [check_in()], "exercise_sessions": []},
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "other_account"
    assert (await clinic.patient.get("/api/diary")).json()["check_ins"] == []


async def test_an_exercise_session_names_its_plan_item(clinic: Clinic):
    plan = (await clinic.patient.get("/api/care")).json()["plan"]
    session = {
        key: value
        for key, value in check_in(plan_version_id=plan["id"], sensations=None).items()
        if key not in ("pain_now", "pain_worst", "place", "red_flags", "note")
    } | {
        "plan_item_id": plan["items"][0]["id"],
        "side": "left",
        "sets_done": 2,
        "repetitions_done": None,
        "hold_seconds": 30,
        "stopped_early": "nerve_symptoms",
        "pain_during": 4,
    }
    (result,) = await sync(clinic, sessions=(session,))
    assert result["status"] == "stored"
    (kept,) = (await clinic.patient.get("/api/diary")).json()["exercise_sessions"]
    assert kept["stopped_early"] == "nerve_symptoms"
    day = (await everything(clinic))[1]["days"][-1]
    assert (day["sessions"], day["stopped_early"], day["pain"]) == (1, 1, None)


async def test_what_cannot_be_committed_is_not_acknowledged(clinic: Clinic, settings: Settings):
    assert settings.owner_database_url is not None
    connection = await asyncpg.connect(settings.owner_database_url)
    await connection.execute(
        """
        create function refuse() returns trigger language plpgsql
          as $$ begin raise exception 'no commit today'; end $$;
        create constraint trigger refuse after insert on check_ins
          deferrable initially deferred for each row execute function refuse();
        """
    )
    body = {"account_id": str(clinic.patient_id), "exercise_sessions": []}
    answer = await clinic.patient.post("/api/sync", json={**body, "check_ins": [check_in()]})
    assert answer.status_code == 500
    await connection.execute("drop trigger refuse on check_ins")
    await connection.close()
    assert (await clinic.patient.get("/api/diary")).json()["check_ins"] == []


@pytest.mark.parametrize(
    "made_at",
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z"],
)
async def test_a_wrong_clock_is_refused_and_keeps_nothing_else_out(clinic: Clinic, made_at: str):
    results = await sync(clinic, check_in(made_at=made_at), check_in())
    assert [result["status"] for result in results] == ["refused", "stored"]
    assert results[0]["reason"]["code"] == "clock_wrong"


async def test_two_contents_under_one_id_in_one_batch_are_not_both_taken(clinic: Clinic):
    first = check_in()
    results = await sync(clinic, first, {**first, "red_flags": ["both_legs"]})
    assert [result["status"] for result in results] == ["stored", "refused"]
    assert results[1]["reason"]["code"] == "id_reused"


@pytest.mark.parametrize("together", [True, False])
async def test_a_revision_must_name_the_original(clinic: Clinic, together: bool):
    first = check_in()
    second = {**first, "id": str(uuid7()), "revises": first["id"]}
    third = {**first, "id": str(uuid7()), "revises": second["id"]}
    if together:
        results = await sync(clinic, first, second, third)
    else:
        await sync(clinic, first, second)
        results = await sync(clinic, third)
    assert results[-1]["reason"]["code"] == "revises_revision"


async def test_moving_an_entry_to_another_day_and_back_leaves_no_trace(clinic: Clinic):
    steady = [check_in(TODAY - timedelta(days=day), pain_now=2) for day in range(20, 0, -1)]
    entry = check_in(TODAY, pain_now=9)
    await sync(clinic, *steady, entry)

    def moved(day: Any, minute: int) -> dict[str, Any]:
        at = f"{day}T09:00:00+02:00"
        made = f"{TODAY}T00:{minute:02}:00+00:00"
        changes = {"id": str(uuid7()), "revises": entry["id"], "made_at": made}
        return {**entry, **changes, "local_date": str(day), "happened_at": at}

    await sync(clinic, moved(TODAY - timedelta(days=30), 40))
    await sync(clinic, moved(TODAY, 50))
    days = (await everything(clinic))[1]["days"]
    assert days[0]["date"] == str(TODAY - timedelta(days=20))
    assert days[-1]["pain"] == 9


async def test_an_entry_that_was_stored_stays_known_when_its_day_is_long_past(clinic: Clinic):
    entry = check_in(TODAY - timedelta(days=59))
    assert [result["status"] for result in await sync(clinic, entry)] == ["stored"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=20), tick=True):
        assert [result["status"] for result in await sync(clinic, entry)] == ["known"]
        (fresh,) = await sync(clinic, check_in(TODAY - timedelta(days=59)))
    assert fresh["reason"]["code"] == "day_out_of_range"
