"""Pushes in Chromium: one notification for one piece of news, switched on by a press, gone with the sign-in."""

import json
import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from glidepath.settings import Settings
from tests.browser.conftest import LAPTOP, Staff, add_colleague, enter
from tests.browser.patients import api
from tests.browser.test_screens import assert_accessible
from tests.push_service import VAPID_KEY, Browser, PushService, push_service

# Chromium subscribes at a service of its maker's; this one subscribes at ours.
SUBSCRIBES = """
const kept = 'test.subscription';
const handle = (mine) => mine && {
  options: {applicationServerKey: Uint8Array.from(mine.key).buffer},
  toJSON: () => ({endpoint: mine.endpoint, keys: mine.keys}),
  unsubscribe: async () => { localStorage.removeItem(kept); return true; },
};
PushManager.prototype.getSubscription = async () => handle(JSON.parse(localStorage.getItem(kept)));
PushManager.prototype.subscribe = async ({applicationServerKey}) => {
  const endpoint = `${URL_}/${crypto.randomUUID()}`;
  const mine = {endpoint, keys: KEYS, key: [...new Uint8Array(applicationServerKey)]};
  localStorage.setItem(kept, JSON.stringify(mine));
  return handle(mine);
};
"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({title, body, tag}) => ({title, body, tag}))"""


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, vapid_key=VAPID_KEY, local_peers=True)


@pytest.fixture
def admin(
    device: Callable[..., BrowserContext],
    address: str,
    settings: Settings,
    therapist: Staff,
    service: PushService,
) -> Page:
    """An admin, signed in, in a browser that may show notifications."""
    context = device(viewport=LAPTOP, worker=True)
    context.grant_permissions(["notifications"])
    keys = json.dumps(Browser(service, "/").subscription["keys"])
    context.add_init_script(f"{{const URL_ = {service.url!r}, KEYS = {keys}; {SUBSCRIBES} }}")
    page = context.new_page()
    enter(page, address, add_colleague(settings, "Alex Admin", "admin"))
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def push(page: Page, address: str, *payloads: dict[str, str]) -> None:
    """As a push service would, to the worker of this page."""
    devtools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not registrations:
        page.wait_for_timeout(20)
    for payload in payloads:
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": address,
                "registrationId": registrations[0],
                "data": json.dumps(payload).ljust(96),
            },
        )
    page.wait_for_timeout(300)


def test_three_pushes_of_one_alert_show_one_notification_that_says_nothing(
    admin: Page, address: str
):
    one, other = str(uuid4()), str(uuid4())
    push(admin, address, *[{"t": "alert", "id": one, "name": "Pat Doe"}] * 3)
    (shown,) = admin.evaluate(SHOWN)
    assert shown == {"title": "You have a new alert", "body": "", "tag": f"alert:{one}"}
    push(admin, address, {"t": "alert", "id": other})
    assert len(admin.evaluate(SHOWN)) == 2


def test_switched_on_by_a_press_and_gone_with_the_sign_out(
    admin: Page, address: str, service: PushService
):
    admin.get_by_role("button", name="Account of").click()
    admin.get_by_role("link", name="How I am told").click()
    admin.get_by_role("button", name="Show alerts in this browser").click()
    expect(admin.get_by_text("This browser shows new alerts.")).to_be_visible()
    assert len(api(admin, "GET", "/api/push")["browsers"]) == 1
    assert_accessible(admin)
    # The clinic's webhook: its secret is shown once.
    admin.get_by_label("Address").fill("https://pager.example/hook")
    admin.get_by_role("button", name="Save the address").click()
    secret = admin.get_by_label("The secret that signs each message")
    expect(secret).to_have_value(re.compile(r"^[\da-f]{64}$"))
    assert_accessible(admin)
    admin.reload()
    expect(admin.get_by_label("Address")).to_have_value("https://pager.example/hook")
    expect(admin.get_by_text("It is not shown again")).to_have_count(0)
    push(admin, address, {"t": "test", "id": str(uuid4())})
    # A notification that was meant for somebody else opens nothing.
    admin.goto(f"{address}/therapist/notified/{uuid4()}")
    expect(admin.get_by_text("was not meant for you")).to_be_visible()
    admin.get_by_role("button", name="Account of").click()
    admin.get_by_role("button", name="Sign out").click()
    expect(admin.get_by_role("button", name="Sign in")).to_be_visible()
    admin.wait_for_function("() => localStorage.getItem('test.subscription') === null")
    admin.wait_for_function(f"async () => (await ({SHOWN})()).length === 0")
