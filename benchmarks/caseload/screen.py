"""The list in Chromium: when it is shown, how fast sparklines are drawn, and when a row changes."""

import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from caseload.signing_in import next_code
from glidepath.assets import CHECKOUT

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
SLOWER = 4
# The list is shown when its first rows have been painted: the frame after the one that they came in.
WATCH = """
  window.shown = new Promise((tell) => {
    const look = () => {
      if (document.querySelectorAll('ol.rows > li').length === 0) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => tell(performance.now())));
    };
    const watch = new MutationObserver(look);
    watch.observe(document, {childList: true, subtree: true});
  });
"""
SHOWN = """async (rows) => {
  const shown = await window.shown;
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  const painted = () => new Promise((tell) => requestAnimationFrame(() => setTimeout(tell)));
  while (document.querySelectorAll('ol.rows > li').length < rows) await painted();
  return {paint: paint.startTime, shown, whole: performance.now()};
}"""
# Told as a promise of the page, so that the moment is the page's and not that of a question.
CHANGED = """(patient) => {
  const row = document.querySelector(`ol.rows a[href$="${patient}"]`).closest('li');
  const before = row.innerText;
  window.changed = new Promise((tell) => {
    const look = () => {
      const now = document.querySelector(`ol.rows a[href$="${patient}"]`)?.closest('li');
      if (!now || now.innerText === before) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(tell));
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
  });
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])


def slowed(context: BrowserContext) -> Page:
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def signed_in(browser: Browser, address: str, email: str, passphrase: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/therapist")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Passphrase", exact=True).fill(passphrase)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code from your authenticator app").fill(next_code())
    page.get_by_role("button", name="Continue", exact=True).click()
    page.locator("ol.rows > li").first.wait_for()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.close()
    return context


def openings(context: BrowserContext, address: str, rows: int, runs: int) -> list[dict[str, float]]:
    """Milliseconds from the navigation's start, in a page of its own each time."""
    found = []
    for _ in range(runs):
        page = slowed(context)
        page.add_init_script(WATCH)
        page.goto(f"{address}/therapist", wait_until="commit")
        found.append(page.evaluate(SHOWN, rows))
        page.close()
    return found


def changes(
    context: BrowserContext,
    address: str,
    patients: Sequence[UUID],
    write: Callable[[UUID], None],
) -> list[float]:
    """Seconds from the sending of an entry to the changed row, on a page that stays open."""
    page = slowed(context)
    page.goto(f"{address}/therapist")
    page.locator("ol.rows > li").first.wait_for()
    page.get_by_text("Live", exact=True).wait_for()
    seconds = []
    for patient_id in patients:
        page.evaluate(CHANGED, str(patient_id))
        began = time.perf_counter()
        write(patient_id)
        page.evaluate("window.changed")
        seconds.append(time.perf_counter() - began)
    page.close()
    return seconds


def sparklines(browser: Browser, rows: list[dict[str, Any]], runs: int) -> list[float]:
    """Milliseconds from the first of the list's own components to the painted frame, for all `rows`."""
    with tempfile.TemporaryDirectory() as folder, _served(_built(Path(folder))) as address:
        taken = []
        for _ in range(runs):
            page = slowed(browser.new_context())
            page.add_init_script(f"window.rows = {json.dumps(rows)}")
            page.goto(address)
            taken.append(float(page.evaluate("window.drawn")))
            assert page.locator("svg path.pain").count() == len(rows)
            page.context.close()
        return taken


def _built(folder: Path) -> Path:
    """The bare page with nothing but sparklines, from the front end's sources."""
    frontend = CHECKOUT / "frontend"
    shutil.copytree(Path(__file__).parent / "sparklines", folder / "page")
    shutil.copy(frontend / "tsconfig.json", folder)
    (folder / "src").symlink_to(frontend / "src")
    (folder / "node_modules").symlink_to(frontend / "node_modules")
    vite = frontend / "node_modules" / ".bin" / "vite"
    command = [str(vite), "build", "--logLevel", "error", "--config", "vite.config.mjs"]
    subprocess.run(command, cwd=folder / "page", check=True)  # noqa: S603 (our own arguments)
    return folder / "page" / "dist"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
