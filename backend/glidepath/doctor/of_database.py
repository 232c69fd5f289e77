"""What the database tells: whether it is as it must be, and how the work in it stands."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import psycopg

from glidepath import startup
from glidepath.backups import making
from glidepath.database import encryption, resealing
from glidepath.database.engine import Database
from glidepath.doctor.findings import Finding, note, required, well, wrong
from glidepath.records.erasure_list import StayAway
from glidepath.settings import Settings
from glidepath.watch import readiness, service, standing
from glidepath.watch.readiness import Readiness
from glidepath.watch.standing import Standing
from glidepath.watch.telling import WHERE

POSTGRES: Final = 18
# Of what is a clinic's, what the rows of other clinics would be seen in.
_OPEN: Final = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
        and not (relrowsecurity and relforcerowsecurity)
        and (relname in ('clinics', 'procrastinate_jobs') or exists (
            select from pg_attribute where attrelid = pg_class.oid and attname = 'clinic_id' and not attisdropped
        ))
    order by relname
"""
MEND: Final = {
    "database": "start PostgreSQL, or let it write: its disk may be full, or it a standby",
    "migrations": "run `glidepath migrate upgrade`, or the version of Glidepath that made it",
    "disk": "free some of it, or take a larger one",
    "clock": "let both machines keep time, as chrony does",
    "erasures": "run `glidepath erasure replay`",
}


def has_tables(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        found = connection.execute("select to_regclass('alembic_version')").fetchone()
    return found != (None,)


def look(database_url: str, settings: Settings) -> Iterator[Finding]:
    yield required(
        "role",
        lambda: startup.require_safe_database(settings),
        "the application's role sees one clinic at a time, and what is acknowledged is kept",
    )
    yield required(
        "way to it",
        lambda: startup.require_databases(settings),
        "a connection is the same one from one transaction to the next",
    )
    with psycopg.connect(database_url) as connection:
        version = connection.info.server_version // 10000
        if version < POSTGRES:
            yield note("postgresql", f"is {version}; Glidepath is tried with {POSTGRES} alone")
        yield _walls(connection)


def _walls(connection: psycopg.Connection[Any]) -> Finding:
    found = [name for (name,) in connection.execute(_OPEN).fetchall()]
    if found:
        return wrong(
            "walls",
            f"Row-level security is off or not forced for {', '.join(found)}; let the owner run `alter table "
            f"{found[0]} enable row level security, force row level security`.",
        )
    return well("walls", "row-level security is forced wherever rows are a clinic's")


async def readies(settings: Settings, database_url: str) -> Iterator[Finding]:
    assert settings.erasure_list is not None
    stay_away = StayAway(settings.erasure_list)
    return ready(await readiness.check(database_url, settings.data_dir, stay_away))


def ready(found: Readiness) -> Iterator[Finding]:
    """As /readyz sees it."""
    for name, part in found.items():
        if part.is_well:
            yield well(name, part.says)
        else:
            yield wrong(name, f"{part.says}; {MEND[name]}.")


async def stands(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    # A watchdog that is to run here has had its first minutes.
    promise = service.promise(settings, now - 2 * standing.FIRST_WITHIN)
    return standing_of(await standing.find(database, promise, now), now)


def standing_of(found: Standing, now: datetime) -> Iterator[Finding]:
    """As the admins' page sees it, of all clinics together."""
    red = {*standing.red(found.queue, found.watchdog, found.oldest, now)}
    heard = found.queue.heartbeat if found.queue else None
    waits = standing.lag(found.queue, now).total_seconds() / 60 if found.queue else 0
    if "worker" in red:
        when = (
            f"No worker was heard of since {heard:%Y-%m-%d %H:%M} UTC"
            if heard
            else "None was ever heard of"
        )
        yield wrong("worker", f"{when}; start `glidepath worker`.")
    elif found.queue is not None:
        yield well("worker", "was heard of within the last minute")
    if found.queue is None:
        yield wrong("queue", "The queue does not answer; see the log of PostgreSQL.")
    elif "queue" in red:
        yield wrong(
            "queue", f"A job waits for {waits:.0f} minutes; see the worker's log, or start another."
        )
    else:
        yield well("queue", f"{found.queue.waiting} jobs wait")
    if found.queue is not None and found.queue.failed:
        yield note("queue", f"{found.queue.failed} jobs failed for good; the worker's log says why")
    yield _watchdog(found)
    yield from _deliveries(found, is_late="late_delivery" in red)


def _watchdog(found: Standing) -> Finding:
    state, failure = found.watchdog.state, found.watchdog.failure
    if state == "not_set_up":
        return note(
            "watchdog", "None is set up: run `glidepath watchdog`, and set GLIDEPATH_WATCHDOG=true"
        )
    if failure == "never":
        return wrong("watchdog", "No round ever ended; start `glidepath watchdog`.")
    if failure == "stopped":
        return wrong("watchdog", "It was heard of once and is silent; start `glidepath watchdog`.")
    if failure is not None:
        return wrong(
            "watchdog",
            f"Its last alert did not arrive: {WHERE[failure]}; see the log of that part.",
        )
    return well("watchdog", "its last alert arrived")


def _deliveries(found: Standing, *, is_late: bool) -> Iterator[Finding]:
    told = [
        (
            found.dead_letters,
            "deliveries failed for good; the clinics' admins try them again from their page",
        ),
        (
            found.late_alerts["unowned"],
            "alerts have nobody who could be told; the clinics' admins see which",
        ),
        (
            found.late_alerts["spent"],
            "alerts were told as often as may be, and nobody looked; their admins see which",
        ),
        (
            found.late_alerts["overdue"],
            "alerts were not looked at in time and go on to the next person; the clinics' admins see which",
        ),
        (found.behind, "episodes are not judged up to their last entry; see the web server's log"),
    ]
    faults = [f"{count} {what}" for count, what in told if count]
    if is_late:
        faults.append("a delivery waits for more than half an hour; see the worker's log")
    for fault in faults:
        yield wrong("alerts", f"{fault}.")
    if not faults:
        yield well("alerts", "all were told in time")


def sealed(owner_url: str, settings: Settings) -> Iterator[Finding]:
    """What only the owner sees: which keys are needed, and whether a backup would hold all."""
    counts = resealing.status(owner_url)
    if settings.field_keys is None and not (settings.data_dir / "field.key").exists():
        if counts:
            yield wrong(
                "sealed texts",
                f"{counts.total()} are there, and no key; set GLIDEPATH_FIELD_KEYS to those that sealed them.",
            )
    else:
        ring = encryption.ring_of(settings)
        yield sealed_with(counts, ring)
    with psycopg.connect(owner_url) as connection:
        yield required(
            "backup", lambda: making.require_all_rows(connection), "would hold every clinic's rows"
        )


def sealed_with(counts: Counter[str], ring: encryption.Keyring) -> Finding:
    missing = ring.lacks(counts)
    if missing:
        return wrong(
            "sealed texts",
            f"{sum(counts[one] for one in missing)} cannot be opened; add key {' and '.join(missing)} to "
            "GLIDEPATH_FIELD_KEYS.",
        )
    if counts[""]:
        return wrong("sealed texts", f"{counts['']} are not sealed; run `glidepath keys rotate`.")
    older = counts.total() - counts[ring.first]
    if older:
        return note(
            "sealed texts",
            f"{older} are sealed with an older key; `glidepath keys rotate` seals them anew",
        )
    return well("sealed texts", "the key that seals opens them all")
