"""An alert that nobody looks at climbs, by the clinic's own rules, and the patient is told the truth."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alert_service
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.escalation import lateness
from glidepath.escalation.climbing import climb
from glidepath.notify import service as notify
from tests.api.escalation import WEDNESDAY, change, reached, save
from tests.api.test_alerts import alerts
from tests.clinics import (
    ZONE,
    Clinic,
    Colleague,
    check_in,
    colleague,
    handle,
    policy_body,
    sync,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Ana", "admin") as ana:
        yield ana


@pytest.fixture
def clock() -> Any:
    """The time of the whole process, which the tests move."""
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


async def raised(clinic: Clinic) -> dict[str, Any]:
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (alert,) = await alerts(clinic)
    return alert


async def page(clinic: Clinic) -> Any:
    return (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()


async def steps(clinic: Clinic) -> list[tuple[str, str, list[str]]]:
    (only,) = (await page(clinic))["climbs"]
    return [(one["level"], one["why"], one["told"]) for one in only["steps"]]


async def told(
    database: Database, clinic: Clinic, cause: str = "escalated"
) -> list[tuple[str, int, str]]:
    """Deliveries of steps, by the name of who is told."""
    async with database.reading(clinic.id) as session:
        found = await session.execute(
            text(
                "select a.name, d.step, d.channel from deliveries d join accounts a"
                " on a.id = d.recipient_id where d.cause = :cause order by d.step, a.name"
            ),
            {"cause": cause},
        )
        return [(row[0], row[1], row[2]) for row in found]


async def test_without_rules_of_its_own_a_clinic_has_the_usual_ones_and_patients_read_them(
    clinic: Clinic, database: Database, clock: Any
):
    said = '{"en": "Mon-Fri 8-18", "es": "lun-vie 8-18"}'
    await change(database, clinic, "update clinics set hours = cast(:said as jsonb)", said=said)
    await climb(database, clinic.id, WEDNESDAY)
    answer = await clinic.therapist.get("/api/alert-policy")
    assert answer.headers["etag"] == '"0"'
    body = answer.json()
    assert (body["version"], body["saved_by"]) == (0, None)
    assert body["policy"] == policy_body(closed_on=[])
    hours = (await clinic.patient.get("/api/me")).json()["clinic"]["hours"]
    assert hours == body["hours"]
    assert hours == {
        "en": "Monday to Friday, 9:00 to 17:00",
        "es": "de lunes a viernes, de 9:00 a 17:00",
    }
    # And what the app does is what they read.
    clock.move_to(datetime(2026, 9, 16, 17, 30, tzinfo=ZONE))
    thursday = datetime(2026, 9, 17, 9, tzinfo=ZONE)
    assert datetime.fromisoformat((await reached(clinic))["opens_at"]) == thursday


async def test_an_admin_saves_rules_and_patients_are_told_the_same_hours(
    clinic: Clinic, admin: Colleague, clock: Any
):
    saved = await save(admin, closed_on=["2026-09-24", "2026-12-25"])
    assert saved.status_code == 200, saved.text
    assert (saved.json()["version"], saved.json()["saved_by"]) == (1, "Ana")
    hours = (await clinic.patient.get("/api/me")).json()["clinic"]["hours"]
    assert hours == {
        "en": "Monday to Friday, 9:00 to 17:00 (closed on 24 September)",
        "es": "de lunes a viernes, de 9:00 a 17:00 (cerrado el 24 de septiembre)",
    }
    assert (await clinic.therapist.get("/api/alert-policy")).json() == saved.json()


async def test_only_admins_save_and_nobody_overwrites_anybody(
    clinic: Clinic, admin: Colleague, database: Database
):
    therapist = Colleague(clinic.therapist_id, clinic.therapist)
    assert (await save(therapist)).json()["code"] == "admins_only"
    unseen = await admin.browser.put("/api/alert-policy", json=policy_body())
    assert unseen.status_code == 428
    first = await save(admin)
    # The same again, after a lost answer, is no change.
    assert (await save(admin)).json() == first.json()
    other = await save(admin, repeats=3)
    assert (other.status_code, other.json()["current"]["version"]) == (412, 1)
    assert (await save(admin, version=1, repeats=3)).json()["policy"]["repeats"] == 3
    async with database.reading(clinic.id) as session:
        kept = await session.execute(text("select version, rules->>'repeats' from alert_policies"))
        assert sorted(tuple(row) for row in kept) == [(1, "9"), (2, "3")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"week": [[]] * 7}, "never_open"),
        ({"week": [[{"opens": "17:00", "closes": "09:00"}]] * 7}, "times_out_of_order"),
        (
            {
                "week": [
                    [{"opens": "09:00", "closes": "14:00"}, {"opens": "13:00", "closes": "17:00"}]
                ]
                * 7
            },
            "times_out_of_order",
        ),
    ],
)
async def test_hours_that_make_no_sense_are_refused(
    admin: Colleague, changes: dict[str, Any], code: str
):
    answer = await save(admin, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_alert_that_nobody_looks_at_goes_to_the_team_the_admins_and_everybody(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    await save(admin)
    await raised(clinic)
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    look_by = datetime.fromisoformat(row["alert"]["look_by"])
    assert look_by == WEDNESDAY + timedelta(minutes=30)
    for minutes in (0, 29, 30, 31, 60, 120):
        now = WEDNESDAY + timedelta(minutes=minutes)
        await climb(database, clinic.id, now)
        await climb(database, clinic.id, now)  # Once more does no more.
    assert await steps(clinic) == [
        ("team", "unseen", ["North therapist"]),
        ("admins", "unseen", ["Ana"]),
        ("everyone", "unseen", ["Ana", "North therapist"]),
    ]
    assert await told(database, clinic) == [
        ("North therapist", 1, "email"),
        ("Ana", 2, "email"),
        ("Ana", 3, "email"),
        ("North therapist", 3, "email"),
    ]
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert (row["alert"]["climbed"], row["alert"]["told"]) == (3, ["Ana", "North therapist"])


async def test_a_look_stops_it_runs_out_and_starts_it_again(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    await save(admin)
    alert = await raised(clinic)
    assert (await handle(clinic.therapist, alert, "acknowledge")).status_code == 200
    await climb(database, clinic.id, WEDNESDAY + timedelta(hours=4))
    assert await steps(clinic) == []
    tomorrow = WEDNESDAY + timedelta(days=1)
    await climb(database, clinic.id, tomorrow)
    (again,) = await alerts(clinic)
    assert (again["state"], again["events"][-1]["because"]) == ("open", "look_expired")
    await climb(database, clinic.id, tomorrow + timedelta(minutes=30))
    assert [one[0] for one in await steps(clinic)] == ["team"]
    (alert,) = await alerts(clinic)
    clock.move_to(tomorrow + timedelta(minutes=31))
    resolved = await handle(clinic.therapist, alert, "resolve")
    assert resolved.status_code == 200, resolved.text
    await climb(database, clinic.id, tomorrow + timedelta(days=9))
    assert len(await steps(clinic)) == 1
    (only,) = (await page(clinic))["climbs"]
    assert (only["state"], only["look_by"]) == ("over", None)


async def test_a_snooze_rests_and_then_climbs_anew_and_is_really_delivered(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    await save(admin)
    alert = await raised(clinic)
    until = WEDNESDAY.date() + timedelta(days=2)
    assert (await handle(clinic.therapist, alert, "snooze", until=str(until))).status_code == 200
    await climb(database, clinic.id, WEDNESDAY + timedelta(days=1))
    assert await steps(clinic) == []
    friday = datetime(2026, 9, 18, 9, 30, tzinfo=ZONE)
    await climb(database, clinic.id, friday - timedelta(minutes=1))
    assert await steps(clinic) == []
    await climb(database, clinic.id, friday)
    assert [one[0] for one in await steps(clinic)] == ["team"]
    # Whoever delivers it does not take the snooze for a look.
    async with database.reading(clinic.id) as session:
        assert await alert_service.waits_to_be_seen(session, UUID(alert["id"]), friday)


async def test_a_cover_is_told_in_place_of_the_absent_and_nobody_whose_account_is_closed(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    await save(admin)
    async with colleague(clinic, database, "Martin") as martin:
        cover = {
            "absent_id": str(clinic.therapist_id),
            "cover_id": str(martin.id),
            "starts_on": str(WEDNESDAY.date()),
            "ends_on": str(WEDNESDAY.date() + timedelta(days=3)),
        }
        made = await admin.browser.put(f"/api/covers/{uuid7()}", json=cover)
        assert made.status_code == 201, made.text
        await raised(clinic)
        await climb(database, clinic.id, WEDNESDAY + timedelta(minutes=30))
        assert await steps(clinic) == [("team", "unseen", ["Martin"])]
        await change(
            database,
            clinic,
            "update accounts set disabled_at = now() where id = :who",
            who=martin.id,
        )
        # Not after another half an hour: there is nobody left to wait for.
        await climb(database, clinic.id, WEDNESDAY + timedelta(minutes=31))
        assert (await steps(clinic))[1:] == [("admins", "unseen", ["Ana"])]


async def test_at_first_the_cover_is_told_and_the_absent_only_where_nobody_else_is_there(
    clinic: Clinic, admin: Colleague, database: Database, clock: Any
):
    async with colleague(clinic, database, "Martin") as martin:
        for absent, cover, days in ((clinic.therapist_id, martin.id, 3), (martin.id, admin.id, 1)):
            body = {
                "absent_id": str(absent),
                "cover_id": str(cover),
                "starts_on": str(WEDNESDAY.date() + timedelta(days=3 - days)),
                "ends_on": str(WEDNESDAY.date() + timedelta(days=3)),
            }
            made = await admin.browser.put(f"/api/covers/{uuid7()}", json=body)
            assert made.status_code == 201, made.text
        alert = await raised(clinic)
        # Two days later Martin is away as well, and nobody sees his colleague's patients for him.
        found = []
        for days in (0, 2):
            async with database.writing(clinic.id) as session:
                now = WEDNESDAY + timedelta(days=days)
                await notify.spread(session, clinic.id, UUID(alert["id"]), now)
            found.append([one[0] for one in await told(database, clinic, "raised")])
        assert found == [["Martin"], ["Martin", "North therapist"]]


async def test_a_discharged_patients_emergency_climbs_like_any_other(
    clock: Any, clinic: Clinic, admin: Colleague, database: Database
):
    await save(admin)
    ended: dict[str, Any] = {
        "ended_on": str(WEDNESDAY.date()),
        "reason": "goals_met",
        "note": None,
        "alerts": [],
    }
    path = f"/api/episodes/{clinic.episode_id}/discharge"
    assert (await clinic.therapist.post(path, json=ended)).status_code == 204
    clock.move_to(WEDNESDAY + timedelta(minutes=5))
    await raised(clinic)
    for minutes in (35, 65):
        await climb(database, clinic.id, WEDNESDAY + timedelta(minutes=minutes))
    assert [one[0] for one in await steps(clinic)] == ["team", "admins"]


async def test_what_is_older_than_climbing_itself_climbs_from_there_one_step_at_a_time(
    clinic: Clinic,
    admin: Colleague,
    database: Database,
    postgres: EmbeddedPostgres,
    database_name: str,
    clock: Any,
):
    await save(admin)
    clock.move_to(WEDNESDAY - timedelta(days=35))
    await raised(clinic)
    clock.move_to(WEDNESDAY)
    with psycopg.connect(postgres.url("postgres", database_name)) as upgrade:
        upgrade.execute("update clinics set climbs_since = %s", [WEDNESDAY])
    taken = dict[int, int]()
    for minute in (0, 29, 30, 31, 59, 60, 61, 119, 120, 125):
        await climb(database, clinic.id, WEDNESDAY + timedelta(minutes=minute))
        taken[minute] = len(await steps(clinic))
    assert [*taken.values()] == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]


async def test_an_alert_without_anybody_is_said_to_be_so(
    clinic: Clinic, database: Database, clock: Any
):
    await raised(clinic)
    await change(
        database, clinic, "update accounts set disabled_at = now() where role <> 'patient'"
    )
    for minutes in (1, 2):
        await climb(database, clinic.id, WEDNESDAY + timedelta(minutes=minutes))
    async with database.reading(clinic.id) as session:
        now = WEDNESDAY + timedelta(minutes=2)
        (one,) = await lateness.late(session, now)
        count = await session.execute(text("select level, why from alert_steps"))
        assert [tuple(row) for row in count] == [("nobody", "nobody_there")]
    assert (one.state, one.told) == ("unowned", ())
