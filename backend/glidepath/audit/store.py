"""All SQL of audit."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Text,
    bindparam,
    cast,
    column,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.actions import Action
from glidepath.audit.anchors import End
from glidepath.audit.chain import CHAINED, ORIGIN
from glidepath.audit.models import Event, Head
from glidepath.database.base import table_of

_IS_LOOK: ColumnElement[bool] = Event.action.like("%:read")
_STREAMED = {"yield_per": 5000}
_IDS = frozenset(name for name in CHAINED if name.endswith(("_id", "_ids")))


async def hold_head(session: AsyncSession, clinic_id: UUID, at: datetime) -> Row[int, bytes]:
    """The end of the clinic's chain, held to the end of the transaction."""
    asked = {"clinic_id": clinic_id}
    found = (await session.execute(_HOLD_HEAD, asked)).one_or_none()
    if found is None:
        begun = {"clinic_id": clinic_id, "seq": 0, "at": at, "hash": ORIGIN}
        await session.execute(pg_insert(Head).values(begun).on_conflict_do_nothing())
        found = (await session.execute(_HOLD_HEAD, asked)).one()
    return found


_HOLD_HEAD = (
    select(Head.seq, Head.hash).where(Head.clinic_id == bindparam("clinic_id")).with_for_update()
)


async def add(session: AsyncSession, event: dict[str, Any]) -> None:
    """Adds a link and makes it the head, in one statement."""
    await session.execute(_ADD, {f"event_{name}": value for name, value in event.items()})


# Without the mapping, since every request sends it.
_EVENTS, _HEADS = table_of(Event), table_of(Head)
_ADDED = (
    insert(_EVENTS)
    .values({column.name: bindparam(f"event_{column.name}") for column in _EVENTS.c})
    .returning(_EVENTS.c.clinic_id, _EVENTS.c.seq, _EVENTS.c.at, _EVENTS.c.hash)
    .cte("added")
)
_ADD = (
    update(_HEADS)
    .where(_HEADS.c.clinic_id == _ADDED.c.clinic_id)
    .values(seq=_ADDED.c.seq, at=_ADDED.c.at, hash=_ADDED.c.hash)
)


async def ends(session: AsyncSession) -> list[End]:
    """Of every clinic's chain, for a worker's transaction; of the entered clinic's in any other."""
    found = await session.execute(select(Head.clinic_id, Head.seq, Head.hash))
    return [End(*row) for row in found]


async def of_patient(
    session: AsyncSession, patient_id: UUID, before: int | None, limit: int
) -> list[Event]:
    """The newest first."""
    wanted = select(Event).where(Event.patient_ids.contains([patient_id]))
    if before is not None:
        wanted = wanted.where(Event.seq < before)
    return list((await session.execute(wanted.order_by(Event.seq.desc()).limit(limit))).scalars())


async def opened_by_staff(
    session: AsyncSession, patient_id: UUID, since: datetime, zone: str, limit: int
) -> Sequence[Row[Any]]:
    """A row for each day and person; the newest first."""
    day = cast(func.timezone(zone, Event.at), Date).label("day")
    found = await session.execute(
        select(
            day,
            Event.account_id,
            Event.role,
            func.bool_or(Event.emergency_id.is_not(None)).label("emergency"),
        )
        .where(
            Event.patient_ids.contains([patient_id]),
            Event.role.in_(("therapist", "admin")),
            Event.outcome == "done",
            Event.scope == "patient",
            Event.at > since,
        )
        .group_by(day, Event.account_id, Event.role)
        .order_by(day.desc(), func.max(Event.seq).desc())
        .limit(limit)
    )
    return found.all()


def _of_staff(account_id: UUID, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Event.account_id == account_id,
        Event.role.in_(("therapist", "admin")),
        Event.at > since,
    )


async def answered_since(session: AsyncSession, account_id: UUID, since: datetime) -> Row[int, int]:
    """How much one of the staff asked to read, and how many single patients' records they were shown."""
    shown = (Event.scope == "patient", Event.outcome == "done")
    wanted = select(
        func.count().label("requests"),
        func.count(Event.patient_ids.distinct()).filter(*shown).label("records"),
    )
    return (await session.execute(wanted.where(*_of_staff(account_id, since), _IS_LOOK))).one()


async def was_opened(
    session: AsyncSession, account_id: UUID, patient_id: UUID, since: datetime
) -> bool:
    wanted = select(
        exists().where(
            *_of_staff(account_id, since),
            or_(_IS_LOOK, Event.emergency_id.is_not(None)),
            Event.outcome == "done",
            Event.scope == "patient",
            Event.patient_ids.contains([patient_id]),
        )
    )
    return bool((await session.execute(wanted)).scalar_one())


async def exceeded_since(session: AsyncSession, account_id: UUID, since: datetime) -> bool:
    """Whether somebody was told to read more slowly."""
    wanted = select(
        exists().where(*_of_staff(account_id, since), Event.action == Action.PACE_EXCEED.value)
    )
    return bool((await session.execute(wanted)).scalar_one())


async def days_of_use(
    session: AsyncSession, patient_id: UUID, zone: str, since: datetime
) -> list[date]:
    """On which the patient's own app asked for anything and was answered."""
    day = cast(func.timezone(zone, Event.at), Date).label("day")
    found = await session.execute(
        select(day)
        .where(
            Event.patient_ids.contains([patient_id]),
            Event.account_id == patient_id,
            Event.role == "patient",
            Event.outcome == "done",
            Event.at >= since,
        )
        .distinct()
        .order_by(day)
    )
    return list(found.scalars())


async def chain(session: AsyncSession) -> AsyncIterator[Row[Any]]:
    """The entered clinic's events in their order, a few thousand at a time: the values of CHAINED and the
    hash, with ids as text."""
    # Without the types, which would look at each of some million values again. Nor are ids made of them,
    # which took two thirds of the time.
    columns: list[ColumnElement[Any]] = [
        cast(column(name), Text).label(name) if name in _IDS else column(name)
        for name in (*CHAINED, "hash")
    ]
    wanted = select(*columns).select_from(Event.__table__).order_by(Event.__table__.c.seq)
    rows = await session.stream(wanted, execution_options=_STREAMED)
    async for some in rows.partitions():
        for row in some:
            yield row
