"""What mail servers do on bad days: tried again with patience, failed in the end and said so (AL-5)."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.notify import delivering, mail, rounds, store
from glidepath.notify.models import Delivery
from glidepath.settings import Settings
from glidepath.worker import create_worker
from tests.api.test_daily_look import run_jobs
from tests.api.test_worker import deliveries, work
from tests.clinics import Clinic, colleague
from tests.mail_servers import MailServer, certificate, free_port, mail_server

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def with_mail(settings: Settings, url: str) -> Settings:
    return msgspec.structs.replace(settings, smtp_url=url, mail_from="Glidepath <g@x.example>")


async def a_try(database: Database, clinic: Clinic, person: UUID, number: int = 1) -> UUID:
    delivery_id = uuid7()
    delivery = Delivery(
        clinic_id=clinic.id,
        id=delivery_id,
        cause="test",
        channel="email",
        recipient_id=person,
        step=number,
        state="waiting",
        tries=0,
        made_at=NOW + timedelta(microseconds=number),
        due_at=NOW + timedelta(microseconds=number),
    )
    async with database.writing(clinic.id) as session:
        assert await delivering.make(session, delivery, urgent=False)
    return delivery_id


async def tried(
    database: Database, clinic: Clinic, settings: Settings, most: int
) -> tuple[list[datetime], dict[str, Any]]:
    """The times at which a delivery was tried, by a clock that stands still in between, and how it stands."""
    delivery_id = await a_try(database, clinic, clinic.therapist_id)
    since = NOW + timedelta(seconds=1)
    at = await follow(database, clinic, settings, delivery_id, since, lambda at: len(at) < most)
    (stands,) = await deliveries(database, clinic)
    return at, stands


async def follow(
    database: Database,
    clinic: Clinic,
    settings: Settings,
    delivery_id: UUID,
    now: datetime,
    goes_on: Callable[[list[datetime]], bool] = bool,
) -> list[datetime]:
    """Each try at its time, from now on, while it waits and this goes on."""
    at: list[datetime] = []
    chance = random.Random(1)
    while not at or goes_on(at):
        async with database.writing(clinic.id) as session:
            letter = await delivering.prepare(session, delivery_id, settings, now)
        assert letter is not None
        outcome = await letter.send()
        at.append(now)
        async with database.writing(clinic.id) as session:
            if await delivering.settle(session, delivery_id, outcome, now, chance) != "waiting":
                break
            row = await store.delivery(session, delivery_id)
            assert row is not None
            now = row.due_at
    return at


def assert_patient(at: list[datetime]) -> None:
    """From a second to half an hour apart, each time up to twice as long."""
    for number, (one, next_one) in enumerate(pairwise(at)):
        most = min(timedelta(minutes=30), timedelta(seconds=1) * 2 ** min(number, 12))
        assert most / 2 <= next_one - one <= most, number


FAULTS = {"421": "smtp_421", "451": "smtp_451", "hang": "smtp_timeout", "drop": "smtp_dropped"}


@pytest.mark.parametrize("mode", FAULTS)
async def test_what_may_pass_is_tried_again_later_with_its_reason(
    clinic: Clinic,
    database: Database,
    settings: Settings,
    mode: Any,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(mail, "TIMEOUT", 0.3)
    with mail_server(mode) as server:
        at, stands = await tried(database, clinic, with_mail(settings, server.url), most=4)
        assert (len(at), stands["tries"]) == (4, 4)
        assert (stands["state"], stands["code"]) == ("waiting", FAULTS[mode])
        assert server.taken == []
    assert_patient(at)


async def test_a_server_that_is_away_is_tried_for_a_day_and_then_it_has_failed(
    clinic: Clinic, database: Database, settings: Settings
):
    url = f"smtp://127.0.0.1:{free_port()}"
    at, stands = await tried(database, clinic, with_mail(settings, url), most=500)
    assert (stands["state"], stands["code"]) == ("failed", "smtp_unreachable")
    assert at[-1] - at[0] >= timedelta(hours=24)
    assert_patient(at)


async def test_what_the_server_will_never_take_has_failed_at_once(
    clinic: Clinic, database: Database, settings: Settings
):
    with mail_server("550") as server:
        at, stands = await tried(database, clinic, with_mail(settings, server.url), most=9)
    assert len(at) == 1
    assert (stands["state"], stands["code"], stands["tries"]) == ("failed", "smtp_550", 1)


async def test_nothing_is_told_to_a_server_that_does_not_prove_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    serving, trusting = certificate(tmp_path)
    message = mail.compose(
        cause="test",
        locale="en",
        sender="g@x.example",
        to="t@x.example",
        message_id="1",
        link="https://x.example",
        at=NOW,
    )

    async def ends(server: MailServer, scheme: str, **more: Any) -> tuple[str, int]:
        url = f"{scheme}://127.0.0.1:{server.port}"
        outcome = await mail.send(message, url, **more)
        return getattr(outcome, "code", "sent"), len(server.taken)

    with mail_server(tls_at_once=serving) as server:
        assert await ends(server, "smtps") == ("smtp_tls", 0)
        assert await ends(server, "smtps", context=trusting) == ("sent", 1)
    # As if it were a server elsewhere, which has to go over to TLS.
    monkeypatch.setattr(mail, "HERE", frozenset())
    with mail_server(tls_asked=serving) as server:
        assert await ends(server, "smtp") == ("smtp_tls", 0)
        assert await ends(server, "smtp", context=trusting) == ("sent", 1)
    with mail_server() as server:
        assert await ends(server, "smtp", context=trusting) == ("smtp_tls", 0)


async def test_a_lost_answer_ends_in_the_same_mail_twice_under_one_id(
    clinic: Clinic, database: Database, settings: Settings
):
    with mail_server("lost") as server:
        await tried(database, clinic, with_mail(settings, server.url), most=2)
        server.mode = "take"
        assert (len(server.taken), len(server.ids())) == (2, 1)
        assert server.taken[0].raw == server.taken[1].raw


async def wait_for_a_server(
    database: Database, clinic: Clinic, settings: Settings, people: list[UUID], count: int
) -> None:
    """So many mails that were tried for hours and wait for their next try in half an hour."""
    for number in range(count):
        await a_try(database, clinic, people[number % len(people)], number + 1)
    async with database.writing(clinic.id) as session:
        await session.execute(
            text(
                "update deliveries set tries = 12, code = 'smtp_421', made_at = now() -"
                " interval '6 h' + step * interval '1 ms', due_at = now() + interval '30 min'"
            )
        )
        await session.execute(
            text(
                "update procrastinate_jobs set scheduled_at = now() + interval '30 min',"
                """ args = args || '{"tries": 12}' where task_name = 'notify:deliver'"""
            )
        )


def assert_each_in_order(server: MailServer) -> None:
    """Each person's mails arrived in the order in which they were made."""
    numbers: dict[str, list[int]] = {}
    for one in server.taken:
        number = int(one.message_id.split("@")[0].rpartition(".")[2])
        numbers.setdefault(one.to[0], []).append(number)
    assert all(of_one == sorted(of_one) for of_one in numbers.values())


