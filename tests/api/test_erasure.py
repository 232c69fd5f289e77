"""Records on hold, erasures that wait and are done, and patients who ask for one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import store as identity_store
from glidepath.records import erasing
from glidepath.records.erasure_list import StayAway
from glidepath.settings import Settings
from glidepath.watch import readiness
from tests.auditing import events, last
from tests.clinics import Clinic, Colleague, check_in, colleague, patient_body, sync
from tests.dumps import dump, restore

pytestmark = pytest.mark.anyio
WHY = "The patient asked in writing"
MUST_STAY = "A claim of an insurer is open"


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Admin", role="admin") as one:
        yield one


@pytest.fixture
def admin_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    return postgres.url("postgres", database_name)


@pytest.fixture
def listing(settings: Settings, tmp_path: Path) -> Settings:
    """With a list of its own."""
    return msgspec.structs.replace(settings, erasure_list=tmp_path / "erasures.jsonl")


def of(clinic: Clinic) -> str:
    return f"/api/patients/{clinic.patient_id}"


async def plan(clinic: Clinic, admin: Colleague, erasure_id: str | None = None) -> httpx.Response:
    path = f"{of(clinic)}/erasures/{erasure_id or uuid7()}"
    return await admin.browser.put(path, json={"reason": WHY})


async def hold(clinic: Clinic, admin: Colleague, hold_id: str | None = None) -> httpx.Response:
    path = f"{of(clinic)}/holds/{hold_id or uuid7()}"
    return await admin.browser.put(path, json={"reason": MUST_STAY})


async def page(clinic: Clinic, admin: Colleague) -> dict[str, Any]:
    answer = await admin.browser.get(f"{of(clinic)}/erasure")
    assert answer.status_code == 200, answer.text
    stands: dict[str, Any] = answer.json()
    return stands


async def prove_long_ago(database: Database, clinic: Clinic, *, minutes: int) -> None:
    async with database.writing(clinic.id) as session:
        await session.execute(
            text("update sessions set authenticated_at = now() - make_interval(mins => :minutes)"),
            {"minutes": minutes},
        )


def wait_is_over(admin_url: str) -> None:
    """As if everything had been planned eight days earlier."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            "update erasures set asked_at = asked_at - interval '8 days', due_at = due_at - interval '8 days'"
        )


async def test_an_erasure_waits_seven_days_and_everybody_concerned_is_told_when(
    clinic: Clinic, admin: Colleague, database: Database, listing: Settings
):
    erasure_id = str(uuid7())
    made = await plan(clinic, admin, erasure_id)
    assert made.status_code == 201, made.text
    (planned,) = made.json()["erasures"]
    assert (planned["reason"], planned["asked_by"], made.json()["days"]) == (WHY, "Admin", 7)
    due_at = datetime.fromisoformat(planned["due_at"])
    assert due_at - datetime.fromisoformat(planned["asked_at"]) == timedelta(days=7)
    # Sent again after a lost answer it is the same; another is none.
    assert (await plan(clinic, admin, erasure_id)).status_code == 200
    assert (await plan(clinic, admin)).json()["code"] == "erasure_planned"
    team, phone = await clinic.therapist.get(of(clinic)), await clinic.patient.get("/api/care")
    assert team.json()["erased_from"] == phone.json()["erasure"]["due_at"] == planned["due_at"]
    listed = (await admin.browser.get("/api/erasures")).json()
    assert [one["due_at"] for one in listed["planned"]] == [planned["due_at"]]
    assert await erasing.erase_due(database, listing, due_at - timedelta(minutes=1)) == 0
    path = f"{of(clinic)}/erasures/{erasure_id}/take-back"
    (back,) = (await admin.browser.post(path, json={})).json()["erasures"]
    assert back["taken_back_by"] == "Admin"
    assert (await admin.browser.post(path, json={})).json()["erasures"] == [back]
    assert await erasing.erase_due(database, listing, due_at + timedelta(days=1)) == 0
    assert (await clinic.patient.get("/api/care")).json()["erasure"]["due_at"] is None
    # Planned anew it waits anew, and both stand in the history.
    assert len((await plan(clinic, admin)).json()["erasures"]) == 2


