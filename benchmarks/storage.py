"""What a patient's day leaves on the disk, the diary, the audit trail and what is kept in short; and what it works.

    python benchmarks/storage.py               40 days of 20 patients
    python benchmarks/storage.py --days 10     a quick look

Each day each patient opens the app and sends one check-in and one exercise session, through the whole product.
Work is time of a processor, of the application (with the phone, which is in the same process) and of PostgreSQL, so that
other programs count for little. Sizes are those of tables with their indexes, after a vacuum; what PostgreSQL writes ahead (WAL) is what a replica is sent
and an archive keeps. Then the same for 1, 100 and 10,000 clinics of 50 patients whose staff look 100 times a day.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg

from caseload import seeding
from caseload.serving import settings_of
from caseload.signing_in import OURS
from glidepath.app import create_app
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.identity import signing_in
from glidepath.settings import load_settings
from sync import body_of, fill

# Behind them when it begins, so that every table has its rows.
HISTORY: Final = 30
# No entry is taken of a day that is longer ago.
MOST_DAYS: Final = 55
# Of open pages, each of which asks one every four seconds (notify/live.py).
QUESTIONS: Final = 1_000
DIARY: Final = ("check_ins", "exercise_sessions")
TRAIL: Final = ("audit_events", "audit_heads")
PATIENTS, LOOKS = 50, 100
CLINICS: Final = (1, 100, 10_000)
_PLANS: Final = """
    select v.patient_id, v.id, i.id from plan_versions v
    join plan_items i on (i.clinic_id, i.plan_version_id) = (v.clinic_id, v.id)
    where v.patient_id = any(%s)
"""
_SIZES: Final = """
    select relname, pg_total_relation_size(oid) from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace
"""
_STATE: Final = "select avg(pg_column_size(one)) from trend_checkpoints one"


@dataclass(frozen=True)
class Stand:
    """Bytes of each table, and of all that was written ahead."""

    tables: Mapping[str, int]
    ahead: int
    events: int

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> "Stand":
        connection.execute("vacuum analyze")
        tables = dict(connection.execute(_SIZES).fetchall())
        ((ahead,),) = connection.execute("select pg_current_wal_lsn() - '0/0'").fetchall()
        ((events,),) = connection.execute("select count(*) from audit_events").fetchall()
        return cls(tables, int(ahead), events)


async def live(
    url: str,
    folder: Path,
    tokens: Mapping[UUID, str],
    plans: Mapping[UUID, tuple[UUID, UUID]],
    days: list[datetime],
    tidy: Callable[[], object],
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Seconds of a processor, ours and PostgreSQL's: for all those days; for so many questions of open pages."""
    app = create_app(load_settings(settings_of(url)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://127.0.0.1",
        headers=OURS,
    ) as phone:
        ours, theirs = time.process_time(), worked(folder)
        for day in days:
            for patient_id, token in tokens.items():
                cookie = {"cookie": f"__Host-glidepath={token}"}
                body = body_of(patient_id, plans[patient_id], day, is_worse=False)
                body |= {kind: body[kind][:1] for kind in DIARY}
                (await phone.get("/api/care", headers=cookie)).raise_for_status()
                answer = await phone.post("/api/sync", json=body, headers=cookie)
                became = [one["status"] for one in answer.raise_for_status().json()["results"]]
                if became != ["stored", "stored"]:
                    raise RuntimeError(answer.text)
            # As PostgreSQL does by itself, long before the next day.
            tidy()
        took = time.process_time() - ours, worked(folder) - theirs
    ours, theirs = time.process_time(), worked(folder)
    for _ in range(QUESTIONS):
        async with app.state.database.reading() as session:
            if not await signing_in.is_signed_in(session, token, datetime.now(UTC)):
                raise RuntimeError("signed out")
    asked = time.process_time() - ours, worked(folder) - theirs
    await app.state.database.close()
    return took, asked


def worked(folder: Path) -> float:
    """Seconds of a processor of all PostgreSQL's processes, also of those that ended."""
    pid = int((folder / "postgres/postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = sum(_ticks(pid)) + sum(sum(_ticks(int(child))[:2]) for child in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> tuple[int, ...]:
    """In user mode and in the kernel, then those of children that ended."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return tuple(map(int, told[11:15]))


def grown(before: Stand, after: Stand, patient_days: int) -> None:
    """Prints what a day is made of, and what it comes to in a year."""
    each = {
        name: (size - before.tables[name]) / patient_days for name, size in after.tables.items()
    }
    events = after.events - before.events
    diary, trail = (sum(each[name] for name in names) for names in (DIARY, TRAIL))
    event = trail * patient_days / events
    rest = {name: size for name, size in each.items() if name not in (*DIARY, *TRAIL) and size >= 1}
    ahead = (after.ahead - before.ahead) / patient_days
    day = sum(each.values())
    print(f"A patient's day, {patient_days} of them: {day:.0f} bytes with all indexes")
    for name in (*DIARY, *TRAIL, *sorted(rest, key=rest.__getitem__, reverse=True)):
        print(f"  {name:24} {each[name]:7.0f}")
    print(f"An audit event: {event:.0f} bytes; {events / patient_days:.1f} of them a patient's day")
    print(f"Written ahead: {ahead / 1000:.1f} kB a patient's day")
    print(f"Of {day:.0f} bytes the diary is {diary / day:.0%}, the audit trail {trail / day:.0%}\n")
    for clinics in CLINICS:
        a_day = clinics * (PATIENTS * day + LOOKS * event)
        print(
            f"{clinics:6} clinics: {clinics * PATIENTS:7} entries of each kind a day; {a_day * 365 / 1e9:9.2f} GB"
            f" a year on the disk, {clinics * PATIENTS * ahead * 365 / 1e9:9.2f} GB a year written ahead by phones"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--days", type=int, default=40, choices=range(1, MOST_DAYS))
    count = parser.parse_args().days
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        now = datetime.now(seeding.ZONE)
        _, tokens = asyncio.run(fill(server.url(), HISTORY, now - timedelta(days=count)))
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            plans = {row[0]: row[1:] for row in connection.execute(_PLANS, [list(tokens)])}
            before = Stand.of(connection)
            days = [now - timedelta(days=back) for back in range(count - 1, -1, -1)]
            days_took, questions_took = asyncio.run(
                live(
                    server.url(),
                    Path(folder),
                    tokens,
                    plans,
                    days,
                    lambda: connection.execute("vacuum"),
                )
            )
            patient_days = count * len(tokens)
            grown(before, Stand.of(connection), patient_days)
            ((state,),) = connection.execute(_STATE).fetchall()
            print(
                f"The detector's state of an episode: {float(state) / 1000:.1f} kB, written anew each time"
            )
        print()
        for what, took, count in (
            ("Two requests a patient's day", days_took, patient_days),
            ("Whether an open page's reader is signed in yet", questions_took, QUESTIONS),
        ):
            ours, theirs = (1000 * seconds / count for seconds in took)
            print(
                f"{what}: {ours:.1f} ms of a processor for the application, {theirs:.1f} ms for PostgreSQL"
            )


if __name__ == "__main__":
    main()
