"""Outcome measures: what an episode uses, what a phone answers, exactly once, and what both sides see of it."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.clinical.measures import shipped
from glidepath.database.engine import Database
from tests.clinics import Clinic, check_in, own_day

pytestmark = pytest.mark.anyio

TODAY = own_day()
PSFS = ["Putting on socks", "Sitting in the car", "Climbing stairs"]


async def assign(clinic: Clinic, measure: str, assignment_id: str | None = None) -> httpx.Response:
    path = f"/api/episodes/{clinic.episode_id}/measures/{assignment_id or uuid7()}"
    return await clinic.therapist.put(path, json={"measure": measure})


async def stop(clinic: Clinic, assignment_id: str) -> httpx.Response:
    path = f"/api/episodes/{clinic.episode_id}/measures/{assignment_id}/stop"
    return await clinic.therapist.post(path, json={})


async def begin(database: Database, clinic: Clinic, measure: str, days_ago: int) -> str:
    """As if it had been assigned so many days ago."""
    assignment_id = str(uuid7())
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "insert into measure_assignments (clinic_id, id, patient_id, episode_id, measure,"
                " begins_on, assigned_by, assigned_at)"
                " values (:clinic, :id, :patient, :episode, :measure, :day, :by, now())"
            ),
            {
                "clinic": clinic.id,
                "id": assignment_id,
                "patient": clinic.patient_id,
                "episode": clinic.episode_id,
                "measure": measure,
                "day": TODAY - timedelta(days=days_ago),
                "by": clinic.therapist_id,
            },
        )
    return assignment_id


def answer(clinic: Clinic, measure: str, *numbers: int, **changes: Any) -> dict[str, Any]:
    """Answers in the order of the items, today at intake unless it is said otherwise."""
    day: date = changes.pop("day", TODAY)
    moment = f"{day}T09:00:00+02:00"
    keys = shipped()[measure].item_keys()
    return {
        "id": str(uuid7()),
        "episode_id": str(clinic.episode_id),
        "measure": measure,
        "version": 1,
        "occasion": "intake",
        "week": 0,
        "local_date": str(day),
        "happened_at": moment,
        "zone": "Europe/Madrid",
        "made_at": moment,
        "ratings": dict(zip(keys, numbers, strict=False)),
        "names": PSFS if measure == "psfs" else None,
        **changes,
    }


async def send(clinic: Clinic, answers: Sequence[Any], *check_ins: Any) -> list[dict[str, Any]]:
    reply = await clinic.patient.post(
        "/api/sync",
        json={
            "account_id": str(clinic.patient_id),
            "check_ins": list(check_ins),
            "exercise_sessions": [],
            "measure_answers": list(answers),
        },
    )
    assert reply.status_code == 200, reply.text
    results: list[dict[str, Any]] = reply.json()["results"]
    return results


async def used(clinic: Clinic) -> dict[str, Any]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    return {one["key"]: one for one in page["measures"]}


async def asked(clinic: Clinic) -> dict[str, Any]:
    care = (await clinic.patient.get("/api/care")).json()
    return {one["form"]["key"]: one for one in care["measures"]}


async def test_what_is_assigned_is_asked_and_what_is_stopped_is_not(clinic: Clinic):
    assignment_id = str(uuid7())
    assert (await assign(clinic, "psfs", assignment_id)).status_code == 201
    assert (await assign(clinic, "psfs", assignment_id)).status_code == 200
    assert (await assign(clinic, "psfs")).json()["code"] == "measure_in_use"
    assert (await assign(clinic, "odi")).status_code == 404
    (mine,) = (await asked(clinic)).values()
    assert mine["form"]["named"]["least"] == 3
    assert [(one["occasion"], one["week"], one["until"]) for one in mine["dues"]] == [
        ("intake", 0, str(TODAY + timedelta(days=13))),
        ("week", 2, str(TODAY + timedelta(days=27))),
        ("week", 4, None),
    ]
    assert (await stop(clinic, assignment_id)).status_code == 204
    assert (await stop(clinic, assignment_id)).status_code == 204
    assert (await asked(clinic))["psfs"]["dues"] == []
    theirs = (await used(clinic))["psfs"]
    assert (theirs["running"], theirs["waiting"]) == (None, None)
    # Begun again, its history stays.
    assert (await assign(clinic, "psfs")).status_code == 201
    theirs = (await used(clinic))["psfs"]
    assert [one["stopped_by"] for one in theirs["assignments"]] == [None, "North therapist"]
    assert theirs["waiting"]["occasion"] == "intake"


async def test_two_who_assign_at_once_assign_it_once(clinic: Clinic):
    answers = await asyncio.gather(*(assign(clinic, "nprs") for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]


async def test_a_change_is_told_by_its_size_to_the_therapist_and_the_patient(
    clinic: Clinic, database: Database
):
    await begin(database, clinic, "psfs", 14)
    await begin(database, clinic, "groc", 14)
    first = answer(clinic, "psfs", 4, 4, 5, day=TODAY - timedelta(days=14))
    again = answer(clinic, "psfs", 6, 7, 7, occasion="week", week=2)
    groc = answer(clinic, "groc", 3, occasion="week", week=2)
    assert {one["status"] for one in await send(clinic, [again, groc, first])} == {"stored"}
    theirs = (await used(clinic))["psfs"]
    (score,) = theirs["scores"]
    assert score["course"]["en"] == "PSFS 4.3 → 6.7: 2.3 better, a medium change"
    assert score["course"]["es"] == "PSFS 4,3 → 6,7: 2,3 mejor, un cambio mediano"
    assert [(one["value"], one["day"]) for one in score["points"]] == [
        (4.33, first["local_date"]),
        (6.67, str(TODAY)),
    ]
    assert [(one["size"], one["value"]) for one in score["marks"]] == [
        ("small", 5.63),
        ("small", 3.03),
        ("medium", 6.63),
        ("large", 7.03),
    ]
    assert theirs["waiting"] is None
    mine = await asked(clinic)
    assert mine["psfs"]["scores"][0]["words"]["en"] == "2.3 better: a medium change"
    assert mine["psfs"]["names"] == PSFS
    assert mine["psfs"]["answered"] == [
        {"occasion": "intake", "week": 0},
        {"occasion": "week", "week": 2},
    ]
    assert mine["groc"]["scores"][0]["points"][0]["said"]["en"] == "Somewhat better"
    path = f"/api/episodes/{clinic.episode_id}/measure-answers/{again['id']}"
    shown = (await clinic.therapist.get(path)).json()
    assert [(one["ask"]["es"], one["rating"]) for one in shown["items"]] == list(
        zip(PSFS, (6, 7, 7), strict=True)
    )


async def test_less_than_the_error_of_measurement_is_called_that(
    clinic: Clinic, database: Database
):
    await begin(database, clinic, "lefs", 28)
    first = answer(clinic, "lefs", *[2] * 20, day=TODAY - timedelta(days=28))
    later = answer(clinic, "lefs", *[2] * 12, *[3] * 8, occasion="week", week=4)
    await send(clinic, [first, later])
    (score,) = (await used(clinic))["lefs"]["scores"]
    assert score["course"]["en"] == (
        "LEFS 40 → 48: 8 better, less than an important change; may be an error of measurement"
    )
    assert [one["what"]["en"] for one in score["figures"]] == [
        "9 or more: an important change",
        "Less than 9 may be an error of measurement (MDC90)",
    ]


async def test_answers_are_stored_exactly_once_and_never_lost_by_another_entry(clinic: Clinic):
    """Whatever becomes of the rest of the batch, and however often and from where it is sent."""
    for measure in ("nprs", "rmdq24"):
        await assign(clinic, measure)
    good = answer(clinic, "nprs", 7, 4, 0)
    none_ticked = answer(clinic, "rmdq24")
    bad = [
        answer(clinic, "nprs", 11),
        answer(clinic, "nprs", occasion="week", week=3),
        answer(clinic, "psfs", 1, 2, 3),
        answer(clinic, "nprs"),
        {**answer(clinic, "nprs", 1), "colour": "red"},
        answer(clinic, "nprs", 1, day=TODAY - timedelta(days=61)),
        answer(clinic, "nprs", 1, episode_id=str(uuid7())),
    ]
    batch = [bad[0], good, *bad[1:], none_ticked]
    entries = (check_in(pain_now=11), check_in(pain_now=5))
    results = {one["id"]: one for one in await send(clinic, batch, *entries)}
    assert [results[one["id"]]["status"] for one in entries] == ["refused", "stored"]
    assert [results[one["id"]]["status"] for one in (good, none_ticked)] == ["stored", "stored"]
    codes = [results[one["id"]]["reason"]["code"] for one in bad]
    assert codes == [
        "ratings_wrong",
        "unknown_measure",
        "unknown_measure",
        "ratings_wrong",
        "malformed",
        "day_out_of_range",
        "unknown_measure",
    ]
    for again in await asyncio.gather(*(send(clinic, [good, none_ticked, good]) for _ in range(3))):
        assert [one["status"] for one in again] == ["known"] * 3
    other = {**good, "ratings": {"back": 1}}
    (result,) = await send(clinic, [other])
    assert (result["status"], result["reason"]["code"]) == ("refused", "id_reused")
    scores = (await used(clinic))["nprs"]["scores"]
    assert [[one["value"] for one in score["points"]] for score in scores] == [[7], [4], [0]]
    (ticked,) = (await used(clinic))["rmdq24"]["scores"]
    assert [one["value"] for one in ticked["points"]] == [0]


async def test_an_answer_of_another_phone_is_kept_and_the_last_one_counts(clinic: Clinic):
    """Both named activities before either knew of the other's: those that both named are compared."""
    await assign(clinic, "psfs")
    other = answer(clinic, "psfs", 9, 2, 8, names=["Running", PSFS[0], PSFS[1]])
    other["made_at"] = f"{TODAY}T09:00:01+02:00"
    await send(clinic, [answer(clinic, "psfs", 5, 5, 5)])
    await send(clinic, [other])
    mine = (await asked(clinic))["psfs"]
    assert mine["names"] == PSFS
    # Two of the named activities are too few for a score.
    assert [one["value"] for one in mine["scores"][0]["points"]] == [None]


