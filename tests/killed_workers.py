"""Workers that are killed while they tell of alerts, again and again; what was then never told (AL-2)."""

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath import worker
from glidepath.alerts.writing import RAISED
from glidepath.database import jobs
from glidepath.database.engine import Database
from glidepath.notify import delivering
from glidepath.notify.outcomes import Sent
from glidepath.settings import Settings, load_settings
from tests.clinics import Clinic, check_in, sync
from tests.mail_servers import MailServer

# What a worker may be that does it wrong.
Mutant = Literal["marks before it sends", "takes up nothing of the dead"]
# Seconds after which a worker that nothing is heard of is dead; 20 in earnest.
DEAD_AFTER: Final = 2.0
# No mail for so long: none will come. The dead are looked for every minute.
SILENCE: Final = 80.0
SILENCE_OF_MUTANTS: Final = 15.0

_PATIENTS = (
    (
        "insert into accounts select (jsonb_populate_record(a, jsonb_build_object('id', n))).*"
        " from accounts a, unnest(cast(:people as uuid[])) n where a.id = :patient"
    ),
    (
        "insert into patients select (jsonb_populate_record(p, jsonb_build_object('id', n))).*"
        " from patients p, unnest(cast(:people as uuid[])) n where p.id = :patient"
    ),
    (
        "insert into care_team select (jsonb_populate_record(c, jsonb_build_object('patient_id', n))).*"
        " from care_team c, unnest(cast(:people as uuid[])) n where c.patient_id = :patient"
    ),
    (
        "insert into episodes select (jsonb_populate_record(e,"
        " jsonb_build_object('id', n, 'patient_id', n))).*"
        " from episodes e, unnest(cast(:people as uuid[])) n where e.patient_id = :patient"
    ),
)
_ALERTS = (
    (
        "insert into alerts select (jsonb_populate_record(a,"
        " jsonb_build_object('id', n, 'patient_id', n, 'episode_id', n))).*"
        " from alerts a, unnest(cast(:people as uuid[])) n where a.patient_id = :patient"
    ),
    (
        "insert into alert_events select (jsonb_populate_record(e,"
        " jsonb_build_object('id', n, 'alert_id', n))).*"
        " from alert_events e join alerts a on a.id = e.alert_id, unnest(cast(:people as uuid[])) n"
        " where a.patient_id = :patient"
    ),
)


async def copy_patient(session: AsyncSession, clinic: Clinic, people: Sequence[UUID]) -> None:
    """More patients of the same therapist, each with an episode."""
    for copy in _PATIENTS:
        await session.execute(text(copy), {"people": people, "patient": clinic.patient_id})


async def copy_alert(session: AsyncSession, clinic: Clinic, count: int) -> list[UUID]:
    """So many more of the alert that the clinic's patient has, each of a patient of its own, since one of a kind is
    open for each."""
    people = [uuid7() for _ in range(count)]
    await copy_patient(session, clinic, people)
    for copy in _ALERTS:
        await session.execute(text(copy), {"people": people, "patient": clinic.patient_id})
    return people


async def raise_alerts(database: Database, clinic: Clinic, count: int) -> set[str]:
    """So many urgent alerts with their jobs, all of patients of the same therapist; their ids."""
    await sync(clinic, check_in(red_flags=["both_legs"]))
    async with database.writing(clinic.id) as session:
        copies = await copy_alert(session, clinic, count)
        for alert_id in copies:
            await jobs.defer(session, RAISED, clinic_id=clinic.id, alert_id=alert_id)
        first = await session.execute(
            text("select id from alerts where patient_id = :id"), {"id": clinic.patient_id}
        )
        return {str(one) for one in (*copies, first.scalar_one())}


def _work(environ: Mapping[str, str], mutant: Mutant | None) -> None:
    """The worker as it is, but for how soon it gives up a dead one, and but for a mutant."""
    worker.HEARTBEAT_SECONDS, worker.DEAD_AFTER_SECONDS = 0.5, DEAD_AFTER  # type: ignore[assignment]
    if mutant == "marks before it sends":
        _mark_first()
    if mutant == "takes up nothing of the dead":
        worker.take_up_stalled = _take_up_nothing  # type: ignore[assignment]
    asyncio.run(worker.work(load_settings(environ)))


async def _take_up_nothing(*_: Any) -> int:
    return 0


def _mark_first() -> None:
    prepare = delivering.prepare

    async def marked(session: Any, delivery_id: UUID, *rest: Any) -> Any:
        letter = await prepare(session, delivery_id, *rest)
        if letter is not None:
            now = datetime.now(UTC)
            await delivering.settle(session, delivery_id, Sent(), now, random.Random())
        return letter

    delivering.prepare = marked  # type: ignore[assignment]


@dataclass(frozen=True)
class Told:
    """What came of it: `missing` are alerts never on the wire, `twice` mails on it more than once."""

    kills: int
    missing: int
    shown: int
    twice: int
    seconds: float


class Workers:
    """One worker at a time, each in a process of its own that is forked from a warm one."""

    def __init__(self, settings: Settings, server: MailServer, mutant: Mutant | None) -> None:
        assert settings.database_url is not None
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._arguments = (
            {
                "GLIDEPATH_DATABASE_URL": settings.database_url,
                "GLIDEPATH_BASE_URL": settings.base_url,
                "GLIDEPATH_SMTP_URL": server.url,
                "GLIDEPATH_MAIL_FROM": "g@x.example",
                "GLIDEPATH_LOG_LEVEL": "error",
            },
            mutant,
        )

    def start(self) -> ForkServerProcess:
        process = self._context.Process(target=_work, args=self._arguments, daemon=True)
        process.start()
        return process


def kill(process: ForkServerProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if done():
            return True
        time.sleep(0.005)
    return False


def tell_and_kill(
    settings: Settings,
    server: MailServer,
    alerts: set[str],
    kills: int,
    seed: int,
    mutant: Mutant | None = None,
) -> Told:
    """Kills so many workers in the middle of their work, and then lets one be."""
    chance, workers, began = (
        random.Random(seed),
        Workers(settings, server, mutant),
        time.monotonic(),
    )
    for left in range(kills, 0, -1):
        process = workers.start()
        before = len(server.taken)
        # So that the last of them still finds something to do.
        goes_on = chance.uniform(0.2, 1.8) * max(0, len(alerts) - len(server.ids())) / (left + 1)
        wait_until(lambda: len(server.taken) >= before + 1 + goes_on, seconds=5)  # noqa: B023
        time.sleep(chance.uniform(0, 0.03))
        kill(process)
    # Who was killed last is then known to be dead when this one starts.
    time.sleep(DEAD_AFTER + 0.5)
    last, told = workers.start(), len(server.taken)
    silence = SILENCE_OF_MUTANTS if mutant else SILENCE
    while not alerts <= alerts_told(server):
        if not wait_until(lambda: len(server.taken) > told, silence):  # noqa: B023
            break
        told = len(server.taken)
    kill(last)
    return Told(
        kills,
        missing=len(alerts - alerts_told(server)),
        shown=len(server.ids()),
        twice=len(server.taken) - len(server.ids()),
        seconds=time.monotonic() - began,
    )


def alerts_told(server: MailServer) -> set[str]:
    """Of which alerts there is a mail; `<alert.recipient.version.step@glidepath>` is its id."""
    return {one.lstrip("<").partition(".")[0] for one in server.ids()}