async def test_a_hold_blocks_an_erasure_and_says_why_until_it_is_lifted(
    clinic: Clinic, admin: Colleague, database: Database
):
    assert (await plan(clinic, admin)).status_code == 201
    hold_id = str(uuid7())
    held = await hold(clinic, admin, hold_id)
    assert held.status_code == 201
    # What was planned before is taken back: nobody is erased the minute that a hold is lifted.
    assert held.json()["erasures"][0]["taken_back_at"] is not None
    assert (await hold(clinic, admin, hold_id)).status_code == 200
    refused = await plan(clinic, admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "on_hold")
    assert refused.json()["reason"] == MUST_STAY
    assert MUST_STAY in refused.json()["detail"]
    lift, because = f"{of(clinic)}/holds/{hold_id}/lift", {"reason": "The insurer has paid"}
    await prove_long_ago(database, clinic, minutes=11)
    asked = await admin.browser.post(lift, json=because)
    assert (asked.status_code, asked.json()["code"]) == (403, "confirm_it_is_you")
    assert (await plan(clinic, admin)).json()["code"] == "confirm_it_is_you"
    await prove_long_ago(database, clinic, minutes=1)
    assert (await admin.browser.post(lift, json=because)).status_code == 200
    (one,) = (await page(clinic, admin))["holds"]
    assert (one["reason"], one["lifted_by"], one["lifted_why"]) == (
        MUST_STAY,
        "Admin",
        "The insurer has paid",
    )
    assert (await plan(clinic, admin)).status_code == 201


async def erase_by_hand(database: Database, clinic: Clinic, account_id: object) -> None:
    async with database.writing(clinic.id) as session:
        await session.execute(text("select erase_patient(:id)"), {"id": account_id})


