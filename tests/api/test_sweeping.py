"""What is of no use any more goes by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.identity.tasks import sweep
from tests.clinics import Clinic

pytestmark = pytest.mark.anyio
LEFT_BEHIND = ("sessions", "invitations", "known_devices")


async def left(clinic: Clinic, database: Database) -> dict[str, int]:
    async with database.reading(clinic.id) as session:
        return {
            table: (await session.execute(text(f"select count(*) from {table}"))).scalar_one()
            for table in LEFT_BEHIND
        }


async def test_sign_ins_codes_and_known_browsers_go_once_their_time_is_over(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    now = datetime.now(UTC)
    await clinic.therapist.post(f"/api/patients/{clinic.patient_id}/invitations", json={})
    before = await left(clinic, database)
    assert all(before.values()), before
    await sweep(database, now)
    # The code that was used is gone; whoever is signed in stays so.
    kept = await left(clinic, database)
    assert kept["sessions"] == before["sessions"]
    assert kept["known_devices"] == before["known_devices"]
    assert (await clinic.patient.get("/api/me")).status_code == 200
    await sweep(database, now + timedelta(days=91))
    later = await left(clinic, database)
    assert (later["sessions"], later["invitations"]) == (0, 0)
    assert later["known_devices"] == before["known_devices"]
    await sweep(database, now + timedelta(days=181))
    for one in (clinic, other_clinic):
        assert set((await left(one, database)).values()) == {0}
    assert (await clinic.patient.get("/api/me")).status_code == 401
