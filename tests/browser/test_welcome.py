"""Joining, as the phone at hand has it."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, expect

from tests.browser.patients import admit
from tests.hostile import Person

PHONE = {"has_touch": True, "is_mobile": True}
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari"
ANDROID = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/139.0.0.0 Mobile Safari"


def test_an_iphone_is_asked_to_install_before_its_code_is_used_up_and_android_after(
    device: Callable[..., BrowserContext], address: str, desk: Person
):
    code = admit(desk, str(uuid4()), name="Robin Vale")

    iphone = device(user_agent=IPHONE, **PHONE).new_page()
    iphone.goto(f"{address}/join#{code}")
    expect(iphone.get_by_role("heading", name="First put Glidepath on")).to_be_visible()
    expect(iphone.get_by_text(code, exact=True)).to_be_visible()
    assert "#" not in iphone.url
    iphone.get_by_role("button", name="Go on in the browser").click()
    expect(iphone.get_by_label("Your code")).to_have_value(code)

    android = device(user_agent=ANDROID, **PHONE).new_page()
    android.goto(f"{address}/join#{code}")
    android.get_by_role("button", name="I agree").click()
    expect(android.get_by_role("heading", name="Put this on your home screen")).to_be_focused()
    android.get_by_role("button", name="Done").click()
    expect(android.get_by_role("heading", name="Daily reminder")).to_be_focused()
    android.get_by_label("Time").fill("18:30")
    android.get_by_role("button", name="Save the reminder").click()
    expect(android.get_by_role("heading", name="Hello, Robin")).to_be_visible()

    android.reload()
    expect(android.get_by_role("heading", name="Hello, Robin")).to_be_visible()
    android.get_by_role("link", name="More").click()
    expect(android.get_by_label("Time")).to_have_value("18:30")
    android.get_by_text("Put this on your home screen").click()
    expect(android.get_by_text("Touch the three dots")).to_be_visible()
