"""Browsers that were let in before: guesses of their own, and word of every other one (AU-6, T4)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from litestar import Litestar
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.identity import secrets
from glidepath.identity.cookies import DEVICE_COOKIE
from glidepath.notify import service as notify
from glidepath.settings import Settings
from tests.api.test_guessing import THERAPIST, hashed, sign_in
from tests.api.test_mail_faults import with_mail
from tests.api.test_worker import deliveries, work
from tests.clinics import PASSPHRASE, Clinic, browser, join_patient
from tests.clinics import sign_in as let_in
from tests.mail_servers import mail_server

pytestmark = pytest.mark.anyio
__all__ = ["hashed"]
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        client.headers["user-agent"] = FIREFOX
        yield client


async def asked(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/new-devices")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def come_back(clinic: Clinic, client: httpx.AsyncClient) -> str:
    """The patient signs in with six words at another device; the words."""
    phrase: str = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    answer = await client.post("/api/phrase-sign-in", json={"phrase": phrase})
    assert answer.status_code == 200, answer.text
    return phrase


async def test_under_a_flood_of_guesses_the_owner_signs_in_where_they_did_before(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    """AU-6: and only there, and only with their own device."""
    for _ in range(8):
        await sign_in(stranger)
    assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 429
    clinic.therapist.cookies.delete("__Host-glidepath")
    for _ in range(10):
        assert (await sign_in(clinic.therapist, passphrase=PASSPHRASE)).status_code == 200
    assert hashed[-1] is True
    # Somebody else's device is a stranger's at this account.
    assert (await sign_in(clinic.patient, passphrase=PASSPHRASE)).status_code == 429
    stranger.cookies.set(DEVICE_COOKIE, secrets.new_token(), domain="glidepath.example")
    assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 429


async def test_at_a_known_device_guesses_are_bounded_just_the_same(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    statuses = [(await sign_in(clinic.therapist)).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    # Nor do they keep the owner out elsewhere.
    assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 200


async def test_a_device_is_known_for_half_a_year_after_the_last_sign_in(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    start = datetime.now(UTC)
    for days, known in ((179, True), (179 + 179, True), (179 + 179 + 181, False)):
        with time_machine.travel(start + timedelta(days=days)):
            await sign_in(clinic.therapist, passphrase=PASSPHRASE)
            assert hashed[-1] is known, days
            await let_in(clinic.therapist, THERAPIST)


async def test_only_a_hash_of_the_secret_is_kept_and_no_whole_user_agent(
    clinic: Clinic, stranger: httpx.AsyncClient, database: Database, settings: Settings
):
    await come_back(clinic, stranger)
    secret = stranger.cookies[DEVICE_COOKIE]
    assert len(secret) >= 43
    async with database.reading(clinic.id) as session:
        rows = await session.execute(
            text(
                "select d::text as d, s::text as s from known_devices d join sessions s"
                " on s.device_id = d.id"
            )
        )
        kept = " ".join(f"{row.d} {row.s}" for row in rows)
    assert secret not in kept
    assert "Gecko" not in kept
    assert kept.count("Firefox, Android") == 2


async def test_a_secret_that_somebody_planted_is_not_taken_over(
    clinic: Clinic, stranger: httpx.AsyncClient
):
    """SE-1, of devices."""
    planted = secrets.new_token()
    stranger.cookies.set(DEVICE_COOKIE, planted, domain="glidepath.example")
    await come_back(clinic, stranger)
    values = {one.value for one in stranger.cookies.jar if one.name == DEVICE_COOKIE}
    assert values - {planted}
    async with browser(clinic.app) as liar:
        liar.cookies.set(DEVICE_COOKIE, planted, domain="glidepath.example")
        await come_back(clinic, liar)
        assert len(await asked(clinic.patient)) == 2


async def test_who_shares_a_machine_is_known_there_each_for_themselves(
    clinic: Clinic, hashed: list[bool]
):
    secret = clinic.therapist.cookies[DEVICE_COOKIE]
    await come_back(clinic, clinic.therapist)
    assert clinic.therapist.cookies[DEVICE_COOKIE] == secret
    (device,) = await asked(clinic.patient)
    assert (device["label"], len(await asked(clinic.therapist))) == ("", 0)
    await sign_in(clinic.therapist, passphrase=PASSPHRASE)
    assert hashed[-1] is True


async def test_a_patient_is_asked_on_their_phone_about_a_sign_in_elsewhere(
    clinic: Clinic, stranger: httpx.AsyncClient
):
    """T4: no mail is needed for it, and who came in cannot answer for themselves."""
    assert await asked(clinic.patient) == []
    await come_back(clinic, stranger)
    (device,) = await asked(clinic.patient)
    assert device["label"] == "Firefox, Android"
    path = f"/api/new-devices/{device['id']}"
    assert await asked(stranger) == []
    for deed in ("own", "disown"):
        assert (await stranger.post(f"{path}/{deed}", json={})).status_code == 404
    assert (await clinic.patient.post(f"{path}/own", json={})).status_code == 204
    assert await asked(clinic.patient) == []
    assert (await stranger.get("/api/me")).status_code == 200


async def test_who_came_in_cannot_vouch_for_what_they_bring_in_next(
    clinic: Clinic, stranger: httpx.AsyncClient
):
    phrase = await come_back(clinic, stranger)
    async with browser(clinic.app) as another:
        await another.post("/api/phrase-sign-in", json={"phrase": phrase})
        (third,) = await asked(stranger)
        vouched = await stranger.post(f"/api/new-devices/{third['id']}/own", json={})
        assert (vouched.status_code, await asked(stranger)) == (204, [])
        # On the first phone both are still asked about.
        devices = await asked(clinic.patient)
        assert [one["id"] == third["id"] for one in devices] == [True, False]


async def test_a_device_that_is_disowned_is_signed_out_with_the_words_it_came_by(
    clinic: Clinic, stranger: httpx.AsyncClient
):
    phrase = await come_back(clinic, stranger)
    (device,) = await asked(clinic.patient)
    path = f"/api/new-devices/{device['id']}/disown"
    assert (await clinic.patient.post(path, json={})).status_code == 204
    assert (await stranger.get("/api/me")).status_code == 401
    assert (await stranger.post("/api/phrase-sign-in", json={"phrase": phrase})).status_code == 401
    assert (await clinic.patient.get("/api/me")).status_code == 200
    assert (await clinic.patient.post(path, json={})).status_code == 404


async def test_nobody_answers_for_the_devices_of_another(
    clinic: Clinic, other_clinic: Clinic, stranger: httpx.AsyncClient
):
    await come_back(clinic, stranger)
    (device,) = await asked(clinic.patient)
    _, neighbour = await join_patient(clinic)
    for client in (clinic.therapist, neighbour, other_clinic.patient, other_clinic.therapist):
        assert await asked(client) == []
        for deed in ("own", "disown"):
            answer = await client.post(f"/api/new-devices/{device['id']}/{deed}", json={})
            assert answer.status_code == 404
    await neighbour.aclose()
    assert len(await asked(clinic.patient)) == 1


async def test_a_session_of_before_devices_were_known_is_asked_about_all_of_them(
    clinic: Clinic, stranger: httpx.AsyncClient, database: Database
):
    async with database.writing(clinic.id) as session:
        await session.execute(text("update sessions set device_id = null"))
        await session.execute(text("delete from known_devices"))
    await come_back(clinic, stranger)
    assert len(await asked(clinic.patient)) == 1


async def test_no_account_is_known_at_more_than_twenty_devices(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    """Each has guesses of its own."""
    for _ in range(22):
        stranger.cookies.clear()
        await let_in(stranger, THERAPIST)
    assert len(await asked(clinic.therapist)) == 20
    await sign_in(stranger, passphrase=PASSPHRASE)
    assert hashed[-1] is True
    await sign_in(clinic.therapist, passphrase=PASSPHRASE)
    assert hashed[-1] is False


async def test_with_a_new_passphrase_no_other_device_is_known_any_more(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    await let_in(stranger, THERAPIST)
    new = {"passphrase": "seven lamps near the old harbour"}
    assert (await clinic.therapist.put("/api/account/passphrase", json=new)).status_code == 204
    for client, known in ((stranger, False), (clinic.therapist, True)):
        await sign_in(client)
        assert hashed[-1] is known


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [
        ("North north 2026 2026", "passphrase_too_common"),
        ("fourteen chars", "passphrase_too_short"),
        ("lamp harbour seven " * 9, "passphrase_too_long"),
    ],
)
async def test_nobody_takes_a_passphrase_that_anybody_would_try_first(
    clinic: Clinic, passphrase: str, code: str
):
    """AU-1"""
    answer = await clinic.therapist.put("/api/account/passphrase", json={"passphrase": passphrase})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_owner_is_mailed_once_of_a_device_that_was_not_known(
    clinic: Clinic, stranger: httpx.AsyncClient, database: Database, settings: Settings
):
    """AU-12, T5: when, and what kind of browser; nothing of a patient."""
    with mail_server() as server:
        mails = with_mail(settings, server.url)
        await work(mails, database, clinic)
        assert server.taken == []
        for _ in range(2):
            # The second time the browser is known.
            await let_in(stranger, THERAPIST)
        await work(mails, database, clinic)
        (mail,) = server.taken
        async with database.writing(clinic.id) as session:
            (device,) = (
                await session.execute(
                    text("select id from known_devices where label = 'Firefox, Android'")
                )
            ).scalars()
            again = await notify.tell_of_device(
                session, clinic.id, device, mails, datetime.now(UTC)
            )
    assert again is False
    assert mail.to == [THERAPIST]
    words = mail.message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Firefox, Android, 20" in words
    assert "Pat Doe" not in words


async def test_where_no_mail_is_sent_nothing_is_given_up_and_no_admin_is_troubled(
    clinic: Clinic, stranger: httpx.AsyncClient, database: Database, settings: Settings
):
    await let_in(stranger, THERAPIST)
    await come_back(clinic, stranger)
    await work(settings, database, clinic)
    assert await deliveries(database, clinic) == []
