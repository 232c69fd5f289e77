"""What a clinic of 500 patients feels of all others in its installation, and a page of its patient's years.

    python benchmarks/installation.py                 1, 10 and 100 clinics of 500 patients of 90 days
    python benchmarks/installation.py --patients 50   a quick look

The other clinics are copies of the first. Ends with status 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg

from caseload import seeding
from caseload.asking import Served, ask
from caseload.cloning import copy_clinic
from caseload.goals import Goals
from caseload.serving import serving
from caseload.signing_in import staff_session
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database

PATIENTS = 500
CLINICS = (1, 10, 100)
MOST_MS, MOST_GROWTH = 30, 1.3
SHORT, LONG = 90, 3 * 365
FEW = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--patients", type=int, default=PATIENTS)
    patients = parser.parse_args().patients
    goals = Goals()
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        clinic, old = asyncio.run(fill(server.url(), patients))
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
        with serving(server.url()) as address:
            cookie = staff_session(address, clinic.email, seeding.PASSPHRASE)
            lists: list[Served] = []
            made = 1
            for clinics in CLINICS:
                began = time.perf_counter()
                copy_clinic(server.url("postgres"), clinic.id, range(made, clinics))
                print(
                    f"\n{clinics} clinics, {clinics * patients} patients, {size(server):.2f} GB; copied in"
                    f" {time.perf_counter() - began:.0f} s",
                    flush=True,
                )
                made = clinics
                ask_it = partial(ask, address, cookie)
                lists.append(figures(ask_it, clinic.patients[0]))
            print()
            goals.line("the list in the largest, p95", lists[-1].took_at(95), "ms", MOST_MS)
            grown = lists[-1].took_at(95) / lists[0].took_at(95)
            goals.line("of that in the smallest", grown, "", MOST_GROWTH)
            cookie = staff_session(address, old.email, seeding.PASSPHRASE)
            print(f"\nA patient of {LONG} days, in the largest")
            told("patient's page", ask(address, cookie, f"/api/patients/{old.patients[1]}"))
    goals.end()


async def fill(url: str, patients: int) -> tuple[seeding.SeededClinic, seeding.SeededClinic]:
    """The clinic, and one whose few patients have years behind them."""
    database, now = Database(url, pool_size=seeding.AT_ONCE), datetime.now(UTC)
    try:
        clinic = await seeding.seed(database, patients, now, SHORT)
        return clinic, await seeding.seed(database, FEW, now, LONG)
    finally:
        await database.close()


def figures(ask_it: Callable[[str], Served], patient_id: UUID) -> Served:
    """Of the therapists' list, a patient's page and the evidence of an alert; gives back the list's."""
    listed = ask_it("/api/triage")
    told("list", listed)
    told("patient's page", ask_it(f"/api/patients/{patient_id}"))
    alert = next(row["alert"]["id"] for row in listed.body["rows"] if row["alert"] is not None)
    told("an alert's evidence", ask_it(f"/api/alerts/{alert}/basis"))
    return listed


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


if __name__ == "__main__":
    main()
