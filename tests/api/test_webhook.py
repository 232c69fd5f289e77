"""The clinic's webhook: set by its admins, signed, with ids alone, and told of what is urgent."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_worker import deliveries, work
from tests.clinics import Clinic, check_in, colleague, sync
from tests.push_service import PushService, Received, push_service

pytestmark = pytest.mark.anyio


@pytest.fixture
def pager() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, local_peers=True)


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with colleague(clinic, database, role="admin") as one:
        yield one.browser


async def put(admin: httpx.AsyncClient, url: str, **changes: Any) -> dict[str, Any]:
    answer = await admin.put("/api/webhook", json={"url": url, **changes})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def is_signed(sent: Received, secret: str) -> bool:
    moment, signed = (
        part[2:].lstrip("=") for part in sent.headers["glidepath-signature"].split(",")
    )
    expected = hmac.new(bytes.fromhex(secret), f"{moment}.".encode() + sent.body, hashlib.sha256)
    age = datetime.now(UTC) - datetime.fromtimestamp(int(moment), UTC)
    return hmac.compare_digest(expected.hexdigest(), signed) and age < timedelta(minutes=1)


async def test_what_is_urgent_goes_there_signed_and_says_ids_alone(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    pager: PushService,
):
    secret = (await put(admin, f"{pager.url}/pager"))["secret"]
    await sync(clinic, check_in(red_flags=["both_legs"], note="a secret note"))
    await work(settings, database, clinic)
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    (sent,) = pager.to("/pager")
    body = json.loads(sent.body)
    assert body.keys() == {"id", "event", "alert", "at"}
    assert (body["event"], body["alert"]) == ("alert.raised", row["alert"]["id"])
    assert is_signed(sent, secret)
    assert not is_signed(Received(sent.path, sent.headers, sent.body + b" "), secret)
    whole = f"{sent.body!r} {sent.headers}"
    assert not [one for one in ("secret", "legs", "Pat", str(clinic.patient_id)) if one in whole]


async def test_what_can_wait_does_not_go_there(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    pager: PushService,
):
    await put(admin, f"{pager.url}/pager")
    await sync(clinic, check_in(pain_now=8))
    async with database.writing(clinic.id) as session:
        await session.execute(text("update alerts set severity = 'high'"))
    await work(settings, database, clinic)
    assert pager.received == []


async def test_the_secret_is_told_once_and_a_new_one_on_request(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    pager: PushService,
):
    first = (await put(admin, f"{pager.url}/a"))["secret"]
    assert len(bytes.fromhex(first)) == 32
    assert (await put(admin, f"{pager.url}/b"))["secret"] is None
    assert (await admin.get("/api/webhook")).json()["secret"] is None
    second = (await put(admin, f"{pager.url}/b", new_secret=True))["secret"]
    assert second not in (None, first)
    assert (await admin.post("/api/webhook/test", json={})).status_code == 204
    assert (await admin.post("/api/webhook/test", json={})).status_code == 204
    await work(settings, database, clinic)
    sent = pager.to("/b")
    assert [json.loads(one.body)["event"] for one in sent] == ["test", "test"]
    assert len({json.loads(one.body)["id"] for one in sent}) == 2
    assert is_signed(sent[0], second)
    assert not is_signed(sent[0], first)
    last = (await admin.get("/api/webhook")).json()["last"]
    assert (last["cause"], last["state"], last["code"]) == ("test", "sent", None)


@pytest.mark.parametrize(
    ("status", "state", "code"), [(503, "waiting", "webhook_503"), (410, "failed", "webhook_410")]
)
async def test_a_webhook_that_fails_is_tried_again_or_said(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    pager: PushService,
    status: int,
    state: str,
    code: str,
):
    await put(admin, f"{pager.url}/pager")
    pager.answers["/pager"] = (status, {"retry-after": "60"})
    await admin.post("/api/webhook/test", json={})
    await work(settings, database, clinic)
    (delivery,) = await deliveries(database, clinic)
    assert (delivery["state"], delivery["code"]) == (state, code)
    if state == "waiting":
        assert delivery["due_at"] - delivery["made_at"] >= timedelta(seconds=60)


async def test_switched_off_nothing_goes_there(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    pager: PushService,
):
    await put(admin, f"{pager.url}/pager")
    assert (await admin.delete("/api/webhook")).status_code == 204
    assert (await admin.get("/api/webhook")).json()["url"] is None
    assert (await admin.post("/api/webhook/test", json={})).status_code == 404
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await work(settings, database, clinic)
    assert pager.received == []
    assert (await put(admin, f"{pager.url}/pager"))["secret"] is not None


async def test_it_is_for_the_clinics_own_admins(
    clinic: Clinic, other_clinic: Clinic, admin: httpx.AsyncClient, database: Database
):
    await put(admin, "https://pager.example/x")
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/test")):
        body = {"url": "https://evil.example/x"} if method == "PUT" else {}
        body = None if method in ("GET", "DELETE") else body  # type: ignore[assignment]
        answer = await clinic.therapist.request(method, f"/api/webhook{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "admins_only")
    async with colleague(other_clinic, database, role="admin") as other:
        assert (await other.browser.get("/api/webhook")).json()["url"] is None
        await put(other.browser, "https://other.example/x")
    assert (await admin.get("/api/webhook")).json()["url"] == "https://pager.example/x"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://pager.example/x", "address_not_https"),
        ("https://10.0.0.1/x", "address_not_a_public_name"),
        ("https://pager.local/x", "address_not_a_public_name"),
        ("https://pager.example:8443/x", "address_not_plain"),
        ("pager", "address_not_https"),
        ("https://pager.example/ä", "address_malformed"),
    ],
)
async def test_an_address_of_ones_own_network_is_refused(
    admin: httpx.AsyncClient, url: str, code: str
):
    refused = await admin.put("/api/webhook", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
