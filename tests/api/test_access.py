"""Who may do what: strangers, the wrong role, the other clinic, and the wall below the code."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from glidepath.database.base import Base
from glidepath.database.engine import Database
from glidepath.database.tables import import_all_tables
from glidepath.identity import own_account, recovery, secrets
from glidepath.settings import Settings
from tests.accounts import FRESH
from tests.clinics import (
    Clinic,
    browser,
    patient_body,
)

pytestmark = pytest.mark.anyio

import_all_tables()
TENANT_TABLES = sorted(
    name for name, table in Base.metadata.tables.items() if "clinic_id" in table.columns
)


def handlers(app: Litestar) -> list[HTTPRouteHandler]:
    found = {
        handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.handler_name != "options_handler" and "/schema" not in route.path
    }
    return sorted(found, key=lambda handler: handler.handler_name)


async def raw(settings: Settings, *statements: str) -> list[Any]:
    """What the app's role gets on a connection of its own, without any code of ours."""
    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            rows: list[Any] = []
            for statement in statements:
                rows = await connection.fetch(statement)
            return rows
    finally:
        await connection.close()


def test_every_route_names_its_actor_or_says_that_it_is_public(built: Litestar):
    actors = {"actor", "patient", "staff", "professional", "operator"}
    checked = handlers(built)
    assert len(checked) > 10
    for handler in checked:
        named = actors & set(handler.parsed_fn_signature.parameters)
        assert bool(named) != bool(handler.opt.get("public")), handler.handler_name


def test_what_opens_its_own_transactions_touches_no_health_data(built: Litestar):
    """Its event would not be written in one with the deed. It names who asks, whom the application then lets in."""
    apart = [one for one in handlers(built) if one.opt.get("apart")]
    assert {one.operation_id for one in apart} == {"putPassphrase", "makeRecoveryCodes"}
    for handler in apart:
        named = handler.parsed_fn_signature.parameters
        assert handler.opt["audit"] is None
        assert not handler.opt.get("public")
        assert "session" not in named
        assert "professional" in named


async def test_the_apps_role_neither_owns_nor_bypasses(settings: Settings):
    (role,) = await raw(
        settings,
        "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user",
    )
    assert tuple(role) == (False, False, False)
    owned = await raw(
        settings, "select relname from pg_class where pg_get_userbyid(relowner) = current_user"
    )
    assert owned == []


async def test_every_table_of_a_clinic_forces_row_level_security(settings: Settings):
    rows = await raw(
        settings,
        "select relname from pg_class where relrowsecurity and relforcerowsecurity",
    )
    assert {row["relname"] for row in rows} == {
        *TENANT_TABLES,
        "clinics",
        "challenges",
        "guess_counts",
        "procrastinate_jobs",
    }