async def a_minute_passes(settings: Settings, database: Database, clinic: Clinic) -> None:
    """What is due every minute is done, and what follows from it."""
    assert settings.database_url is not None
    async with create_worker(settings.database_url).open_async() as worker:
        job = worker.configure_task(rounds.HASTEN_EVERYWHERE, queue="glidepath")
        await job.defer_async(timestamp=0)
    await run_jobs(settings, database)
    await work(settings, database, clinic)


async def test_once_the_server_is_back_one_mail_asks_and_all_follow_in_order(
    clinic: Clinic, database: Database, settings: Settings
):
    async with colleague(clinic, database, "One") as one, colleague(clinic, database, "Two") as two:
        people = [clinic.therapist_id, one.id, two.id]
        await wait_for_a_server(database, clinic, settings, people, 24)
        with mail_server("421") as server:
            mails = with_mail(settings, server.url)
            await a_minute_passes(mails, database, clinic)
            # One mail asked, not all; one more where the worker's own minute passed as well.
            assert 1 <= server.asked <= 2
            server.mode = "take"
            for _ in range(2):
                await a_minute_passes(mails, database, clinic)
            assert len(server.taken) == len(server.ids()) == 24
            assert_each_in_order(server)
    assert {one["state"] for one in await deliveries(database, clinic)} == {"sent"}


async def test_a_try_that_was_put_off_and_made_earlier_is_not_made_again(
    clinic: Clinic, database: Database, settings: Settings
):
    await wait_for_a_server(database, clinic, settings, [clinic.therapist_id], 1)
    with mail_server() as server:
        mails = with_mail(settings, server.url)
        await a_minute_passes(mails, database, clinic)
        async with database.writing(clinic.id) as session:
            await session.execute(text("update procrastinate_jobs set scheduled_at = now()"))
            # As after a failure, when both jobs are there.
            await session.execute(
                text("update deliveries set state = 'waiting', ended_at = null, due_at = now()")
            )
        await work(mails, database, clinic)
        assert len(server.taken) == 1


async def test_what_is_not_due_by_this_clock_is_not_asked_for_all_along(
    clinic: Clinic, database: Database, settings: Settings
):
    """Whoever made it may have a clock that is ahead."""
    delivery_id = await a_try(database, clinic, clinic.therapist_id)
    async with database.writing(clinic.id) as session:
        early = NOW - timedelta(seconds=30)
        assert await delivering.prepare(session, delivery_id, settings, early) is None
        found = await session.execute(
            text("select scheduled_at from procrastinate_jobs order by id desc limit 1")
        )
        assert found.scalar_one() >= NOW
