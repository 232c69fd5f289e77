"""How long a sign-in lasts, what its cookie is, and that taking a right away works at once, everywhere."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
import time_machine
from litestar import Litestar
from sqlalchemy import text

from glidepath.app import UNATTENDED, create_app
from glidepath.database.engine import Database
from glidepath.identity import secrets, signing_in
from glidepath.settings import Settings
from tests.accounts import id_of
from tests.clinics import PASSPHRASE, Clinic, browser, sign_in

pytestmark = pytest.mark.anyio

COOKIE = "__Host-glidepath"
SECOND = timedelta(seconds=1)


@pytest.fixture
async def second(settings: Settings, tmp_path: Path) -> AsyncIterator[Litestar]:
    """Another web server on the same database."""
    app = create_app(settings, web=tmp_path)
    yield app
    await app.state.database.close()


async def status(client: httpx.AsyncClient, at: datetime, **headers: str) -> int:
    with time_machine.travel(at, tick=False):
        return (await client.get("/api/me", headers=headers)).status_code


@pytest.mark.parametrize(("role", "minutes"), [("therapist", 30), ("admin", 15)])
async def test_a_sign_in_that_nobody_uses_is_over_to_the_second(
    clinic: Clinic, colleague: httpx.AsyncClient, role: str, minutes: int
):
    """SE-3: what a page asks by itself is no use of it, and what a person does is."""
    client = clinic.therapist if role == "therapist" else colleague
    me = (await client.get("/api/me")).json()
    assert me["idle_seconds"] == minutes * 60
    idle = timedelta(minutes=minutes)
    start = datetime.now(UTC) + timedelta(minutes=2)
    assert await status(client, start) == 200
    assert await status(client, start + idle - SECOND, **{UNATTENDED: "yes"}) == 200
    assert await status(client, start + idle + SECOND, **{UNATTENDED: "yes"}) == 401
    assert await status(client, start + idle - SECOND) == 200
    assert await status(client, start + idle + SECOND) == 200
    assert await status(client, start + 2 * idle - 2 * SECOND) == 200
    # Counted from when somebody did something last.
    assert await status(client, start + 3 * idle) == 401


async def test_a_sign_in_of_staff_is_over_after_twelve_hours_however_much_it_is_used(
    clinic: Clinic, database: Database
):
    """SE-3."""
    ends = datetime.fromisoformat((await clinic.therapist.get("/api/me")).json()["ends_at"])
    assert ends - datetime.now(UTC) <= timedelta(hours=12)
    async with database.writing(clinic.id) as session:
        await session.execute(text("update sessions set last_seen_at = :at"), {"at": ends})
    assert await status(clinic.therapist, ends - SECOND) == 200
    assert await status(clinic.therapist, ends + SECOND) == 401


async def test_the_cookie_is_one_hosts_own_and_only_its_hash_is_kept(
    clinic: Clinic, database: Database
):
    """SE-2."""
    async with browser(clinic.app) as client:
        body = {"email": "therapist@north.example", "passphrase": PASSPHRASE}
        answer = await client.post("/api/sign-in", json=body)
    kept = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        kept.load(header)
    assert kept
    async with database.reading(clinic.id) as session:
        rows = await session.execute(text("select s::text from sessions s"))
        dump = "\n".join(rows.scalars())
    for name, one in kept.items():
        assert name.startswith("__Host-")
        assert (one["secure"], one["httponly"], one["path"], one["domain"]) == (True, True, "/", "")
        assert one["samesite"].lower() in ("lax", "strict")
        # 43 characters of base64 are 256 bits.
        assert len(one.value) >= 43
        assert one.value not in dump
    assert secrets.digest(kept[COOKIE].value).hex() in dump


async def test_a_planted_cookie_never_opens_anything_and_signing_out_ends_it_on_every_server(
    clinic: Clinic, second: Litestar
):
    """SE-1: 0 of 100 replays."""
    planted = secrets.new_token()
    async with browser(clinic.app) as client, browser(second) as other:
        client.cookies.set(COOKIE, planted, domain="glidepath.example", path="/")
        await sign_in(client, "therapist@north.example")
        assert planted not in [one.value for one in client.cookies.jar if one.name == COOKIE]
        token = client.cookies.get(COOKIE, domain="glidepath.example", path="/")
        assert token
        for server in (clinic.app, second):
            async with browser(server) as thief:
                thief.cookies.set(COOKIE, planted)
                assert (await thief.get("/api/me")).status_code == 401
        other.cookies.set(COOKIE, token)
        assert (await other.get("/api/me")).status_code == 200
        assert (await client.post("/api/sign-out", json={})).status_code == 204
        async with browser(clinic.app) as first:
            first.cookies.set(COOKIE, token)
            asked = [(await one.get("/api/me")).status_code for one in (first, other) * 50]
    assert asked == [401] * 100


@pytest.mark.parametrize("deed", ["close", "role", "end"])
async def test_what_is_taken_away_is_gone_at_the_next_request_on_every_server(
    clinic: Clinic, colleague: httpx.AsyncClient, database: Database, second: Litestar, deed: str
):
    """AC-9: pushes end, too; that streams do stands in test_live.py."""
    who = f"/api/staff/{await id_of(colleague, 'North therapist')}"
    subscribe = (
        "insert into push_subscriptions (clinic_id, id, account_id, session_id, endpoint, p256dh, auth,"
        " made_at) select clinic_id, gen_random_uuid(), account_id, id, 'https://push.example/x', '', '',"
        " now() from sessions where account_id = :a"
    )
    async with database.writing(clinic.id) as session:
        await session.execute(text(subscribe), {"a": clinic.therapist_id})
    async with browser(second) as elsewhere:
        elsewhere.cookies.set(COOKIE, clinic.therapist.cookies[COOKIE])
        assert (await elsewhere.get("/api/triage")).status_code == 200
        answer = await {
            "close": lambda: colleague.post(f"{who}/close", json={}),
            "role": lambda: colleague.put(f"{who}/role", json={"role": "admin"}),
            "end": lambda: elsewhere.post("/api/sign-out", json={}),
        }[deed]()
        assert answer.status_code < 300, answer.text
        for client in (clinic.therapist, elsewhere):
            assert (await client.get("/api/triage")).status_code == 401
    async with database.reading(clinic.id) as session:
        gone = await session.execute(text("select gone_at is not null from push_subscriptions"))
        assert list(gone.scalars()) == [True]


async def test_a_phone_whose_sign_in_was_ended_is_told_so_and_its_entries_are_not_taken(
    clinic: Clinic, second: Litestar
):
    """AC-9: 401 is what makes the phone keep what waits, and ask for a sign-in."""
    await clinic.therapist.post(f"/api/patients/{clinic.patient_id}/end-sessions", json={})
    batch = {"account_id": str(clinic.patient_id), "check_ins": [], "exercise_sessions": []}
    async with browser(second) as elsewhere:
        elsewhere.cookies.set(COOKIE, clinic.patient.cookies[COOKIE])
        for client in (clinic.patient, elsewhere):
            answer = await client.post("/api/sync", json=batch)
            assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_no_sign_in_of_staff_lasts_longer_than_is_promised():
    """SE-3; why patients' last longer is said in docs/design.md."""
    assert timedelta(hours=12) >= signing_in.STAFF_SESSION
    minutes = {"therapist": 30, "admin": 15, "operator": 15}
    assert {role: timedelta(minutes=count) for role, count in minutes.items()} == signing_in.IDLE
