"""What admins see of deliveries, and how what was given up is tried again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
import time_machine
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database, enter_as_worker
from glidepath.escalation.climbing import climb
from glidepath.settings import Settings
from glidepath.watch import store
from tests.api.test_worker import Mailbox, deliveries, mailbox, work
from tests.clinics import ZONE, Clinic, check_in, colleague, handle, sync
from tests.push_service import VAPID_KEY

pytestmark = pytest.mark.anyio
__all__ = ["mailbox"]


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with colleague(clinic, database, "Ana", role="admin") as one:
        yield one.browser


async def page(admin: httpx.AsyncClient) -> dict[str, Any]:
    answer = await admin.get("/api/admin/deliveries")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    red = (await admin.get("/api/admin/red")).json()["red"]
    assert red == found["red"]
    return found


async def give_up(clinic: Clinic, database: Database, settings: Settings) -> None:
    """Mail for an alert that the worker could not send, and never will by itself."""
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await work(settings, database, clinic)
    assert [one["state"] for one in await deliveries(database, clinic)] == ["failed"]


async def test_a_dead_letter_is_red_with_its_reason_and_tried_again_it_arrives(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    mailbox: Mailbox,
):
    await give_up(clinic, database, settings)
    found = await page(admin)
    (letter,) = found["dead_letters"]
    assert (letter["code"], letter["recipient"]) == ("mail_is_off", "North therapist")
    assert letter["patient_id"] == str(clinic.patient_id)
    assert found["week"][1] == {
        "channel": "email",
        "sent": 0,
        "waiting": 0,
        "skipped": 0,
        "kept": 0,
        "failed": 1,
    }
    assert "dead_letters" in found["red"]
    retry = f"/api/admin/deliveries/{letter['id']}/retry"
    assert (await admin.post(retry, json={})).status_code == 204
    assert (await admin.post(retry, json={})).json()["code"] == "not_failed"
    changes = {"smtp_url": f"smtp://127.0.0.1:{mailbox.port}", "mail_from": "g@x.example"}
    await work(settings, database, clinic, **changes)
    assert len(mailbox.received) == 1
    after = await page(admin)
    assert after["dead_letters"] == []
    assert after["week"][1]["sent"] == 1
    assert "dead_letters" not in after["red"]


async def test_all_are_tried_again_at_once_and_what_was_looked_at_is_over(
    clinic: Clinic, admin: httpx.AsyncClient, database: Database, settings: Settings
):
    await give_up(clinic, database, settings)
    again = await admin.post("/api/admin/deliveries/retry", json={})
    assert again.json() == {"count": 1}
    await work(settings, database, clinic)
    assert len((await page(admin))["dead_letters"]) == 1
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert (await handle(clinic.therapist, row["alert"], "acknowledge")).status_code == 200
    assert (await page(admin))["dead_letters"] == []
    assert (await admin.post("/api/admin/deliveries/retry", json={})).json() == {"count": 0}


async def test_a_therapist_whom_no_way_reaches_is_named_until_mail_arrives_again(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    app: Litestar,
):
    changes = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "g@x.example"}
    assert [one["code"] for one in (await page(admin))["unreachable"]] == ["mail_is_off"]
    app.state.settings = msgspec.structs.replace(settings, vapid_key=VAPID_KEY, **changes)
    assert (await page(admin))["unreachable"] == []
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await work(settings, database, clinic, **changes)
    (person,) = (await page(admin))["unreachable"]
    assert (person["name"], person["code"]) == ("North therapist", "smtp_unreachable")
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "insert into push_subscriptions (clinic_id, id, account_id, endpoint, p256dh, auth,"
                " made_at) values (:c, :i, :a, 'https://push.example/1', '', '', now())"
            ),
            {"c": clinic.id, "i": uuid7(), "a": clinic.therapist_id},
        )
    assert (await page(admin))["unreachable"] == []
    # Where no push is sent, a browser that would take one is none.
    app.state.settings = msgspec.structs.replace(settings, **changes)
    assert len((await page(admin))["unreachable"]) == 1


async def test_the_queue_the_worker_and_the_watchdog_are_red_while_they_are_silent(
    clinic: Clinic, admin: httpx.AsyncClient, database: Database
):
    assert "worker" in (await page(admin))["red"]
    await sync(clinic, check_in(red_flags=["both_legs"]))
    now = datetime.now(UTC)
    async with database.writing(clinic.id) as session:
        await enter_as_worker(session)
        await session.execute(text("insert into procrastinate_workers default values"))
        await session.execute(
            text("update procrastinate_events set at = at - interval '6 minutes'")
        )
        await session.execute(
            text(
                "insert into watchdog_rounds (id, began_at, ended_at) values (:i, :began, :ended)"
            ),
            {"i": uuid7(), "began": now - timedelta(seconds=2), "ended": now},
        )
    found = await page(admin)
    assert found["red"] == ["queue", "unreachable"]
    assert found["watchdog"]["took_seconds"] == 2
    assert 360 <= found["queue_lag_seconds"] < 420


async def test_a_watchdog_that_is_not_set_up_is_said_calmly_and_one_that_is_missed_is_red(
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    app: Litestar,
):
    async def said() -> tuple[str, str | None, bool]:
        found = await page(admin)
        dog = found["watchdog"]
        return dog["state"], dog["failure"], "watchdog" in found["red"]

    now = datetime.now(UTC)
    long_ago, lately = now - timedelta(minutes=21), now - timedelta(minutes=19)
    app.state.started_at = long_ago
    assert await said() == ("not_set_up", None, False)
    # An installation that says that it has one, by itself or by where the watchdog is to report.
    for changes in ({"watchdog": True}, {"operator_email": "operator@x.example"}):
        app.state.settings = msgspec.structs.replace(settings, **changes)
        app.state.started_at = lately
        assert await said() == ("starting", None, False)
        app.state.started_at = long_ago
        assert await said() == ("lost", "never", True)
    # Who was seen once is missed, whatever the installation says of itself.
    app.state.settings = settings
    async with database.writing() as session:
        await session.execute(
            text("insert into watchdog_rounds (id, began_at, ended_at) values (:i, :at, :at)"),
            {"i": uuid7(), "at": lately},
        )
    assert await said() == ("well", None, False)
    async with database.writing() as session:
        row = {"id": uuid7(), "began_at": long_ago, "ended_at": long_ago, "failure": None}
        await session.execute(text("delete from watchdog_rounds"))
        await store.add_round(session, row, long_ago)
    assert await said() == ("lost", "stopped", True)


async def test_alerts_that_nobody_looks_at_are_red_with_who_was_told_last_and_whose_they_are(
    clinic: Clinic, admin: httpx.AsyncClient, database: Database, other_clinic: Clinic
):
    noon = datetime(2026, 9, 16, 12, 0, tzinfo=ZONE)
    late_red = {"unowned_alerts", "spent_alerts", "overdue_alerts"}

    async def told(now: datetime) -> list[tuple[str, list[str], str | None]]:
        await climb(database, clinic.id, now)
        clock.move_to(now)
        found = await page(admin)
        states = {f"{one['state']}_alerts" for one in found["escalations"]}
        assert {*found["red"]} & late_red == states
        return [(one["state"], one["told"], one["patient"]) for one in found["escalations"]]

    with time_machine.travel(noon, tick=False) as clock:
        await sync(clinic, check_in(red_flags=["both_legs"]))
        assert await told(noon + timedelta(minutes=30)) == []
        assert await told(noon + timedelta(minutes=31)) == [
            ("overdue", ["North therapist"], "Pat Doe")
        ]
        assert await told(noon + timedelta(minutes=61)) == [("overdue", ["Ana"], "Pat Doe")]
        # Twelve steps later nobody is told any more, and that is said.
        for hours in range(2, 24 * 3):
            await climb(database, clinic.id, noon + timedelta(hours=hours))
        assert await told(noon + timedelta(days=3)) == [
            ("spent", ["Ana", "North therapist"], "Pat Doe")
        ]
        async with database.writing(clinic.id) as session:
            await session.execute(
                text("update accounts set disabled_at = now() where name = 'North therapist'")
            )
        ((state, _, _),) = await told(noon + timedelta(days=3, minutes=1))
        assert state == "unowned"
        (shown,) = (await page(admin))["escalations"]
        assert (shown["patient_id"], shown["severity"]) == (str(clinic.patient_id), "urgent")
        refused = await other_clinic.therapist.get("/api/admin/deliveries")
        assert refused.json()["code"] == "admins_only"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=clinic.app, client=("127.0.0.1", 1)),  # type: ignore[arg-type]
        base_url="http://web",
    ) as insider:
        standing = (await insider.get("/readyz")).json()["standing"]
        figures = (await insider.get("/metrics")).text
    counts = [standing[f"{state}_alerts"] for state in ("unowned", "spent", "overdue")]
    assert (counts, "unowned_alerts" in standing["red"]) == ([1, 0, 0], True)
    assert "glidepath_unowned_alerts 1.0" in figures
    assert str(clinic.patient_id) not in figures + str(standing)


async def test_another_clinics_delivery_is_not_there_for_an_admin_or_anybody(
    clinic: Clinic,
    other_clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
):
    await give_up(other_clinic, database, settings)
    (theirs,) = await deliveries(database, other_clinic)
    for one in (theirs["id"], uuid7()):
        answer = await admin.post(f"/api/admin/deliveries/{one}/retry", json={})
        assert answer.status_code == 404
    refused = await other_clinic.therapist.post(
        f"/api/admin/deliveries/{theirs['id']}/retry", json={}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "admins_only")
    assert (await page(admin))["dead_letters"] == []
    assert [one["state"] for one in await deliveries(database, other_clinic)] == ["failed"]
