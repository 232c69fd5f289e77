"""Who looks after a patient: always one lead, whoever changes the team, and how many at once."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from tests.clinics import Clinic, Colleague, colleague, patient_body

pytestmark = pytest.mark.anyio


async def team_of(client: httpx.AsyncClient, patient_id: UUID) -> dict[str, Any]:
    answer = await client.get(f"/api/patients/{patient_id}/team")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def roles(team: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["name"], one["role"]) for one in team["members"]]


async def hand_over(
    client: httpx.AsyncClient, patient_id: UUID, from_id: UUID, to_id: UUID, *, stays: bool = True
) -> httpx.Response:
    body = {"from_id": str(from_id), "to_id": str(to_id), "stays": stays}
    return await client.post(f"/api/patients/{patient_id}/hand-over", json=body)


async def add(client: httpx.AsyncClient, patient_id: UUID, one: Colleague) -> httpx.Response:
    return await client.put(f"/api/patients/{patient_id}/team/{one.id}", json={})


async def remove(client: httpx.AsyncClient, patient_id: UUID, account_id: UUID) -> httpx.Response:
    return await client.delete(f"/api/patients/{patient_id}/team/{account_id}")


async def listed(client: httpx.AsyncClient) -> list[str]:
    return [row["patient_id"] for row in (await client.get("/api/triage")).json()["rows"]]


async def test_who_admits_leads_and_a_member_added_sees_the_patient(
    clinic: Clinic, database: Database
):
    async with colleague(clinic, database) as other:
        assert await listed(other.browser) == []
        for _ in range(2):
            assert (await add(clinic.therapist, clinic.patient_id, other)).status_code == 204
        assert await listed(other.browser) == [str(clinic.patient_id)]
        team = await team_of(other.browser, clinic.patient_id)
        assert roles(team) == [("North therapist", "lead"), ("Colleague", "member")]
        assert [(one["kind"], one["who"], one["by"]) for one in team["events"]] == [
            ("member", "Colleague", "North therapist"),
            ("lead", "North therapist", "North therapist"),
        ]
        assert (team["may_change"], team["covers"]) == (False, [])
        assert (await remove(clinic.therapist, clinic.patient_id, other.id)).status_code == 204
        assert await listed(other.browser) == []


async def test_a_member_leaves_but_changes_nothing_else(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other, colleague(clinic, database, "Third") as third:
        await add(clinic.therapist, clinic.patient_id, other)
        for answer in (
            await add(other.browser, clinic.patient_id, third),
            await remove(other.browser, clinic.patient_id, clinic.therapist_id),
            await hand_over(other.browser, clinic.patient_id, clinic.therapist_id, other.id),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_the_lead")
        assert (await remove(other.browser, clinic.patient_id, other.id)).status_code == 204
        assert len((await team_of(clinic.therapist, clinic.patient_id))["members"]) == 1


async def test_the_lead_cannot_just_leave(clinic: Clinic):
    answer = await remove(clinic.therapist, clinic.patient_id, clinic.therapist_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "lead_stays")
    assert len(await listed(clinic.therapist)) == 1


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("known", [True, False])
async def test_a_lead_hands_over_and_stays_or_goes(
    clinic: Clinic, database: Database, stays: bool, known: bool
):
    async with colleague(clinic, database) as other:
        if known:
            await add(clinic.therapist, clinic.patient_id, other)
        # Sent again after a lost answer, it changes nothing, and is no reason to be refused.
        for _ in range(2):
            done = await hand_over(
                clinic.therapist, clinic.patient_id, clinic.therapist_id, other.id, stays=stays
            )
            assert done.status_code == 204, done.text
        team = await team_of(other.browser, clinic.patient_id)
        former = [("North therapist", "member")] if stays else []
        assert roles(team) == [("Colleague", "lead"), *former]
        assert len(team["events"]) == (4 if known else 3)
        assert len(await listed(clinic.therapist)) == len(former)


async def test_several_hand_overs_at_once_leave_one_lead(clinic: Clinic, database: Database):
    async with (
        colleague(clinic, database, "Second") as second,
        colleague(clinic, database, "Third") as third,
        colleague(clinic, database, "Ana", "admin") as admin,
    ):
        await add(clinic.therapist, clinic.patient_id, second)
        patient, lead = clinic.patient_id, clinic.therapist_id
        answers = await asyncio.gather(
            hand_over(clinic.therapist, patient, lead, second.id, stays=False),
            hand_over(admin.browser, patient, lead, third.id, stays=True),
            remove(admin.browser, patient, second.id),
            remove(admin.browser, patient, lead),
            hand_over(admin.browser, patient, lead, second.id, stays=False),
        )
        assert {answer.status_code for answer in answers} <= {204, 403, 409}
        team = await team_of(admin.browser, patient)
        assert [role for _, role in roles(team)].count("lead") == 1
        # The record tells how it came to what there is.
        stood: dict[str, str] = {}
        for event in reversed(team["events"]):
            stood[event["who"]] = event["kind"]
        assert {who: kind for who, kind in stood.items() if kind != "left"} == dict(roles(team))


async def test_a_lead_that_changed_meanwhile_is_not_overwritten(clinic: Clinic, database: Database):
    async with (
        colleague(clinic, database) as other,
        colleague(clinic, database, "Ana", "admin") as admin,
    ):
        await hand_over(clinic.therapist, clinic.patient_id, clinic.therapist_id, other.id)
        late = await hand_over(admin.browser, clinic.patient_id, clinic.therapist_id, admin.id)
        assert (late.status_code, late.json()["code"]) == (409, "lead_changed")


async def test_another_clinics_colleague_and_a_patient_are_nobody_here(
    clinic: Clinic, other_clinic: Clinic
):
    for nobody in (other_clinic.therapist_id, clinic.patient_id, uuid7()):
        stranger = Colleague(nobody, clinic.therapist)
        assert (await add(clinic.therapist, clinic.patient_id, stranger)).status_code == 404
        moved = await hand_over(clinic.therapist, clinic.patient_id, clinic.therapist_id, nobody)
        assert moved.status_code == 404
        everything = {"from_id": str(clinic.therapist_id), "to_id": str(nobody)}
        all_moved = await clinic.therapist.post("/api/caseload/hand-over-all", json=everything)
        assert all_moved.status_code == 404
    names = [one["name"] for one in (await clinic.therapist.get("/api/colleagues")).json()]
    assert names == ["North therapist"]
    assert len(await listed(clinic.therapist)) == 1


async def test_who_leaves_hands_over_everybody(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other, colleague(clinic, database, "Third") as third:
        own = []
        for _ in range(3):
            own.append(uuid7())
            await clinic.therapist.put(f"/api/patients/{own[-1]}", json=patient_body())
        await add(clinic.therapist, own[0], other)
        theirs = uuid7()
        await third.browser.put(f"/api/patients/{theirs}", json=patient_body())
        await add(third.browser, theirs, Colleague(clinic.therapist_id, clinic.therapist))

        body = {"from_id": str(clinic.therapist_id), "to_id": str(other.id)}
        refused = await third.browser.post("/api/caseload/hand-over-all", json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
        answers = await asyncio.gather(
            *(clinic.therapist.post("/api/caseload/hand-over-all", json=body) for _ in range(2))
        )
        assert sorted(answer.json()["patients"] for answer in answers) == [0, 5]
        assert await listed(clinic.therapist) == []
        assert sorted(await listed(other.browser)) == sorted(
            str(one) for one in (clinic.patient_id, *own, theirs)
        )
        for patient_id in (clinic.patient_id, *own):
            assert roles(await team_of(other.browser, patient_id)) == [("Colleague", "lead")]
        assert roles(await team_of(third.browser, theirs)) == [
            ("Third", "lead"),
            ("Colleague", "member"),
        ]
        leads = (await other.browser.get("/api/colleagues")).json()
        assert {one["name"]: one["leads"] for one in leads} == {
            "Colleague": 4,
            "North therapist": 0,
            "Third": 1,
        }


async def test_two_who_hand_everybody_to_each_other_do_not_block(
    clinic: Clinic, database: Database
):
    async with colleague(clinic, database) as other:
        await other.browser.put(f"/api/patients/{uuid7()}", json=patient_body())
        one, two = str(clinic.therapist_id), str(other.id)
        path = "/api/caseload/hand-over-all"
        answers = await asyncio.gather(
            clinic.therapist.post(path, json={"from_id": one, "to_id": two}),
            other.browser.post(path, json={"from_id": two, "to_id": one}),
        )
        assert [answer.status_code for answer in answers] == [200, 200]
        seen = {*await listed(clinic.therapist), *await listed(other.browser)}
        assert len(seen) == 2
