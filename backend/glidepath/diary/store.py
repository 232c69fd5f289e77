"""All SQL of the diary."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Executable,
    Select,
    Subquery,
    any_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from glidepath.database.base import table_of
from glidepath.diary.models import CheckIn, DiaryImport, ExerciseSession

E = TypeVar("E", CheckIn, ExerciseSession)

_IDS = bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True)))
_EPISODE_IDS = bindparam("episode_ids", type_=ARRAY(PG_UUID(as_uuid=True)))


async def add(session: AsyncSession, model: type[E], rows: list[dict[str, Any]]) -> set[UUID]:
    """Stores the rows that are not there yet; the ids of those that it stored."""
    if not rows:
        return set()
    return set((await session.execute(_added(model), rows)).scalars())


@cache
def _added(model: type[E]) -> Executable:
    """The rows go as parameters of one statement, which is compiled once; a multi-row VALUES would be compiled
    anew for each batch."""
    table = table_of(model)
    return insert(table).on_conflict_do_nothing().returning(table.c.id)


async def add_import(session: AsyncSession, row: dict[str, Any]) -> None:
    await session.execute(insert(DiaryImport), [row])


class Known(NamedTuple):
    """A row that is there: an entry, or a revision of one."""

    id: UUID
    revises: UUID | None


async def known(session: AsyncSession, patient_id: UUID, ids: Collection[UUID]) -> list[Known]:
    """Of the entries with these ids every row that is there, of whichever kind."""
    found = await session.execute(_KNOWN, {"patient_id": patient_id, "ids": list(ids)})
    return [Known(*row) for row in found]


_KNOWN = union_all(
    *(
        select(model.id, model.revises).where(
            model.patient_id == bindparam("patient_id"),
            or_(model.id == any_(_IDS), model.revises == any_(_IDS)),
        )
        for model in (CheckIn, ExerciseSession)
    )
)


async def by_ids(
    session: AsyncSession, model: type[E], patient_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, E]:
    if not ids:
        return {}
    found = await session.execute(
        select(model).where(model.patient_id == patient_id, model.id.in_(ids))
    )
    return {entry.id: entry for entry in found.scalars()}


async def days_of(
    session: AsyncSession, model: type[E], patient_id: UUID, roots: Collection[UUID]
) -> list[tuple[UUID, date]]:
    """Every day on which an entry stands or stood, with its episode: a revision may have moved it."""
    if not roots:
        return []
    found = await session.execute(
        select(model.episode_id, model.day)
        .where(model.patient_id == patient_id, _of_roots(model, roots))
        .distinct()
    )
    return [(row[0], row[1]) for row in found]


async def on_days(
    session: AsyncSession, episode_ids: Collection[UUID], days: Collection[date]
) -> list[tuple[date, UUID]]:
    """The entries of either kind that stand or stood on some days, by the ids of their originals."""
    found = await session.execute(_ON_DAYS, {"episode_ids": list(episode_ids), "days": list(days)})
    return [(row[0], row[1]) for row in found]


_ON_DAYS = union_all(
    *(
        select(model.day, model.root())
        .where(
            model.episode_id == any_(_EPISODE_IDS),
            model.day == any_(bindparam("days", type_=ARRAY(Date))),
        )
        .distinct()
        for model in (CheckIn, ExerciseSession)
    )
)


def _of_roots(model: type[E], roots: Collection[UUID]) -> ColumnElement[bool]:
    """Where each half has its index."""
    return or_(model.id.in_(roots), model.revises.in_(roots))


class Revised(NamedTuple):
    """How often an entry was changed of late, and when its last revision was made."""

    edits: int
    made_at: datetime


async def revised(
    session: AsyncSession,
    model: type[E],
    patient_id: UUID,
    roots: Collection[UUID],
    since: datetime,
) -> dict[UUID, Revised]:
    """Of entries that are there, the edits received since then, and the last of all."""
    if not roots:
        return {}
    edits = func.count().filter(model.revises.is_not(None), model.received_at >= since)
    found = await session.execute(
        select(model.root(), edits, func.max(model.made_at))
        .where(model.patient_id == patient_id, _of_roots(model, roots))
        .group_by(model.root())
    )
    return {row[0]: Revised(row[1], row[2]) for row in found}


async def spans(
    session: AsyncSession, model: type[E], episode_ids: Sequence[UUID]
) -> dict[UUID, tuple[date, date]]:
    """Per episode the first and the last day with an entry; episodes without one are left out."""
    found = await session.execute(
        select(model.episode_id, func.min(model.day), func.max(model.day))
        .where(model.episode_id.in_(episode_ids), ~model.withdrawn)
        .group_by(model.episode_id)
    )
    return {row[0]: (row[1], row[2]) for row in found}


async def last_zones(session: AsyncSession, episode_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Per episode the zone in which the last check-in was written."""
    found = await session.execute(
        select(CheckIn.episode_id, CheckIn.zone)
        .where(CheckIn.episode_id.in_(episode_ids), ~CheckIn.withdrawn)
        .order_by(CheckIn.episode_id, CheckIn.day.desc(), CheckIn.happened_at.desc())
        .ext(distinct_on(CheckIn.episode_id))
    )
    return {row[0]: row[1] for row in found}


