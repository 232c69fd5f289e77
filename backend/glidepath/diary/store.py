"""All SQL of the diary."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Executable,
    Integer,
    Row,
    Select,
    Subquery,
    Text,
    any_,
    bindparam,
    func,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from glidepath.clinical.vocabulary import NERVE_SENSATIONS, Place
from glidepath.database.base import table_of
from glidepath.diary.models import CheckIn, DiaryImport, ExerciseSession, Summary
from glidepath.diary.weeks import KEPT

E = TypeVar("E", CheckIn, ExerciseSession)

_IDS = bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True)))
_EPISODE_IDS = bindparam("episode_ids", type_=ARRAY(PG_UUID(as_uuid=True)))
_OF_EACH = (
    "episode_id", "id", "revises", "withdrawn", "made_at", "happened_at", "received_at", "zone", "clock_error", "day",
    "sensations", "changes_with",
)  # fmt: skip
# What a day of the diary is made of.
_READ: Final[dict[type[Any], tuple[str, ...]]] = {
    CheckIn: (*_OF_EACH, "pain_now", "pain_worst", "place", "red_flags", "note", "import_id"),
    ExerciseSession: (*_OF_EACH, "plan_item_id", "stopped_early", "pain_during"),
}


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


async def lately(
    session: AsyncSession, model: type[E], episode_ids: Sequence[UUID], since: date
) -> Sequence[Row[Any]]:
    """The same as `settled` from a day on, as bare rows of what `days.by_day` reads. Costs as much as lies after
    that day, however much lies before it."""
    found = await session.execute(
        _lately(model), {"episode_ids": list(episode_ids), "since": since}
    )
    return list(found)


@cache
def _lately(model: type[E]) -> Select[Any]:
    table, since = table_of(model), bindparam("since", type_=Date)
    columns = [table.c[name] for name in _READ[model]]
    of_these = table.c.episode_id == any_(_EPISODE_IDS)
    root = func.coalesce(table.c.revises, table.c.id)
    whose = table.c.patient_id
    recent = (
        select(whose, root.label("root"), table.c.revises)
        .where(of_these, table.c.day >= since)
        .cte()
    )
    # What a revision moved away from these days, or to them, is settled by rows of other days, found by their keys.
    elsewhere = select(*columns).where(of_these, table.c.day < since)
    rows = union_all(
        select(*columns).where(of_these, table.c.day >= since),
        elsewhere.where(
            tuple_(whose, table.c.revises).in_(select(recent.c.patient_id, recent.c.root))
        ),
        elsewhere.where(
            tuple_(whose, table.c.id).in_(
                select(recent.c.patient_id, recent.c.revises).where(recent.c.revises.is_not(None))
            )
        ),
    ).subquery()
    root = func.coalesce(rows.c.revises, rows.c.id)
    latest = (
        select(rows)
        .ext(distinct_on(root))
        .order_by(root, rows.c.made_at.desc(), rows.c.id.desc())
        .subquery()
    )
    return (
        select(latest)
        .where(~latest.c.withdrawn, latest.c.day >= since)
        .order_by(latest.c.day, latest.c.happened_at, latest.c.id)
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


# What `days.by_day` says of the last weeks, found by the database alone: one round trip a sync. Only the rows
# of those weeks are read, and what else there is of the same entries, each by its key: looked for among the
# episode's other rows it would cost the more the longer the diary. All of them where `newest` is null.
_RECENT = """
        select {columns}, patient_id, since, coalesce(revises, id) as root, revises, made_at, id
        from {table} join bounds using (episode_id, patient_id) where day >= since
"""
_ROWS = """
        select {columns}, root, made_at, id from {recent}
        union all
        select {columns}, revises, made_at, id from {table} join (
            select distinct episode_id, patient_id, since, root as revises from {recent}
        ) as changed using (episode_id, patient_id, revises) where day < since
        union all
        select {columns}, id, made_at, id from {table} join (
            select distinct episode_id, patient_id, since, revises as id from {recent}
        ) as original using (episode_id, patient_id, id) where day < since
"""
_CHECKED_IN = {
    "table": "check_ins", "recent": "recent_check_ins",
    "columns": "episode_id, day, withdrawn, pain_now, sensations, place",
}  # fmt: skip
_EXERCISED = {
    "table": "exercise_sessions", "recent": "recent_sessions",
    "columns": "episode_id, day, withdrawn",
}  # fmt: skip
_SUMMARISE = text(
    """
    with bounds as (
        select episodes.id as episode_id, patient_id, case when cast(:newest as date) is null then '-infinity'
            else greatest(last_on, :newest) - (:kept - 1) end as since
        from episodes left join diary_summaries on episode_id = episodes.id
        where episodes.id = any(:episode_ids)
    ), recent_check_ins as materialized (:recent_check_ins
    ), recent_sessions as materialized (:recent_sessions
    ), settled as (
        select distinct on (episode_id, root) * from (:checked_in) as rows
        order by episode_id, root, made_at desc, id desc
    ), exercised as (
        select distinct on (episode_id, root) * from (:exercised) as rows
        order by episode_id, root, made_at desc, id desc
    ), ends as (
        select episode_id, max(day) as last_on from (
            select episode_id, day from settled where not withdrawn union all
            select episode_id, day from exercised where not withdrawn
        ) as written group by episode_id
    ), said as (
        select episode_id, day, max(pain_now)::int as pain,
            max(array_position(:places, place)) - 1 as place,
            case when bool_or(sensations is not null) then
                count(distinct felt) filter (where felt = any(:nerve))
            end as nerve
        from settled left join unnest(sensations) as felt on true
        where not withdrawn group by episode_id, day
    )
    insert into diary_summaries (clinic_id, episode_id, last_on, pain, nerve, place)
    select episodes.clinic_id, episodes.id, ends.last_on,
        string_agg(coalesce(to_hex(said.pain), '-'), '' order by back desc),
        string_agg(coalesce(said.nerve::text, '-'), '' order by back desc),
        string_agg(coalesce(said.place::text, '-'), '' order by back desc)
    from episodes
    left join ends on ends.episode_id = episodes.id
    cross join generate_series(0, :kept - 1) as back
    left join said on said.episode_id = episodes.id and said.day = ends.last_on - back
    where episodes.id = any(:episode_ids)
    group by episodes.clinic_id, episodes.id, ends.last_on
    on conflict (clinic_id, episode_id) do update set last_on = excluded.last_on,
        pain = excluded.pain, nerve = excluded.nerve, place = excluded.place
    """.replace(":recent_check_ins", _RECENT.format_map(_CHECKED_IN))
    .replace(":recent_sessions", _RECENT.format_map(_EXERCISED))
    .replace(":checked_in", _ROWS.format_map(_CHECKED_IN))
    .replace(":exercised", _ROWS.format_map(_EXERCISED))
).bindparams(
    bindparam("episode_ids", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("places", [place.value for place in Place], type_=ARRAY(Text)),
    bindparam("nerve", [felt.value for felt in NERVE_SENSATIONS], type_=ARRAY(Text)),
    bindparam("kept", KEPT, type_=Integer),
    bindparam("newest", type_=Date),
)


async def summarise(
    session: AsyncSession, episode_ids: Sequence[UUID], newest: date | None = None
) -> None:
    """`newest`: the last day of the entries that came in, where each of them is new and none changes another."""
    await session.execute(_SUMMARISE, {"episode_ids": list(episode_ids), "newest": newest})


async def summary(session: AsyncSession, episode_id: UUID) -> Summary | None:
    found = await session.execute(select(Summary).where(Summary.episode_id == episode_id))
    return found.scalar_one_or_none()


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
