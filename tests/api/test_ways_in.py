"""Signing in again without the clinic: passkeys and the phrase."""

import os
from collections.abc import AsyncIterator, Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from litestar import Litestar

from glidepath.identity import phrases
from glidepath.settings import Settings
from tests.authenticator import PRESENT, Authenticator
from tests.clinics import Clinic, browser

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A phone on which nobody is signed in."""
    async with browser(app) as client:
        yield client


@pytest.fixture
def device(settings: Settings) -> Authenticator:
    return Authenticator(settings.base_url, settings.base_url.removeprefix("https://"))


async def register(clinic: Clinic, device: Authenticator, *, staff: bool = False) -> httpx.Response:
    client = clinic.therapist if staff else clinic.patient
    options = (await client.post("/api/passkeys/options", json={})).json()["options"]
    body = {"credential": device.make(options), "name": "My phone"}
    return await client.post("/api/passkeys", json=body)


async def challenge(client: httpx.AsyncClient) -> dict[str, Any]:
    options: dict[str, Any] = (await client.post("/api/passkey-sign-in/options", json={})).json()[
        "options"
    ]
    return options


async def sign_in(client: httpx.AsyncClient, credential: dict[str, Any]) -> httpx.Response:
    return await client.post("/api/passkey-sign-in", json={"credential": credential})


async def test_a_passkey_opens_the_account_that_made_it(
    clinic: Clinic, stranger: httpx.AsyncClient, device: Authenticator
):
    assert (await register(clinic, device)).status_code == 201
    answer = await sign_in(stranger, device.sign(await challenge(stranger)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["account"]["id"] == str(clinic.patient_id)
    assert (await stranger.get("/api/me")).json()["account"]["role"] == "patient"
    (passkey,) = (await stranger.get("/api/ways-in")).json()["passkeys"]
    assert (passkey["name"], passkey["last_used_at"] is None) == ("My phone", False)


async def test_a_removed_passkey_opens_nothing(
    clinic: Clinic, stranger: httpx.AsyncClient, device: Authenticator
):
    (passkey,) = (await register(clinic, device)).json()["passkeys"]
    gone = await clinic.patient.delete(f"/api/passkeys/{passkey['id']}")
    assert gone.status_code == 204
    assert (await sign_in(stranger, device.sign(await challenge(stranger)))).status_code == 401
    assert (await clinic.patient.delete(f"/api/passkeys/{passkey['id']}")).status_code == 404


async def test_one_clinic_cannot_remove_what_another_keeps(
    clinic: Clinic, other_clinic: Clinic, device: Authenticator
):
    (passkey,) = (await register(clinic, device)).json()["passkeys"]
    answer = await other_clinic.patient.delete(f"/api/passkeys/{passkey['id']}")
    assert answer.status_code == 404
    assert len((await clinic.patient.get("/api/ways-in")).json()["passkeys"]) == 1


async def test_an_answer_opens_once_and_a_copied_count_nothing(
    clinic: Clinic, stranger: httpx.AsyncClient, device: Authenticator
):
    await register(clinic, device)
    answer = device.sign(await challenge(stranger))
    assert (await sign_in(stranger, answer)).status_code == 200
    assert (await sign_in(stranger, answer)).json()["code"] == "challenge_over"
    device.sign_count = 0
    assert (await sign_in(stranger, device.sign(await challenge(stranger)))).status_code == 401


async def test_a_challenge_lives_five_minutes(
    clinic: Clinic, stranger: httpx.AsyncClient, device: Authenticator
):
    await register(clinic, device)
    answer = device.sign(await challenge(stranger))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5, seconds=1)):
        assert (await sign_in(stranger, answer)).json()["code"] == "challenge_over"


async def test_nine_forgeries_of_nine_open_nothing(
    clinic: Clinic,
    other_clinic: Clinic,
    stranger: httpx.AsyncClient,
    device: Authenticator,
    report: Callable[[str], None],
):
    """AU-8: of a passkey of staff, which stands for both factors, as of a patient's."""
    for one, whose in ((device, clinic), (copy(device), other_clinic)):
        one.key, one.credential_id = Authenticator("", "").key, os.urandom(16)
        await register(whose, one, staff=True)
        others = one if whose is other_clinic else device
    origin, host, key, own = device.origin, device.host, device.key, device.credential_id
    forged = {
        "bogus signature": Authenticator(origin, host, credential_id=own),
        "another user's key": Authenticator(origin, host, others.key, own),
        "wrong origin": Authenticator("https://elsewhere.example", host, key, own),
        "wrong rpId": Authenticator(origin, "elsewhere.example", key, own),
        "not verified": Authenticator(origin, host, key, own, flags=PRESENT),
        "nobody there": Authenticator(origin, host, key, own, flags=0),
    }
    refused = list[str]()
    for name, liar in forged.items():
        liar.sign_count = 5
        answer = await sign_in(stranger, liar.sign(await challenge(stranger)))
        refused += [name] * (answer.json().get("code") == "no_passkey")
    good = device.sign(await challenge(stranger))
    assert (await sign_in(stranger, good)).status_code == 200
    answer = await sign_in(stranger, good)
    refused += ["replayed"] * (answer.json().get("code") == "challenge_over")
    device.sign_count = 0
    answer = await sign_in(stranger, device.sign(await challenge(stranger)))
    refused += ["count fell back"] * (answer.json().get("code") == "no_passkey")
    device.sign_count, late = 9, await challenge(stranger)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5, seconds=1)):
        answer = await sign_in(stranger, device.sign(late))
    refused += ["too late"] * (answer.json().get("code") == "challenge_over")
    assert (await sign_in(stranger, device.sign(await challenge(stranger)))).status_code == 200
    report(f"AU-8: {len(refused)} of 9 forgeries refused: {', '.join(refused)}")
    assert len(refused) == 9