@pytest.mark.parametrize(
    "table",
    [
        "check_ins",
        "exercise_sessions",
        "alert_events",
        "plan_items",
        "assessments",
        "care_team_events",
        "episode_pauses",
        "message_deeds",
        "alert_views",
        "sensitivity_changes",
        "alert_policies",
        "alert_steps",
        "alert_step_people",
        "episode_events",
        "screenings",
    ],
)
@pytest.mark.parametrize(
    "deed", ["update {} set clinic_id = clinic_id", "delete from {}", "truncate {}"]
)
async def test_what_is_append_only_cannot_be_changed(settings: Settings, table: str, deed: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await raw(settings, deed.format(table))


async def test_a_reading_transaction_cannot_write(database: Database, clinic: Clinic):
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with database.reading(clinic.id) as session:
            await session.execute(text("update accounts set name = 'x'"))


async def test_the_same_patient_id_in_two_clinics_is_two_patients(
    clinic: Clinic, other_clinic: Clinic
):
    url = f"/api/patients/{clinic.patient_id}"
    made = await other_clinic.therapist.put(url, json=patient_body(name="Somebody else"))
    assert made.status_code == 201
    assert (await clinic.therapist.get(url)).json()["patient"]["name"] == "Pat Doe"


async def test_who_is_not_let_in_holds_no_connection(clinic: Clinic, database: Database):
    async with browser(clinic.app) as stranger:
        refused = [
            await stranger.get("/api/triage"),
            await clinic.patient.get("/api/triage"),
            await clinic.therapist.get("/api/diary"),
        ]
        # As long as the answers are kept, so is whatever they came from.
        assert database._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert [answer.status_code for answer in refused] == [401, 403, 403]


async def test_a_session_ends_when_signed_out(clinic: Clinic):
    cookie = clinic.patient.cookies["__Host-glidepath"]
    answer = await clinic.patient.post("/api/sign-out", json={})
    assert (answer.status_code, answer.headers["clear-site-data"]) == (204, '"cache"')
    assert "Max-Age=0" in answer.headers["set-cookie"]
    replay = await clinic.patient.get("/api/me", headers={"cookie": f"__Host-glidepath={cookie}"})
    assert replay.status_code == 401


async def test_a_code_works_once(clinic: Clinic):
    made = await clinic.therapist.post(f"/api/patients/{clinic.patient_id}/invitations", json={})
    typed = made.json()["code"].lower()
    async with browser(clinic.app) as phone, browser(clinic.app) as second:
        first = await phone.post(
            "/api/join", json={"code": f" {typed[:3]}-{typed[3:]} ", "locale": "es"}
        )
        assert first.json()["account"]["locale"] == "es"
        again = await second.post("/api/join", json={"code": typed, "locale": "es"})
        assert (again.status_code, again.json()["code"]) == (422, "bad_code")


async def test_an_unknown_address_and_a_wrong_passphrase_answer_alike(clinic: Clinic):
    async with browser(clinic.app) as stranger:
        answers = [
            await stranger.post("/api/sign-in", json={"email": email, "passphrase": "wrong"})
            for email in ("therapist@north.example", "nobody@north.example")
        ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


async def age_sessions(settings: Settings, **ages: timedelta) -> None:
    """Makes every session look that much older, as the owner of the database could."""
    changes = ", ".join(
        f"{column} = {column} - interval '{age.total_seconds()} s'" for column, age in ages.items()
    )
    assert settings.owner_database_url is not None
    connection = await asyncpg.connect(settings.owner_database_url)
    await connection.execute("alter table sessions no force row level security")
    await connection.execute(f"update sessions set {changes}")
    await connection.execute("alter table sessions force row level security")
    await connection.close()


async def test_staff_are_signed_out_after_half_an_hour_away(clinic: Clinic, settings: Settings):
    await age_sessions(settings, last_seen_at=timedelta(minutes=29))
    assert (await clinic.therapist.get("/api/me")).status_code == 200
    await age_sessions(settings, last_seen_at=timedelta(minutes=31))
    assert (await clinic.therapist.get("/api/me")).status_code == 401


async def test_a_phone_that_is_used_stays_signed_in(clinic: Clinic, settings: Settings):
    for _ in range(3):
        month_and_more = timedelta(days=80)
        await age_sessions(settings, last_seen_at=month_and_more, expires_at=month_and_more)
        answer = await clinic.patient.get("/api/me")
        assert answer.status_code == 200
        # The browser's copy is made to last as long as ours.
        assert f"Max-Age={90 * 24 * 60 * 60}" in answer.headers["set-cookie"]
    too_long = timedelta(days=91)
    await age_sessions(settings, last_seen_at=too_long, expires_at=too_long)
    assert (await clinic.patient.get("/api/me")).status_code == 401


async def test_many_requests_of_an_old_session_do_not_drain_the_pool(
    clinic: Clinic, settings: Settings
):
    await age_sessions(settings, last_seen_at=timedelta(minutes=10))
    answers = await asyncio.gather(*(clinic.patient.get("/api/me") for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_closed_account_is_out_at_once(clinic: Clinic, database: Database):
    async with database.writing(clinic.id) as session:
        await session.execute(text("update accounts set disabled_at = now()"))
    for client in (clinic.therapist, clinic.patient):
        assert (await client.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    ("module", "name", "method", "path", "body"),
    [
        (own_account, "hash_new", "PUT", "/api/account/passphrase", {"passphrase": FRESH}),
        (recovery, "digest", "POST", "/api/second-factor/recovery-codes", {}),
    ],
)
async def test_who_is_hashed_for_holds_no_connection_and_is_asked_for_again_afterwards(
    clinic: Clinic,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    method: str,
    path: str,
    body: dict[str, str],
):
    """AU-3: a flood of changes does not drain the pool; whoever is signed out meanwhile changes nothing."""
    hashing, may_end = asyncio.Event(), asyncio.Event()
    made = b"hash" if module is recovery else "hash"

    async def slow(*_: object) -> Any:
        hashing.set()
        await may_end.wait()
        return made

    monkeypatch.setattr(module, name, slow)
    asked = asyncio.create_task(clinic.therapist.request(method, path, json=body))
    await asyncio.wait_for(hashing.wait(), 5)
    pool: Any = database._engine.pool
    assert pool.checkedout() == 0
    async with database.writing(clinic.id) as session:
        await session.execute(text("delete from sessions"))
    may_end.set()
    assert (await asked).status_code == 401
    async with database.reading(clinic.id) as session:
        changed = await session.execute(
            text(
                "select exists (select from accounts where passphrase_hash = 'hash')"
                " or exists (select from recovery_codes where code_hash = 'hash'::bytea)"
            )
        )
        assert changed.scalar_one() is False


async def test_a_flood_of_wrong_sign_ins_leaves_the_diary_open(clinic: Clinic):
    """AU-3: one is hashed and five wait; whoever comes after is told so at once, and when to come again."""
    async with browser(clinic.app) as stranger:
        flood = [
            asyncio.create_task(
                stranger.post(
                    "/api/sign-in", json={"email": f"{one}@north.example", "passphrase": "wrong"}
                )
            )
            for one in range(60)
        ]
        await asyncio.sleep(0)
        assert (await clinic.patient.get("/api/diary")).status_code == 200
        answers = await asyncio.gather(*flood)
    busy = [answer for answer in answers if answer.status_code != 401]
    assert 0 < len(busy) <= 60 - secrets.AT_ONCE - secrets.WAITING
    assert {(one.status_code, one.json()["code"]) for one in busy} == {(503, "busy")}
    assert all(int(one.headers["retry-after"]) > 0 for one in busy)
