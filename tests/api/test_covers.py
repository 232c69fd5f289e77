"""Standing in for an absent colleague: from its first day to its last, and not a day longer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.care import covers
from glidepath.care import service as care
from glidepath.database.engine import Database
from glidepath.identity.actor import StaffActor
from glidepath.notify import service as notify
from tests.api.test_teams import add, listed, team_of
from tests.clinics import Clinic, Colleague, check_in, colleague, handle, own_day, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()


async def cover(
    client: httpx.AsyncClient,
    absent_id: UUID,
    cover_id: UUID,
    first: int = 0,
    last: int = 7,
    known: UUID | None = None,
) -> httpx.Response:
    """Days from today; the clinics of these tests are where the patients are."""
    body = {
        "absent_id": str(absent_id),
        "cover_id": str(cover_id),
        "starts_on": str(TODAY + timedelta(days=first)),
        "ends_on": str(TODAY + timedelta(days=last)),
    }
    return await client.put(f"/api/covers/{known or uuid7()}", json=body)


async def rows(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/api/triage")).json()["rows"]
    return found


async def test_who_covers_sees_the_patients_acts_and_is_named_so(
    clinic: Clinic, database: Database
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    async with colleague(clinic, database) as other:
        made = await cover(clinic.therapist, clinic.therapist_id, other.id)
        assert (made.status_code, made.json()["state"]) == (201, "running")
        (row,) = await rows(other.browser)
        assert (row["mine"], row["cover_for"]) == (True, "North therapist")
        assert [one["cover_for"] for one in await rows(clinic.therapist)] == [None]

        done = await handle(other.browser, row["alert"], "acknowledge")
        event = done.json()["events"][-1]
        assert (event["by"], event["cover_for"]) == ("Colleague", "North therapist")
        seen = {"alerts": [{"id": row["alert"]["id"], "version": done.json()["version"]}]}
        bulk = await other.browser.post("/api/alerts/acknowledge", json=seen)
        assert bulk.json()["results"][0]["status"] == "done"
        # What they act for is not theirs to give away.
        refused = await add(other.browser, clinic.patient_id, Colleague(other.id, other.browser))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_the_lead")
        team = await team_of(other.browser, clinic.patient_id)
        assert [(one["cover"], one["state"]) for one in team["covers"]] == [
            ("Colleague", "running")
        ]


async def test_who_is_in_the_team_is_there_for_themselves(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other:
        await add(clinic.therapist, clinic.patient_id, other)
        await cover(clinic.therapist, clinic.therapist_id, other.id)
        (row,) = await rows(other.browser)
        assert (row["mine"], row["cover_for"]) == (True, None)


@pytest.mark.parametrize(
    ("first", "last", "sees"), [(0, 0, True), (-3, 0, True), (0, 5, True), (1, 5, False)]
)
async def test_it_counts_on_its_days_alone(
    clinic: Clinic, database: Database, first: int, last: int, sees: bool
):
    async with colleague(clinic, database) as other:
        assert (
            await cover(clinic.therapist, clinic.therapist_id, other.id, first, last)
        ).status_code == 201
        assert bool(await listed(other.browser)) is sees


async def test_it_ends_by_itself_at_the_clinics_midnight(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other:
        await cover(clinic.therapist, clinic.therapist_id, other.id, 0, 0)
        async with database.writing(clinic.id) as session:
            staff = StaffActor(clinic.id, other.id, "therapist", uuid7())
            # Summer or winter, Madrid is ahead of Greenwich.
            for moment, stands_in in (
                (datetime.combine(TODAY, datetime.min.time(), UTC), True),
                (datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=21), True),
                (datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=23), False),
                (datetime.combine(TODAY, datetime.min.time(), UTC) - timedelta(hours=3), False),
            ):
                actor = await covers.with_covers(session, staff, moment)
                assert bool(actor.covering) is stands_in, moment


async def test_called_off_it_is_over_at_once(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other:
        made = (await cover(clinic.therapist, clinic.therapist_id, other.id)).json()
        refused = await other.browser.post(f"/api/covers/{made['id']}/end", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
        assert len(await listed(other.browser)) == 1
        for _ in range(2):
            ended = await clinic.therapist.post(f"/api/covers/{made['id']}/end", json={})
            assert (ended.status_code, ended.json()["state"]) == (200, "ended")
        assert await listed(other.browser) == []
        path = f"/api/patients/{clinic.patient_id}"
        assert (await other.browser.get(path)).status_code == 403
        (known,) = (await other.browser.get("/api/covers")).json()
        assert (known["state"], known["ended_by"]) == ("ended", "North therapist")


async def test_one_enters_ones_own_absence_and_an_admin_anyones(clinic: Clinic, database: Database):
    async with (
        colleague(clinic, database) as other,
        colleague(clinic, database, "Ana", "admin") as admin,
    ):
        refused = await cover(other.browser, clinic.therapist_id, other.id)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
        made = await cover(admin.browser, clinic.therapist_id, other.id)
        assert (made.status_code, made.json()["made_by"]) == (201, "Ana")
        assert len((await admin.browser.get("/api/covers")).json()) == 1
        assert len((await clinic.therapist.get("/api/covers")).json()) == 1
        async with colleague(clinic, database, "Third") as third:
            assert (await third.browser.get("/api/covers")).json() == []


async def test_sent_again_it_is_the_same_and_never_another(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other:
        known = uuid7()
        answers = [
            await cover(clinic.therapist, clinic.therapist_id, other.id, known=known)
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 200]
        changed = await cover(clinic.therapist, clinic.therapist_id, other.id, last=9, known=known)
        assert (changed.status_code, changed.json()["code"]) == (409, "cover_exists")


async def test_what_makes_no_sense_is_refused(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    own = clinic.therapist_id
    assert (await cover(clinic.therapist, own, own)).json()["code"] == "same_person"
    for stranger in (other_clinic.therapist_id, clinic.patient_id, uuid7()):
        assert (await cover(clinic.therapist, own, stranger)).status_code == 404
    async with colleague(clinic, database) as other:
        for first, last in ((3, 1), (-5, -1), (0, 400)):
            answer = await cover(clinic.therapist, own, other.id, first, last)
            assert (answer.status_code, answer.json()["code"]) == (422, "days_out_of_range")
        made = (await cover(clinic.therapist, own, other.id)).json()
        theirs = await other_clinic.therapist.post(f"/api/covers/{made['id']}/end", json={})
        assert theirs.status_code == 404
        # The same id in another clinic is another record, and tells nothing of this one.
        async with colleague(other_clinic, database, "Theirs") as there:
            elsewhere = await cover(
                other_clinic.therapist, other_clinic.therapist_id, there.id, known=UUID(made["id"])
            )
            assert elsewhere.status_code == 201


async def test_who_covers_is_told_of_alerts_in_place_of_the_absent(
    clinic: Clinic, database: Database
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (row,) = await rows(clinic.therapist)
    async with colleague(clinic, database) as other:
        await cover(clinic.therapist, clinic.therapist_id, other.id)
        async with database.writing(clinic.id) as session:
            now = datetime.now(UTC)
            told = await notify.spread(session, clinic.id, UUID(row["alert"]["id"]), now)
            assert told == 1
            found = await session.execute(text("select recipient_id from deliveries"))
            assert list(found.scalars()) == [other.id]
            later = now + timedelta(days=9)
            assert await notify.spread(session, clinic.id, UUID(row["alert"]["id"]), later) == 1


async def test_a_live_page_hears_of_whom_one_stands_in_for(clinic: Clinic, database: Database):
    async with colleague(clinic, database) as other:
        await cover(clinic.therapist, clinic.therapist_id, other.id)
        async with database.reading(clinic.id) as session:
            staff = StaffActor(clinic.id, other.id, "therapist", uuid7())
            assert await care.visible_patients(session, staff) == frozenset()
            staff = await covers.with_covers(session, staff, datetime.now(UTC))
            assert await care.visible_patients(session, staff) == frozenset({clinic.patient_id})
