"""How staff choose to be told: one's own alone, two tabs do not overwrite each other, always a way left."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_worker import work
from tests.clinics import Clinic, check_in, colleague, sync

pytestmark = pytest.mark.anyio

CHOSEN: dict[str, Any] = {
    "push": False,
    "email": True,
    "digest_at": "16:45",
    "quiet_from": "21:00",
    "quiet_until": "07:00",
    "at_once": ["high"],
}
FROM_THE_START: dict[str, Any] = {
    "push": True,
    "email": True,
    "digest_at": "07:30",
    "quiet_from": None,
    "quiet_until": None,
    "at_once": [],
}


async def put(client: httpx.AsyncClient, version: int, **changes: Any) -> httpx.Response:
    headers = {"if-match": f'"{version}"'}
    return await client.put("/api/notices", json={**CHOSEN, **changes}, headers=headers)


async def subscribe(database: Database, clinic: Clinic) -> None:
    """A browser of the therapist's that takes pushes."""
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "insert into push_subscriptions (clinic_id, id, account_id, endpoint, p256dh, auth,"
                " made_at) values (:clinic, gen_random_uuid(), :account, 'https://x', '', '', now())"
            ),
            {"clinic": clinic.id, "account": clinic.therapist_id},
        )


async def test_who_never_chose_is_told_by_mail_of_what_is_urgent_and_once_in_the_morning(
    clinic: Clinic,
):
    answer = await clinic.therapist.get("/api/notices")
    assert answer.headers["etag"] == '"0"'
    assert answer.json() == {
        **FROM_THE_START,
        "version": 0,
        "browsers": 0,
        "email_to": "therapist@north.example",
        "mail": "off",
        "timezone": "Europe/Madrid",
    }


async def test_a_choice_stands_for_its_maker_alone(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    answer = await put(clinic.therapist, 0)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    kept = (await clinic.therapist.get("/api/notices")).json()
    assert {name: kept[name] for name in CHOSEN} == CHOSEN
    async with colleague(clinic, database) as other:
        for client in (other.browser, other_clinic.therapist):
            assert (await client.get("/api/notices")).json()["version"] == 0
    assert (await clinic.patient.get("/api/notices")).status_code == 403


async def test_two_tabs_do_not_overwrite_each_other(clinic: Clinic):
    answers = await asyncio.gather(
        *(put(clinic.therapist, 0, digest_at=at) for at in ("08:00", "09:00", "10:00"))
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412]
    (saved,) = (one.json() for one in answers if one.status_code == 200)
    for lost in (one for one in answers if one.status_code == 412):
        assert (lost.headers["etag"], lost.json()["current"]) == ('"1"', saved)
    assert (await put(clinic.therapist, 1)).json()["version"] == 2
    assert (await put(clinic.therapist, 1)).status_code == 412
    assert (await clinic.therapist.put("/api/notices", json=CHOSEN)).status_code == 428


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": False}, "no_way_left"),
        ({"email": False, "push": True}, "no_way_left"),
        ({"quiet_until": None}, "quiet_hours_open"),
        ({"quiet_until": "21:00"}, "quiet_hours_empty"),
        ({"digest_at": "24:00"}, "malformed"),
        ({"at_once": ["urgent"]}, "malformed"),
    ],
)
async def test_what_would_leave_no_way_or_says_nothing_is_refused(
    clinic: Clinic, changes: dict[str, Any], code: str
):
    answer = await put(clinic.therapist, 0, **changes)
    assert (answer.status_code // 100, answer.json()["code"]) == (4, code)
    assert (await clinic.therapist.get("/api/notices")).json()["version"] == 0


async def test_with_a_browser_that_takes_pushes_mail_may_be_switched_off(
    clinic: Clinic, database: Database
):
    await subscribe(database, clinic)
    assert (await put(clinic.therapist, 0, email=False)).json()["code"] == "no_way_left"
    answer = await put(clinic.therapist, 0, email=False, push=True)
    assert (answer.status_code, answer.json()["browsers"]) == (200, 1)


async def test_a_try_says_how_it_ended_and_that_no_mail_is_sent_from_here(
    clinic: Clinic, database: Database, settings: Settings
):
    assert (await clinic.therapist.get("/api/notices/tries")).json() == []
    (begun,) = (await clinic.therapist.post("/api/notices/tries", json={})).json()
    assert (begun["channel"], begun["state"]) == ("email", "waiting")
    await work(settings, database, clinic)
    (ended,) = (await clinic.therapist.get("/api/notices/tries")).json()
    assert (ended["id"], ended["state"], ended["code"]) == (begun["id"], "failed", "mail_is_off")
    for _ in range(9):
        assert (await clinic.therapist.post("/api/notices/tries", json={})).status_code == 200
    answer = await clinic.therapist.post("/api/notices/tries", json={})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


async def test_where_it_is_only_tried_out_mails_are_kept_for_admins_and_called_kept(
    clinic: Clinic, other_clinic: Clinic, database: Database, settings: Settings
):
    here = msgspec.structs.replace(settings, base_url="http://127.0.0.1:8000")
    clinic.app.state.settings = here
    await sync(clinic, check_in(red_flags=["both_legs"], note="my secret note"))
    await clinic.therapist.post("/api/notices/tries", json={})
    await work(here, database, clinic)
    assert (await clinic.therapist.get("/api/notices")).json()["mail"] == "kept"
    (ended,) = (await clinic.therapist.get("/api/notices/tries")).json()
    assert ended["state"] == "kept"
    assert (await clinic.therapist.get("/api/mails")).json()["code"] == "admins_only"
    async with (
        colleague(clinic, database, role="admin") as admin,
        colleague(other_clinic, database, role="admin") as stranger,
    ):
        page = (await admin.browser.get("/api/mails")).json()
        assert page["mail"] == "kept"
        assert sorted(one["cause"] for one in page["mails"]) == ["raised", "test"]
        for one in page["mails"]:
            assert one["to"] == "therapist@north.example"
            assert "http://127.0.0.1:8000/therapist" in one["text"]
        assert "secret" not in str(page)
        assert (await stranger.browser.get("/api/mails")).json()["mails"] == []


async def test_of_the_kept_mails_the_newest_two_hundred_stay(
    clinic: Clinic, database: Database, settings: Settings
):
    here = msgspec.structs.replace(settings, base_url="http://127.0.0.1:8000")
    (first,) = (await clinic.therapist.post("/api/notices/tries", json={})).json()
    await work(here, database, clinic)
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "with more as (insert into deliveries (clinic_id, id, cause, channel, recipient_id, step,"
                " state, tries, made_at, due_at, ended_at) select clinic_id, gen_random_uuid(), cause,"
                " channel, recipient_id, step + n, state, tries, made_at - interval '1 day', due_at, ended_at"
                " from deliveries, generate_series(1, 199) n returning clinic_id, id)"
                ' insert into kept_mails (clinic_id, delivery_id, "to", subject, text, kept_at)'
                " select clinic_id, id, 'a@b', '', '', now() from more"
            )
        )
    await clinic.therapist.post("/api/notices/tries", json={})
    await work(here, database, clinic)
    async with database.reading(clinic.id) as session:
        kept = await session.execute(text("select delivery_id::text from kept_mails"))
        ids = set(kept.scalars())
    assert (len(ids), first["id"] in ids) == (200, False)
