"""The minutes that are spent on a patient: counted by hand, and corrected by who counted them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import timers
from glidepath.monitoring.schemas import StopBody, WorkBody
from glidepath.problems import Conflict, Forbidden, Invalid, NotFound
from tests.clinics import colleague
from tests.monitored import NOW, Monitoring, admin_url, us

__all__ = ["admin_url", "us"]

pytestmark = pytest.mark.anyio


async def test_minutes_are_counted_by_hand_and_end_where_nothing_was_done(us: Monitoring):
    midnight = datetime.combine(NOW.date(), datetime.min.time(), tzinfo=UTC) - timedelta(hours=1)
    # In Madrid, in winter as in summer, there is one within these two hours.
    begun, ended = midnight - timedelta(minutes=70), midnight + timedelta(minutes=20)
    await us.work(begun, ended)
    work = (await us.page()).work
    assert [one.day for one in work] == sorted({one.day for one in work}, reverse=True)
    assert (len(work), sum(one.seconds for one in work)) == (2, 90 * 60)
    timer_id, at = uuid7(), NOW - timedelta(hours=2)

    async def start(session: Any, known: UUID = timer_id, at: datetime = at) -> None:
        await timers.start(session, us.actor, us.clinic.episode_id, known, at)

    async with us.database.writing(us.clinic.id) as session:
        await start(session)
        await start(session)
        await timers.active(session, us.actor, timer_id, at + timedelta(minutes=3))
    assert await us.refused(Conflict, lambda session: start(session, uuid7())) == "timer_running"
    # Nobody was there from the third minute on.
    late = at + timedelta(minutes=3) + timers.IDLE + timers.ANSWER + timedelta(seconds=1)
    async with us.database.writing(us.clinic.id) as session:
        assert (await timers.active(session, us.actor, timer_id, late)).stopped
        (one,) = await timers.stop(session, us.actor, timer_id, StopBody("Two."), late)
        (same,) = await timers.stop(session, us.actor, timer_id, StopBody("Two."), late)
    assert (one.id, one.seconds, one.how, same.id) == (timer_id, 180, "idle", timer_id)
    thrown = uuid7()
    async with us.database.writing(us.clinic.id) as session:
        await start(session, thrown)
        assert await timers.stop(session, us.actor, thrown, StopBody(None), late) == []
    assert len((await us.page()).work) == 3


async def test_a_correction_names_the_old_row_and_never_adds_time(
    us: Monitoring, database: Database
):
    work_id = await us.work(NOW - timedelta(minutes=30), NOW - timedelta(minutes=20))

    def corrected(seconds: int, withdrawn: bool = False, by: StaffActor = us.actor) -> Any:
        body = WorkBody(work_id, withdrawn, seconds, "Part of it was another's.")
        return lambda session: timers.correct(session, by, us.clinic.episode_id, uuid7(), body, NOW)

    assert await us.refused(Invalid, corrected(601)) == "more_than_clocked"
    async with us.database.writing(us.clinic.id) as session:
        await corrected(300)(session)
    (shown,) = (await us.page()).work
    assert (shown.id, shown.seconds, shown.clocked, shown.corrected) == (work_id, 300, 600, True)
    async with colleague(us.clinic, database) as other:
        added = f"/api/patients/{us.clinic.patient_id}/team/{other.id}"
        assert (await us.clinic.therapist.put(added, json={})).is_success
        theirs = StaffActor(us.clinic.id, other.id, "therapist", uuid7())
        assert await us.refused(Forbidden, corrected(10, by=theirs)) == "not_yours"
        # Who is in no care relation any more throws their clock away, and keeps no time of it.
        licence = f"/api/monitoring/licences/{other.id}"
        assert (await us.admin.put(licence, json={"licence": "PTA"})).is_success
        path = f"{us.episode}/monitoring-timers/{uuid7()}"
        started = await other.browser.put(path, json={})
        assert started.status_code == 201, started.text
        stop = f"/api/monitoring-timers/{started.json()['id']}/stop"
        assert (await us.clinic.therapist.delete(added)).is_success
        assert (await other.browser.post(stop, json={"note": "Kept."})).status_code == 403
        assert (await other.browser.post(stop, json={"note": None})).json() == []
        assert (await us.clinic.therapist.put(added, json={})).is_success
        assert (await us.admin.put(licence, json={"licence": None})).is_success

        # Who is not licensed counts no time.
        async def begin(session: Any) -> None:
            await timers.start(session, theirs, us.clinic.episode_id, uuid7(), NOW)

        assert await us.refused(Conflict, begin) == "no_licence"
    async with us.database.writing(us.clinic.id) as session:
        await corrected(300, withdrawn=True)(session)
    assert (await us.page()).work == []
    missing = WorkBody(uuid7(), False, 1, "x")
    await us.refused(
        NotFound,
        lambda session: timers.correct(
            session, us.actor, us.clinic.episode_id, uuid7(), missing, NOW
        ),
    )
