"""Clinics and people for tests, made as the product makes them, and what a phone would send."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.care import planning
from glidepath.database.engine import Database
from glidepath.escalation.rules import usual_words
from glidepath.identity import service as identity
from glidepath.identity import signing_in
from glidepath.identity.cookies import COOKIE, DEVICE_COOKIE
from glidepath.identity.known_devices import Browser
from glidepath.identity.user_agents import label_of

HOST = "glidepath.example"
PASSPHRASE = "a long and quiet passphrase"
# Where the patients of these tests live: their day is not that of the clock at Greenwich.
ZONE = ZoneInfo("Europe/Madrid")
HOURS = usual_words()


def policy_body(**changes: Any) -> dict[str, Any]:
    """Open from nine to five on working days, closed at Christmas."""
    office = [{"opens": "09:00", "closes": "17:00"}]
    return {
        "week": [office, office, office, office, office, [], []],
        "closed_on": ["2026-12-25"],
        "urgent": {
            "round_the_clock": False,
            "first_minutes": 30,
            "second_minutes": 30,
            "again_minutes": 60,
            "look_holds_hours": 24,
        },
        "others": {"first_days": 1, "second_days": 1, "again_days": 1, "look_holds_days": 3},
        "repeats": 9,
        **changes,
    }


def own_day() -> date:
    """Today, where the patients are."""
    return datetime.now(ZONE).date()


@dataclass
class Clinic:
    """A clinic with one therapist and one patient who has joined."""

    app: Litestar
    id: UUID
    therapist: httpx.AsyncClient
    therapist_id: UUID
    patient: httpx.AsyncClient
    patient_id: UUID
    episode_id: UUID
    plan: dict[str, Any] = field(default_factory=dict)


def browser(app: Litestar, cookies: httpx.Cookies | None = None) -> httpx.AsyncClient:
    """A browser of our own origin, with a cookie jar of its own."""
    return httpx.AsyncClient(
        cookies=cookies,
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url=f"https://{HOST}",
        headers={"sec-fetch-site": "same-origin"},
    )


async def sign_in(client: httpx.AsyncClient, email: str) -> None:
    """One of the staff is signed in with both factors, without the time that they take."""
    app: Litestar = client._transport.app  # type: ignore[attr-defined]
    known_as = next((one.value for one in client.cookies.jar if one.name == DEVICE_COOKIE), None)
    at = Browser(known_as, label_of(client.headers["user-agent"]), "127.0.0.1")
    async with app.state.database.writing() as session:
        (account,) = await signing_in.open_accounts(session, email)
        opened = await signing_in.open_session(session, account, datetime.now(UTC), at, aal=2)
    for name, value in ((COOKIE, opened.token), (DEVICE_COOKIE, opened.device)):
        assert value is not None
        client.cookies.set(name, value, domain=HOST)


async def add_clinic(
    database: Database, name: str = "North", country: str = "ES"
) -> tuple[UUID, UUID, str]:
    """Clinic, therapist and the therapist's address."""
    clinic_id, therapist_id, now = uuid7(), uuid7(), datetime.now(UTC)
    email = f"therapist@{name.lower()}.example"
    async with database.writing(clinic_id) as session:
        await identity.add_clinic(session, clinic_id, name, country, "Europe/Madrid", HOURS, now)
        await planning.stock_library(session, clinic_id)
        await identity.add_staff(
            session,
            clinic_id,
            therapist_id,
            role="therapist",
            name=f"{name} therapist",
            email=email,
            passphrase=PASSPHRASE,
            now=now,
        )
    return clinic_id, therapist_id, email


def patient_body(**changes: Any) -> dict[str, Any]:
    today = own_day()
    return {
        "name": "Pat Doe",
        "timezone": "Europe/Madrid",
        "locale": "en",
        "episode": {
            "id": str(uuid7()),
            "condition": "both",
            "side": "left",
            "started_on": str(today - timedelta(days=30)),
        },
        "plan": {
            "id": str(uuid7()),
            "starts_on": str(today - timedelta(days=30)),
            "note": None,
            "items": [stretch(), glide()],
        },
        **changes,
    }


def stretch(**changes: Any) -> dict[str, Any]:
    return {
        "exercise_key": "hamstring_stretch",
        "side": "left",
        "sets": 3,
        "repetitions": None,
        "hold_seconds": 30,
        "rest_seconds": 10,
        "days_per_week": 7,
        **changes,
    }


def glide(**changes: Any) -> dict[str, Any]:
    return {
        "exercise_key": "sciatic_glide",
        "side": "left",
        "sets": 2,
        "repetitions": 12,
        "hold_seconds": None,
        "rest_seconds": 30,
        "days_per_week": 7,
        **changes,
    }


