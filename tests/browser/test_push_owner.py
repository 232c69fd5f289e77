"""A browser that two people use in turn shows each of them their own news alone (PU-2)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.identity import signing_in
from glidepath.notify import service as notify
from glidepath.settings import Settings
from tests.api.test_worker import work
from tests.browser.conftest import LAPTOP, Staff, add_colleague, sign_in
from tests.browser.test_pushes import SUBSCRIBES, service, settings
from tests.clinics import Clinic
from tests.push_service import Browser, PushService

__all__ = ["service", "settings"]

HELD = "() => JSON.parse(localStorage.getItem('test.subscription'))?.endpoint ?? null"
LEFT = ("signed out", "signed out by the server", "another passphrase")


class Clinics:
    """What the server does beside the browser, each in a loop of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def _run(self, deed: Callable[[Database, UUID], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            assert self._settings.database_url is not None
            database = Database(self._settings.database_url, pool_size=2)
            try:
                async with database.writing() as session:
                    (clinic_id,) = await identity.clinic_ids(session)
                return await deed(database, clinic_id)
            finally:
                await database.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(run())).result()

    def tell(self, staff: Staff) -> None:
        """A piece of news for one of the staff, and the worker until it is delivered."""

        async def tell(database: Database, clinic_id: UUID) -> None:
            async with database.writing(clinic_id) as session:
                (account,) = await signing_in.open_accounts(session, staff.email)
                await notify.try_out(session, clinic_id, "push", account.id, datetime.now(UTC))
            await work(self._settings, database, cast("Clinic", SimpleNamespace(id=clinic_id)))

        self._run(tell)

    def touch_passphrase(self, staff: Staff) -> None:
        """As a change of it leaves the account; the same words go on opening it here."""

        async def touch(database: Database, clinic_id: UUID) -> None:
            for value in ("'another'", "cast(:kept as text)"):
                async with database.writing(clinic_id) as session:
                    (account,) = await signing_in.open_accounts(session, staff.email)
                    self._kept = getattr(self, "_kept", account.passphrase_hash)
                    change = f"update accounts set passphrase_hash = {value} where email = :email"
                    await session.execute(
                        text(change),
                        {"email": staff.email} | ({"kept": self._kept} if "kept" in value else {}),
                    )

        self._run(touch)


def switch_on(page: Page, address: str) -> str:
    page.goto(f"{address}/therapist/notices")
    page.get_by_role("button", name="Show alerts in this browser").click()
    expect(page.get_by_text("This browser shows new alerts.")).to_be_visible()
    return str(page.evaluate(HELD))


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


# In parts, so that every core has some of them.
PARTS = [
    pytest.param(50, id=f"50, part {n} of 4", marks=pytest.mark.assurance) for n in range(1, 5)
]


@pytest.mark.parametrize("rounds", [3, *PARTS])
def test_nobody_sees_what_is_told_to_who_was_there_before(
    device: Callable[..., BrowserContext],
    address: str,
    settings: Settings,
    therapist: Staff,
    service: PushService,
    report: Callable[[str], None],
    rounds: int,
):
    other = add_colleague(settings, "Robin Colleague", "therapist")
    server = Clinics(settings)
    context = device(viewport=LAPTOP, worker=True)
    context.grant_permissions(["notifications"])
    keys = json.dumps(Browser(service, "/").subscription["keys"])
    context.add_init_script(f"{{const URL_ = {service.url!r}, KEYS = {keys}; {SUBSCRIBES} }}")
    page = context.new_page()
    told = 0
    for number in range(rounds):
        sign_in(page, address, therapist)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        before = switch_on(page, address)
        server.tell(therapist)
        told += len(service.to(before.removeprefix(service.url)))
        how = LEFT[number % len(LEFT)]
        if how == "signed out":
            sign_out(page)
        else:
            context.clear_cookies()
            if how == "another passphrase":
                server.touch_passphrase(therapist)
        sign_in(page, address, other)
        # The next one has the browser for themselves, whether or not they want to be told.
        page.wait_for_function(f"(before) => ({HELD})() !== before", arg=before)
        now = switch_on(page, address) if number % 2 else page.evaluate(HELD)
        server.tell(therapist)
        shown = [] if now is None else service.to(now.removeprefix(service.url))
        assert shown == [], (number, how)
        sign_out(page)
        page.wait_for_function(f"() => ({HELD})() === null")
        # What would still come to an address that the browser gave up, its service answers.
        for endpoint in filter(None, (before, now)):
            service.answers[endpoint.removeprefix(service.url)] = (410, {})
    report(f"PU-2 {rounds} changes of the person at one browser: 0 told of another's news")
    # Each was told while they were there, or the rest would say nothing.
    assert told == rounds
