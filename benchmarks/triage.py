"""The therapist's list with 500 patients of 90 days: the server's time, bytes and statements, and the screen.

    python benchmarks/triage.py                   500 patients, and 50 to see what grows
    python benchmarks/triage.py --patients 60     a quick look

The server's time goes from the request's arrival to the packed answer. The screen is measured in Chromium
with a processor four times slower. Ends with status 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
import psycopg

from caseload import screen, seeding
from caseload.asking import REQUESTS, Served, ask
from caseload.goals import Goals
from caseload.serving import serving
from caseload.signing_in import OURS, staff_session
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database

FEW = 50
OPENINGS, DRAWINGS, ENTRIES = 7, 7, 20
SPARKLINES = 200


def request_list(address: str, email: str) -> Served:
    cookie = staff_session(address, email, seeding.PASSPHRASE)
    return ask(address, cookie, "/api/triage")


def server_figures(goals: Goals, few: Served, many: Served) -> None:
    rows = many.body["rows"]
    alerts = sum(row["alert"] is not None for row in rows)
    print(f"{len(rows)} patients, {alerts} of them with an alert; {REQUESTS} requests")
    goals.line(
        "server time, p95", many.took_at(95), "ms", 25, f"; p50 {many.took_at(50):.2f}, p99"
        f" {many.took_at(99):.2f} ms, of which work of the process {many.worked_at(50):.2f} and"
        f" {many.worked_at(95):.2f} ms"
    )  # fmt: skip
    print(
        f"  with {len(few.body['rows'])} patients{'':25} {few.took_at(95):8.2f} ms"
        f"; p50 {few.took_at(50):.2f} ms"
    )
    goals.line("answer, gzip", many.packed / 1000, "kB", 60, f"; {many.plain / 1000:.0f} kB plain")
    grown = max(many.statements) - min(few.statements)
    goals.line(
        "statements more than with few patients", grown, "", 0,
        f"; {sorted(few.statements)} and {sorted(many.statements)}, transaction and sign-in included",
    )  # fmt: skip


def screen_figures(
    goals: Goals,
    address: str,
    clinic: seeding.SeededClinic,
    rows: list[dict[str, object]],
    write: Callable[[UUID], None],
) -> None:
    with screen.chromium() as browser:
        context = screen.signed_in(browser, address, clinic.email, seeding.PASSPHRASE)
        found = screen.openings(context, address, len(rows), OPENINGS)
        gap = [(one["shown"] - one["paint"]) / 1000 for one in found]
        goals.line(
            f"first paint to list shown, {screen.SLOWER}x slower", median(gap), "s", 1.0,
            f"; longest of {OPENINGS} {max(gap):.2f} s, first paint after"
            f" {median(one['paint'] for one in found) / 1000:.2f} s, the last row after"
            f" {median(one['whole'] for one in found) / 1000:.2f} s",
        )  # fmt: skip
        sparks = [row["spark"] for row in rows]
        drawn = screen.sparklines(browser, (sparks * SPARKLINES)[:SPARKLINES], DRAWINGS)  # type: ignore[arg-type]
        goals.line(
            f"{SPARKLINES} sparklines drawn, {screen.SLOWER}x slower", median(drawn), "ms", 100,
            f"; longest of {DRAWINGS} {max(drawn):.0f} ms",
        )  # fmt: skip
        seconds = screen.changes(context, address, clinic.waiting[:ENTRIES], write)
        goals.line(
            f"entry sent to row changed, {screen.SLOWER}x slower", max(seconds), "s", 2.0,
            f"; longest of {len(seconds)}, median {median(seconds):.2f} s",
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--patients", type=int, default=500)
    patients = parser.parse_args().patients
    goals = Goals()
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        began = time.perf_counter()
        (few, many), tokens = asyncio.run(fill(server.url(), patients))
        analyse(server.url(OWNER))
        print(
            f"Filled in {time.perf_counter() - began:.0f} s; {os.cpu_count()} processors, load"
            f" {os.getloadavg()[0]:.1f}: times count on a machine that does nothing else",
            flush=True,
        )
        with serving(server.url()) as address:

            def write(patient_id: UUID) -> None:
                body = {
                    "account_id": str(patient_id),
                    "check_ins": [seeding.check_in(datetime.now(UTC), pain_now=2)],
                    "exercise_sessions": [],
                }
                headers = OURS | {"cookie": f"__Host-glidepath={tokens[patient_id]}"}
                answer = httpx.post(f"{address}/api/sync", json=body, headers=headers, timeout=60)
                (result,) = answer.raise_for_status().json()["results"]
                assert result["status"] == "stored", result

            listed = request_list(address, many.email)
            server_figures(goals, request_list(address, few.email), listed)
            screen_figures(goals, address, many, listed.body["rows"], write)
    goals.end()


def analyse(url: str) -> None:
    """What PostgreSQL has done by itself, long before a clinic is three months old."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("analyze")


async def fill(
    url: str, patients: int
) -> tuple[tuple[seeding.SeededClinic, seeding.SeededClinic], dict[UUID, str]]:
    """Both clinics, and the sessions of the phones that will write."""
    database, now = Database(url, pool_size=seeding.AT_ONCE), datetime.now(UTC)
    try:
        few = await seeding.seed(database, FEW, now)
        many = await seeding.seed(database, patients, now)
        tokens = {
            patient_id: await seeding.sign_in_patient(database, many, patient_id)
            for patient_id in many.waiting[:ENTRIES]
        }
    finally:
        await database.close()
    return (few, many), tokens


if __name__ == "__main__":
    main()
