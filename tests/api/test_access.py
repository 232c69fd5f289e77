"""Who may do what: strangers, the wrong role, the other clinic, and the wall below the code."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from glidepath.database.base import Base
from glidepath.database.engine import Database
from glidepath.database.tables import import_all_tables
from glidepath.identity import service as identity
from glidepath.settings import Settings
from tests.api.test_assessments import findings
from tests.api.test_proposals import log, progress
from tests.api.test_threads import send, written
from tests.clinics import (
    PASSPHRASE,
    Clinic,
    browser,
    check_in,
    glide,
    next_plan,
    own_day,
    patient_body,
    policy_body,
    stretch,
    sync,
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
    actors = {"actor", "patient", "staff"}
    checked = handlers(built)
    assert len(checked) > 10
    for handler in checked:
        named = actors & set(handler.parsed_fn_signature.parameters)
        assert bool(named) != bool(handler.opt.get("public")), handler.handler_name


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
        "procrastinate_jobs",
    }


async def test_a_raw_connection_sees_no_row_without_a_clinic_and_none_of_another(
    clinic: Clinic, other_clinic: Clinic, settings: Settings
):
    for one in (clinic, other_clinic):
        await sync(one, check_in(red_flags=["both_legs"]))
    seen_somewhere = set()
    for table in [*TENANT_TABLES, "clinics"]:
        assert (await raw(settings, f"select count(*) from {table}"))[0][0] == 0, table
        column = "id" if table == "clinics" else "clinic_id"
        enter = f"select set_config('app.clinic_id', '{clinic.id}', true)"
        rows = await raw(settings, enter, f"select distinct {column} as clinic from {table}")
        assert {UUID(str(row["clinic"])) for row in rows} <= {clinic.id}, table
        seen_somewhere |= {table} if rows else set()
    # The queue is not a table of ours, but its rows say which clinic they serve.
    clinics = "select args ->> 'clinic_id' as clinic from procrastinate_jobs"
    assert await raw(settings, clinics) == []
    enter = f"select set_config('app.clinic_id', '{clinic.id}', true)"
    assert [row["clinic"] for row in await raw(settings, enter, clinics)] == [str(clinic.id)]
    assert seen_somewhere >= {
        "clinics",
        "accounts",
        "check_ins",
        "alerts",
        "sessions",
        "plan_items",
    }


async def test_a_clinic_cannot_write_into_another(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.writing(clinic.id) as session:
            await session.execute(
                text(
                    "insert into exercises (clinic_id, id, key, kind) values (:c, :i, 'x', 'strength')"
                ),
                {"c": other_clinic.id, "i": uuid7()},
            )
    with pytest.raises(DBAPIError, match="foreign key"):
        async with database.writing(clinic.id) as session:
            await session.execute(
                text(
                    "insert into care_team (clinic_id, patient_id, account_id, role, added_at) "
                    "values (:c, :p, :a, 'member', now())"
                ),
                {"c": clinic.id, "p": clinic.patient_id, "a": other_clinic.therapist_id},
            )


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


def ids_of(page: dict[str, Any], clinic: Clinic) -> list[tuple[str, str, Any]]:
    """Every request that names an id of this clinic, as its own therapist could make it."""
    patient, episode = clinic.patient_id, clinic.episode_id
    plan = next_plan(stretch())
    alert, proposal = page["alerts"][0]["id"], page["proposals"][0]["id"]
    message = page["messages"][0]["id"]
    return [
        ("GET", f"/api/patients/{patient}", None),
        ("GET", f"/api/patients/{patient}/entries", None),
        ("POST", f"/api/patients/{patient}/invitations", {}),
        ("POST", f"/api/patients/{patient}/end-sessions", {}),
        ("GET", f"/api/patients/{patient}/team", None),
        ("PUT", f"/api/patients/{patient}/team/{clinic.therapist_id}", {}),
        ("DELETE", f"/api/patients/{patient}/team/{clinic.therapist_id}", None),
        ("POST", f"/api/patients/{patient}/hand-over", VALID["hand-over"]),
        ("PUT", f"/api/patients/{patient}/messages/{uuid7()}", {"text": "Hello"}),
        ("POST", f"/api/patients/{patient}/messages/read", {"ids": [message]}),
        ("POST", f"/api/patients/{patient}/messages/{message}/done", VALID["done"]),
        ("PUT", f"/api/episodes/{episode}/plan-versions/{uuid7()}", plan),
        ("PUT", f"/api/episodes/{episode}/assessments/{uuid7()}", findings()),
        ("PUT", f"/api/episodes/{episode}/pauses/{uuid7()}", VALID["{pause_id:uuid}"]),
        ("POST", f"/api/episodes/{episode}/pauses/{uuid7()}/end", {}),
        ("PUT", f"/api/episodes/{episode}/screenings/{uuid7()}", SCREENING),
        ("GET", f"/api/episodes/{episode}/waiting", None),
        ("POST", f"/api/episodes/{episode}/discharge", VALID["discharge"]),
        ("POST", f"/api/episodes/{episode}/reopen", {"note": None}),
        ("PUT", f"/api/patients/{patient}/episodes/{uuid7()}", NEXT_EPISODE),
        ("POST", f"/api/alerts/{alert}/acknowledge", {}),
        ("POST", f"/api/alerts/{alert}/snooze", VALID["snooze"]),
        ("POST", f"/api/alerts/{alert}/resolve", VALID["resolve"]),
        ("POST", f"/api/alerts/{alert}/undo", {}),
        ("GET", f"/api/alerts/{alert}/basis", None),
        ("POST", f"/api/plan-proposals/{proposal}/dismiss", {"reason": "Too soon"}),
    ]


async def test_another_clinics_therapist_gets_404_for_every_id_as_for_an_unknown_one(
    clinic: Clinic, other_clinic: Clinic
):
    await progress(clinic)
    await log(clinic, *range(7))
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await send(clinic, written())
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    other_clinic.therapist.headers["if-match"] = f'"{page["alerts"][0]["version"]}"'
    for method, url, body in ids_of(page, clinic):
        theirs = await other_clinic.therapist.request(method, url, json=body)
        assert theirs.status_code == 404, url
        nobody = await other_clinic.therapist.request(
            method, url.replace(url.split("/")[3], str(uuid7())), json=body
        )
        assert (nobody.status_code, nobody.json()) == (404, theirs.json())
    after = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    for name in ("alerts", "proposals", "messages"):
        assert after[name] == page[name]


async def test_every_id_in_a_path_is_covered_by_the_test_above(built: Litestar):
    tested = {
        (method, "/".join("{}" if len(part) == 36 else part for part in url.split("/")))
        for method, url, _ in ids_of(
            {name: [{"id": str(uuid7())}] for name in ("alerts", "proposals", "messages")},
            Clinic(built, uuid7(), None, uuid7(), None, uuid7(), uuid7()),  # type: ignore[arg-type]
        )
    }
    with_ids = set()
    for route in built.routes:
        if ":uuid}" not in route.path:
            continue
        path = "/".join("{}" if ":uuid" in part else part for part in route.path.split("/"))
        with_ids |= {(method, path) for method in route.methods - {"OPTIONS", "HEAD"}}
    # PUT /patients/{id} makes the record under an id of the caller's; the next test covers it.
    # Passkeys are the patients' own; tests/api/test_ways_in.py covers them. Covers name accounts;
    # tests/api/test_covers.py asks for another clinic's.
    # Templates and own exercises are the whole clinic's; test_templates.py, test_message_templates.py
    # and test_own_exercises.py cover them. Deliveries are an admin's: tests/api/test_admin.py.
    # Pushes are each person's own; tests/api/test_pushes.py covers them.
    # One's own pauses are the patient's: tests/api/test_pauses.py. Staff: tests/api/test_staff.py.
    assert with_ids - tested == {
        ("PUT", "/api/pauses/{}"),
        ("POST", "/api/pauses/{}/end"),
        ("POST", "/api/admin/deliveries/{}/retry"),
        ("PUT", "/api/patients/{}"),
        ("DELETE", "/api/passkeys/{}"),
        ("DELETE", "/api/devices/{}"),
        ("PUT", "/api/staff/{}"),
        ("PUT", "/api/staff/{}/role"),
        ("POST", "/api/staff/{}/links"),
        ("POST", "/api/staff/{}/close"),
        ("POST", "/api/staff/{}/reopen"),
        ("DELETE", "/api/push-subscriptions/{}"),
        ("GET", "/api/notifications/{}"),
        ("PUT", "/api/covers/{}"),
        ("POST", "/api/covers/{}/end"),
        ("PUT", "/api/own-exercises/{}"),
        ("POST", "/api/own-exercises/{}/retire"),
        ("PUT", "/api/plan-templates/{}"),
        ("POST", "/api/plan-templates/{}/rename"),
        ("POST", "/api/plan-templates/{}/retire"),
        ("PUT", "/api/message-templates/{}"),
        ("POST", "/api/message-templates/{}/retire"),
    }


async def test_the_same_patient_id_in_two_clinics_is_two_patients(
    clinic: Clinic, other_clinic: Clinic
):
    url = f"/api/patients/{clinic.patient_id}"
    made = await other_clinic.therapist.put(url, json=patient_body(name="Somebody else"))
    assert made.status_code == 201
    assert (await clinic.therapist.get(url)).json()["patient"]["name"] == "Pat Doe"


async def test_a_colleagues_patient_is_403(clinic: Clinic, database: Database):

    async with database.writing(clinic.id) as session:
        await identity.add_staff(
            session,
            clinic.id,
            uuid7(),
            role="therapist",
            name="Colleague",
            email="colleague@north.example",
            passphrase=PASSPHRASE,
            now=datetime.now(UTC),
        )
    async with browser(clinic.app) as colleague:
        await colleague.post(
            "/api/sign-in", json={"email": "Colleague@North.example", "passphrase": PASSPHRASE}
        )
        assert (await colleague.get("/api/triage")).json()["rows"] == []
        answer = await colleague.get(f"/api/patients/{clinic.patient_id}")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_care_relation")


async def test_a_stranger_gets_401_everywhere(built: Litestar, clinic: Clinic):
    async with browser(clinic.app) as stranger:
        for route in built.routes:
            for handler in getattr(route, "route_handlers", ()):
                if handler.opt.get("public") or "/schema" in route.path:
                    continue
                path = "/".join(
                    str(uuid7()) if ":uuid" in part else part for part in route.path.split("/")
                )
                for method in handler.http_methods - {"OPTIONS"}:
                    body = None if method == "GET" else VALID.get(route.path.rpartition("/")[2], {})
                    answer = await stranger.request(method, path, json=body)
                    assert answer.status_code == 401, (method, path, answer.text)


SCREENING: dict[str, Any] = {"version": 1, "answers": {}, "note": None}
NEXT_EPISODE: dict[str, Any] = {
    "condition": "both",
    "side": "left",
    "started_on": str(own_day()),
    "screening": None,
}
VALID: dict[str, Any] = {
    "discharge": {
        "ended_on": str(own_day()),
        "reason": "goals_met",
        "note": None,
        "alerts": [],
    },
    "reopen": {"note": None},
    "search": {"state": "discharged", "name": ""},
    "{screening_id:uuid}": SCREENING,
    "{episode_id:uuid}": NEXT_EPISODE,
    "sync": {"account_id": str(uuid7()), "check_ins": [], "exercise_sessions": []},
    "done": {"what": "called", "after": 0},
    "resolve": {"outcome": "called", "useful": None, "note": None},
    "snooze": {"until": str(own_day() + timedelta(days=1))},
    # Of several at once; the request for one has no body.
    "acknowledge": {"alerts": [{"id": str(uuid7()), "version": 1}]},
    "viewed": {"alerts": [str(uuid7())]},
    "sensitivity": {"sensitivity": "early"},
    "replay": {"days": 90},
    "hand-over": {"from_id": str(uuid7()), "to_id": str(uuid7()), "stays": True},
    "{account_id:uuid}": {"name": "N", "email": "n@x.example", "role": "admin", "locale": "en"},
    "role": {"role": "admin"},
    "passphrase": {"passphrase": PASSPHRASE},
    "address": {"email": "n@x.example"},
    "webhook": {"url": "https://pager.example/x"},
    "push-subscriptions": {"endpoint": "x", "keys": {"p256dh": "x" * 87, "auth": "x" * 22}},
    "hand-over-all": {"from_id": str(uuid7()), "to_id": str(uuid7())},
    "{cover_id:uuid}": {
        "absent_id": str(uuid7()),
        "cover_id": str(uuid7()),
        "starts_on": str(own_day()),
        "ends_on": str(own_day()),
    },
    "alert-policy": policy_body(),
    "{patient_id:uuid}": patient_body(),
    "{pause_id:uuid}": {"first_on": str(own_day()), "last_on": str(own_day())},
    "{plan_id:uuid}": {"starts_on": "2026-01-01", "note": None, "items": [glide()]},
}


async def test_a_patient_has_no_staff_pages_and_staff_no_diary(clinic: Clinic):
    assert (await clinic.patient.get("/api/triage")).json()["code"] == "staff_only"
    assert (await clinic.therapist.get("/api/care")).json()["code"] == "patients_only"


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


async def test_a_flood_of_wrong_sign_ins_leaves_the_diary_open(clinic: Clinic):
    async with browser(clinic.app) as stranger:
        wrong = {"email": "therapist@north.example", "passphrase": "wrong"}
        flood = [asyncio.create_task(stranger.post("/api/sign-in", json=wrong)) for _ in range(40)]
        await asyncio.sleep(0)
        assert (await clinic.patient.get("/api/diary")).status_code == 200
        assert {answer.status_code for answer in await asyncio.gather(*flood)} == {401}
