"""How much of a clinic's records one of the staff is shown in an hour, counted from the trail itself.

Nobody who treats people comes near it; a program with somebody's sign-in is stopped, and the clinic's admins hear of
it. Only reading waits: a deed, and what was opened in the last hour or is opened in an emergency, never does.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import service, store, trail
from glidepath.audit.actions import Action
from glidepath.audit.trail import Trail
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.identity import telling
from glidepath.problems import TooMany

HOUR: Final = timedelta(hours=1)
# One every 18 seconds, for an hour. A page of a patient is several requests, and keeps itself fresh.
RECORDS: Final = 200
REQUESTS: Final = 6000
_WAIT: Final = timedelta(minutes=10)


async def require_slow(session: AsyncSession) -> None:
    """TooMany for who was answered too often already; what is counted here `require_room` goes by."""
    written = trail.of(session)
    if written is None or written.actor is None:
        return
    found = await store.answered_since(session, written.actor.account_id, written.at - HOUR)
    if found.requests >= REQUESTS:
        raise _exceeded(written)
    written.records_lately = found.records


async def require_room(session: AsyncSession, patient_id: UUID) -> None:
    """TooMany if this record would be one too many."""
    written = trail.of(session)
    if written is None or written.actor is None or written.records_lately < RECORDS:
        return
    since = written.at - HOUR
    if not await store.was_opened(session, written.actor.account_id, patient_id, since):
        raise _exceeded(written)


def _exceeded(written: Trail) -> TooMany:
    written.action = Action.PACE_EXCEED
    problem = TooMany(
        "More records were opened with your account in the last hour than anybody reads. Those stay open; try "
        "another one in ten minutes. Your clinic's admins are told.",
        code="too_many_records",
    )
    problem.headers = {"Retry-After": str(int(_WAIT.total_seconds()))}
    return problem


async def write_down(database: Database, written: Trail) -> None:
    """That it came to that; the clinic's admins are told once an hour."""
    actor = written.actor
    assert actor is not None
    async with database.writing(actor.clinic_id) as session:
        if not await store.exceeded_since(session, actor.account_id, written.at - HOUR):
            for account in await identity.staff(session):
                if account.role == "admin":
                    await telling.tell(session, account, "many_records")
        await session.flush()
        await service.write(session, written, "denied")
