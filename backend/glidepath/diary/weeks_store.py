"""The SQL of a diary's last weeks: what it costs depends on them, and not on how long the diary is."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    Row,
    Select,
    Text,
    any_,
    bindparam,
    func,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.clinical.vocabulary import NERVE_SENSATIONS, Place
from glidepath.database.base import table_of
from glidepath.diary.models import CheckIn, ExerciseSession, Summary
from glidepath.diary.weeks import KEPT

E = TypeVar("E", CheckIn, ExerciseSession)

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
