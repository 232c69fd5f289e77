"""Each look and each deed is written down once, in its own transaction, or does not come about."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from glidepath.alerts import looking
from glidepath.audit.actions import Action
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.insight import service as insight
from glidepath.settings import Settings
from tests.api.test_access import handlers
from tests.api.test_covers import cover
from tests.auditing import KEY, events, last
from tests.clinics import Clinic, browser, check_in, sync
from tests.clinics import colleague as a_colleague

pytestmark = pytest.mark.anyio
SOMEBODY = "01980000-0000-7000-8000-000000000001"


def test_ad_1_every_route_says_what_is_written_down_or_why_nothing_is(built: Litestar):
    """AD-1."""
    for handler in handlers(built):
        assert "audit" in handler.opt, handler.handler_name
        action = handler.opt["audit"]
        if action is None:
            assert len(handler.opt["no_audit"]) > 5, handler.handler_name
        else:
            assert isinstance(action, Action)
            assert "no_audit" not in handler.opt
            assert "session" in handler.parsed_fn_signature.parameters
            assert not handler.opt.get("public")


def test_every_action_has_words_in_both_languages():
    for language in ("en", "es"):
        file = Path(__file__).parents[2] / "frontend" / "messages" / language / "looks.json"
        words = json.loads(file.read_text(encoding="utf-8"))["action"]
        assert set(words) == {action.value.replace(":", "_") for action in Action}


@pytest.fixture
async def looked(clinic: Clinic, database: Database) -> Clinic:
    """With an alert, so that there is something of everything."""
    await sync(clinic, check_in(red_flags=["both_legs"]))
    return clinic


async def alert_of(clinic: Clinic) -> str:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    return str(page["alerts"][0]["id"])


# They ask for more than a sign-in and these ids: tests/security/test_matrix.py asks them.
ASKED_ELSEWHERE = ("/fhir/", "monitoring", "report", "{answer_id", "export_id:")


def _reading_routes(app: Litestar) -> list[tuple[str, Action]]:
    return [
        (route.path, handler.opt["audit"])
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("audit") is not None and "GET" in handler.http_methods
        if not any(part in route.path for part in ASKED_ELSEWHERE)
    ]


async def test_ad_1_each_page_with_health_data_leaves_one_event_with_its_patient(
    looked: Clinic, colleague: httpx.AsyncClient, database: Database
):
    """AD-1."""
    ids = {
        "patient_id": str(looked.patient_id),
        "episode_id": str(looked.episode_id),
        "alert_id": await alert_of(looked),
    }
    routes = _reading_routes(looked.app)
    assert len(routes) >= 10
    for template, action in routes:
        path = template.replace(":uuid", "").format(**ids)
        # An admin sees every page of staff.
        client = looked.patient if action.area == "own" else colleague
        before = await last(database, looked.id)
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        (event,) = await events(database, looked.id, before)
        assert (event["action"], event["outcome"]) == (action.value, "done")
        if action.area in ("patient", "own"):
            assert event["patient_ids"] == [looked.patient_id], path
        if action.area == "own":
            assert (event["scope"], event["purpose"]) == ("self", "self")


async def test_ad_1_a_sync_is_one_event_however_many_entries_it_brings(
    clinic: Clinic, database: Database
):
    """AD-1."""
    before = await last(database, clinic.id)
    await sync(clinic, check_in(note="a word that stands nowhere else"), check_in())
    (event,) = await events(database, clinic.id, before)
    assert (event["action"], event["role"], event["account_id"], event["patient_ids"]) == (
        "own:diary:write",
        "patient",
        clinic.patient_id,
        [clinic.patient_id],
    )
    assert "nowhere else" not in str(event)


async def test_ad_1_who_is_turned_away_is_written_down_on_their_own_clinics_trail(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    """AD-1."""
    page = f"/api/patients/{clinic.patient_id}"
    theirs, ours = await last(database, other_clinic.id), await last(database, clinic.id)
    assert (await other_clinic.therapist.get(page)).status_code == 404
    assert (await clinic.patient.get(page)).status_code == 403
    assert (await browser(clinic.app).get(page)).status_code == 401
    (stranger,) = await events(database, other_clinic.id, theirs)
    (patient,) = await events(database, clinic.id, ours)
    for event, who in (
        (stranger, other_clinic.therapist_id),
        (patient, clinic.patient_id),
    ):
        assert (event["outcome"], event["account_id"]) == ("denied", who)
        assert event["patient_ids"] == [clinic.patient_id]


async def test_what_is_refused_with_the_record_open_is_one_event_too(
    looked: Clinic, database: Database
):
    alert = await alert_of(looked)
    before = await last(database, looked.id)
    answer = await looked.therapist.post(
        f"/api/alerts/{alert}/acknowledge", json={}, headers={"if-match": '"99"'}
    )
    assert answer.status_code == 412
    (event,) = await events(database, looked.id, before)
    assert (event["action"], event["outcome"]) == ("patient:alert:acknowledge", "refused")
    assert event["patient_ids"] == [looked.patient_id]


async def test_many_who_are_turned_away_at_once_do_not_wait_for_each_others_connections(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    """The pool holds five."""
    before = await last(database, other_clinic.id)
    page = f"/api/patients/{clinic.patient_id}"
    answers = await asyncio.gather(*(other_clinic.therapist.get(page) for _ in range(24)))
    assert {answer.status_code for answer in answers} == {404}
    assert len(await events(database, other_clinic.id, before)) == 24


async def test_a_list_names_whom_it_showed_and_how_far_it_reaches(
    clinic: Clinic, colleague: httpx.AsyncClient, database: Database
):
    before = await last(database, clinic.id)
    await clinic.therapist.get("/api/triage")
    await colleague.get("/api/triage")
    mine, all_of_them = await events(database, clinic.id, before)
    assert (mine["scope"], mine["patient_ids"]) == ("caseload", [clinic.patient_id])
    assert (all_of_them["scope"], all_of_them["role"]) == ("clinic", "admin")


async def test_a_page_may_still_write_nothing_but_its_event(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    """PostgreSQL refuses it, though the transaction ends with a write."""

    async def careless(session: Any, *_: Any) -> None:
        await session.execute(text("update accounts set name = 'changed'"))

    monkeypatch.setattr(insight, "triage", careless)
    answer = await clinic.therapist.get("/api/triage")
    assert answer.status_code == 500
    assert (await clinic.therapist.get("/api/me")).json()["account"]["name"] != "changed"


async def test_ad_2_nobody_changes_or_removes_an_event_the_owner_of_the_tables_neither(
    clinic: Clinic, settings: Settings
):
    """AD-2."""
    await clinic.therapist.get("/api/triage")
    for url in (settings.database_url, settings.owner_database_url):
        connection = await asyncpg.connect(url)
        try:
            if url == settings.owner_database_url:
                # An owner who wants to sees the rows.
                await connection.execute("alter table audit_events no force row level security")
                await connection.execute("alter table audit_heads no force row level security")
            else:
                await connection.execute(f"set app.clinic_id = '{clinic.id}'")
            for table in ("audit_events", "audit_heads"):
                assert await connection.fetchval(f"select count(*) from {table}") > 0
                for deed in (
                    f"update {table} set seq = 7",
                    f"delete from {table}",
                    f"truncate {table}",
                ):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(deed)
            if url == settings.database_url:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute("alter table audit_events disable trigger all")
        finally:
            await connection.close()


async def test_ad_5_what_cannot_be_written_down_is_not_shown(
    looked: Clinic, database: Database, database_name: str, postgres: EmbeddedPostgres
):
    """AD-5, and a deed is undone with it."""
    before = await last(database, looked.id)
    page, alert = f"/api/patients/{looked.patient_id}", await alert_of(looked)
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(postgres.url(OWNER, database_name))
        stack.push_async_callback(owner.close)
        await owner.execute("revoke insert on audit_events from glidepath_app")
        shown = await looked.therapist.get(page)
        denied = await looked.patient.get(page)
        done = await looked.therapist.post(
            f"/api/alerts/{alert}/acknowledge", json={}, headers={"if-match": '"1"'}
        )
        sent = await looked.patient.post(
            "/api/sync",
            json={
                "account_id": str(looked.patient_id),
                "check_ins": [check_in(id=SOMEBODY)],
                "exercise_sessions": [],
            },
        )
        await owner.execute("grant insert on audit_events to glidepath_app")
    for answer in (shown, denied, done, sent):
        assert answer.status_code == 503, answer.text
        assert set(answer.json()) == {"type", "title", "status", "detail", "code"}
        assert "Pat Doe" not in answer.text
    assert len(await events(database, looked.id, before)) == 1
    page_now = (await looked.therapist.get(page)).json()
    assert page_now["alerts"][0]["state"] == "open"
    diary = (await looked.patient.get("/api/diary")).json()
    assert SOMEBODY not in str(diary)


async def test_ad_4_everybody_at_once_makes_one_chain(clinic: Clinic, database: Database):
    """AD-4."""
    before = await last(database, clinic.id)
    page = f"/api/patients/{clinic.patient_id}"
    await asyncio.gather(
        *(clinic.therapist.get(page) for _ in range(12)),
        *(sync(clinic, check_in()) for _ in range(6)),
    )
    assert len(await events(database, clinic.id, before)) == 18


async def test_the_nightly_look_is_an_event_of_nobody(clinic: Clinic, database: Database):
    before = await last(database, clinic.id)
    await looking.look_at_all(database, clinic.id, datetime.now(UTC), audit_key=KEY)
    (event,) = await events(database, clinic.id, before)
    assert (event["role"], event["account_id"], event["purpose"]) == ("system", None, "operations")


async def test_who_stands_in_is_written_down_with_for_whom(clinic: Clinic, database: Database):
    page = f"/api/patients/{clinic.patient_id}"
    async with a_colleague(clinic, database) as other:
        await cover(clinic.therapist, clinic.therapist_id, other.id)
        before = await last(database, clinic.id)
        assert (await other.browser.get(page)).status_code == 200
        assert (await clinic.therapist.get(page)).status_code == 200
        standing_in, own = await events(database, clinic.id, before)
    assert standing_in["covering_ids"] == [clinic.therapist_id]
    assert own["covering_ids"] == []
