"""A plan's versions: what changed in words, sent again, and by two therapists at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.clinics import Clinic, glide, next_plan, own_day, stretch

pytestmark = pytest.mark.anyio


async def save(clinic: Clinic, sent: dict[str, Any], plan_id: UUID | None = None) -> httpx.Response:
    url = f"/api/episodes/{clinic.episode_id}/plan-versions/{plan_id or uuid7()}"
    return await clinic.therapist.put(url, json=sent)


async def plans(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: list[dict[str, Any]] = page["plans"]
    return found


def en(texts: list[dict[str, str]]) -> list[str]:
    return [text["en"] for text in texts]


async def test_a_new_version_says_what_changed_to_both(clinic: Clinic):
    saved = (await save(clinic, next_plan(stretch(sets=2)))).json()
    told = [
        "Taken out: Sciatic nerve glide, left leg.",
        "Hamstring stretch, left leg: 2 sets instead of 3.",
    ]
    assert (saved["number"], en(saved["changes"])) == (2, told)
    assert [en(plan["changes"]) for plan in await plans(clinic)] == [told, []]
    care = (await clinic.patient.get("/api/care")).json()
    assert [en(mark["changes"]) for mark in care["plan_history"]] == [told, []]
    assert care["plan"] == saved


async def test_a_plan_that_starts_later_waits_for_its_day(clinic: Clinic):
    later = str(own_day() + timedelta(days=2))
    await save(clinic, next_plan(stretch(), glide(repetitions=15), starts_on=later))
    care = (await clinic.patient.get("/api/care")).json()
    assert care["plan"]["number"] == 1
    assert en(care["plan_history"][0]["changes"]) == [
        "Sciatic nerve glide, left leg: 15 repetitions instead of 12."
    ]


async def test_sent_again_it_is_the_same_version(clinic: Clinic):
    plan_id, sent = uuid7(), next_plan(stretch(sets=2))
    first, again = await save(clinic, sent, plan_id), await save(clinic, sent, plan_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await save(clinic, next_plan(stretch(), based_on=2), plan_id)
    assert (other.status_code, other.json()["code"]) == (409, "plan_exists")
    assert len(await plans(clinic)) == 2


@pytest.mark.parametrize("based_on", [None, 1, 3])
async def test_a_plan_made_from_another_version_is_answered_with_the_newest(
    clinic: Clinic, based_on: int | None
):
    newest = (await save(clinic, next_plan(stretch(sets=2)))).json()
    late = next_plan(stretch(), glide(), note="Mine", based_on=based_on)
    answer = await save(clinic, late)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_newer")
    assert answer.json()["current"] == newest
    assert len(await plans(clinic)) == 2
    late["based_on"] = newest["number"]
    assert (await save(clinic, late)).status_code == 201


async def test_of_two_at_once_one_is_saved_and_the_other_is_told(clinic: Clinic):
    both = [next_plan(stretch(sets=2)), next_plan(glide(repetitions=15))]
    answers = await asyncio.gather(*(save(clinic, sent) for sent in both))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert [plan["number"] for plan in await plans(clinic)] == [2, 1]


async def test_without_the_version_it_was_made_from_nothing_is_saved(clinic: Clinic):
    sent = next_plan(stretch(sets=2))
    del sent["based_on"]
    assert (await save(clinic, sent)).status_code == 400
    assert len(await plans(clinic)) == 1


async def test_days_and_what_replaces_a_stretch_reach_the_phone(clinic: Clinic):
    sent = next_plan(
        stretch(on_nerve_flag="sciatic_glide", weekdays=[1, 3, 5], days_per_week=3), glide()
    )
    plan_id = uuid7()
    saved, again = await save(clinic, sent, plan_id), await save(clinic, sent, plan_id)
    assert (saved.status_code, again.status_code) == (201, 200)
    first, second = (await clinic.patient.get("/api/care")).json()["plan"]["items"]
    assert (first["weekdays"], first["on_nerve_flag"]) == ([1, 3, 5], "sciatic_glide")
    assert (second["weekdays"], second["on_nerve_flag"]) == (None, None)
    assert en(saved.json()["changes"]) == [
        (
            "Hamstring stretch, left leg: Monday, Wednesday and Friday instead of 7 days a week;"
            " if it tingles, burns or shoots, Sciatic nerve glide instead."
        )
    ]


@pytest.mark.parametrize(
    ("items", "code", "field"),
    [
        ([stretch(on_nerve_flag="sciatic_glide")], "no_such_glide", "items[0].on_nerve_flag"),
        (
            [stretch(on_nerve_flag="sciatic_glide"), glide(side="right")],
            "no_such_glide",
            "items[0].on_nerve_flag",
        ),
        ([glide(on_nerve_flag="rest")], "replaces_no_stretch", "items[0].on_nerve_flag"),
        ([stretch(weekdays=[1, 3])], "weekdays_differ", "items[0].weekdays"),
    ],
)
async def test_a_plan_that_contradicts_itself_is_refused(
    clinic: Clinic, items: list[dict[str, Any]], code: str, field: str
):
    answer = await save(clinic, next_plan(*items))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len(await plans(clinic)) == 1
