"""Which browsers are told: whose they are, and what ends that."""

from typing import Any

import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from tests.api.test_pushes import browsers, mailbox, reasons, service, settings, subscribe
from tests.clinics import Clinic, colleague, sign_in
from tests.push_service import Browser, PushService

__all__ = ["mailbox", "service", "settings"]
pytestmark = pytest.mark.anyio


async def test_of_many_browsers_the_newest_five_are_told(clinic: Clinic, service: PushService):
    made = [
        (await subscribe(clinic.therapist, Browser(service, f"/{number}")))["id"]
        for number in range(7)
    ]
    assert await browsers(clinic.therapist) == made[:1:-1]


async def test_a_browser_subscribed_again_is_the_same_one(clinic: Clinic, service: PushService):
    browser = Browser(service, "/laptop")
    first = await subscribe(clinic.therapist, browser)
    assert await subscribe(clinic.therapist, browser) == first
    assert await browsers(clinic.therapist) == [first["id"]]


async def test_a_browser_tells_one_account_across_clinics_and_nobody_ends_anothers(
    clinic: Clinic, other_clinic: Clinic, database: Database, service: PushService
):
    browser = Browser(service, "/shared")
    first = await subscribe(clinic.therapist, browser)
    path = f"/api/push-subscriptions/{first['id']}"
    async with colleague(clinic, database) as other:
        for somebody in (other.browser, clinic.patient, other_clinic.therapist):
            assert (await somebody.delete(path)).status_code == 404
        await subscribe(other.browser, browser)
        assert await browsers(clinic.therapist) == []
        await subscribe(other_clinic.therapist, browser)
        assert await browsers(other.browser) == []
    assert len(await browsers(other_clinic.therapist)) == 1
    assert await reasons(database, clinic) == ["taken_over", "taken_over"]
    own = f"/api/push-subscriptions/{(await browsers(other_clinic.therapist))[0]}"
    assert (await other_clinic.therapist.delete(own)).status_code == 204
    assert await reasons(database, other_clinic) == ["switched_off"]


async def test_pushes_end_with_the_sign_in_that_they_belong_to_and_with_no_other(
    clinic: Clinic, database: Database, service: PushService
):
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    async with colleague(clinic, database) as other:
        await subscribe(other.browser, Browser(service, "/phone"))
        assert (await other.browser.post("/api/sign-out", json={})).status_code == 204
    assert len(await browsers(clinic.therapist)) == 1
    assert await reasons(database, clinic) == [None, "signed_out"]


async def test_a_sign_in_that_ran_out_by_itself_leaves_pushes_on(
    clinic: Clinic, database: Database, service: PushService
):
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    async with database.writing(clinic.id) as session:
        await session.execute(text("update sessions set expires_at = now() - interval '1 s'"))
    await sign_in(clinic.therapist, "therapist@north.example")
    assert len(await browsers(clinic.therapist)) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [("disabled_at = now()", "closed"), ("passphrase_hash = 'another'", "new_passphrase")],
)
async def test_pushes_end_when_the_account_is_closed_or_its_passphrase_changes(
    clinic: Clinic, database: Database, service: PushService, change: str, why: str
):
    await subscribe(clinic.therapist, Browser(service, "/laptop"))
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(f"update accounts set {change} where id = :id"), {"id": clinic.therapist_id}
        )
    assert await reasons(database, clinic) == [why]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://push.attacker.example/x"}, "push_service_unknown"),
        ({"endpoint": "https://127.0.0.1/x"}, "address_not_a_public_name"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "address_not_https"),
        ({"keys": {"p256dh": "A" * 87, "auth": "A" * 22}}, "push_keys_unusable"),
    ],
)
async def test_what_no_browser_would_send_is_refused(
    clinic: Clinic, service: PushService, changes: dict[str, Any], code: str
):
    body = Browser(service, "/laptop").subscription | changes
    refused = await clinic.therapist.put("/api/push-subscriptions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert await browsers(clinic.therapist) == []
