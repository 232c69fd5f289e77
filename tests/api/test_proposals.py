"""Progression by rule: proposed from the diary, decided by a person, withdrawn when it gets worse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.alerts import looking
from glidepath.clinical.progression import Criterion, ToldDay, judge
from glidepath.database.engine import Database
from tests.api.test_plans import en, save
from tests.clinics import Clinic, check_in, glide, next_plan, own_day, stretch, sync

pytestmark = pytest.mark.anyio


def curl(**changes: Any) -> dict[str, Any]:
    return {
        "exercise_key": "hamstring_curl",
        "side": "left",
        "sets": 2,
        "repetitions": 10,
        "hold_seconds": None,
        "rest_seconds": 60,
        "days_per_week": 3,
        "weekdays": [1, 3, 5],
        "on_nerve_flag": None,
        **changes,
    }


def criterion(**changes: Any) -> dict[str, Any]:
    return {
        "pain_most": 3,
        "no_nerve": True,
        "days": 7,
        "logged_least": 5,
        "item": curl(),
        **changes,
    }


async def progress(clinic: Clinic, **changes: Any) -> None:
    """A plan that has stood for a month, with one criterion."""
    begun = str(own_day() - timedelta(days=30))
    sent = next_plan(stretch(), glide(), starts_on=begun, criteria=[criterion(**changes)])
    answer = await save(clinic, sent)
    assert answer.status_code == 201, answer.text


async def log(clinic: Clinic, *ago: int, **said: Any) -> None:
    entries = [check_in(own_day() - timedelta(days=one), **said) for one in ago]
    assert {one["status"] for one in await sync(clinic, *entries)} == {"stored"}


async def proposals(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: list[dict[str, Any]] = page["proposals"]
    return found


async def dismiss(clinic: Clinic, proposal_id: str, reason: str) -> httpx.Response:
    url = f"/api/plan-proposals/{proposal_id}/dismiss"
    return await clinic.therapist.post(url, json={"reason": reason})


async def test_a_good_week_is_proposed_once_with_its_reason(clinic: Clinic):
    await progress(clinic)
    await log(clinic, 6, 5, 3, 1)
    assert await proposals(clinic) == []
    await log(clinic, 0, pain_now=2)
    await log(clinic, 2)
    (found,) = await proposals(clinic)
    assert (found["state"], found["plan_number"]) == ("open", 2)
    assert found["why"]["en"] == (
        "Worst pain 3 of 10 and no nerve symptom in the last 7 days; 5 of them logged."
    )
    assert en(found["changes"]) == [
        "New: Hamstring curl, left leg (2 sets, 10 repetitions, Monday, Wednesday and Friday)."
    ]
    assert found["item"] == curl()
    # Never by itself.
    assert (await clinic.patient.get("/api/care")).json()["plan"]["number"] == 2


async def test_the_list_says_who_has_one_waiting(clinic: Clinic):
    async def marks() -> list[bool]:
        rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
        return [row["next_step"] for row in rows]

    await progress(clinic)
    assert await marks() == [False]
    await log(clinic, *range(7))
    assert await marks() == [True]
    (found,) = await proposals(clinic)
    await dismiss(clinic, found["id"], "Too soon")
    assert await marks() == [False]


async def test_its_basis_is_kept_and_gives_the_same_answer(clinic: Clinic, database: Database):
    await progress(clinic)
    await log(clinic, *range(7))
    async with database.reading(clinic.id) as session:
        basis = (await session.execute(text("select basis from plan_proposals"))).scalar_one()
    rule = msgspec.convert(basis["criterion"], Criterion)
    days = msgspec.convert(basis["days"], list[ToldDay])
    since, today = (own_day().fromisoformat(basis[name]) for name in ("since", "today"))
    assert msgspec.to_builtins(judge(rule, days, since, today)) == basis["window"]


async def test_what_gets_worse_before_it_was_decided_is_withdrawn_and_may_come_again(
    clinic: Clinic,
):
    await progress(clinic)
    await log(clinic, *range(1, 8))
    await log(clinic, 0, sensations=["tingling"])
    (found,) = await proposals(clinic)
    assert (found["state"], found["reason"], found["closed_by"]) == ("withdrawn", "data", None)
    answer = await dismiss(clinic, found["id"], "Too soon")
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_over")
    saved = await save(clinic, next_plan(stretch(), curl(), based_on=2, approves=found["id"]))
    assert (saved.status_code, saved.json()["code"]) == (409, "proposal_over")


async def test_silence_withdraws_it_at_the_daily_look(clinic: Clinic, database: Database):
    await progress(clinic)
    await log(clinic, *range(5))
    assert [one["state"] for one in await proposals(clinic)] == ["open"]
    await looking.look_at_all(database, clinic.id, datetime.now(UTC))
    assert [one["state"] for one in await proposals(clinic)] == ["open"]
    await looking.look_at_all(database, clinic.id, datetime.now(UTC) + timedelta(days=4))
    assert [one["state"] for one in await proposals(clinic)] == ["withdrawn"]


async def test_the_plan_that_follows_it_approves_it(clinic: Clinic):
    await progress(clinic)
    await log(clinic, *range(7))
    (found,) = await proposals(clinic)
    sent = next_plan(stretch(), glide(), curl(), based_on=2, approves=found["id"])
    plan_id = uuid7()
    first, again = await save(clinic, sent, plan_id), await save(clinic, sent, plan_id)
    assert (first.status_code, again.status_code) == (201, 200)
    (found,) = await proposals(clinic)
    assert (found["state"], found["closed_by"]) == ("approved", "North therapist")
    assert en(first.json()["changes"]) == [*en(found["changes"]), _RULE_CHANGED]


_RULE_CHANGED = "When the next step comes has changed."


async def test_another_plan_answers_it_too(clinic: Clinic):
    await progress(clinic)
    await log(clinic, *range(7))
    await save(clinic, next_plan(stretch(sets=2), based_on=2))
    (found,) = await proposals(clinic)
    assert (found["state"], found["reason"]) == ("withdrawn", "plan_changed")


async def test_dismissed_with_a_reason_it_waits_for_new_days(clinic: Clinic, database: Database):
    await progress(clinic)
    await log(clinic, *range(7))
    (found,) = await proposals(clinic)
    assert (await dismiss(clinic, found["id"], " ")).status_code == 400
    for _ in range(2):
        answer = await dismiss(clinic, found["id"], "First the running school")
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["reason"]) == (
            "dismissed",
            "First the running school",
        )
    await log(clinic, 0)
    await looking.look_at_all(database, clinic.id, datetime.now(UTC) + timedelta(days=1))
    assert [one["state"] for one in await proposals(clinic)] == ["dismissed"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"logged_least": 8}, "criterion_without_sense"),
        ({"item": stretch()}, "criterion_without_sense"),
        ({"item": glide(hold_seconds=5)}, "glide_never_static"),
        ({"item": stretch(on_nerve_flag="other")}, "no_such_glide"),
        ({"item": curl(exercise_key="nothing")}, "unknown_exercise"),
        ({"item": curl(sets=9)}, "reason_required"),
    ],
)
async def test_a_criterion_must_make_a_plan_that_could_be_saved(
    clinic: Clinic, changes: dict[str, Any], code: str
):
    sent = next_plan(stretch(), glide(), criteria=[criterion(**changes)])
    answer = await save(clinic, sent)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_proposal_of_another_clinic_is_as_one_that_does_not_exist(
    clinic: Clinic, other_clinic: Clinic
):
    await progress(clinic)
    await log(clinic, *range(7))
    (found,) = await proposals(clinic)
    foreign = await dismiss(other_clinic, found["id"], "No")
    unknown = await dismiss(other_clinic, str(uuid7()), "No")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert [one["state"] for one in await proposals(clinic)] == ["open"]
