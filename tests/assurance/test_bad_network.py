"""Twelve faults of a network, each many times: nothing lost, nothing doubled, nothing false said (SY-6)."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.assurance.conftest import RUNS, at_most
from tests.assurance.mutants import (
    ALL_SENT_AT_FIRST,
    ANY_ANSWER_EMPTIES_ALL,
    NEW_ID_EACH_TIME,
    SENT_IS_TAKEN,
    Mutant,
)
from tests.assurance.network import (
    FAULTS,
    Fault,
    Proxy,
    captive_portal,
    dropped,
    long_latency,
    reset_before_the_answer,
)
from tests.browser import patients
from tests.browser.test_journey import answer

ALL_SENT = "All entries sent"
# Every different text that the status line has shown.
LISTEN = """(() => {
  window.said = [];
  const hear = () => {
    const text = document.querySelector('.line > [role=status]')?.textContent;
    if (text && text !== said.at(-1)) said.push(text);
  };
  new MutationObserver(hear).observe(document, {subtree: true, childList: true, characterData: true});
})()"""


@dataclass
class Outcome:
    """The phone's own history against the server's: entries lost and doubled, runs with a false word."""

    lost: int = 0
    doubled: int = 0
    untrue: int = 0


def joined(device: Callable[..., BrowserContext], proxy: Proxy, code: str) -> Page:
    """A patient's phone behind the network."""
    context = device(has_touch=True, is_mobile=True)
    context.add_init_script(LISTEN)
    page = context.new_page()
    patients.join(page, f"http://127.0.0.1:{proxy.port}", code)
    return page


def save(page: Page, pain: int) -> None:
    page.get_by_role("link", name=re.compile("^Check in")).click()
    expect(page.get_by_role("heading", name="Check in")).to_be_visible()
    # This screen has no status line: what is said from here on is about the new entry.
    page.evaluate("said.length = 0")
    answer(page, pain, first=True)
    page.get_by_role("button", name="Back to Today").click()


def spoilt_runs(page: Page, proxy: Proxy, fault: Fault, runs: int) -> Outcome:
    """Two entries a run: the second is made while the first is on its way."""
    saved: list[int] = []
    outcome = Outcome()
    for run in range(runs):
        proxy.spoil(fault.spoil, fault.times)
        proxy.hold()
        said: list[str] = []
        # Never 0: without pain there is no question where it is.
        for pain in (1 + run % 9, 2 + run % 9):
            save(page, pain)
            saved.append(pain)
            said += page.evaluate("said")
        proxy.release()
        expect(page.get_by_text(ALL_SENT)).to_be_visible(timeout=90_000)
        said += page.evaluate("said")
        *before, last = said
        if not before or last != ALL_SENT or ALL_SENT in before:
            outcome.untrue += 1
        assert all("saved on this phone" in text for text in before if text != ALL_SENT), said
    stored = Counter(entry["pain_now"] for entry in patients.kept(page))
    outcome.lost = (Counter(saved) - stored).total()
    outcome.doubled = (stored - Counter(saved)).total()
    return outcome


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_entry_arrives_once(
    device: Callable[..., BrowserContext],
    behind_proxy: Callable[..., Proxy],
    code: Callable[[], str],
    report: Callable[[str], None],
    fault: Fault,
):
    proxy = behind_proxy()
    page = joined(device, proxy, code())
    outcome = spoilt_runs(page, proxy, fault, RUNS)
    report(
        f"SY-6 {fault.name}: {RUNS} runs of 2 entries, lost {outcome.lost}, "
        f"doubled {outcome.doubled}, false words {outcome.untrue}; {at_most(2 * RUNS)}"
    )
    assert outcome == Outcome()
    # The fault did happen, and did what it says.
    assert proxy.spoilt == [fault.heard] * fault.times


@pytest.mark.parametrize(
    ("mutant", "spoil", "wrong"),
    [
        (SENT_IS_TAKEN, dropped, "lost"),
        (SENT_IS_TAKEN, captive_portal, "lost"),
        (ANY_ANSWER_EMPTIES_ALL, long_latency, "lost"),
        (NEW_ID_EACH_TIME, reset_before_the_answer, "doubled"),
        (ALL_SENT_AT_FIRST, long_latency, "untrue"),
    ],
    ids=lambda value: getattr(value, "name", None) or getattr(value, "__name__", value),
)
def test_a_broken_front_end_is_caught(
    device: Callable[..., BrowserContext],
    behind_proxy: Callable[..., Proxy],
    code: Callable[[], str],
    report: Callable[[str], None],
    mutant: Mutant,
    spoil: object,
    wrong: str,
):
    proxy = behind_proxy(mutant)
    fault = next(fault for fault in FAULTS if fault.spoil is spoil)
    outcome = spoilt_runs(joined(device, proxy, code()), proxy, fault, runs=2)
    report(f"SY-6 mutant ({mutant.name}) under {fault.name}: {outcome}")
    assert getattr(outcome, wrong) > 0
