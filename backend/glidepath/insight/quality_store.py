"""The SQL of what comes of alerts: two statements, whatever the number of alerts."""

from collections import Counter
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.models import OUTCOMES
from glidepath.alerts.schemas import Kind, Severity

# Alerts count by when they were opened; what happened to them since, up to now. What was taken back is
# what the next step names: nobody takes back anything but the last.
#
# Each table is read once, in one pass, and joined once, so that no plan is a bad one where PostgreSQL does
# not know yet how much there is. Joining the steps with themselves took 20 s then.
_COUNTED: Final = text(
    """
    with steps as (
        select alert_id, at, by, kind, outcome, useful, lead(undoes) over (
            partition by alert_id order by version
        ) is not distinct from id as taken_back
        from alert_events where kind in ('acknowledged', 'snoozed', 'resolved', 'undone')
    ), deeds as (
        select alert_id,
            min(at) filter (where by is not null) as first,
            min(at) filter (where by is not null and kind <> 'undone' and not taken_back) as kept,
            min(at) filter (where kind = 'resolved' and not taken_back) as closed,
            min(outcome) filter (where not taken_back) as outcome,
            bool_or(useful) filter (where not taken_back) as useful
        from steps group by alert_id
    ), looks as (
        select alert_id, min(at) as at from alert_views group by alert_id
    ), waited as materialized (
        select a.kind, a.severity, a.severity = 'urgent' as urgent,
            extract(epoch from least(looks.at, deeds.first) - a.opened_at)::float8 / 3600 as seen,
            extract(epoch from deeds.kept - a.opened_at)::float8 / 3600 as acknowledged,
            deeds.kept - a.opened_at <= interval '24 hours' as within_day,
            deeds.closed - a.opened_at <= interval '48 hours' as within_two_days,
            a.opened_at <= cast(:now as timestamptz) - interval '24 hours' as a_day_old,
            a.opened_at <= cast(:now as timestamptz) - interval '48 hours' as two_days_old,
            deeds.outcome, deeds.useful
        from alerts a
        left join looks on looks.alert_id = a.id
        left join deeds on deeds.alert_id = a.id
        where a.opened_at >= :since and a.opened_at <= :now
    ), waits as (
        select kind, severity,
            case when grouping(kind) = 0 then 'kind'
                when grouping(urgent) = 1 then 'all'
                when urgent then 'urgent' else 'others' end as of,
            percentile_cont(array[0.5, 0.95]) within group (order by seen) as seen,
            percentile_cont(array[0.5, 0.95]) within group (order by acknowledged) as acknowledged
        from waited group by grouping sets ((), (urgent), (kind, severity))
    ), counts as (
        select kind, severity,
            count(*) as alerts,
            count(seen) as seen,
            count(acknowledged) as acknowledged,
            {outcomes},
            count(*) filter (where useful) as useful,
            count(*) filter (where not useful) as not_useful,
            count(*) filter (
                where useful or outcome not in ('no_action', 'logged_again', 'discharged')
            ) as useful_or_acted_on,
            count(*) filter (where a_day_old) as a_day_old,
            count(*) filter (where a_day_old and within_day) as acknowledged_within_day,
            count(*) filter (where two_days_old) as two_days_old,
            count(*) filter (where two_days_old and within_two_days) as closed_within_two_days
        from waited group by kind, severity
    )
    select w.of, w.kind, w.severity, w.seen, w.acknowledged, to_jsonb(c) - 'kind' - 'severity' as counts
    from waits w left join counts c on c.kind = w.kind and c.severity = w.severity
    order by array_position(array['all', 'urgent', 'others', 'kind'], w.of),
        array_position(array['urgent', 'high', 'moderate', 'low'], w.severity), c.alerts desc, w.kind
    """.replace(
        "{outcomes}",
        ", ".join(f"count(*) filter (where outcome = '{one}') as {one}" for one in OUTCOMES),
    )
)
_NONE: Final = (None, None)

_EXPOSURE: Final = text(
    """
    with followed as (
        select e.patient_id,
            least(coalesce(e.ended_on, :until), :until)
            - greatest(e.started_on, (a.joined_at at time zone :zone)::date, :since) + 1 as days
        from episodes e join accounts a on a.id = e.patient_id
        where a.joined_at is not null
    )
    select count(distinct patient_id), coalesce(sum(days), 0),
        (select count(*) from check_ins where revises is null and day between :since and :until)
    from followed where days > 0
    """
)


class Exposure(NamedTuple):
    """Who could have had an alert, for how many days, and on how many check-ins."""

    patients: int
    patient_days: int
    reports: int


class Counted(NamedTuple):
    """Some of the alerts: percentiles (the 50th and the 95th) in hours, null where there is none."""

    of: Literal["all", "urgent", "others", "kind"]
    kind: Kind | None
    severity: Severity | None
    seen: tuple[float | None, float | None]
    acknowledged: tuple[float | None, float | None]
    counts: Counter[str]


async def counted(session: AsyncSession, since: datetime, now: datetime) -> list[Counted]:
    """All together first, then the urgent and the others, then kind by kind."""
    rows = (await session.execute(_COUNTED, {"since": since, "now": now})).all()
    counts = [Counter[str](row.counts or {}) for row in rows]
    sums = {name: Counter[str]() for name in ("all", "urgent", "others")}
    for row, of_one in zip(rows, counts, strict=True):
        if row.of == "kind":
            sums["all"].update(of_one)
            sums["urgent" if row.severity == "urgent" else "others"].update(of_one)
    return [
        Counted(
            row.of,
            row.kind,
            row.severity,
            tuple(row.seen or _NONE),
            tuple(row.acknowledged or _NONE),
            sums.get(row.of, of_one),
        )
        for row, of_one in zip(rows, counts, strict=True)
    ]


async def exposure(session: AsyncSession, since: date, until: date, zone: str) -> Exposure:
    found = await session.execute(_EXPOSURE, {"since": since, "until": until, "zone": zone})
    return Exposure(*found.one())
