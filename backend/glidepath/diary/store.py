"""All SQL of the diary."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Integer, Select, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from glidepath.clinical.vocabulary import NERVE_SENSATIONS, Place
from glidepath.diary.models import CheckIn, DiaryImport, ExerciseSession, Summary
from glidepath.diary.weeks import KEPT

E = TypeVar("E", CheckIn, ExerciseSession)


async def add(session: AsyncSession, model: type[E], rows: list[dict[str, Any]]) -> set[UUID]:
    """Stores the rows that are not there yet; the ids of those that it stored.

    The rows go as parameters of one statement, which is compiled once; a multi-row VALUES would
    be compiled anew for each batch.
    """
    if not rows:
        return set()
    statement = insert(model).on_conflict_do_nothing().returning(model.id)
    return set((await session.execute(statement, rows)).scalars())


async def add_import(session: AsyncSession, row: dict[str, Any]) -> None:
    await session.execute(insert(DiaryImport), [row])


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
        .where(model.patient_id == patient_id, model.root().in_(roots))
        .distinct()
    )
    return [(row[0], row[1]) for row in found]


async def on_days(
    session: AsyncSession, model: type[E], episode_ids: Collection[UUID], days: Collection[date]
) -> list[tuple[date, UUID]]:
    """The entries that stand or stood on some days, by the ids of their originals."""
    found = await session.execute(
        select(model.day, model.root())
        .where(model.episode_id.in_(episode_ids), model.day.in_(days))
        .distinct()
    )
    return [(row[0], row[1]) for row in found]


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
        .where(model.patient_id == patient_id, model.root().in_(roots))
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


async def settled(
    session: AsyncSession, model: type[E], episode_ids: Sequence[UUID], since: date | None = None
) -> list[E]:
    """Of each entry its deciding revision, unless that one withdraws it; oldest day first.

    The latest made decides, and of two made at once the greater id: the same on every phone.
    """
    found = await session.execute(
        _settled(model), {"episode_ids": list(episode_ids), "since": since or date.min}
    )
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
        model,
        select(model)
        .where(model.episode_id.in_(bindparam("episode_ids", expanding=True)))
        .ext(distinct_on(model.patient_id, model.root()))
        .order_by(model.patient_id, model.root(), model.made_at.desc(), model.id.desc())
        .subquery(),
    )
    return (
        select(latest)
        .where(~latest.withdrawn, latest.day >= bindparam("since"))
        .order_by(latest.day, latest.happened_at, latest.id)
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


# What `days.by_day` says of the last weeks, found by the database alone: one round trip a sync.
_SUMMARISE = text(
    """
    with settled as (
        select distinct on (episode_id, coalesce(revises, id))
            episode_id, day, withdrawn, pain_now, sensations, place
        from check_ins where episode_id = any(:episode_ids)
        order by episode_id, coalesce(revises, id), made_at desc, id desc
    ), exercised as (
        select distinct on (episode_id, coalesce(revises, id)) episode_id, day, withdrawn
        from exercise_sessions where episode_id = any(:episode_ids)
        order by episode_id, coalesce(revises, id), made_at desc, id desc
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
    """
).bindparams(
    bindparam("episode_ids", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("places", [place.value for place in Place], type_=ARRAY(Text)),
    bindparam("nerve", [felt.value for felt in NERVE_SENSATIONS], type_=ARRAY(Text)),
    bindparam("kept", KEPT, type_=Integer),
)


async def summarise(session: AsyncSession, episode_ids: Sequence[UUID]) -> None:
    await session.execute(_SUMMARISE, {"episode_ids": list(episode_ids)})


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
