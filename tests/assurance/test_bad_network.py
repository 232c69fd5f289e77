"""Twelve faults of a network, each many times: nothing lost, nothing doubled, nothing false said."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.assurance.conftest import RUNS
from tests.assurance.network import FAULTS, Fault, Proxy
from tests.browser.conftest import LAPTOP, Staff, sign_in
from tests.browser.test_journey import admit, check_in, diary, join

SPOILT = 2


def pain(run: int) -> int:
    """Never 0: without pain there is no question where it is."""
    return 1 + run % 10


@pytest.fixture
def proxy(address: str) -> Iterator[Proxy]:
    made = Proxy(urlsplit(address).port or 0)
    yield made
    made.close()


@pytest.fixture
def phone(
    device: Callable[..., BrowserContext], address: str, therapist: Staff, proxy: Proxy
) -> Page:
    """A patient's phone behind the bad network."""
    laptop = device(viewport=LAPTOP).new_page()
    sign_in(laptop, address, therapist)
    code = admit(laptop, address, "Robin Vale")
    page = device(has_touch=True, is_mobile=True).new_page()
    join(page, f"http://127.0.0.1:{proxy.port}", code)
    return page


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_entry_arrives_once(phone: Page, proxy: Proxy, fault: Fault):
    for run in range(RUNS):
        proxy.spoil(fault, SPOILT)
        phone.goto(f"http://127.0.0.1:{proxy.port}/")
        check_in(phone, pain(run), first=run == 0)
        # Whatever the network does, what was saved is said to be on this phone until it arrived.
        phone.get_by_role("button", name="Back to Today").click()
        expect(phone.get_by_text("All entries sent")).to_be_visible(timeout=90_000)
        assert proxy.remaining == 0 or fault.__name__ in {
            "latency",
            "long_latency",
            "jitter",
            "trickle",
        }
        entries = diary(phone)
        assert [entry["pain_now"] for entry in sorted(entries, key=lambda one: one["made_at"])] == [
            pain(earlier) for earlier in range(run + 1)
        ]
