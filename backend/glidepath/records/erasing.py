"""Erases whose time has come, and erases again whom a restored backup brought back."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from glidepath.audit import service as audit
from glidepath.audit.actions import Action
from glidepath.audit.keys import key_of
from glidepath.database import jobs
from glidepath.database.engine import Database
from glidepath.database.work import tools
from glidepath.identity import service as identity
from glidepath.privacy import erasures
from glidepath.records import erasure_list
from glidepath.settings import Settings

log = structlog.get_logger()

ERASE: Final = "records:erase"
EVERY_FIVE_MINUTES: Final = "*/5 * * * *"
# What the database answers to who should not be erased, and while a worker is at something of theirs.
NOT_NOW: Final = ("42501", "55006")
# With the rights of who owns the tables: on the list stands who was erased rightly, whatever a backup says of holds.
_ERASE_AGAIN = text("select erase_rows(:patient_id, false)")


async def erase_due(database: Database, settings: Settings, now: datetime) -> int:
    """How many were erased, each in a transaction of its own."""
    async with database.reading() as session:
        clinics = await identity.clinic_ids(session)
    erased = 0
    for clinic_id in clinics:
        async with database.reading(clinic_id) as session:
            due = await erasures.due(session, now)
        for patient_id in due:
            erased += await _erase(database, settings, clinic_id, patient_id, now)
        await _complete_list(database, settings, clinic_id, now)
    return erased


async def _erase(
    database: Database, settings: Settings, clinic_id: UUID, patient_id: UUID, now: datetime
) -> bool:
    assert settings.erasure_list is not None
    try:
        async with database.writing(clinic_id) as session:
            rows = await erasures.erase(session, patient_id)
            await audit.write_of_system(
                session, key_of(settings), clinic_id, Action.SYSTEM_ERASE, now, {patient_id}
            )
            # Before the commit: whoever is gone stands on the list, or is not gone.
            erasure_list.add(settings.erasure_list, clinic_id, [patient_id], now)
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state not in NOT_NOW:
            raise
        log.warning("erasure_waits", clinic_id=str(clinic_id), sqlstate=state)
        return False
    log.info("record_erased", clinic_id=str(clinic_id), patient_id=str(patient_id), rows=rows)
    return True


async def _complete_list(
    database: Database, settings: Settings, clinic_id: UUID, now: datetime
) -> None:
    """A list that was lost is made anew from what the database knows."""
    assert settings.erasure_list is not None
    async with database.reading(clinic_id) as session:
        erased = await identity.erased(session)
    listed = erasure_list.read(settings.erasure_list).get(clinic_id, set())
    missing = [one for one in erased if one not in listed]
    if missing:
        erasure_list.add(settings.erasure_list, clinic_id, missing, now)


async def replay(database: Database, owner: Database, settings: Settings, now: datetime) -> int:
    """Erases again who is on the list and in the database; how many. `owner`: the same database as the role that
    owns the tables."""
    assert settings.erasure_list is not None
    erased = 0
    for clinic_id, listed in sorted(erasure_list.read(settings.erasure_list).items()):
        async with database.reading(clinic_id) as session:
            back = sorted(await identity.names(session, listed))
        for patient_id in back:
            async with owner.writing(clinic_id) as session:
                await session.execute(_ERASE_AGAIN, {"patient_id": patient_id})
            async with database.writing(clinic_id) as session:
                await audit.write_of_system(
                    session, key_of(settings), clinic_id, Action.SYSTEM_ERASE, now, {patient_id}
                )
            log.info("record_erased", clinic_id=str(clinic_id), patient_id=str(patient_id))
        erased += len(back)
    return erased


async def _run(context: JobContext, timestamp: int) -> None:
    database, settings = tools(context).database, tools(context).settings
    erased = await erase_due(database, settings, datetime.now(UTC))
    log.debug("erasures_looked_at", erased=erased, due=timestamp)


def register(app: App) -> None:
    again = RetryStrategy(max_attempts=3, wait=10)
    task = app.task(name=ERASE, pass_context=True, retry=again, queue=jobs.QUEUE)(_run)
    app.periodic(cron=EVERY_FIVE_MINUTES)(task)