def next_plan(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Another version of the plan that a new patient has."""
    today = str(own_day())
    return {"starts_on": today, "note": None, "items": list(items), "based_on": 1, **changes}


def check_in(day: date | None = None, **changes: Any) -> dict[str, Any]:
    day = day or own_day()
    moment = f"{day}T09:00:00+02:00"
    return {
        "id": str(uuid7()),
        "revises": None,
        "withdrawn": False,
        "plan_version_id": None,
        "local_date": str(day),
        "happened_at": moment,
        "zone": "Europe/Madrid",
        "made_at": moment,
        "pain_now": 3,
        "pain_worst": None,
        "place": "thigh",
        "sensations": [],
        "changes_with": None,
        "red_flags": None,
        "note": None,
        **changes,
    }


async def sync(
    clinic: Clinic, *check_ins: dict[str, Any], sessions: tuple[dict[str, Any], ...] = ()
) -> list[dict[str, Any]]:
    answer = await clinic.patient.post(
        "/api/sync",
        json={
            "account_id": str(clinic.patient_id),
            "check_ins": list(check_ins),
            "exercise_sessions": list(sessions),
        },
    )
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def handle(
    client: httpx.AsyncClient, alert: dict[str, Any], deed: str, **body: Any
) -> httpx.Response:
    """What a therapist does to an alert as they see it; resolving with an outcome unless it is named."""
    if deed == "resolve":
        body = {"outcome": "called", "useful": None, "note": None} | body
    seen = {"if-match": f'"{alert["version"]}"'}
    return await client.post(f"/api/alerts/{alert['id']}/{deed}", json=body, headers=seen)


async def open_clinic(
    app: Litestar, database: Database, stack: AsyncExitStack, name: str, country: str = "ES"
) -> Clinic:
    clinic_id, therapist_id, email = await add_clinic(database, name, country)
    therapist = await stack.enter_async_context(browser(app))
    patient = await stack.enter_async_context(browser(app))
    await sign_in(therapist, email)
    patient_id = uuid7()
    body = patient_body()
    admitted = await therapist.put(f"/api/patients/{patient_id}", json=body)
    assert admitted.status_code == 201, admitted.text
    invitation = await therapist.post(f"/api/patients/{patient_id}/invitations", json={})
    joined = await patient.post(
        "/api/join", json={"code": invitation.json()["code"], "locale": "en"}
    )
    assert joined.status_code == 200, joined.text
    return Clinic(
        app, clinic_id, therapist, therapist_id, patient, patient_id, UUID(body["episode"]["id"])
    )


@dataclass
class Colleague:
    """Another of the clinic's staff, signed in."""

    id: UUID
    browser: httpx.AsyncClient


@asynccontextmanager
async def colleague(
    clinic: Clinic, database: Database, name: str = "Colleague", role: str = "therapist"
) -> AsyncIterator[Colleague]:
    account_id, email = uuid7(), f"{name.lower()}@{clinic.id}.example"
    async with database.writing(clinic.id) as session:
        await identity.add_staff(
            session,
            clinic.id,
            account_id,
            role=role,
            name=name,
            email=email,
            passphrase=PASSPHRASE,
            now=datetime.now(UTC),
        )
    async with browser(clinic.app) as client:
        await sign_in(client, email)
        yield Colleague(account_id, client)


async def join_patient(clinic: Clinic) -> tuple[str, httpx.AsyncClient]:
    """Another patient of the clinic, who has joined, and their phone."""
    patient_id, phone = str(uuid7()), browser(clinic.app)
    admitted = await clinic.therapist.put(f"/api/patients/{patient_id}", json=patient_body())
    assert admitted.status_code == 201, admitted.text
    invited = await clinic.therapist.post(f"/api/patients/{patient_id}/invitations", json={})
    joined = await phone.post("/api/join", json={"code": invited.json()["code"], "locale": "en"})
    assert joined.status_code == 200, joined.text
    return patient_id, phone


async def admit_patient(
    clinic: Clinic,
) -> tuple[
    Callable[[list[dict[str, Any]]], Awaitable[list[dict[str, Any]]]],
    Callable[[], Awaitable[list[dict[str, Any]]]],
]:
    """As above; how they send check-ins, and read their diary."""
    patient_id, phone = await join_patient(clinic)

    async def send(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        body = {"account_id": patient_id, "check_ins": batch, "exercise_sessions": []}
        answer = await phone.post("/api/sync", json=body)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def read() -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await phone.get("/api/diary")).json()["check_ins"]
        return entries

    return send, read
