"""What came of 100,000 alerts of a clinic: how long its figures take.

    python benchmarks/quality.py                   100,000 alerts of 180 days, 5,000 patients
    python benchmarks/quality.py --alerts 10000    a quick look

Measured before and after PostgreSQL knows how much there is. Ends with status 1 if the goal is missed.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
import psycopg
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.clinical.vocabulary import Text
from glidepath.database import migrate
from glidepath.database.embedded import OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.insight import quality

# Seconds. A page for looking back may take as long as one does to turn it.
GOAL: Final = 1.0
REQUESTS: Final = 21
DAYS: Final = 180
OF_EACH: Final = 20
CHECK_INS: Final = 60
HOURS: Final = Text(en="Mon-Fri 8-18", es="lun-vie 8-18")

# Everybody has the same number of alerts, spread over the days; the last five of them may be open still.
_PEOPLE: Final = (
    """
    insert into accounts (clinic_id, id, role, name, locale, created_at, joined_at)
    select cast(:clinic as uuid), gen_random_uuid(), 'patient', 'Patient ' || n, 'en', cast(:begun as timestamptz), cast(:begun as timestamptz)
    from generate_series(1, :patients) n
    """,
    """
    insert into patients (clinic_id, id, timezone, created_at)
    select clinic_id, id, 'Europe/Madrid', created_at from accounts where role = 'patient'
    """,
    """
    insert into episodes (clinic_id, id, patient_id, condition, side, started_on, opened_at)
    select clinic_id, gen_random_uuid(), id, 'sciatic', 'left', created_at::date, created_at
    from patients
    """,
    """
    insert into check_ins (clinic_id, id, patient_id, episode_id, withdrawn, day, local_date, happened_at,
        utc_offset_minutes, zone, made_at, received_at, clock_error)
    select e.clinic_id, gen_random_uuid(), e.patient_id, e.id, false, at::date, at::date, at, 0, 'UTC', at,
        at, interval '0'
    from episodes e, generate_series(1, :check_ins) n,
        lateral (select cast(:now as timestamptz) - n * interval '3 days' as at) moment
    """,
    """
    insert into alerts (clinic_id, id, patient_id, episode_id, kind, severity, state, version,
        snoozed_until, opened_at, raised_on, last_day, count, late, score, reason, evidence, channels, basis)
    select e.clinic_id, gen_random_uuid(), e.patient_id, e.id,
        (array['worsening', 'red_flag', 'quiet', 'not_improving', 'severe_pain'])[1 + n % 5],
        (array['moderate', 'urgent', 'low', 'low', 'high'])[1 + n % 5],
        case way when 0 then 'open' when 1 then 'acknowledged' when 2 then 'snoozed' else 'resolved' end,
        (array[1, 2, 2, 3, 4, 5, 5, 2])[1 + way], case way when 2 then cast(:now as timestamptz)::date + 3 end, at, at::date,
        at::date, 1, false, way, '{}', '[]', '{}', jsonb_build_object('days', repeat(md5(at::text), 40))
    from episodes e, generate_series(0, cast(:of_each as int) - 1) n, lateral (
        select case when n < cast(:of_each as int) - 5 then 3 + (random() * 4)::int else (random() * 7)::int end as way,
            cast(:now as timestamptz) - (cast(:of_each as int) - n - random()) * cast(:days as int) * interval '1 day' / cast(:of_each as int) as at
        -- So that it is drawn for each alert anew.
        where e.id is not null
    ) drawn
    """,
    """
    insert into alert_events (clinic_id, id, alert_id, version, at, kind, state, snoozed_until, by, outcome,
        useful, because, undoes, basis)
    select a.clinic_id, md5(a.id || ' ' || step.version)::uuid, a.id, step.version,
        a.opened_at + step.version * random() * interval '9 hours', step.kind, step.state,
        case step.state when 'snoozed' then a.raised_on + 3 end,
        case when step.kind not in ('opened', 'extended', 'reopened')
            and step.outcome is distinct from 'logged_again' then cast(:therapist as uuid) end,
        step.outcome, step.useful, case step.kind when 'reopened' then 'kind' end,
        case step.kind when 'undone' then md5(a.id || ' ' || (step.version - 1))::uuid end,
        case when step.kind in ('opened', 'extended') then a.basis end
    from alerts a join (values
        (0, 1, 'opened', 'open', null, null),
        (1, 1, 'opened', 'open', null, null), (1, 2, 'acknowledged', 'acknowledged', null, null),
        (2, 1, 'opened', 'open', null, null), (2, 2, 'snoozed', 'snoozed', null, null),
        (3, 1, 'opened', 'open', null, null), (3, 2, 'acknowledged', 'acknowledged', null, null),
        (3, 3, 'resolved', 'resolved', 'called', true),
        (4, 1, 'opened', 'open', null, null), (4, 2, 'extended', 'open', null, null),
        (4, 3, 'acknowledged', 'acknowledged', null, null),
        (4, 4, 'resolved', 'resolved', 'no_action', false),
        (5, 1, 'opened', 'open', null, null), (5, 2, 'acknowledged', 'acknowledged', null, null),
        (5, 3, 'undone', 'open', null, null), (5, 4, 'acknowledged', 'acknowledged', null, null),
        (5, 5, 'resolved', 'resolved', 'plan_changed', null),
        (6, 1, 'opened', 'open', null, null), (6, 2, 'snoozed', 'snoozed', null, null),
        (6, 3, 'reopened', 'open', null, null), (6, 4, 'acknowledged', 'acknowledged', null, null),
        (6, 5, 'resolved', 'resolved', 'advice_given', true),
        (7, 1, 'opened', 'open', null, null), (7, 2, 'resolved', 'resolved', 'logged_again', null)
    ) step (way, version, kind, state, outcome, useful) on step.way = a.score
    order by a.opened_at, a.id, step.version
    """,
    """
    insert into alert_views (clinic_id, alert_id, account_id, at)
    select clinic_id, id, cast(:therapist as uuid), opened_at + random() * interval '8 hours'
    from alerts where score <> 0 order by opened_at
    """,
)


async def fill(database: Database, patients: int, now: datetime) -> UUID:
    clinic_id, therapist_id, begun = uuid7(), uuid7(), now - timedelta(days=DAYS + 20)
    values = {
        "clinic": clinic_id,
        "therapist": therapist_id,
        "begun": begun,
        "now": now,
        "patients": patients,
        "of_each": OF_EACH,
        "check_ins": CHECK_INS,
        "days": DAYS,
    }
    async with database.writing(clinic_id) as session:
        await identity.add_clinic(session, clinic_id, "Clinic", "ES", "Europe/Madrid", HOURS, begun)
        await identity.add_staff(
            session,
            clinic_id,
            therapist_id,
            role="therapist",
            name="Therapist",
            email="therapist@clinic.example",
            passphrase="a long and quiet passphrase",  # noqa: S106 (of nobody)
            now=begun,
        )
        for statement in _PEOPLE:
            await session.execute(text(statement), values)
    return clinic_id


async def figures(database: Database, clinic_id: UUID, now: datetime) -> tuple[list[float], int]:
    """Seconds of each time they were asked for, and of how many alerts they were."""
    took, alerts = [], 0
    for _ in range(REQUESTS):
        began = time.perf_counter()
        async with database.reading(clinic_id) as session:
            found = await quality.numbers(session, DAYS, now)
        took.append(time.perf_counter() - began)
        alerts = found.rows[0].alerts
    return took, alerts


async def measure(server: EmbeddedPostgres, alerts: int) -> int:
    """How many goals were missed."""
    database, now, missed = Database(server.url(), pool_size=2), datetime.now(UTC), 0
    try:
        clinic_id = await fill(database, alerts // OF_EACH, now)
        for known in (False, True):
            if known:
                vacuum(server.url(OWNER))
            took, counted = await figures(database, clinic_id, now)
            p50, p95 = np.percentile(took, [50, 95])
            met = p95 <= GOAL
            missed += not met
            print(
                f"figures of {counted} alerts, {'with' if known else 'without'} statistics: p95"
                f" {p95:.3f} s (goal {GOAL}: {'met' if met else 'MISSED'}); p50 {p50:.3f} s",
                flush=True,
            )
    finally:
        await database.close()
    return missed


def vacuum(url: str) -> None:
    """What PostgreSQL does by itself within minutes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--alerts", type=int, default=100_000)
    alerts = parser.parse_args().alerts
    with (
        tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        migrate.upgrade(server.url(OWNER))
        missed = asyncio.run(measure(server, alerts))
    if missed:
        sys.exit(f"{missed} missed.")


if __name__ == "__main__":
    main()