async def settled(session: AsyncSession, model: type[E], episode_ids: Sequence[UUID]) -> list[E]:
    """Of each entry its deciding revision, unless that one withdraws it; oldest day first.

    The latest made decides, and of two made at once the greater id: the same on every phone.
    """
    found = await session.execute(_settled(model), {"episode_ids": list(episode_ids)})
    return list(found.scalars())


async def settled_ids(
    session: AsyncSession, model: type[E], episode_ids: Sequence[UUID], since: date
) -> list[tuple[UUID, date, UUID]]:
    """Episode, day and id of each deciding revision that does not withdraw its entry; what came from a file
    is left out."""
    latest = aliased(
        model,
        select(model)
        .where(model.episode_id.in_(episode_ids))
        .ext(distinct_on(model.patient_id, model.root()))
        .order_by(model.patient_id, model.root(), model.made_at.desc(), model.id.desc())
        .subquery(),
    )
    wanted = select(latest.episode_id, latest.day, latest.id).where(
        ~latest.withdrawn, latest.day >= since
    )
    if model is CheckIn:
        wanted = wanted.where(latest.import_id.is_(None))
    found = await session.execute(wanted.order_by(latest.day, latest.id))
    return [(row[0], row[1], row[2]) for row in found]


@cache
def _settled(model: type[E]) -> Select[E]:
    """Put together once: that takes longer than running it."""
    latest = aliased(
        model, _latest(select(model).where(model.episode_id == any_(_EPISODE_IDS)), model)
    )
    return (
        select(latest).where(~latest.withdrawn).order_by(latest.day, latest.happened_at, latest.id)
    )


def _latest(rows: Select[Any], model: type[E]) -> Subquery:
    return (
        rows.ext(distinct_on(model.patient_id, model.root()))
        .order_by(model.patient_id, model.root(), model.made_at.desc(), model.id.desc())
        .subquery()
    )


async def history(
    session: AsyncSession, model: type[E], patient_id: UUID, since: date | None
) -> list[E]:
    """Every revision of every entry of one patient."""
    entries = select(model).where(model.patient_id == patient_id)
    if since is not None:
        entries = entries.where(model.local_date >= since)
    found = await session.execute(entries.order_by(model.made_at, model.id))
    return list(found.scalars())


async def logged_since(session: AsyncSession, since: datetime) -> list[tuple[UUID, date]]:
    """Episode and day of check-ins that were never revised, of the episodes that got one since then."""
    lately = select(CheckIn.episode_id).where(CheckIn.received_at >= since)
    revision = aliased(CheckIn)
    revised = select(revision.id).where(revision.revises == CheckIn.id).exists()
    found = await session.execute(
        select(CheckIn.episode_id, CheckIn.day)
        .where(CheckIn.episode_id.in_(lately), CheckIn.revises.is_(None), ~revised)
        .group_by(CheckIn.episode_id, CheckIn.day)
        .order_by(CheckIn.episode_id, CheckIn.day)
    )
    return [(row[0], row[1]) for row in found]