async def test_a_challenge_for_one_account_makes_no_passkey_for_another(
    clinic: Clinic, other_clinic: Clinic, device: Authenticator
):
    options = (await clinic.patient.post("/api/passkeys/options", json={})).json()["options"]
    body = {"credential": device.make(options), "name": "stolen"}
    answer = await other_clinic.patient.post("/api/passkeys", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "challenge_over")


@pytest.mark.parametrize(
    "credential",
    [{}, {"id": "x"}, {"id": 1, "response": {"clientDataJSON": "e30"}}, {"response": []}],
)
async def test_nonsense_is_refused_in_words(stranger: httpx.AsyncClient, credential: Any):
    answer = await sign_in(stranger, credential)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_passkey")


async def test_only_patients_make_phrases(clinic: Clinic):
    assert (await clinic.therapist.post("/api/phrase", json={})).status_code == 403


async def test_the_phrase_opens_the_account_as_people_write_it(
    clinic: Clinic, stranger: httpx.AsyncClient
):
    phrase = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    assert len(phrase.split()) == 6
    assert (await clinic.patient.get("/api/ways-in")).json()["phrase_made_at"] is not None
    sloppy = "  " + ", ".join(f"{word.upper():.4}{word[4:] and 'xyz'}" for word in phrase.split())
    answer = await stranger.post("/api/phrase-sign-in", json={"phrase": sloppy})
    assert answer.status_code == 200, answer.text
    assert answer.json()["account"]["id"] == str(clinic.patient_id)


async def test_a_new_phrase_ends_the_old_one_and_removing_ends_both(
    clinic: Clinic, stranger: httpx.AsyncClient
):
    async def opens(phrase: str) -> bool:
        answer = await stranger.post("/api/phrase-sign-in", json={"phrase": phrase})
        return answer.status_code == 200

    first = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    second = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    assert (await opens(first), await opens(second)) == (False, True)
    assert (await clinic.patient.delete("/api/phrase")).status_code == 204
    assert not await opens(second)


@pytest.mark.parametrize("typed", ["one two three", "1 2 3 4 5 6", "a b c d e f"])
async def test_other_words_open_nothing(stranger: httpx.AsyncClient, typed: str):
    answer = await stranger.post("/api/phrase-sign-in", json={"phrase": typed})
    assert (answer.status_code, answer.json()["code"]) == (401, "no_phrase")


@pytest.mark.parametrize("locale", ["en", "es"])
def test_four_letters_tell_every_word_from_all_others(locale: Any):
    words = phrases._words(locale)
    told = {phrases.plain(" ".join([word] * phrases.WORDS)) for word in words}
    assert (len(words), len(told)) == (2048, 2048)
