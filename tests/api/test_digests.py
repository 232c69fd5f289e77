"""The daily digest: one message, at the chosen hour of the clinic, for whom something waits."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.notify import delivering, digests, rounds
from glidepath.settings import Settings
from glidepath.worker import create_worker
from tests.api.test_alerts import alerts
from tests.api.test_daily_look import look, write
from tests.api.test_threads import send, written
from tests.api.test_worker import Mailbox, deliveries, mailbox, work
from tests.clinics import ZONE, Clinic, colleague, handle, own_day

pytestmark = pytest.mark.anyio
__all__ = ["mailbox"]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).astimezone(UTC)


TOMORROW = own_day() + timedelta(days=1)
BEFORE, HOUR = at(TOMORROW, 7, 29), at(TOMORROW, 7, 30)


async def gone_quiet(clinic: Clinic, database: Database) -> None:
    """An alert that interrupts nobody."""
    await write(clinic, *range(14, 44))
    assert await look(database, clinic) == 1


async def made(database: Database, clinic: Clinic, settings: Settings, now: datetime) -> int:
    async with database.writing(clinic.id) as session:
        return await digests.make_due(session, clinic.id, settings, now)


async def test_a_digest_is_made_at_its_hour_once_and_the_next_on_the_next_day(
    clinic: Clinic, database: Database, settings: Settings
):
    await gone_quiet(clinic, database)
    rounds_of = [
        await made(database, clinic, settings, now)
        for now in (BEFORE, HOUR, HOUR, HOUR + timedelta(hours=9), HOUR + timedelta(days=1))
    ]
    assert rounds_of == [0, 1, 0, 0, 1]
    told = [(one["cause"], one["day"]) for one in await deliveries(database, clinic)]
    assert told == [("digest", TOMORROW), ("digest", TOMORROW + timedelta(days=1))]


async def test_two_workers_at_once_make_one(clinic: Clinic, database: Database, settings: Settings):
    await gone_quiet(clinic, database)
    found = await asyncio.gather(*(made(database, clinic, settings, HOUR) for _ in range(4)))
    assert sorted(found) == [0, 0, 0, 1]


async def test_after_a_night_without_a_server_it_comes_late_on_the_same_day(
    clinic: Clinic, database: Database, settings: Settings
):
    await gone_quiet(clinic, database)
    assert await made(database, clinic, settings, at(TOMORROW, 23, 50)) == 1


async def test_what_came_after_the_hour_and_what_somebody_saw_makes_none(
    clinic: Clinic, database: Database, settings: Settings
):
    early, late = at(own_day(), 0, 1), datetime.now(UTC) + timedelta(seconds=5)
    await choose(database, clinic, early)
    await gone_quiet(clinic, database)
    # Its hour was before the alert, so it is for the next day's.
    assert await made(database, clinic, settings, late) == 0
    (alert,) = await alerts(clinic)
    seen = (await handle(clinic.therapist, alert, "acknowledge")).json()
    assert await made(database, clinic, settings, HOUR) == 0
    until = TOMORROW + timedelta(days=1)
    await handle(clinic.therapist, seen, "snooze", until=str(until))
    assert await made(database, clinic, settings, HOUR) == 0
    # A snooze that is over waits to be seen again.
    assert await made(database, clinic, settings, HOUR + timedelta(days=1)) == 1


async def choose(database: Database, clinic: Clinic, moment: datetime, **more: Any) -> None:
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "insert into staff_notices values"
                " (:clinic, :account, true, true, :at, null, null, '{}', 1, now())"
            ),
            {
                "clinic": clinic.id,
                "account": clinic.therapist_id,
                "at": moment.astimezone(ZONE).time(),
            },
        )


async def test_who_stands_in_is_told_and_who_does_not_look_after_anybody_is_not(
    clinic: Clinic, database: Database, settings: Settings
):
    await gone_quiet(clinic, database)
    async with (
        colleague(clinic, database, "Standin") as standing_in,
        colleague(clinic, database, "Other"),
    ):
        body = {
            "absent_id": str(clinic.therapist_id),
            "cover_id": str(standing_in.id),
            "starts_on": str(TOMORROW),
            "ends_on": str(TOMORROW),
        }
        made_it = await clinic.therapist.put(f"/api/covers/{uuid7()}", json=body)
        assert made_it.status_code == 201, made_it.text
        assert await made(database, clinic, settings, HOUR) == 2
        told = {one["recipient_id"] for one in await deliveries(database, clinic)}
        assert told == {clinic.therapist_id, standing_in.id}
        async with database.writing(clinic.id) as session:
            await session.execute(
                text("update accounts set disabled_at = now() where id = :id"),
                {"id": clinic.therapist_id},
            )
        # A closed account has nothing to read, on whatever day.
        assert await made(database, clinic, settings, HOUR + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("en", "Unread messages from patients: 2."),
        ("es", "Mensajes de pacientes sin leer: 2."),
    ],
)
async def test_what_patients_write_is_told_as_a_number_to_who_looks_after_them(
    clinic: Clinic,
    other_clinic: Clinic,
    database: Database,
    settings: Settings,
    mailbox: Mailbox,
    locale: str,
    line: str,
):
    mails = msgspec.structs.replace(
        settings, smtp_url=f"smtp://127.0.0.1:{mailbox.port}", mail_from="g@x.example"
    )
    sent = [written(text="Tingling"), written(text="Tingling still")]
    assert await send(clinic, *sent) == [("stored", None), ("stored", None)]
    # What the clinic writes itself waits for nobody of the staff.
    patient = f"/api/patients/{clinic.patient_id}"
    await clinic.therapist.put(f"{patient}/messages/{uuid7()}", json={"text": "Rest today."})
    async with colleague(clinic, database, "Standin") as standing_in, colleague(clinic, database):
        body = {
            "absent_id": str(clinic.therapist_id),
            "cover_id": str(standing_in.id),
            "starts_on": str(TOMORROW),
            "ends_on": str(TOMORROW),
        }
        await clinic.therapist.put(f"/api/covers/{uuid7()}", json=body)
        await choose(database, clinic, HOUR + timedelta(hours=2))
        async with database.writing(clinic.id) as session:
            await session.execute(text(f"update accounts set locale = '{locale}'"))
        # Each at the hour of their choice, and once.
        hours = [
            await made(database, clinic, settings, HOUR + timedelta(hours=n)) for n in (0, 1, 2)
        ]
        assert hours == [1, 0, 1]
        assert await made(database, other_clinic, settings, HOUR) == 0
        standins, own = await deliveries(database, clinic)
        assert (standins["recipient_id"], own["recipient_id"]) == (
            standing_in.id,
            clinic.therapist_id,
        )
        async with database.writing(clinic.id) as session:
            letter = await delivering.prepare(session, own["id"], mails, HOUR + timedelta(hours=2))
        assert letter is not None
        await letter.send()
    (mail,) = mailbox.received
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    told = payload.decode()
    assert line in told
    assert not any(word in told for word in ("Tingling", "Pat", "Alert", "avisos"))
    # Whoever read them waits for nothing any more.
    ids = [message["id"] for message in sent]
    answer = await clinic.therapist.post(f"{patient}/messages/read", json={"ids": ids})
    assert answer.status_code == 204, answer.text
    async with database.writing(clinic.id) as session:
        assert await delivering.prepare(session, standins["id"], mails, HOUR) is None
    assert await made(database, clinic, settings, HOUR + timedelta(days=1)) == 0


async def test_what_was_seen_or_told_again_while_the_mail_waited_is_not_sent(
    clinic: Clinic, database: Database, settings: Settings
):
    await gone_quiet(clinic, database)
    mails = msgspec.structs.replace(
        settings, smtp_url="smtp://127.0.0.1:9", mail_from="g@x.example"
    )
    next_day = HOUR + timedelta(days=1)
    for now in (HOUR, next_day):
        assert await made(database, clinic, settings, now) == 1
    yesterdays, todays = [one["id"] for one in await deliveries(database, clinic)]
    async with database.writing(clinic.id) as session:
        assert await delivering.prepare(session, yesterdays, mails, next_day) is None
        assert await delivering.prepare(session, todays, mails, next_day) is not None
    (alert,) = await alerts(clinic)
    await handle(clinic.therapist, alert, "acknowledge")
    async with database.writing(clinic.id) as session:
        assert await delivering.prepare(session, todays, mails, next_day) is None
    assert [one["state"] for one in await deliveries(database, clinic)] == ["skipped", "skipped"]


async def test_the_round_makes_the_digests_of_every_clinic_and_the_mail_says_nothing_of_anyone(
    clinic: Clinic,
    other_clinic: Clinic,
    database: Database,
    settings: Settings,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
):
    for one in (clinic, other_clinic):
        await gone_quiet(one, database)

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return HOUR

    monkeypatch.setattr(rounds, "datetime", Tomorrow)
    monkeypatch.setattr("glidepath.notify.tasks.datetime", Tomorrow)
    assert settings.database_url is not None
    async with create_worker(settings.database_url).open_async() as worker:
        await worker.configure_task(rounds.DIGEST_EVERYWHERE, queue="glidepath").defer_async(
            timestamp=0
        )
    changes = {"smtp_url": f"smtp://127.0.0.1:{mailbox.port}", "mail_from": "g@x.example"}
    await work(settings, database, clinic, **changes)
    await work(settings, database, other_clinic, **changes)
    assert sorted(str(one["To"]) for one in mailbox.received) == [
        "therapist@north.example",
        "therapist@south.example",
    ]
    for message in mailbox.received:
        assert message["Subject"] == "Your patients today"
        for secret in ("Pat", "Doe", "quiet", "North", "South"):
            assert secret not in message.get_payload()
