"""What needs a person who has just shown who they are, and sessions that go on under another token."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine
from uuid_utils.compat import uuid7

from glidepath.identity import recent
from glidepath.settings import Settings
from tests.authenticator import Authenticator
from tests.clinics import PASSPHRASE, Clinic, browser

pytestmark = pytest.mark.anyio

COOKIE = "__Host-glidepath"
PROOF = {"passphrase": PASSPHRASE}
COLLEAGUE = {"name": "N", "email": "n@north.example", "role": "therapist", "locale": "en"}


async def managing(clinic: Clinic) -> list[tuple[str, str, dict[str, str]]]:
    """Every request of an admin that needs it."""
    who = f"/api/staff/{clinic.therapist_id}"
    return [
        ("PUT", f"/api/staff/{uuid7()}", COLLEAGUE),
        ("POST", f"{who}/links", {}),
        ("PUT", f"{who}/role", {"role": "therapist"}),
        ("POST", f"{who}/reset-second-factor", {}),
        ("POST", f"{who}/close", {}),
        ("POST", f"{who}/reopen", {}),
        ("PUT", "/api/account/passphrase", {"passphrase": "cups of tea on the sill"}),
        ("POST", "/api/account/address", {"email": "moved@north.example"}),
        ("PUT", "/api/webhook", {"url": "https://pager.example/x"}),
        ("DELETE", "/api/webhook", {}),
    ]


async def test_after_ten_minutes_accounts_and_addresses_wait_for_a_confirmation(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    later = datetime.now(UTC) + recent.RECENT + timedelta(seconds=2)
    with time_machine.travel(later):
        for method, url, body in await managing(clinic):
            answer = await colleague.request(method, url, json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "confirm_it_is_you"), url
        assert (await colleague.get("/api/staff")).status_code == 200
        wrong = await colleague.post("/api/confirm/passphrase", json={"passphrase": "no"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "no_match")
        assert (await colleague.post("/api/confirm/passphrase", json=PROOF)).status_code == 200
        for method, url, body in await managing(clinic):
            answer = await colleague.request(method, url, json=body)
            assert answer.json().get("code") != "confirm_it_is_you" if answer.content else True


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


async def test_a_patient_confirms_with_the_six_words_or_a_passkey_of_their_own_alone(
    clinic: Clinic, other_clinic: Clinic, settings: Settings
):
    phrase = (await clinic.patient.post("/api/phrase", json={})).json()
    theirs = (await other_clinic.patient.post("/api/phrase", json={})).json()
    device = Authenticator(settings.base_url, settings.base_url.removeprefix("https://"))
    options = (await clinic.patient.post("/api/passkeys/options", json={})).json()["options"]
    made = {"credential": device.make(options), "name": "My phone"}
    assert (await clinic.patient.post("/api/passkeys", json=made)).status_code == 201

    async def by_passkey(client: httpx.AsyncClient) -> int:
        asked = await clinic.patient.post("/api/passkey-sign-in/options", json={})
        body = {"credential": device.sign(asked.json()["options"])}
        return (await client.post("/api/confirm/passkey", json=body)).status_code

    async def by_phrase(client: httpx.AsyncClient, words: dict[str, str]) -> int:
        return (await client.post("/api/confirm/phrase", json=words)).status_code

    assert await by_phrase(clinic.patient, theirs) == 401
    assert await by_phrase(clinic.patient, phrase) == 200
    assert await by_passkey(other_clinic.patient) == 401
    assert await by_passkey(clinic.patient) == 200
    async with browser(clinic.app) as stranger:
        assert await by_phrase(stranger, phrase) == 401
