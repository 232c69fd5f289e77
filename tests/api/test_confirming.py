"""What needs a person who has just shown who they are, and sessions that go on under another token."""

from base64 import b32decode
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import secrets, totp
from glidepath.settings import Settings
from tests.authenticator import Authenticator
from tests.clinics import PASSPHRASE, Clinic, browser

pytestmark = pytest.mark.anyio

COOKIE = "__Host-glidepath"
PROOF = {"passphrase": PASSPHRASE}


async def test_a_confirmed_session_is_the_same_under_another_token(clinic: Clinic):
    """SE-1: the token of before opens nothing; the session and its pushes stay."""
    before = clinic.therapist.cookies[COOKIE]
    (device,) = (await clinic.therapist.get("/api/devices")).json()["devices"]
    assert (await clinic.therapist.post("/api/confirm/passphrase", json=PROOF)).status_code == 200
    assert clinic.therapist.cookies[COOKIE] != before
    (same,) = (await clinic.therapist.get("/api/devices")).json()["devices"]
    assert same["id"] == device["id"]
    async with browser(clinic.app) as thief:
        thief.cookies.set(COOKIE, before)
        assert (await thief.get("/api/me")).status_code == 401


class Person(NamedTuple):
    """Who is signed in, and what they can show who they are with."""

    browser: httpx.AsyncClient
    app: bytes
    passkey: Authenticator
    phrase: str


async def _with_passkey(client: httpx.AsyncClient, settings: Settings) -> Authenticator:
    device = Authenticator(settings.base_url, settings.base_url.removeprefix("https://"))
    options = (await client.post("/api/passkeys/options", json={})).json()["options"]
    made = {"credential": device.make(options), "name": "Mine"}
    assert (await client.post("/api/passkeys", json=made)).status_code == 201
    return device


async def _therapist(clinic: Clinic, settings: Settings) -> Person:
    client = clinic.therapist
    begun = (await client.post("/api/second-factor/authenticator", json={})).json()
    secret = b32decode(begun["secret"])
    code = totp.code_of(secret, totp.step_of(datetime.now(UTC)) - 1)
    path = "/api/second-factor/authenticator/confirm"
    assert (await client.post(path, json={"code": code})).status_code == 200
    return Person(client, secret, await _with_passkey(client, settings), "")


async def _patient(clinic: Clinic, settings: Settings) -> Person:
    device = await _with_passkey(clinic.patient, settings)
    phrase = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    return Person(clinic.patient, bytes(20), device, phrase)


async def _grow_old(database: Database, clinic: Clinic) -> None:
    """Every proof in the clinic is older than ten minutes."""
    async with database.writing(clinic.id) as session:
        await session.execute(
            text("update sessions set authenticated_at = now() - interval '11 minutes'")
        )


async def _asked(client: httpx.AsyncClient) -> bool:
    """Whether a page is told to ask who is there."""
    answer = await client.get("/api/confirm")
    assert (answer.status_code, answer.json()["code"] if answer.content else "") in (
        (204, ""),
        (403, "confirm_it_is_you"),
    )
    return answer.status_code == 403


async def _show(who: Person, factor: str, *, wrong: bool = False) -> httpx.Response:
    now = datetime.now(UTC)
    if factor == "passkey":
        asked = await who.browser.post("/api/passkey-sign-in/options", json={})
        device = Authenticator(who.passkey.origin, who.passkey.host) if wrong else who.passkey
        body: dict[str, Any] = {"credential": device.sign(asked.json()["options"])}
    elif factor == "code":
        body = {"code": "000000" if wrong else totp.code_of(who.app, totp.step_of(now))}
    elif factor == "phrase":
        body = {"phrase": "a b c d e f" if wrong else who.phrase}
    else:
        body = {"passphrase": "not it" if wrong else PASSPHRASE}
    return await who.browser.post(f"/api/confirm/{factor}", json=body)


async def test_whatever_somebody_has_opens_what_waits_for_a_proof_and_a_wrong_one_does_not(
    clinic: Clinic, settings: Settings, database: Database
):
    """AU-12."""
    for who, factors in (
        (await _therapist(clinic, settings), ("passphrase", "code", "passkey")),
        (await _patient(clinic, settings), ("phrase", "passkey")),
    ):
        for factor in factors:
            await _grow_old(database, clinic)
            assert await _asked(who.browser)
            assert (await _show(who, factor, wrong=True)).status_code in (401, 422), factor
            assert await _asked(who.browser)
            shown = await _show(who, factor)
            assert shown.status_code == 200, (factor, shown.text)
            assert not await _asked(who.browser)
    for factor in ("passphrase", "code"):
        assert not (await _show(who, factor)).is_success


async def test_wrong_proofs_of_all_kinds_use_up_one_budget_and_then_the_right_one_waits(
    clinic: Clinic, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """AU-5."""
    hashed = list[str]()

    async def matches(passphrase: str, stored: str | None, *, known: bool = False) -> bool:
        hashed.append(passphrase)
        return stored is not None and passphrase == PASSPHRASE

    monkeypatch.setattr(secrets, "passphrase_matches", matches)
    for who, factors in (
        (await _therapist(clinic, settings), ("passphrase", "code", "code", "passphrase", "code")),
        (await _patient(clinic, settings), ("phrase",) * 5),
    ):
        for factor in factors:
            assert (await _show(who, factor, wrong=True)).status_code in (401, 422)
        for factor in set(factors):
            late = await _show(who, factor)
            assert (late.status_code, late.json()["code"]) == (429, "tried_too_often"), factor
        # Nobody guesses a key: it goes on opening.
        assert (await _show(who, "passkey")).status_code == 200
    assert hashed == ["not it", "not it"]


async def test_a_patients_first_way_in_is_free_after_joining_and_never_for_who_finds_the_phone(
    clinic: Clinic, settings: Settings, database: Database
):
    """AU-12, T4."""
    patient = clinic.patient

    async def changes() -> list[int]:
        """As whoever holds the phone tries them."""
        asked = [
            await patient.post("/api/phrase", json={}),
            await patient.delete("/api/phrase"),
            await patient.post("/api/passkeys/options", json={}),
            await patient.post("/api/passkeys", json={"credential": {}, "name": "Theirs"}),
            await patient.delete(f"/api/passkeys/{uuid7()}"),
        ]
        assert {one.json()["code"] for one in asked} == {"confirm_it_is_you"}
        return [one.status_code for one in asked]

    await _grow_old(database, clinic)
    assert await changes() == [403] * 5
    # There is nothing to ask for yet, and the diary on the phone is theirs to keep.
    assert not await _asked(patient)
    # As with another code of the clinic's: they are there.
    async with database.writing(clinic.id) as session:
        await session.execute(text("update sessions set authenticated_at = now()"))
    who = await _patient(clinic, settings)
    await _grow_old(database, clinic)
    assert await changes() == [403] * 5
    assert await _asked(patient)
    assert (await _show(who, "phrase")).status_code == 200
    assert (await patient.delete("/api/phrase")).status_code == 204


async def test_nobody_confirms_with_what_is_somebody_elses(
    clinic: Clinic, other_clinic: Clinic, settings: Settings
):
    mine, theirs = await _patient(clinic, settings), await _patient(other_clinic, settings)
    for factor in ("phrase", "passkey"):
        assert (await _show(theirs._replace(browser=mine.browser), factor)).status_code == 401
    async with browser(clinic.app) as stranger:
        assert (await _show(mine._replace(browser=stranger), "phrase")).status_code == 401
