"""Chromium killed right after it said "Saved": every entry is there when it opens again (SY-7)."""

import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, expect

from tests.assurance.conftest import KILLS, at_most
from tests.assurance.mutants import SAVED_BEFORE_IT_IS
from tests.assurance.network import Proxy, dropped
from tests.browser import patients
from tests.browser.conftest import PHONE
from tests.browser.test_journey import answer
from tests.chromium import CHROMIUM, FLAGS

COUNT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('glidepath');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction('outbox').objectStore('outbox').count();
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
  };
})"""


def processes(profile: Path) -> list[int]:
    """Every process of the browser on this profile."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                command = (process / "cmdline").read_bytes()
                if f"--user-data-dir={profile}".encode() in command:
                    found.append(int(process.name))
    return found


def kill(profile: Path) -> None:
    """Ends them all at once, as a crash would."""
    for process in processes(profile):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def start(chromium: Browser, profile: Path) -> tuple[BrowserContext, Page]:
    context = chromium.browser_type.launch_persistent_context(
        profile,
        executable_path=str(CHROMIUM),
        args=FLAGS,
        viewport=ViewportSize(width=PHONE["width"], height=PHONE["height"]),
        locale="en-GB",
        timezone_id="Europe/Madrid",
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(60_000)
    return context, context.pages[0]


def lost_in_kills(chromium: Browser, profile: Path, proxy: Proxy, code: str, kills: int) -> int:
    """How many entries that were said to be saved never arrive, once the network is there again."""
    behind = f"http://127.0.0.1:{proxy.port}"
    # No entry ever arrives: what is there after a kill was kept by the phone alone.
    proxy.spoil(dropped, times=10**9)
    context, page = start(chromium, profile)
    patients.join(page, behind, code)
    context.close()
    saved = [1 + number % 9 for number in range(kills)]
    for pain in saved:
        context, page = start(chromium, profile)
        page.goto(behind)
        page.get_by_role("link", name=re.compile("^Check in")).click()
        answer(page, pain, first=True)
        kill(profile)
        with suppress(Error):
            context.close()
    context, page = start(chromium, profile)
    page.goto(behind)
    patients.at_home(page)
    left = int(page.evaluate(COUNT))
    proxy.heal()
    page.reload()
    expect(page.get_by_text("All entries sent")).to_be_visible()
    arrived = [entry["pain_now"] for entry in patients.kept(page)]
    context.close()
    assert len(arrived) == left
    if left == kills:
        assert arrived == saved
    return kills - left


def test_no_saved_entry_is_lost_when_the_browser_is_killed(
    chromium: Browser,
    behind_proxy: Callable[..., Proxy],
    code: Callable[[], str],
    report: Callable[[str], None],
    tmp_path: Path,
):
    lost = lost_in_kills(chromium, tmp_path / "profile", behind_proxy(), code(), KILLS)
    report(f"SY-7 {KILLS} kills right after Saved: {lost} entries lost; {at_most(KILLS)}")
    assert lost == 0


def test_a_front_end_that_says_saved_too_early_is_caught(
    chromium: Browser,
    behind_proxy: Callable[..., Proxy],
    code: Callable[[], str],
    report: Callable[[str], None],
    tmp_path: Path,
):
    proxy = behind_proxy(SAVED_BEFORE_IT_IS)
    lost = lost_in_kills(chromium, tmp_path / "profile", proxy, code(), kills=2)
    report(f"SY-7 mutant ({SAVED_BEFORE_IT_IS.name}), 2 kills: {lost} entries lost")
    assert lost > 0
