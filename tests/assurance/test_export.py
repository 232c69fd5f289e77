"""The record of a patient who logged for five years, as a file (PR-1): at most 60 seconds."""

import io
import json
import resource
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import psycopg
import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.encryption import ring
from glidepath.database.engine import Database
from glidepath.records import making
from tests.api.conftest import app, built, clinic
from tests.clinics import Clinic

__all__ = ["app", "built", "clinic"]
pytestmark = [pytest.mark.anyio, pytest.mark.assurance, pytest.mark.alone]

DAYS: Final = 5 * 365
EXERCISES: Final = 4
GOAL_SECONDS: Final = 60
# A check-in each day and every exercise of the plan, each with a note; a message a week; what the trail keeps of it.
LIVED: Final = """
insert into check_ins (clinic_id, patient_id, id, pain_now, pain_worst, place, red_flags, note, episode_id,
    withdrawn, local_date, happened_at, utc_offset_minutes, zone, made_at, received_at, clock_error, day, sensations)
select %(clinic)s, %(patient)s, gen_random_uuid(), n %% 11, 10, 'thigh', '{}', %(note)s, %(episode)s, false,
    d::date, d, 0, 'UTC', d, d, '0', d::date, '{tingling}'
from generate_series(0, %(days)s - 1) n, lateral (select now() - make_interval(days => n)) as at(d);
insert into exercise_sessions (clinic_id, patient_id, id, side, sets_done, repetitions_done, hold_seconds,
    pain_during, episode_id, withdrawn, local_date, happened_at, utc_offset_minutes, zone, made_at, received_at,
    clock_error, day, sensations)
select %(clinic)s, %(patient)s, gen_random_uuid(), 'left', 3, 10, 30, 2, %(episode)s, false, d::date, d, 0, 'UTC',
    d, d, '0', d::date, '{}'
from generate_series(0, %(days)s - 1) n, generate_series(1, %(exercises)s),
    lateral (select now() - make_interval(days => n)) as at(d);
insert into messages (clinic_id, id, patient_id, author_id, text, sent_at)
select %(clinic)s, gen_random_uuid(), %(patient)s, %(patient)s, %(text)s, now() - make_interval(days => n)
from generate_series(0, %(days)s - 1, 7) n;
insert into audit_events (clinic_id, seq, at, request_id, action, outcome, role, account_id, session_id,
    patient_ids, scope, purpose, covering_ids, hash)
select %(clinic)s, 1000000 + n, now() - make_interval(hours => n), gen_random_uuid(), 'own:diary:write', 'done',
    'patient', %(patient)s, gen_random_uuid(), array[%(patient)s::uuid], 'self', 'self', '{}',
    decode(repeat('00', 32), 'hex')
from generate_series(1, %(days)s * 6) n
"""


async def test_a_record_of_five_years_is_made_within_a_minute(
    clinic: Clinic,
    database: Database,
    postgres: EmbeddedPostgres,
    database_name: str,
    report: Callable[[str], None],
):
    """PR-1."""
    with psycopg.connect(postgres.url("postgres", database_name)) as owner:
        psycopg.ClientCursor(owner).execute(
            LIVED,
            {
                "clinic": clinic.id,
                "patient": clinic.patient_id,
                "episode": clinic.episode_id,
                "days": DAYS,
                "exercises": EXERCISES,
                "note": ring().seal("It pulls in the back of the thigh.", "check_ins.note"),
                "text": ring().seal("Is it all right to go on like this?", "messages.text"),
            },
        )
    asked = (await clinic.patient.post("/api/export", json={})).json()
    before, begun = peak(), time.perf_counter()
    assert await making.run(database, clinic.id, UUID(asked["id"]), lambda: datetime.now(UTC))
    took, more = time.perf_counter() - begun, peak() - before
    content = (await clinic.patient.get(f"/api/export/{asked['id']}/file")).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = json.loads(archive.read("manifest.json"))["files"]
        counts = {one["name"]: one["count"] for one in files}
        assert len(json.loads(archive.read("fhir.json"))["entry"]) == counts["fhir.json"]
    assert counts["tables/check_ins.json"] == counts["diary.csv"] == DAYS
    assert counts["tables/exercise_sessions.json"] == DAYS * EXERCISES
    rows = sum(count for name, count in counts.items() if name.startswith("tables/"))
    report(
        f"PR-1: five years, {rows} rows, {counts['fhir.json']} resources: {took:.1f} s (goal"
        f" {GOAL_SECONDS}), {len(content) / 1e6:.1f} MB, {more:.0f} MiB more memory"
    )
    assert took <= GOAL_SECONDS


def peak() -> float:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
