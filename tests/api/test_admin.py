"""What admins see of deliveries, and how what was given up is tried again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database, enter_as_worker
from glidepath.settings import Settings
from tests.api.test_worker import Mailbox, deliveries, mailbox, work
from tests.clinics import Clinic, check_in, colleague, handle, sync
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
    assert {"worker", "watchdog"} <= {*(await page(admin))["red"]}
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
