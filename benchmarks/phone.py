"""The patient's app on a slow phone: Lighthouse, a start without a network, and how soon entries arrive.

    python benchmarks/phone.py              five runs of each
    python benchmarks/phone.py --runs 1     a quick look

Lighthouse throttles to its mobile defaults (slow 4G, a processor four times slower) and comes from the
npm registry on first use. Starts and deliveries are measured in Chromium on a phone with 500 entries.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright
from uuid_utils.compat import uuid7

from caseload.signing_in import OURS, session, staff_session
from glidepath.demo.cast import CAST, STAFF
from glidepath.demo.seed import PASSPHRASE

LIGHTHOUSE = "lighthouse@12.8.2"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
CATEGORIES = ("performance", "accessibility", "best-practices")
TIMINGS = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
ENTRIES, DAYS, BATCH = 500, 30, 50
DELIVERIES = 20
SLOWER = (1, 4)
PATIENT = CAST[3]


@contextmanager
def demo() -> Iterator[str]:
    """A fresh demo clinic on a port of its own; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder:
        environment = os.environ | {
            "GLIDEPATH_DATA_DIR": folder,
            "GLIDEPATH_PORT": str(port),
            "GLIDEPATH_LOG_LEVEL": "error",
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "glidepath", "run"], env=environment, stdout=subprocess.PIPE
        )
        try:
            assert server.stdout is not None
            if not any(address.encode() in line for line in server.stdout):
                sys.exit("The demo did not start.")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def join_code(address: str) -> str:
    headers = OURS | {"cookie": staff_session(address, STAFF[0].email, PASSPHRASE)}
    url = f"{address}/api/patients/{PATIENT.patient_id}/invitations"
    return str(httpx.post(url, json={}, headers=headers).raise_for_status().json()["code"])


def fill(address: str, cookie: str) -> None:
    """Gives the patient's diary as many entries as a very busy month has."""
    now = datetime.now(ZoneInfo("Europe/Madrid"))
    moments = [
        now - timedelta(minutes=DAYS * 1440 * (one + 1) // ENTRIES) for one in range(ENTRIES)
    ]
    headers = OURS | {"cookie": cookie}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as phone:
        account = phone.get("/api/me").raise_for_status().json()["account"]["id"]
        for start in range(0, ENTRIES, BATCH):
            batch = [check_in(moment) for moment in moments[start : start + BATCH]]
            body = {"account_id": account, "check_ins": batch, "exercise_sessions": []}
            results = phone.post("/api/sync", json=body).raise_for_status().json()["results"]
            assert {result["status"] for result in results} == {"stored"}


def check_in(moment: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "revises": None,
        "withdrawn": False,
        "plan_version_id": None,
        "local_date": str(moment.date()),
        "happened_at": moment.isoformat(),
        "zone": str(moment.tzinfo),
        "made_at": moment.isoformat(),
        "pain_now": 3,
        "pain_worst": None,
        "place": "thigh",
        "sensations": [],
        "changes_with": None,
        "red_flags": None,
        "note": "As on most days.",
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def lighthouse(url: str, *options: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ("npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json")
        categories = f"--only-categories={','.join(CATEGORIES)}"
        subprocess.run(  # noqa: S603 (our own arguments)
            [*command, f"--output-path={report}", categories, *options],
            env=os.environ | {"CHROME_PATH": CHROMIUM},
            stderr=subprocess.DEVNULL,
            check=True,
        )
        found = json.loads(report.read_text())
    scores = {name: 100 * found["categories"][name]["score"] for name in CATEGORIES}
    return scores | {name: found["audits"][name]["numericValue"] for name in TIMINGS}


def lighthouse_row(screen: str, runs: int, url: str, *options: str) -> None:
    measured = [lighthouse(url, *options) for _ in range(runs)]
    middle = {name: median(one[name] for one in measured) for name in measured[0]}
    performance, accessibility, practices = (middle[name] for name in CATEGORIES)
    paint, blocking, shift = (middle[name] for name in TIMINGS)
    print(
        f"{screen:12}  {performance:11.0f}  {accessibility:13.0f}  {practices:14.0f}"
        f"  {paint / 1000:6.2f}  {blocking:7.0f}  {shift:5.3f}",
        flush=True,
    )


@contextmanager
def phone(address: str, port: int) -> Iterator[tuple[BrowserContext, Page]]:
    """A phone on which the patient has joined; tools can drive it through the port."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--remote-debugging-port={port}"],
            viewport={"width": 390, "height": 844},
            locale="en-GB",
            timezone_id="Europe/Madrid",
            has_touch=True,
            is_mobile=True,
        )
        page = context.pages[0]
        page.goto(f"{address}/join")
        page.get_by_label("Your code").fill(join_code(address))
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="Skip this").click()
        page.get_by_role("link", name="Check in").first.wait_for()
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        yield context, page
        context.close()


def starts(address: str, context: BrowserContext, runs: int) -> None:
    """From a tap on the icon to Today with its exercises, in a page of its own each time."""
    print(f"\nStart without a network to Today, {ENTRIES} entries on the phone, median of {runs}")
    for slower in SLOWER:
        seconds = []
        for _ in range(runs):
            page = context.new_page()
            page.context.new_cdp_session(page).send(
                "Emulation.setCPUThrottlingRate", {"rate": slower}
            )
            page.goto(address, wait_until="commit")
            page.locator("a[href^='/exercise/']").first.wait_for()
            seconds.append(page.evaluate("performance.now()") / 1000)
            page.close()
        print(f"processor {slower}x slower: {median(seconds):.2f} s")


def deliveries(address: str, context: BrowserContext, page: Page) -> None:
    """From the network's return to "All entries sent", with the app open."""
    seconds = []
    for _ in range(DELIVERIES):
        context.set_offline(True)
        page.goto(f"{address}/check-in")
        page.get_by_role("radio", name="3").first.check(force=True)
        page.get_by_role("checkbox", name="None of these").check(force=True)
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("heading", name="Saved").wait_for()
        page.get_by_role("button", name="Back to Today").click()
        page.get_by_text("saved on this phone").wait_for()
        began = time.perf_counter()
        context.set_offline(False)
        page.get_by_text("All entries sent").wait_for()
        seconds.append(time.perf_counter() - began)
    print(
        f"\nDelivery after the network's return, app open, {DELIVERIES} times: "
        f"median {median(seconds):.2f} s, longest {max(seconds):.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with demo() as address:
        fill(address, session(address, "/api/join", {"code": join_code(address), "locale": "en"}))
        print(f"{LIGHTHOUSE}, mobile, median of {runs}")
        print("screen        performance  accessibility  best practices  LCP, s  TBT, ms    CLS")
        fresh = f"--chrome-flags={' '.join(('--headless=new', *FLAGS))}"
        lighthouse_row("first visit", runs, address, fresh)
        port = free_port()
        with phone(address, port) as (context, page):
            joined = (f"--port={port}", "--disable-storage-reset")
            lighthouse_row("Today", runs, address, *joined)
            lighthouse_row("check-in", runs, f"{address}/check-in", *joined)
            context.set_offline(True)
            starts(address, context, runs)
            deliveries(address, context, page)


if __name__ == "__main__":
    main()
