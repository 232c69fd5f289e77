"""Who came in, who tried to and who was turned away is a line of the log that names nobody but by their id."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from structlog.testing import capture_logs

from glidepath.identity.cookies import COOKIE
from glidepath.web import bodies
from tests.api.test_second_factor import EMAIL, FACTOR, code, give_passphrase, set_up
from tests.clinics import HOST, PASSPHRASE, Clinic, browser

pytestmark = pytest.mark.anyio

WRONG = "canary-passphrase"
FORGED = 'x%0A{"event":"security","deed":"signIn","outcome":"done"}'


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as found:
        yield found


def told(lines: list[Any], *names: str) -> list[tuple[Any, ...]]:
    """Of each security event so far the deed, what came of it, and what is asked for; they are taken away."""
    found = [
        (line["deed"], line["outcome"], *(line.get(name) for name in names))
        for line in lines
        if line["event"] == "security"
    ]
    lines.clear()
    return found


async def try_passphrase(client: httpx.AsyncClient, email: str) -> None:
    body = {"email": email, "passphrase": WRONG}
    assert (await client.post("/api/sign-in", json=body)).status_code == 401


async def test_a_sign_in_is_told_step_by_step_with_its_factors(
    app: Litestar, clinic: Clinic, lines: list[Any]
):
    async with browser(app) as client:
        await try_passphrase(client, EMAIL)
        await try_passphrase(client, "nobody.canary@north.example")
        await give_passphrase(client)
        secret = await set_up(client)
        await client.post(f"{FACTOR}/recovery-code", json={"code": "AAAAA-AAAAA"})
        written_down = str(lines)
        assert told(lines, "account_id", "factors", "code", "new_device") == [
            ("signIn", "denied", clinic.therapist_id, 0, "no_match", None),
            ("signIn", "denied", None, None, "no_match", None),
            ("signIn", "done", clinic.therapist_id, 1, None, None),
            ("newAuthenticator", "done", clinic.therapist_id, 1, None, None),
            ("confirmAuthenticator", "done", clinic.therapist_id, 2, None, True),
            ("giveRecoveryCode", "refused", clinic.therapist_id, 2, "wrong_code", None),
        ]
        codes = (await client.post(f"{FACTOR}/recovery-codes", json={})).json()["codes"]
        await client.post("/api/sign-out", json={})
        await give_passphrase(client)
        half = client.cookies[COOKIE]
        await client.post(f"{FACTOR}/code", json={"code": "000000"})
        await client.post(f"{FACTOR}/code", json={"code": code(secret, 1)})
        await give_passphrase(client)
        await client.post(f"{FACTOR}/recovery-code", json={"code": codes[0]})
        client.cookies.set(COOKIE, half, domain=HOST)
        await client.get("/api/me")
        written_down += str(lines)
        assert told(lines, "factors", "code", "new_device") == [
            ("makeRecoveryCodes", "done", 2, None, None),
            ("signOut", "done", 2, None, None),
            ("signIn", "done", 1, None, None),
            ("giveCode", "refused", 1, "wrong_code", None),
            ("giveCode", "done", 2, None, None),
            ("signIn", "done", 1, None, None),
            ("giveRecoveryCode", "done", 2, None, None),
            ("getMe", "denied", None, "signed_out", None),
        ]
    typed = (EMAIL, "canary", PASSPHRASE, WRONG, codes[0], half, "Therapist")
    assert [one for one in typed if one in written_down] == []


async def test_what_is_refused_at_the_border_is_told_and_nothing_of_what_was_sent(
    app: Litestar, clinic: Clinic, lines: list[Any]
):
    async with browser(app) as client:
        for headers, sent in (
            ({"sec-fetch-site": "cross-site"}, {"json": {}}),
            ({}, {"content": b"canary=1", "headers": {"content-type": "text/plain"}}),
            ({}, {"json": {"canary": "x" * bodies.MAX_BODY}}),
            ({"x-canary": "x" * bodies.MAX_HEADERS}, {"json": {}}),
            ({}, {"json": {"canary": 1}}),
            ({}, {"json": {"email": f"canary\n{FORGED}", "passphrase": 1}}),
        ):
            client.headers.update({"sec-fetch-site": "same-origin", **headers})
            await client.post("/api/sign-in", **sent)
            client.headers.pop("x-canary", None)
        for path in (f"/api/{FORGED}", "/api/nothing"):
            await client.get(path)
        await client.put("/api/sign-in", json={})
        assert "canary" not in str(lines)
        assert "%0A" not in str(lines)
        assert "{" not in "".join(str(value) for line in lines for value in line.values())
        assert told(lines, "status", "code", "network") == [
            ("signIn", "denied", 403, "cross_origin", "127.0.0.1"),
            ("signIn", "refused", 400, "not_json", "127.0.0.1"),
            ("signIn", "refused", 413, "too_large", "127.0.0.1"),
            ("signIn", "refused", 431, "headers_too_large", "127.0.0.1"),
            ("signIn", "refused", 400, "malformed", "127.0.0.1"),
            ("signIn", "refused", 400, "malformed", "127.0.0.1"),
            ("unknown", "denied", 404, None, "127.0.0.1"),
            ("unknown", "denied", 404, None, "127.0.0.1"),
            ("unknown", "refused", 405, None, "127.0.0.1"),
        ]


async def test_whoever_has_to_wait_is_told_of_and_so_is_a_lost_database(
    app: Litestar, clinic: Clinic, lines: list[Any], monkeypatch: pytest.MonkeyPatch
):
    async with browser(app) as client:
        for _ in range(6):
            await client.post("/api/sign-in", json={"email": "nobody@x.example", "passphrase": "x"})
        assert [one[1:] for one in told(lines, "code")] == [
            *[("denied", "no_match")] * 5,
            ("put_off", "tried_too_often"),
        ]
    gone = type(app.state.database)("postgresql://glidepath_app@/gone?host=/nowhere")
    monkeypatch.setattr(app.state, "database", gone)
    await clinic.therapist.get("/api/triage")
    assert told(lines, "code") == [("getTriage", "put_off", "unavailable")]


async def test_a_settings_change_has_its_author_and_a_denial_its_number_on_the_trail(
    clinic: Clinic, lines: list[Any]
):
    await clinic.therapist.put("/api/reminder", json={"at": None})
    await clinic.patient.get(f"/api/patients/{clinic.patient_id}/looks")
    found = told(lines, "account_id", "request_id")
    assert len(found) == 2
    assert found[1][:3] == ("getLooks", "denied", clinic.patient_id)
    assert found[1][3] is not None
