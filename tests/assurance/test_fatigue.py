"""Alerts that would wear a therapist out: what comes and goes stays one alert, and a storm of what can wait is one
message a day (AL-9)."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from glidepath.alerts import raising
from glidepath.database.engine import Database
from glidepath.notify import choices, waiting
from glidepath.notify import service as notify
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.api.test_digests import HOUR, gone_quiet, made
from tests.api.test_mail_faults import with_mail
from tests.api.test_worker import deliveries, work
from tests.clinics import Clinic, admit_patient, check_in, own_day
from tests.killed_workers import copy_alert
from tests.mail_servers import MailServer, mail_server

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
STORM, FEW = 5_000, 50
PATIENTS, DAYS, SEED = 16, 50, 20260625


async def storm(
    clinic: Clinic, database: Database, settings: Settings, server: MailServer, count: int
) -> set[str]:
    """So many alerts of one therapist that can wait, each told of as its job does it, and then the digest's hour."""
    await gone_quiet(clinic, database)
    now = datetime.now(UTC)
    async with database.writing(clinic.id) as session:
        await copy_alert(session, clinic, count - 1)
        found = await session.execute(text("select id from alerts"))
        raised = set(found.scalars())
        for alert_id in raised:
            await notify.spread(session, clinic.id, alert_id, now)
    mails = with_mail(settings, server.url)
    assert [await made(database, clinic, mails, HOUR) for _ in range(3)] == [1, 0, 0]
    async with database.writing(clinic.id) as session:
        # What tomorrow's hour made is sent now.
        await session.execute(text("update deliveries set made_at = now(), due_at = now()"))
    await work(mails, database, clinic)
    assert len(await deliveries(database, clinic)) == len(server.taken)
    return {str(alert_id) for alert_id in raised}


async def test_a_storm_of_5000_is_one_digest_and_none_of_them_is_dropped(
    clinic: Clinic, database: Database, settings: Settings, report: Callable[[str], None]
):
    with mail_server() as server:
        raised = await storm(clinic, database, settings, server, STORM)
        mails = len(server.taken)
    async with database.reading(clinic.id) as session:
        waits = await waiting.people(session, HOUR)
        found = await session.execute(text("select id::text from alerts where state = 'open'"))
        there = set(found.scalars())
    rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
    listed = {row["alert"]["id"] for row in rows if row["alert"] is not None}
    report(
        f"AL-9 {STORM} alerts of one therapist that can wait: {mails} mail, {len(raised - there)} dropped,"
        f" {len(raised - listed)} missing in the list"
    )
    assert mails == 1
    assert (there, listed) == (raised, raised)
    assert clinic.therapist_id in waits


async def test_who_tells_of_each_at_once_is_caught(
    clinic: Clinic, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(choices, "is_at_once", lambda *_: True)
    with mail_server() as server:
        await storm(clinic, database, settings, server, FEW)
        assert len(server.taken) > FEW


def comes_and_goes(chance: random.Random) -> list[dict[str, Any]]:
    """A check-in a day, each at random quiet or with something to tell at once, that is gone the next day."""
    today = own_day()
    return [
        check_in(
            today - timedelta(days=ago),
            pain_now=chance.choice((1, 2, 9, 10)),
            place=chance.choice(("back", "thigh", "foot")),
            sensations=chance.choice(([], [], ["numbness"], ["weakness"])),
            red_flags=chance.choice((None, [], ["both_legs"], ["saddle_numbness"])),
        )
        for ago in range(DAYS, 0, -1)
    ]


async def flap(clinic: Clinic, database: Database, patients: int) -> tuple[Counter[str], int]:
    """How many alerts of a kind a patient has at most, and how often one was extended."""
    for number in range(patients):
        send, _ = await admit_patient(clinic)
        for entry in comes_and_goes(random.Random(SEED + number)):
            assert [one["status"] for one in await send([entry])] == ["stored"]
    async with database.reading(clinic.id) as session:
        alerts = await session.execute(
            text("select kind, count(*) from alerts group by patient_id, kind")
        )
        most = Counter[str]()
        for kind, count in alerts:
            most[kind] = max(most[kind], count)
        extended = await session.execute(
            text("select count(*) from alert_events where kind = 'extended'")
        )
        return most, extended.scalar_one()


async def test_what_comes_and_goes_all_along_stays_one_alert_told_once(
    clinic: Clinic, database: Database, settings: Settings, report: Callable[[str], None]
):
    most, extended = await flap(clinic, database, PATIENTS)
    with mail_server() as server:
        await work(with_mail(settings, server.url), database, clinic)
        async with database.reading(clinic.id) as session:
            found = await session.execute(
                text("select count(*) from alerts where severity = 'urgent'")
            )
            urgent = found.scalar_one()
        report(
            f"AL-9 {PATIENTS} patients who are well and unwell by turns for {DAYS} days, seed {SEED}:"
            f" at most {max(most.values())} alert of a kind each ({', '.join(sorted(most))}), extended"
            f" {extended} times, {urgent} urgent, {len(server.taken)} mails"
        )
        assert set(most.values()) == {1}
        assert len(most) > 1
        assert extended > PATIENTS * 10
        assert len(server.taken) == len(server.ids()) == urgent


async def test_who_finds_no_running_alert_is_caught(
    clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raising, "_running", lambda _: None)
    with pytest.raises(AssertionError):
        await flap(clinic, database, 1)
