"""The SQL of what comes of alerts: two statements, whatever the number of alerts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.models import OUTCOMES

# Alerts count by when they were opened; what happened to them since, up to now.
_COUNTED: Final = text(
    """
    with born as materialized (
        select id, kind, severity, state, version, opened_at
        from alerts where opened_at >= :since and opened_at <= :now
    ), steps as materialized (
        select e.id, e.alert_id, e.version, e.kind, e.at, e.by, e.undoes, e.outcome, e.useful
        from born join alert_events e on e.alert_id = born.id and (e.by is not null or e.version = born.version)
    ), deeds as (
        select e.alert_id, min(e.at) as first,
            min(e.at) filter (
                where e.kind in ('acknowledged', 'snoozed', 'resolved') and u.id is null
            ) as kept
        from steps e left join steps u on u.undoes = e.id
        where e.by is not null
        group by e.alert_id
    ), looks as (
        select v.alert_id, min(v.at) as at
        from born join alert_views v on v.alert_id = born.id
        group by v.alert_id
    ), waited as (
        select born.kind, born.severity, born.opened_at,
            case when born.severity = 'urgent' then 'urgent' else 'others' end as haste,
            extract(epoch from least(looks.at, deeds.first) - born.opened_at) / 3600 as seen,
            extract(epoch from deeds.kept - born.opened_at) / 3600 as acknowledged,
            extract(epoch from ending.at - born.opened_at) / 3600 as closed,
            ending.outcome, ending.useful
        from born
        left join looks on looks.alert_id = born.id
        left join deeds on deeds.alert_id = born.id
        left join steps ending on born.state = 'resolved'
            and ending.alert_id = born.id and ending.version = born.version
    )
    select
        case when grouping(kind) = 0 then 'kind' else coalesce(haste, 'all') end as of,
        kind, severity,
        count(*) as alerts,
        count(seen) as seen,
        percentile_cont(0.5) within group (order by seen) as seen_median,
        percentile_cont(0.95) within group (order by seen) as seen_p95,
        count(acknowledged) as acknowledged,
        percentile_cont(0.5) within group (order by acknowledged) as acknowledged_median,
        percentile_cont(0.95) within group (order by acknowledged) as acknowledged_p95,
        {outcomes},
        count(*) filter (where useful) as useful,
        count(*) filter (where not useful) as not_useful,
        count(*) filter (
            where useful or outcome not in ('no_action', 'logged_again', 'discharged')
        ) as useful_or_acted_on,
        count(*) filter (where opened_at <= :now - interval '1 day') as a_day_old,
        count(*) filter (
            where opened_at <= :now - interval '1 day' and acknowledged <= 24
        ) as acknowledged_within_day,
        count(*) filter (where opened_at <= :now - interval '2 days') as two_days_old,
        count(*) filter (
            where opened_at <= :now - interval '2 days' and closed <= 48
        ) as closed_within_two_days
    from waited
    group by grouping sets ((), (haste), (kind, severity))
    order by grouping(kind) desc, grouping(haste) desc, haste desc,
        array_position(array['urgent', 'high', 'moderate', 'low'], severity), count(*) desc, kind
    """.replace(
        "{outcomes}",
        ", ".join(f"count(*) filter (where outcome = '{one}') as {one}" for one in OUTCOMES),
    )
)

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


async def counted(session: AsyncSession, since: datetime, now: datetime) -> Sequence[Any]:
    """All together first, then the urgent and the others, then kind by kind; percentiles in hours."""
    found = await session.execute(_COUNTED, {"since": since, "now": now})
    return found.all()


async def exposure(session: AsyncSession, since: date, until: date, zone: str) -> Exposure:
    found = await session.execute(_EXPOSURE, {"since": since, "until": until, "zone": zone})
    return Exposure(*found.one())
