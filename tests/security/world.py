"""One clinic with a bit of everything, another beside it, and whoever may come to the door."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity import links, operators, signing_in
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.identity.known_devices import Browser
from glidepath.identity.models import INSTALLATION
from glidepath.monitoring import closings, facts, timers
from glidepath.monitoring.schemas import ClosingBody, FactBody, StopBody
from glidepath.records import making
from tests.api.test_assessments import findings
from tests.api.test_message_templates import words
from tests.api.test_outcomes import answer as answered
from tests.api.test_outcomes import assign
from tests.api.test_outcomes import send as send_answers
from tests.api.test_own_exercises import own
from tests.api.test_own_forms import file
from tests.api.test_proposals import log, progress
from tests.api.test_templates import template
from tests.api.test_threads import send, written
from tests.authenticator import Authenticator
from tests.clinics import (
    HOST,
    PASSPHRASE,
    Clinic,
    browser,
    check_in,
    join_patient,
    open_clinic,
    own_day,
    sync,
)
from tests.push_service import Browser as PushedTo
from tests.push_service import PushService

ORIGIN = "https://glidepath.example"
OPERATIONS_TOKEN = "a token of the operators"
COOKIE = "__Host-glidepath"


@dataclass
class World:
    """`ids` are the first clinic's, by the names that paths give them: all about its first patient, or made
    by the therapist who treats that patient."""

    app: Litestar
    clinic: Clinic
    other_clinic: Clinic
    actors: dict[str, httpx.AsyncClient]
    # An admin who has given one factor.
    half: httpx.AsyncClient
    accounts: dict[str, UUID]
    ids: dict[str, str]
    page: dict[str, Any]
    # What opens a door: the patient's joining code and phrase, secrets of the therapist's links.
    code: str
    links: dict[str, str]
    phrase: str
    passkey: Authenticator
    browser: PushedTo

    def tenant_of(self, who: str) -> UUID:
        """Where somebody's account stands."""
        if who == "operator":
            return INSTALLATION
        return (self.other_clinic if who.startswith("foreign") else self.clinic).id


@asynccontextmanager
async def world(app: Litestar, database: Database) -> AsyncIterator[World]:
    """Two clinics and twelve who ask, signed in where they can be."""
    async with AsyncExitStack() as stack:
        clinic = await open_clinic(app, database, stack, "North", "US")
        other = await open_clinic(app, database, stack, "South", "US")
        other_patient_id, other_patient = await join_patient(clinic)
        actors = {
            "anonymous": browser(app),
            "patient": clinic.patient,
            "other_patient": other_patient,
            "assigned": clinic.therapist,
            "foreign_therapist": other.therapist,
        }
        accounts = {
            "patient": clinic.patient_id,
            "other_patient": UUID(other_patient_id),
            "assigned": clinic.therapist_id,
            "foreign_therapist": other.therapist_id,
        }
        for name, where, role in (
            ("unassigned", clinic, "therapist"),
            ("admin", clinic, "admin"),
            ("foreign_admin", other, "admin"),
            ("disabled", clinic, "admin"),
            ("expired", clinic, "admin"),
        ):
            accounts[name], actors[name] = await _employ(app, database, where.id, name, role)
        async with database.writing() as session:
            await operators.add(
                session, "first@x.example", "First", "en", ORIGIN, datetime.now(UTC)
            )
        accounts["operator"], actors["operator"] = await _employ(
            app, database, INSTALLATION, "operator", "operator"
        )
        _, half = await _employ(app, database, clinic.id, "half", "admin", aal=1)
        await _end(database, clinic, accounts)
        actors["worker_token"] = browser(app)
        actors["worker_token"].headers["authorization"] = f"Bearer {OPERATIONS_TOKEN}"
        for client in (half, *actors.values()):
            stack.push_async_callback(client.aclose)
            # From another machine: what this one may ask about itself is no part of this.
            client._transport.client = ("203.0.113.9", 40_000)  # type: ignore[attr-defined]
        furnished = await _furnish(clinic, database)
        await _done(actors["admin"].post("/api/measure-forms", json=file()))
        furnished["ids"]["proposal_id"] = await _propose(clinic, other_patient_id, other_patient)
        furnished["ids"] |= await _monitor(clinic, actors, accounts)
        furnished["ids"] |= await _keep(clinic, actors["admin"])
        furnished["ids"] |= await _export(clinic, actors["admin"], database)
        for admin in (actors["admin"], actors["foreign_admin"]):
            await _done(admin.put("/api/webhook", json={"url": "https://pager.example/x"}))
        yield World(
            app=app,
            clinic=clinic,
            other_clinic=other,
            actors=actors,
            half=half,
            accounts=accounts,
            **furnished,
        )


