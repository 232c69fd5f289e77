"""Staff are never let in with one factor (AU-9), and no proof counts twice."""

import asyncio
from base64 import b32decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from litestar import Litestar
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.identity import factor_store, recovery, totp
from glidepath.identity.cookies import COOKIE, DEVICE_COOKIE
from glidepath.settings import Settings
from tests.accounts import sending, text_of
from tests.api.test_daily_look import run_jobs
from tests.authenticator import Authenticator
from tests.clinics import PASSPHRASE, Clinic, browser

pytestmark = pytest.mark.anyio
EMAIL = "therapist@north.example"
FACTOR = "/api/second-factor"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
async def half(app: Litestar, clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at which the therapist has given the passphrase."""
    async with browser(app) as client:
        await give_passphrase(client)
        yield client


async def give_passphrase(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post("/api/sign-in", json={"email": EMAIL, "passphrase": PASSPHRASE})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def set_up(client: httpx.AsyncClient) -> bytes:
    """An authenticator app, confirmed with the code of the half minute before; its secret."""
    begun = (await client.post(f"{FACTOR}/authenticator", json={})).json()
    assert begun["qr_svg"].startswith("data:image/svg+xml")
    secret = b32decode(begun["secret"])
    confirmed = await client.post(
        f"{FACTOR}/authenticator/confirm", json={"code": code(secret, -1)}
    )
    assert confirmed.status_code == 200, confirmed.text
    return secret


def code(secret: bytes, steps: int = 0) -> str:
    return totp.code_of(secret, totp.step_of(datetime.now(UTC)) + steps)


async def give(client: httpx.AsyncClient, typed: str) -> httpx.Response:
    return await client.post(f"{FACTOR}/code", json={"code": typed})


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/api/triage")).status_code == 200


async def test_the_first_sign_in_leads_to_a_second_step_and_the_next_ones_ask_for_it(
    half: httpx.AsyncClient,
):
    said = (await half.get("/api/me")).json()["second_factor"]
    assert said == {"authenticator": False, "passkey": False, "recovery_code": False}
    assert not await is_in(half)
    secret = await set_up(half)
    assert (await half.get("/api/me")).json()["second_factor"] is None
    assert await is_in(half)
    assert (await give_passphrase(half))["second_factor"]["authenticator"] is True
    assert not await is_in(half)
    typed = code(secret)
    assert (await give(half, f" {typed[:3]} {typed[3:]} ")).json()["second_factor"] is None
    assert await is_in(half)


async def test_with_the_passphrase_alone_nobody_sets_up_a_factor_beside_the_owners(
    clinic: Clinic, half: httpx.AsyncClient
):
    await set_up(clinic.therapist)
    for path in (f"{FACTOR}/authenticator", "/api/passkeys/options"):
        answer = await half.post(path, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    for path, body in (
        (f"{FACTOR}/authenticator/confirm", {"code": "000000"}),
        ("/api/passkeys", {"credential": {}, "name": "x"}),
        (f"{FACTOR}/recovery-codes", {}),
    ):
        assert (await half.post(path, json=body)).json()["code"] == "second_factor_needed"
    assert (await half.delete(f"{FACTOR}/authenticator")).status_code == 403


async def test_an_app_that_was_begun_before_the_owners_was_confirmed_is_not_confirmed_any_more(
    clinic: Clinic, half: httpx.AsyncClient
):
    begun = (await half.post(f"{FACTOR}/authenticator", json={})).json()
    await set_up(clinic.therapist)
    typed = code(b32decode(begun["secret"]))
    answer = await half.post(f"{FACTOR}/authenticator/confirm", json={"code": typed})
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")


async def test_a_code_counts_half_a_minute_early_or_late_and_once(
    clinic: Clinic, half: httpx.AsyncClient
):
    """RFC 6238, and of several at once one wins."""
    with time_machine.travel(NOON, tick=False):
        await give_passphrase(half)
        begun = (await half.post(f"{FACTOR}/authenticator", json={})).json()
        secret = b32decode(begun["secret"])
        for steps, status in ((-2, 422), (2, 422), (-1, 200)):
            typed = {"code": code(secret, steps)}
            answer = await half.post(f"{FACTOR}/authenticator/confirm", json=typed)
            assert answer.status_code == status, steps
        for steps, status in ((-2, 422), (-1, 422), (2, 422), (1, 200), (0, 422), (1, 422)):
            await give_passphrase(half)
            assert (await give(half, code(secret, steps))).status_code == status, steps
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        await give_passphrase(half)
        answers = await asyncio.gather(*(give(half, code(secret)) for _ in range(5)))
        assert [one.status_code for one in answers].count(200) == 1


async def test_a_code_that_is_not_marked_as_used_would_count_again(
    half: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    """The mutant of the test above."""

    async def always(*_: object) -> bool:
        return True

    secret = await set_up(half)
    monkeypatch.setattr(factor_store, "use_step", always)
    for _ in range(2):
        await give_passphrase(half)
        assert (await give(half, code(secret))).status_code == 200


async def test_guesses_at_a_code_are_counted_with_those_at_the_passphrase(
    clinic: Clinic, half: httpx.AsyncClient
):
    """AU-5: five are free, then even the right one waits, and so does a passphrase."""
    secret = await set_up(clinic.therapist)
    assert [(await give(half, "000000")).status_code for _ in range(6)] == [422] * 5 + [429]
    assert (await give(half, code(secret))).status_code == 429
    spent = await half.post(f"{FACTOR}/recovery-code", json={"code": "AAAAA-AAAAA"})
    assert spent.status_code == 429
    body = {"email": EMAIL, "passphrase": PASSPHRASE}
    assert (await half.post("/api/sign-in", json=body)).status_code == 429


async def test_a_browser_is_known_once_both_factors_were_given_and_not_before(
    clinic: Clinic, half: httpx.AsyncClient
):
    """Each known browser has guesses of its own: with a passphrase alone nobody makes any number of them."""
    assert DEVICE_COOKIE not in half.cookies
    secret = await set_up(clinic.therapist)
    await give(half, code(secret))
    assert DEVICE_COOKIE in half.cookies


async def test_the_token_changes_when_the_level_rises_and_the_old_one_opens_nothing(
    app: Litestar, half: httpx.AsyncClient
):
    """SE-1."""
    planted = half.cookies[COOKIE]
    await set_up(half)
    assert half.cookies[COOKIE] != planted
    async with browser(app) as thief:
        thief.cookies.set(COOKIE, planted)
        assert (await thief.get("/api/me")).status_code == 401
    assert await is_in(half)


async def test_half_a_sign_in_ends_after_half_an_hour_and_a_whole_one_does_not(
    half: httpx.AsyncClient, clinic: Clinic
):
    start = datetime.now(UTC)
    with time_machine.travel(start + timedelta(minutes=29)):
        assert (await half.get("/api/me")).status_code == 200
        assert (await clinic.therapist.get("/api/me")).status_code == 200
    with time_machine.travel(start + timedelta(minutes=31)):
        assert (await half.get("/api/me")).status_code == 401
        assert (await clinic.therapist.get("/api/me")).status_code == 200


async def test_each_of_ten_recovery_codes_lets_in_once_and_the_owner_hears_of_it(
    app: Litestar, half: httpx.AsyncClient, database: Database, settings: Settings
):
    with sending(app, settings) as (server, mails):
        await set_up(half)
        codes = (await half.post(f"{FACTOR}/recovery-codes", json={})).json()["codes"]
        assert (len(set(codes)), {len(one) for one in codes}) == (recovery.CODES, {11})
        for typed, status in ((codes[0].lower(), 200), (codes[0], 422), (codes[1], 200)):
            assert (await give_passphrase(half))["second_factor"]["recovery_code"] is True
            answer = await half.post(f"{FACTOR}/recovery-code", json={"code": typed})
            assert answer.status_code == status, answer.text
        assert (await half.get("/api/ways-in")).json()["recovery_codes_left"] == 8
        await run_jobs(mails, database)
        told = [text_of(one) for one in server.taken]
        assert sum("recovery codes" in one for one in told) == 2
        assert [one for one in told if codes[0] in one] == []
        again = (await half.post(f"{FACTOR}/recovery-codes", json={})).json()["codes"]
        await give_passphrase(half)
        for typed, status in ((codes[2], 422), (again[2], 200)):
            answer = await half.post(f"{FACTOR}/recovery-code", json={"code": typed})
            assert answer.status_code == status


async def test_a_passkey_of_staff_counts_as_both_factors_and_the_last_factor_stays(
    app: Litestar, half: httpx.AsyncClient, settings: Settings
):
    device = Authenticator(settings.base_url, settings.base_url.removeprefix("https://"))
    options = (await half.post("/api/passkeys/options", json={})).json()["options"]
    body = {"credential": device.make(options), "name": "Laptop"}
    (passkey,) = (await half.post("/api/passkeys", json=body)).json()["passkeys"]
    assert await is_in(half)
    async with browser(app) as another:
        options = (await another.post("/api/passkey-sign-in/options", json={})).json()["options"]
        body = {"credential": device.sign(options)}
        assert (await another.post("/api/passkey-sign-in", json=body)).status_code == 200
        assert await is_in(another)
    one = f"/api/passkeys/{passkey['id']}"
    last = await half.delete(one)
    assert (last.status_code, last.json()["code"]) == (409, "last_factor")
    await set_up(half)
    assert (await half.delete(one)).status_code == 204
    last = await half.delete(f"{FACTOR}/authenticator")
    assert (last.status_code, last.json()["code"]) == (409, "last_factor")
    assert (await half.get("/api/ways-in")).json()["authenticator_since"] is not None


async def test_the_database_alone_tells_neither_a_secret_nor_a_code(
    clinic: Clinic, half: httpx.AsyncClient, database: Database
):
    secret = await set_up(half)
    codes = (await half.post(f"{FACTOR}/recovery-codes", json={})).json()["codes"]
    async with database.reading(clinic.id) as session:
        found = await session.execute(text("select secret from authenticators"))
        sealed = found.scalar_one()
        dumped = await session.execute(text("select r::text from recovery_codes r"))
        kept = " ".join(dumped.scalars())
    assert sealed.startswith("gp1:")
    assert totp.as_text(secret) not in sealed
    assert [one for one in codes if one.replace("-", "").encode().hex() in kept] == []


def test_the_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, by its last six digits."""
    secret = b"12345678901234567890"
    for seconds, digits in ((59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")):
        assert totp.code_of(secret, seconds // totp.STEP) == digits
