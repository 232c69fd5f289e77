"""One row for each of hundreds of entries that everybody sends at once (SY-3)."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.assurance.conftest import SENDERS, at_most
from tests.assurance.mutants import NEW_ID_EACH_TIME
from tests.assurance.network import Proxy
from tests.browser.test_sent_once import pain_of, rows_of_tries

# A diary of more would slow the phone down, which proves nothing.
TRIES = int(os.environ.get("GLIDEPATH_ASSURANCE_TRIES", "50"))


@pytest.mark.parametrize("sender", range(SENDERS))
def test_all_who_can_send_make_one_entry(
    phone: BrowserContext,
    behind_proxy: Callable[..., Proxy],
    code: Callable[[], str],
    report: Callable[[str], None],
    sender: int,
):
    rows = rows_of_tries(phone, behind_proxy(), code(), TRIES)
    report(f"SY-3 sender {sender}: {TRIES} tries, {len(rows)} rows; {at_most(TRIES)}")
    assert rows == [pain_of(number) for number in range(TRIES)]


def test_a_front_end_that_changes_ids_is_caught(
    phone: BrowserContext, behind_proxy: Callable[..., Proxy], code: Callable[[], str]
):
    rows = rows_of_tries(phone, behind_proxy(NEW_ID_EACH_TIME), code(), tries=2)
    assert len(rows) > 2