async def _employ(
    app: Litestar, database: Database, clinic_id: UUID, name: str, role: str, aal: int = 2
) -> tuple[UUID, httpx.AsyncClient]:
    """Somebody of a clinic's staff or an operator, signed in without the time that a passphrase takes."""
    account_id, now, client = uuid7(), datetime.now(UTC), browser(app)
    email = f"{name}@{clinic_id}.example"
    async with database.writing(clinic_id) as session:
        await identity.add_staff(
            session,
            clinic_id,
            account_id,
            role=role,
            name=name,
            email=email,
            passphrase=PASSPHRASE,
            now=now,
        )
        (account,) = await signing_in.open_accounts(session, email)
        signed_in = await signing_in.open_session(session, account, now, aal=aal)
    # As the server sets it, which does so again where it is used for long.
    client.cookies.set(COOKIE, signed_in.token, domain=HOST)
    return account_id, client


async def _end(database: Database, clinic: Clinic, accounts: dict[str, UUID]) -> None:
    """The account of one was closed, and the sign-in of another is over; each was let in before."""
    async with database.writing(clinic.id) as session:
        await session.execute(
            text("update accounts set disabled_at = now() where id = :id"),
            {"id": accounts["disabled"]},
        )
        await session.execute(
            text("update sessions set expires_at = now() where account_id = :id"),
            {"id": accounts["expired"]},
        )


async def _furnish(clinic: Clinic, database: Database) -> dict[str, Any]:
    """A bit of everything that a path can name."""
    ids = {"patient_id": str(clinic.patient_id), "episode_id": str(clinic.episode_id)}
    staff, patient = clinic.therapist, clinic.patient
    await sync(clinic, check_in(red_flags=["both_legs"], note="It tingles."))
    await send(clinic, written())
    episode = f"/api/episodes/{ids['episode_id']}"
    await _done(staff.put(f"{episode}/assessments/{uuid7()}", json=findings(note="Stiff.")))
    screened = {"version": 1, "answers": {}, "note": "Well."}
    await _done(staff.put(f"{episode}/screenings/{uuid7()}", json=screened))
    for name, path, body in (
        ("template_id", "/api/plan-templates", template("Kept")),
        ("words_id", "/api/message-templates", words("Kept")),
        ("exercise_id", "/api/own-exercises", own()),
        ("cover_id", "/api/covers", _cover(clinic.therapist_id, await _colleague(clinic))),
    ):
        ids[name] = str(uuid7())
        await _done(staff.put(f"{path}/{ids[name]}", json=body))
    ids |= {"assignment_id": str(uuid7()), "form_key": "own_form"}
    await assign(clinic, "nprs", ids["assignment_id"])
    await assign(clinic, "psfs")
    given = answered(clinic, "psfs", 7, 4, 0)
    ids["answer_id"] = given["id"]
    await send_answers(clinic, [given])
    ids["opening_id"] = str(uuid7())
    opening = f"/api/patients/{clinic.patient_id}/emergency-openings/{ids['opening_id']}"
    await _done(staff.put(opening, json={"reason": "Called with red flags"}))
    ids["pause_id"] = str(uuid7())
    later = {"first_on": str(own_day() + timedelta(days=30))}
    later["last_on"] = later["first_on"]
    await _done(patient.put(f"/api/pauses/{ids['pause_id']}", json=later))
    message = str(uuid7())
    path = f"/api/patients/{ids['patient_id']}/messages/{message}"
    await _done(staff.put(path, json={"text": "Hello"}))
    push = PushedTo(PushService("https://fcm.googleapis.com/fcm/send"), "/laptop")
    answer = await _done(staff.put("/api/push-subscriptions", json=push.subscription))
    ids["browser_id"] = answer["id"]
    await _done(staff.post("/api/notices/tries", json={}))
    passkey = Authenticator(ORIGIN, "glidepath.example")
    asked = await _done(patient.post("/api/passkeys/options", json={}))
    made = {"credential": passkey.make(asked["options"]), "name": "Phone"}
    ids["passkey_id"] = (await _done(patient.post("/api/passkeys", json=made)))["passkeys"][0]["id"]
    phrase = (await _done(patient.post("/api/phrase", json={})))["phrase"]
    invited = f"/api/patients/{ids['patient_id']}/invitations"
    code = (await _done(staff.post(invited, json={})))["code"]
    page = await _done(staff.get(f"/api/patients/{ids['patient_id']}"))
    ids["alert_id"] = page["alerts"][0]["id"]
    ids["message_id"] = next(one["id"] for one in page["messages"] if one["from_patient"])
    ids["account_id"] = str(clinic.therapist_id)
    devices = await _done(staff.get("/api/devices"))
    ids["device_id"] = await _device(clinic, database)
    ids["session_id"] = next(one["id"] for one in devices["devices"] if one["this"])
    ids["delivery_id"], ids["notification_id"] = await _tell(clinic, database, ids["alert_id"])
    return {
        "ids": ids,
        "page": page,
        "code": code,
        "links": await _links(clinic, database),
        "phrase": phrase,
        "passkey": passkey,
        "browser": push,
    }


