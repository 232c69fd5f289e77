"""All SQL of insight: whoever reads everything may join everything."""

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.models import Alert
from glidepath.care.models import Proposal
from glidepath.diary.models import Summary
from glidepath.identity.models import Account
from glidepath.insight.models import ReplayRun
from glidepath.messages.models import Message


class Listed(NamedTuple):
    """What a row of the list is made of, alerts apart."""

    patient_id: UUID
    timezone: str
    cared_by: UUID | None
    name: str
    joined_at: datetime | None
    episode_id: UUID
    opened_at: datetime
    ended_on: date | None
    last_on: date | None
    # None, all three, for a diary without an entry.
    pain: str
    nerve: str
    place: str
    next_step: bool
    unread: int


async def replay_run(session: AsyncSession, *, lock: bool = False) -> ReplayRun | None:
    """The clinic's last, as it is now, whatever was read before."""
    wanted = select(ReplayRun).execution_options(populate_existing=True)
    if lock:
        wanted = wanted.with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def begin_replay(
    session: AsyncSession, values: dict[str, Any], instead_of: UUID | None
) -> bool:
    """Puts it in the place of the last one, which the caller holds; False where another came first."""
    statement = upsert(ReplayRun).on_conflict_do_update(
        index_elements=["clinic_id"], set_=values, where=ReplayRun.id == instead_of
    )
    begun = await session.execute(statement.returning(ReplayRun.id), values)
    return begun.scalar_one_or_none() is not None


async def keep_replay(session: AsyncSession, replay_id: UUID, values: dict[str, Any]) -> bool:
    """False where it is not the last one any more."""
    kept = await session.execute(
        update(ReplayRun).where(ReplayRun.id == replay_id).values(values).returning(ReplayRun.id)
    )
    return kept.scalar_one_or_none() is not None


async def listed(
    session: AsyncSession, caseload: Select[Any], parameters: dict[str, Any]
) -> list[Listed]:
    """The current patients of a caseload, in no order; of those discharged the ones for whom an alert
    or a message waits all the same."""
    found = await session.execute(_listed(caseload), parameters)
    return [Listed._make(row) for row in found]


@cache
def _listed(caseload: Select[Any]) -> Select[Any]:
    """Put together once for each caseload."""
    cared = caseload.subquery()
    waiting = exists().where(Proposal.episode_id == cared.c.episode_id, Proposal.state == "open")
    unread = (
        select(Message.patient_id, func.count().label("messages"))
        .where(Message.author_id == Message.patient_id, Message.read_at.is_(None))
        .group_by(Message.patient_id)
        .subquery()
    )
    return (
        select(
            cared.c.patient_id,
            cared.c.timezone,
            cared.c.cared_by,
            Account.name,
            Account.joined_at,
            cared.c.episode_id,
            cared.c.opened_at,
            cared.c.ended_on,
            Summary.last_on,
            Summary.pain,
            Summary.nerve,
            Summary.place,
            waiting.label("next_step"),
            func.coalesce(unread.c.messages, 0).label("unread"),
        )
        .join(Account, _whose(cared))
        .outerjoin(Summary, Summary.episode_id == cared.c.episode_id)
        .outerjoin(unread, unread.c.patient_id == cared.c.patient_id)
        .where(
            or_(
                cared.c.ended_on.is_(None),
                _alerted(cared),
                unread.c.messages.is_not(None),
            )
        )
    )


def _whose(cared: Subquery) -> ColumnElement[bool]:
    """With the clinic, which the policy alone would not have looked for by an index: an account can be found by its
    address, too."""
    return and_(Account.clinic_id == cared.c.clinic_id, Account.id == cared.c.patient_id)


def _alerted(cared: Subquery) -> ColumnElement[bool]:
    return exists().where(Alert.patient_id == cared.c.patient_id, Alert.state != "resolved")


class Sought(NamedTuple):
    """A patient as the search shows them."""

    id: UUID
    name: str
    ended_on: date | None
    opened_at: datetime
    timezone: str
    alert: bool


async def search(
    session: AsyncSession,
    caseload: Select[Any],
    parameters: dict[str, Any],
    *,
    discharged: bool,
    name: str,
    limit: int,
) -> list[Sought]:
    """Patients of a caseload by a part of their name: those discharged, or those not yet joined."""
    cared = caseload.subquery()
    state = (
        cared.c.ended_on.is_not(None)
        if discharged
        else and_(cared.c.ended_on.is_(None), Account.joined_at.is_(None))
    )
    found = await session.execute(
        select(
            cared.c.patient_id,
            Account.name,
            cared.c.ended_on,
            cared.c.opened_at,
            cared.c.timezone,
            _alerted(cared),
        )
        .join(Account, _whose(cared))
        .where(state, Account.name.icontains(name, autoescape=True))
        .order_by(Account.name, cared.c.patient_id)
        .limit(limit),
        parameters,
    )
    return [Sought._make(row) for row in found]
