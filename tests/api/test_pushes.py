"""Pushes: whose browser is told, what travels, and what becomes of it when the push service says no."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from py_vapid import Vapid02
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_worker import Mailbox, deliveries, mailbox, work
from tests.clinics import Clinic, check_in, colleague, sync
from tests.push_service import VAPID_KEY, Browser, PushService, push_service

__all__ = ["mailbox"]
pytestmark = pytest.mark.anyio


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    return msgspec.structs.replace(
        settings,
        vapid_key=VAPID_KEY,
        local_peers=True,
        smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
        mail_from="Glidepath <clinic@x.example>",
    )


async def subscribe(client: Any, browser: Browser) -> dict[str, Any]:
    answer = await client.put("/api/push-subscriptions", json=browser.subscription)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def raise_alert(clinic: Clinic) -> str:
    await sync(clinic, check_in(red_flags=["both_legs"], note="a secret note"))
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    return str(row["alert"]["id"])


async def browsers(client: Any) -> list[str]:
    return [one["id"] for one in (await client.get("/api/push")).json()["browsers"]]


async def reasons(database: Database, clinic: Clinic) -> list[str | None]:
    async with database.reading(clinic.id) as session:
        found = await session.execute(
            text("select gone_why from push_subscriptions order by made_at, id")
        )
        return list(found.scalars())


async def test_an_alert_is_pushed_and_mailed_and_the_push_says_nothing(
    clinic: Clinic, database: Database, settings: Settings, service: PushService, mailbox: Mailbox
):
    laptop, phone = Browser(service, "/laptop"), Browser(service, "/phone")
    for one in (laptop, phone):
        await subscribe(clinic.therapist, one)
    alert = await raise_alert(clinic)
    await work(settings, database, clinic)
    (shown,) = laptop.shown()
    assert shown.keys() == {"t", "id"}
    assert shown["t"] == "alert"
    assert phone.shown() == [shown]
    assert len(mailbox.received) == 1
    secrets = ("secret", "legs", "Pat", alert, str(clinic.patient_id), str(clinic.id))
    for sent in service.received:
        told = f"{json.dumps(shown)} {sent.headers} {sent.path}"
        assert not [secret for secret in secrets if secret in told]
    # What it leads to is asked for by whom it was meant for, and by nobody else.
    where = f"/api/notifications/{shown['id']}"
    assert (await clinic.therapist.get(where)).json() == {
        "path": f"/therapist/patients/{clinic.patient_id}/alerts/{alert}"
    }
    async with colleague(clinic, database, role="admin") as other:
        for anybody in (other.browser, clinic.patient):
            assert (await anybody.get(where)).status_code == 404


async def test_ac_10_an_emergency_is_pushed_and_mailed_to_admins_and_says_neither_whose_nor_why(
    clinic: Clinic, database: Database, settings: Settings, service: PushService, mailbox: Mailbox
):
    """AC-10: each is news of its own, and one that no browser takes makes no second mail."""
    reason, browser = "Numb in both legs since noon", Browser(service, "/admin")
    await subscribe(clinic.therapist, Browser(service, "/therapist"))
    async with (
        colleague(clinic, database) as other,
        colleague(clinic, database, "Admin", "admin") as admin,
    ):
        await subscribe(admin.browser, browser)
        for answer, mails in ((201, 1), (410, 2)):
            service.answers["/admin"] = (answer, {})
            path = f"/api/patients/{clinic.patient_id}/emergency-openings/{uuid7()}"
            made = await other.browser.put(path, json={"reason": reason})
            assert made.status_code == 201, made.text
            await work(settings, database, clinic)
            assert len(mailbox.received) == mails
    first, second = browser.shown()
    assert {one["t"] for one in (first, second)} == {"emergency"}
    assert first["id"] != second["id"]
    for sent in service.received:
        assert sent.path == "/admin"
        told = f"{browser.shown()} {sent.headers} {sent.path}"
        ids = (str(clinic.patient_id), str(clinic.id))
        assert not [one for one in ("Numb", "legs", "Pat", *ids) if one in told]


async def test_the_same_news_has_the_same_id_and_topic_at_every_try_and_all_have_one_size(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    browser = Browser(service, "/laptop")
    await subscribe(clinic.therapist, browser)
    await raise_alert(clinic)
    await work(settings, database, clinic)
    async with database.writing(clinic.id) as session:
        # As if the worker had died before it was written down.
        await session.execute(
            text("update deliveries set state = 'waiting', ended_at = null, told = null")
        )
        await session.execute(
            text(
                "select procrastinate_defer_jobs_v1(array[row('glidepath', 'notify:deliver', 10,"
                " null, null, jsonb_build_object('clinic_id', clinic_id, 'delivery_id', id), null)]"
                "::procrastinate_job_to_defer_v1[]) from deliveries where channel = 'push'"
            )
        )
    await work(settings, database, clinic)
    assert (await clinic.therapist.post("/api/notices/tries", json={})).status_code == 200
    await work(settings, database, clinic)
    first, again, test = service.received
    shown = browser.shown()
    assert shown[0] == shown[1] != shown[2]
    assert shown[2]["t"] == "test"
    assert first.headers["topic"] == again.headers["topic"] != test.headers["topic"]
    assert len({len(one.body) for one in service.received}) == 1
    assert len({one.body for one in service.received}) == 3


async def test_a_push_is_urgent_kept_a_day_and_signed_for_less(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    await raise_alert(clinic)
    await work(settings, database, clinic)
    (sent,) = service.received
    headers = sent.headers
    assert (headers["ttl"], headers["urgency"]) == ("86400", "high")
    assert len(headers["topic"]) == 32
    assert headers["content-encoding"] == "aes128gcm"
    assert len(sent.body) < 3072
    assert Vapid02.verify(headers["authorization"])
    token = headers["authorization"].split("t=")[1].split(",")[0]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["aud"] == service.url
    assert claims["sub"] == "https://glidepath.example"
    left = datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(hours=24)
    key = (await clinic.therapist.get("/api/push")).json()["key"]
    assert headers["authorization"].endswith(f"k={key}")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten_and_the_same_alert_goes_by_mail(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    service: PushService,
    mailbox: Mailbox,
    status: int,
):
    await clinic_without_mail(clinic, database)
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    service.answers["/laptop"] = (status, {})
    began = datetime.now(UTC)
    await raise_alert(clinic)
    await make_it_high(clinic, database)
    await work(settings, database, clinic)
    assert await browsers(clinic.therapist) == []
    assert await reasons(database, clinic) == [f"http_{status}"]
    assert len(service.received) == 1
    push, mail = await deliveries(database, clinic)
    assert (push["channel"], push["state"], push["code"]) == ("push", "failed", f"push_{status}")
    assert (mail["channel"], mail["state"], mail["instead_of"]) == ("email", "sent", push["id"])
    assert (mail["alert_id"], mail["alert_version"]) == (push["alert_id"], push["alert_version"])
    assert mail["ended_at"] - began < timedelta(seconds=60)
    assert len(mailbox.received) == 1


async def clinic_without_mail(clinic: Clinic, database: Database) -> None:
    """Its therapist chose to be told by push alone, and of more than what is urgent, which goes by mail too."""
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "insert into staff_notices (clinic_id, account_id, push, email, digest_at, at_once,"
                " version, changed_at) values (:c, :a, true, false, '07:30', '{high}', 1, now())"
            ),
            {"c": clinic.id, "a": clinic.therapist_id},
        )


async def test_what_is_urgent_goes_by_mail_too_to_who_wanted_pushes_alone(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    service: PushService,
    mailbox: Mailbox,
):
    await clinic_without_mail(clinic, database)
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    await raise_alert(clinic)
    await work(settings, database, clinic)
    made = {one["channel"]: one for one in await deliveries(database, clinic)}
    assert {channel: one["state"] for channel, one in made.items()} == {
        "push": "sent",
        "email": "sent",
    }
    assert made["email"]["instead_of"] is None
    assert len(mailbox.received) == 1


async def make_it_high(clinic: Clinic, database: Database) -> None:
    """The alert, in place of urgent."""
    async with database.writing(clinic.id) as session:
        await session.execute(text("update alerts set severity = 'high'"))


async def test_a_push_service_that_is_busy_is_left_alone_for_as_long_as_it_says(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    busy, other = Browser(service, "/busy"), Browser(service, "/other")
    for one in (busy, other):
        await subscribe(clinic.therapist, one)
    service.answers["/busy"] = (429, {"retry-after": "120"})
    await raise_alert(clinic)
    await work(settings, database, clinic)
    push = next(one for one in await deliveries(database, clinic) if one["channel"] == "push")
    assert (push["state"], push["code"], push["tries"]) == ("waiting", "push_429", 1)
    assert push["due_at"] - push["made_at"] >= timedelta(seconds=120)
    # When it is asked again, who has it already is not told twice.
    service.answers.clear()
    async with database.writing(clinic.id) as session:
        await session.execute(text("update deliveries set due_at = made_at"))
        await session.execute(text("update procrastinate_jobs set scheduled_at = null"))
    await work(settings, database, clinic)
    assert (len(service.to("/busy")), len(service.to("/other"))) == (2, 1)
    push = next(one for one in await deliveries(database, clinic) if one["channel"] == "push")
    assert push["state"] == "sent"
    assert len(await browsers(clinic.therapist)) == 2


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        (500, "waiting", "push_500"),
        (503, "waiting", "push_503"),
        (413, "failed", "push_too_large"),
        (400, "failed", "push_400"),
        (403, "failed", "push_403"),
        (301, "failed", "push_301"),
    ],
)
async def test_what_else_a_push_service_says_removes_no_browser(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    service: PushService,
    status: int,
    state: str,
    code: str,
):
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    service.answers["/laptop"] = (status, {"location": f"{service.url}/elsewhere"})
    await raise_alert(clinic)
    await work(settings, database, clinic)
    push = next(one for one in await deliveries(database, clinic) if one["channel"] == "push")
    assert (push["state"], push["code"]) == (state, code)
    assert len(await browsers(clinic.therapist)) == 1
    assert service.to("/elsewhere") == []


async def test_where_pushes_are_not_set_up_it_is_said_and_the_alert_goes_by_mail(
    app: Litestar,
    clinic: Clinic,
    database: Database,
    settings: Settings,
    service: PushService,
    mailbox: Mailbox,
):
    await clinic_without_mail(clinic, database)
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    app.state.settings = off = msgspec.structs.replace(settings, vapid_key=None)
    assert (await clinic.therapist.get("/api/push")).json()["key"] is None
    refused = await clinic.therapist.put(
        "/api/push-subscriptions", json=Browser(service, "/other").subscription
    )
    assert refused.status_code == 503
    await raise_alert(clinic)
    await work(off, database, clinic)
    push, mail = await deliveries(database, clinic)
    assert (push["code"], mail["state"]) == ("push_is_off", "sent")
    assert service.received == []


async def test_an_unknown_notification_is_404_and_an_id_is_no_date(
    clinic: Clinic, database: Database, settings: Settings, service: PushService
):
    browser = Browser(service, "/laptop")
    await subscribe(clinic.therapist, browser)
    assert (await clinic.therapist.get(f"/api/notifications/{uuid7()}")).status_code == 404
    await raise_alert(clinic)
    await work(settings, database, clinic)
    (shown,) = browser.shown()
    assert UUID(shown["id"]).version == 4