async def _device(clinic: Clinic, database: Database) -> str:
    """Where the therapist signed in a moment ago, and is asked about."""
    elsewhere = Browser(secret=None, label="Firefox, Android", address="203.0.113.9")
    async with database.writing(clinic.id) as session:
        (account,) = await signing_in.open_accounts(session, "therapist@north.example")
        await signing_in.open_session(session, account, datetime.now(UTC), elsewhere, aal=2)
    (device,) = await _done(clinic.therapist.get("/api/new-devices"))
    return str(device["id"])


async def _propose(clinic: Clinic, patient_id: str, phone: httpx.AsyncClient) -> str:
    """A next step for the same therapist's other patient, whose week was good."""
    path = f"/api/patients/{patient_id}"
    episode = (await _done(clinic.therapist.get(path)))["episode"]
    theirs = replace(
        clinic, patient_id=UUID(patient_id), patient=phone, episode_id=UUID(episode["id"])
    )
    await progress(theirs)
    await log(theirs, *range(7))
    return str((await _done(clinic.therapist.get(path)))["proposals"][0]["id"])


async def _monitor(
    clinic: Clinic, actors: dict[str, httpx.AsyncClient], accounts: dict[str, UUID]
) -> dict[str, str]:
    """A clock that runs, time that was counted, and a month that was closed."""
    for admin in (actors["admin"], actors["foreign_admin"]):
        await _done(admin.put("/api/monitoring", json={"on": True}, headers={"if-match": '"0"'}))
    for who in ("assigned", "admin"):
        licence = f"/api/monitoring/licences/{accounts[who]}"
        await _done(actors["admin"].put(licence, json={"licence": "PT"}))
    ids = {name: str(uuid7()) for name in ("record_id", "work_id", "timer_id", "closing_id")}
    database: Database = clinic.app.state.database
    now, therapist = (
        datetime.now(UTC),
        StaffActor(clinic.id, clinic.therapist_id, "therapist", uuid7()),
    )
    async with database.writing(clinic.id) as session:
        begun = now - timedelta(minutes=3)
        await timers.start(session, therapist, clinic.episode_id, UUID(ids["work_id"]), begun)
        noted = StopBody("Looked at the course.")
        await timers.stop(session, therapist, UUID(ids["work_id"]), noted, now)
        for days in (75, 40):
            spoke = talked(clinic.therapist_id, now - timedelta(days=days))
            await facts.put(session, therapist, clinic.episode_id, uuid7(), spoke, now)
        body = ClosingBody("month", (now - timedelta(days=75)).date().replace(day=1), None)
        await closings.close(
            session, therapist, clinic.episode_id, UUID(ids["closing_id"]), body, now
        )
    path = f"/api/episodes/{clinic.episode_id}/monitoring-timers/{ids['timer_id']}"
    await _done(clinic.therapist.put(path, json={}))
    return ids


