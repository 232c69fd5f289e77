"""What comes of the clinic's alerts: how many, how soon somebody looks, and what they do."""

from datetime import datetime, time, timedelta
from typing import Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.schemas import Outcome
from glidepath.clinical.burden import burden
from glidepath.identity import service as identity
from glidepath.insight import quality_store as store
from glidepath.insight.quality_schemas import Quality, QualityRow, Waits

# One alert more or less would move a share of fewer by ten points or more.
LEAST: Final = 10
# The 95th percentile of fewer is their highest value.
LEAST_P95: Final = 20
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


async def numbers(session: AsyncSession, days: int, now: datetime) -> Quality:
    zone = ZoneInfo(await identity.clinic_timezone(session))
    until = now.astimezone(zone).date()
    since = until - timedelta(days=days - 1)
    counted = await store.counted(session, datetime.combine(since, time.min, zone), now)
    exposure = await store.exposure(session, since, until, str(zone))
    return Quality(
        since=since,
        until=until,
        as_of=now,
        days=days,
        patients=exposure.patients,
        patient_weeks=exposure.patient_days / 7,
        reports=exposure.reports,
        least=LEAST,
        least_p95=LEAST_P95,
        rows=[_row(one) for one in counted],
        goals=burden().goals,
        field=[*burden().figures],
    )


def _row(one: store.Counted) -> QualityRow:
    n = one.counts
    outcomes = {name: n[name] for name in OUTCOMES}
    resolved = sum(outcomes.values())
    return QualityRow(
        of=one.of,
        kind=one.kind,
        severity=one.severity,
        alerts=n["alerts"],
        seen=_waits(n["seen"], one.seen),
        acknowledged=_waits(n["acknowledged"], one.acknowledged),
        resolved=resolved,
        ended=n["logged_again"],
        discharged=n["discharged"],
        outcomes=outcomes,
        acted_on=resolved - outcomes["no_action"],
        useful=n["useful"],
        not_useful=n["not_useful"],
        useful_or_acted_on=n["useful_or_acted_on"],
        a_day_old=n["a_day_old"],
        acknowledged_within_day=n["acknowledged_within_day"],
        two_days_old=n["two_days_old"],
        closed_within_two_days=n["closed_within_two_days"],
    )


def _waits(count: int, percentiles: tuple[float | None, float | None]) -> Waits:
    median, p95 = percentiles
    return Waits(
        count=count,
        median=median if count >= LEAST else None,
        p95=p95 if count >= LEAST_P95 else None,
    )