async def test_the_database_itself_erases_nobody_but_a_patient_whose_time_has_come(
    clinic: Clinic, other_clinic: Clinic, admin: Colleague, database: Database, admin_url: str
):
    with pytest.raises(DBAPIError, match="no erasure of theirs is due"):
        await erase_by_hand(database, clinic, clinic.patient_id)
    await plan(clinic, admin)
    for account_id, why in (
        (clinic.patient_id, "no erasure of theirs is due"),
        (clinic.therapist_id, "only a patient"),
        (other_clinic.patient_id, "only a patient"),
        (uuid7(), "only a patient"),
    ):
        with pytest.raises(DBAPIError, match=why):
            await erase_by_hand(database, clinic, account_id)
    wait_is_over(admin_url)
    async with database.writing(clinic.id) as session:
        # Past the service, which would have taken the erasure back.
        await session.execute(
            text(
                "insert into erasure_holds (clinic_id, id, patient_id, reason, set_at, set_by)"
                " values (:clinic, gen_random_uuid(), :patient, 'x', now(), :by)"
            ),
            {"clinic": clinic.id, "patient": clinic.patient_id, "by": admin.id},
        )
    with pytest.raises(DBAPIError, match="there is a hold"):
        await erase_by_hand(database, clinic, clinic.patient_id)
    assert (await clinic.patient.get("/api/care")).status_code == 200
    # Nobody makes the wait shorter, nor removes a row by another way.
    back_dated = (
        "insert into erasures (clinic_id, id, patient_id, reason, asked_at, asked_by, due_at) values"
        f" ('{clinic.id}', gen_random_uuid(), '{clinic.patient_id}', 'x', now() - interval '8 days',"
        f" '{admin.id}', now())"
    )
    for deed in (
        back_dated,
        "update erasures set due_at = now()",
        f"select erase_rows('{clinic.patient_id}', false)",
        f"select erase_hanging('accounts', $$id = '{clinic.patient_id}'$$)",
        f"insert into erased_accounts values ('{clinic.id}', gen_random_uuid(), now())",
        "delete from check_ins",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|planned when it is asked"):
            async with database.writing(clinic.id) as session:
                await session.execute(text(deed))


async def test_a_job_that_a_worker_is_at_is_waited_for(
    clinic: Clinic, admin: Colleague, database: Database, listing: Settings, admin_url: str
):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await plan(clinic, admin)
    wait_is_over(admin_url)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("update procrastinate_jobs set status = 'doing'")
        assert await erasing.erase_due(database, listing, datetime.now(UTC)) == 0
        connection.execute("update procrastinate_jobs set status = 'failed'")
        assert await erasing.erase_due(database, listing, datetime.now(UTC)) == 1
        assert connection.execute("select count(*) from procrastinate_jobs").fetchone() == (0,)


async def test_a_phone_that_comes_back_after_the_erasure_is_told_so(
    clinic: Clinic, admin: Colleague, database: Database, listing: Settings, admin_url: str
):
    await sync(clinic, check_in())
    await plan(clinic, admin)
    wait_is_over(admin_url)
    before = await last(database, clinic.id)
    assert await erasing.erase_due(database, listing, datetime.now(UTC)) == 1
    (event,) = await events(database, clinic.id, before)
    assert (event["action"], event["role"]) == ("system:erasure:run", "system")
    assert event["patient_ids"] == [clinic.patient_id]
    entry = {"account_id": str(clinic.patient_id), "check_ins": [check_in()]}
    answer = await clinic.patient.post("/api/sync", json={**entry, "exercise_sessions": []})
    assert (answer.status_code, answer.json()["code"]) == (401, "record_erased")
    assert "erased your record" in answer.json()["detail"]
    assert (await clinic.therapist.get(of(clinic))).status_code == 404
    assert (await admin.browser.get(f"{of(clinic)}/erasure")).status_code == 404
    # Nobody comes back under the same id, as from another system's bundle.
    again = await clinic.therapist.put(of(clinic), json=patient_body())
    assert (again.status_code, again.json()["code"]) == (409, "record_erased")
    # Once the phone would have been signed out anyway, nothing of it is known any more.
    async with database.writing(clinic.id) as session:
        await identity_store.drop_all_expired(session, datetime.now(UTC) + timedelta(days=91))
    answer = await clinic.patient.get("/api/care")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


async def test_a_patient_asks_to_be_erased_and_is_told_why_not(
    clinic: Clinic, other_clinic: Clinic, admin: Colleague
):
    wish = f"/api/erasure-wishes/{uuid7()}"
    asked = (await clinic.patient.put(wish, json={})).json()
    assert asked["wish"]["state"] == "open"
    # Asked again, also under another id, it is asked once.
    again = (await clinic.patient.put(f"/api/erasure-wishes/{uuid7()}", json={})).json()
    assert again == (await clinic.patient.put(wish, json={})).json() == asked
    listed = (await admin.browser.get("/api/erasures")).json()
    assert [one["patient"] for one in listed["wishes"]] == ["Pat Doe"]
    assert (await other_clinic.patient.post(f"{wish}/take-back", json={})).status_code == 404
    path = f"{of(clinic)}/erasure-wishes/{asked['wish']['id']}/decline"
    said = {"answer": "We must keep it until 2031, as the law says."}
    assert (await admin.browser.post(path, json=said)).status_code == 200
    assert (await admin.browser.post(path, json=said)).status_code == 200
    other = await admin.browser.post(path, json={"answer": "For another reason altogether."})
    assert (other.status_code, other.json()["code"]) == (409, "wish_over")
    told = (await clinic.patient.get("/api/care")).json()["erasure"]["wish"]
    assert (told["state"], told["answer"]) == ("declined", said["answer"])
    # They may ask again, and think better of it.
    wish = f"/api/erasure-wishes/{uuid7()}"
    await clinic.patient.put(wish, json={})
    over = (await clinic.patient.post(f"{wish}/take-back", json={})).json()
    assert over["wish"]["state"] == "withdrawn"
    assert [one["state"] for one in (await page(clinic, admin))["wishes"]] == [
        "withdrawn",
        "declined",
    ]


async def is_away(settings: Settings, stay_away: StayAway) -> bool:
    """Whether the installation is ready, as far as nobody erased is back."""
    assert settings.database_url is not None
    return (await readiness.check(settings.database_url, settings.data_dir, stay_away))[
        "erasures"
    ].is_well


async def test_who_was_erased_stays_away_when_a_backup_is_restored(
    clinic: Clinic,
    admin: Colleague,
    database: Database,
    listing: Settings,
    postgres: EmbeddedPostgres,
    admin_url: str,
):
    """PR-3."""
    await sync(clinic, check_in(note="canary-restored"))
    await hold(clinic, admin)
    backup = await asyncio.to_thread(dump, admin_url, "--schema=public")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            "update erasure_holds set lifted_at = now(), lifted_by = set_by, lifted_why = 'x'"
        )
    await plan(clinic, admin)
    wait_is_over(admin_url)
    # What was listed in this minute is not looked for yet.
    earlier = datetime.now(UTC) - timedelta(minutes=5)
    assert await erasing.erase_due(database, listing, earlier) == 1
    assert listing.erasure_list is not None
    stay_away = StayAway(listing.erasure_list)
    assert await is_away(listing, stay_away)
    postgres.create("restored")
    try:
        url = postgres.url("postgres", "restored")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("drop schema public")
        await asyncio.to_thread(restore, url, backup)
        again = msgspec.structs.replace(listing, database_url=postgres.url(database="restored"))
        assert not await is_away(again, stay_away)
        restored = Database(postgres.url(database="restored"), pool_size=1)
        owner = Database(postgres.url("glidepath_owner", "restored"), pool_size=1)
        assert await erasing.replay(restored, owner, again, datetime.now(UTC)) == 1
        assert await erasing.replay(restored, owner, again, datetime.now(UTC)) == 0
        assert await is_away(again, stay_away)
        left = dump(url)
        await restored.close()
        await owner.close()
        assert str(clinic.patient_id) in left
        assert "canary-restored" not in left
        assert "Pat Doe" not in left
    finally:
        postgres.drop("restored")