async def _keep(clinic: Clinic, admin: httpx.AsyncClient) -> dict[str, str]:
    """A hold that was lifted, an erasure that was taken back, and a patient who asks for one."""
    ids = {name: str(uuid7()) for name in ("hold_id", "erasure_id", "wish_id")}
    about = f"/api/patients/{clinic.patient_id}"
    said = {"reason": "Because of a claim"}
    await _done(admin.put(f"{about}/holds/{ids['hold_id']}", json=said))
    await _done(admin.post(f"{about}/holds/{ids['hold_id']}/lift", json=said))
    await _done(admin.put(f"{about}/erasures/{ids['erasure_id']}", json=said))
    await _done(admin.post(f"{about}/erasures/{ids['erasure_id']}/take-back", json={}))
    await _done(clinic.patient.put(f"/api/erasure-wishes/{ids['wish_id']}", json={}))
    return ids


async def _export(clinic: Clinic, admin: httpx.AsyncClient, database: Database) -> dict[str, str]:
    """A file that the clinic asked for, one that the patient did, and all records that an admin did."""
    ids = {}
    for name, client, path in (
        ("export_id", clinic.therapist, f"/api/patients/{clinic.patient_id}/exports"),
        ("own_export_id", clinic.patient, "/api/export"),
    ):
        ids[name] = str((await _done(client.post(path, json={})))["id"])
    asked = await admin.get("/api/fhir/$export", headers={"prefer": "respond-async"})
    ids["bulk_id"] = asked.headers["content-location"].rpartition("/")[2]
    for export_id in ids.values():
        assert await making.run(database, clinic.id, UUID(export_id), lambda: datetime.now(UTC))
    return ids


def talked(account_id: UUID, at: datetime) -> FactBody:
    return FactBody("contact", None, False, None, None, account_id, None, "phone", at, None, None)


def _cover(absent_id: UUID, cover_id: str) -> dict[str, str]:
    later = str(own_day() + timedelta(days=30))
    return {
        "absent_id": str(absent_id),
        "cover_id": cover_id,
        "starts_on": later,
        "ends_on": later,
    }


async def _colleague(clinic: Clinic) -> str:
    colleagues = await _done(clinic.therapist.get("/api/colleagues"))
    return str(next(one["id"] for one in colleagues if one["id"] != str(clinic.therapist_id)))


async def _tell(clinic: Clinic, database: Database, alert_id: str) -> tuple[str, str]:
    """A mail to the therapist that was given up, and what a push to them leads to."""
    delivery_id, notification_id = uuid7(), uuid7()
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "update deliveries set state = 'failed', code = 'smtp_550', tries = 1,"
                " ended_at = now()"
            )
        )
        found = await session.execute(text("select id from deliveries limit 1"))
        delivery_id = found.scalar_one()
        await session.execute(
            text(
                "insert into notifications (clinic_id, id, account_id, alert_id, made_at)"
                " values (:clinic, :id, :account, :alert, now())"
            ),
            {
                "clinic": clinic.id,
                "id": notification_id,
                "account": clinic.therapist_id,
                "alert": alert_id,
            },
        )
    return str(delivery_id), str(notification_id)


async def _links(clinic: Clinic, database: Database) -> dict[str, str]:
    now, secrets = datetime.now(UTC), {}
    async with database.writing(clinic.id) as session:
        (account,) = await signing_in.open_accounts(session, "therapist@north.example")
        assert account.email is not None
        for purpose, address in (("reset", account.email), ("address", "other@north.example")):
            link = await links.make(session, account, purpose, address, None, now)
            secrets[purpose] = await links.new_secret(session, link.id, now) or ""
    return secrets


async def _done(request: Any) -> Any:
    answer = await request
    assert answer.is_success, (answer.request.url.path, answer.text)
    return answer.json() if answer.content else None
