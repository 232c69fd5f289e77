"""What a clinic of 500 patients of 90 days feels: its list, a patient's page and an alert's evidence, alone and
beside 99 clinics in one installation, a page of three years, and the list on the screen.

    python benchmarks/triage.py                   500 patients, and 50 to see what grows
    python benchmarks/triage.py --patients 60     a quick look

The other clinics are copies of the first. The server's time goes from the request's arrival to the packed answer.
The screen is measured in Chromium with a processor four times slower. Ends with status 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final
from uuid import UUID

import httpx
import psycopg

from caseload import screen, seeding
from caseload.asking import REQUESTS, Served, ask
from caseload.cloning import copy_clinic
from caseload.goals import Goals
from caseload.serving import serving
from caseload.signing_in import OURS, staff_session
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database

PATIENTS: Final = 500
# Clinics in the installation, one after the other.
CLINICS: Final = (1, 10, 100)
MOST_MS, MOST_GROWTH = 30, 1.3
FEW: Final = 50
# A clinic whose few patients have years behind them.
OLD, YEARS = 20, 3 * 365
OPENINGS, DRAWINGS, ENTRIES = 7, 7, 20
SPARKLINES: Final = 200


@dataclass(frozen=True)
class Filled:
    """The clinic, a smaller one, and one of long histories."""

    many: seeding.SeededClinic
    few: seeding.SeededClinic
    old: seeding.SeededClinic


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=seeding.AT_ONCE)
    try:
        yield database
    finally:
        await database.close()


async def fill(url: str, patients: int) -> Filled:
    now = datetime.now(UTC)
    async with opened(url) as database:
        few = await seeding.seed(database, FEW, now)
        many = await seeding.seed(database, patients, now)
        return Filled(many, few, await seeding.seed(database, OLD, now, YEARS))


async def phones(url: str, clinic: seeding.SeededClinic) -> dict[UUID, str]:
    """The sessions of the phones that will write."""
    async with opened(url) as database:
        return {
            patient_id: await seeding.sign_in_patient(database, clinic, patient_id)
            for patient_id in clinic.waiting[:ENTRIES]
        }


def lists(server: EmbeddedPostgres, address: str, clinic: seeding.SeededClinic) -> Iterator[Served]:
    """The list in each size of the installation; prints it beside a patient's page and an alert's evidence."""
    cookie = staff_session(address, clinic.email, seeding.PASSPHRASE)
    made = 1
    for clinics in CLINICS:
        began = time.perf_counter()
        copy_clinic(server.url("postgres"), clinic.id, range(made, clinics))
        made = clinics
        print(
            f"\n{clinics} clinics, {clinics * len(clinic.patients)} patients, {size(server):.2f} GB; copied in"
            f" {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        listed = ask(address, cookie, "/api/triage")
        told("list", listed)
        told("patient's page", ask(address, cookie, f"/api/patients/{clinic.patients[0]}"))
        alert = next(row["alert"]["id"] for row in listed.body["rows"] if row["alert"] is not None)
        told("an alert's evidence", ask(address, cookie, f"/api/alerts/{alert}/basis"))
        yield listed


def told(what: str, found: Served) -> None:
    print(
        f"  {what:20} p50 {found.took_at(50):7.2f}, p95 {found.took_at(95):7.2f}, p99"
        f" {found.took_at(99):7.2f} ms; {found.packed / 1000:6.1f} kB, {max(found.statements)} statements",
        flush=True,
    )


def size(server: EmbeddedPostgres) -> float:
    """Gigabytes of the database."""
    with psycopg.connect(server.url("postgres")) as connection:
        (found,) = next(connection.execute("select pg_database_size(current_database())"))
    return float(found) / 1e9


def server_figures(goals: Goals, few: Served, many: Served, crowded: Served) -> None:
    """`crowded`: the same list with all the others in the installation."""
    rows = many.body["rows"]
    alerts = sum(row["alert"] is not None for row in rows)
    print(f"\n{len(rows)} patients, {alerts} of them with an alert; {REQUESTS} requests")
    goals.line(
        "server time, p95", many.took_at(95), "ms", 25, f"; p50 {many.took_at(50):.2f}, p99"
        f" {many.took_at(99):.2f} ms, of which work of the process {many.worked_at(50):.2f} and"
        f" {many.worked_at(95):.2f} ms"
    )  # fmt: skip
    print(
        f"  with {len(few.body['rows'])} patients{'':25} {few.took_at(95):8.2f} ms"
        f"; p50 {few.took_at(50):.2f} ms"
    )
    goals.line(f"among {CLINICS[-1]} clinics, p95", crowded.took_at(95), "ms", MOST_MS)
    goals.line("of that alone", crowded.took_at(95) / many.took_at(95), "", MOST_GROWTH)
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


def write_from(address: str, tokens: dict[UUID, str]) -> Callable[[UUID], None]:
    """Sends a check-in from a patient's phone."""

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

    return write


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--patients", type=int, default=PATIENTS)
    patients = parser.parse_args().patients
    goals = Goals()
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        began = time.perf_counter()
        clinics = asyncio.run(fill(server.url(), patients))
        print(
            f"Filled in {time.perf_counter() - began:.0f} s; {os.cpu_count()} processors, load"
            f" {os.getloadavg()[0]:.1f}: times count on a machine that does nothing else",
            flush=True,
        )
        with serving(server.url()) as address:
            alone, *_, crowded = lists(server, address, clinics.many)
            cookie = staff_session(address, clinics.old.email, seeding.PASSPHRASE)
            print(f"\nA patient of {YEARS} days, in the largest")
            told("patient's page", ask(address, cookie, f"/api/patients/{clinics.old.patients[1]}"))
            cookie = staff_session(address, clinics.few.email, seeding.PASSPHRASE)
            server_figures(goals, ask(address, cookie, "/api/triage"), alone, crowded)
            write = write_from(address, asyncio.run(phones(server.url(), clinics.many)))
            screen_figures(goals, address, clinics.many, alone.body["rows"], write)
    goals.end()


if __name__ == "__main__":
    main()