async def test_what_waits_for_more_than_a_week_is_overdue(clinic: Clinic, database: Database):
    await begin(database, clinic, "nprs", 7)
    await begin(database, clinic, "lefs", 8)
    await begin(database, clinic, "groc", 3)
    theirs = await used(clinic)
    assert [(key, theirs[key]["overdue"]) for key in ("nprs", "lefs", "groc")] == [
        ("nprs", False),
        ("lefs", True),
        ("groc", False),
    ]
    assert theirs["groc"]["waiting"] is None
    assert theirs["groc"]["next"]["on"] == str(TODAY + timedelta(days=11))


async def test_the_last_questions_can_be_answered_for_two_weeks_after_the_end(
    clinic: Clinic, database: Database
):
    await begin(database, clinic, "nprs", 30)
    ended_on = TODAY - timedelta(days=14)
    body: dict[str, Any] = {
        "ended_on": str(ended_on),
        "reason": "goals_met",
        "note": None,
        "alerts": [],
    }
    ended = await clinic.therapist.post(f"/api/episodes/{clinic.episode_id}/discharge", json=body)
    assert ended.status_code == 204, ended.text
    mine = (await asked(clinic))["nprs"]
    assert mine["dues"][-1] == {
        "occasion": "discharge",
        "week": 0,
        "on": str(ended_on),
        "until": str(TODAY),
    }
    assert (await used(clinic))["nprs"]["waiting"]["occasion"] == "discharge"
    late = answer(clinic, "nprs", 3, occasion="week", week=2)
    tomorrow = answer(clinic, "nprs", 3, occasion="discharge", day=TODAY + timedelta(days=1))
    in_time = answer(clinic, "nprs", 3, 2, 1, occasion="discharge")
    results = await send(clinic, [late, tomorrow, in_time])
    assert [one["status"] for one in results] == ["refused", "refused", "stored"]
    assert results[0]["reason"]["code"] == "care_ended"
    # Nothing more is begun in it.
    assert (await assign(clinic, "lefs")).json()["code"] == "episode_ended"
