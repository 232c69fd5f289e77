"""What is shown of remote monitoring: a patient's page, and the clinic's worklist."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import looks, trail
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import cases, clocks, closings, facts, setting, store
from glidepath.monitoring.cases import PROGRAM, Cared, Monitored, outcome
from glidepath.monitoring.clocks import Month, Period, Prospect, Standing, Why
from glidepath.monitoring.models import MonitoringWork
from glidepath.monitoring.rules import rules
from glidepath.monitoring.schemas import (
    DayOfData,
    MonitoringPage,
    MonthView,
    PeriodView,
    StandingView,
    Worklist,
    WorklistRow,
    WorkView,
)
from glidepath.problems import NotFound
from glidepath.views import view

# What somebody can act on today comes first.
_ORDER: Final = (
    Prospect.SHORT_BY_ONE,
    Prospect.NO_ACTIVITY,
    Prospect.BEHIND,
    Prospect.ON_TRACK,
    Prospect.READY,
)


async def of_patient(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    now: datetime,
    episode_id: UUID | None = None,
) -> MonitoringPage:
    """Of the running episode or, where there is none, the last; an earlier one by its id."""
    await setting.require_on(session)
    patient = await care.requires_care_relation(session, actor, patient_id)
    episode = _chosen(await care.episodes_of(session, patient_id), episode_id)
    of = await closings.of_episode(session, episode, now)
    found, months = of.periods(), of.months()
    names = await identity.names(
        session,
        {patient_id} | {one.by for one in of.closings} | {row.account_id for row, _ in of.work},
    )
    since = datetime.combine(of.case.episode.first, time(), ZoneInfo(patient.timezone))
    used = await looks.days_of_use(session, patient_id, patient.timezone, since)
    by_first = {(one.kind, one.first): one for one in closings.closables(of)}
    whys = {work_id: why for month in months for work_id, why in month.uncounted.items()}
    return MonitoringPage(
        patient_id=patient_id,
        patient=names[patient_id],
        episode_id=episode.id,
        opened_on=of.case.episode.first,
        ended_on=episode.ended_on,
        today=of.today,
        program=PROGRAM,
        facts=await facts.views(session, facts.standing(await store.facts(session, [episode.id]))),
        standing=_standing_view(of, found),
        lacks=cases.lacks(of) if episode.ended_on is None else [],
        periods=[
            _period(of, one, by_first["period", one.first], used, names) for one in reversed(found)
        ],
        months=[
            _month(of, one, by_first["month", clocks.ends(one.month)[0]], names)
            for one in reversed(months)
        ],
        work=[_work(actor, row, first, names, whys) for row, first in reversed(of.work)],
        staff=await setting.licensed(session),
    )


def _chosen(episodes: Sequence[Episode], episode_id: UUID | None) -> Episode:
    found = (one for one in reversed(episodes) if episode_id in (None, one.id))
    chosen = next(found, None)
    if chosen is None:
        raise NotFound
    return chosen


def _period(
    of: Monitored,
    period: Period,
    one: closings.Closable,
    used: Sequence[date],
    names: dict[UUID, str],
) -> PeriodView:
    days = [DayOfData(day, len(ids), None) for day, ids in period.entries.items()] + [
        DayOfData(day, len(of.case.entries[day]), why) for day, why in period.uncounted.items()
    ]
    return PeriodView(
        number=period.number,
        first_on=period.first,
        last_on=period.last,
        over=one.over,
        days=sorted(days, key=lambda each: each.day),
        access=[day for day in used if period.first <= day <= period.last],
        outcome=outcome(one.now),
        closing=closings.view(of, one, names),
    )


def _month(
    of: Monitored, month: clocks.WorkedMonth, one: closings.Closable, names: dict[UUID, str]
) -> MonthView:
    return MonthView(
        first_on=one.first,
        last_on=one.last,
        over=one.over,
        outcome=outcome(one.now),
        assistant_minutes=month.by_assistants // 60,
        contacts=len(month.contacts),
        closing=closings.view(of, one, names),
    )


def _work(
    actor: StaffActor,
    row: MonitoringWork,
    first: MonitoringWork,
    names: dict[UUID, str],
    whys: dict[UUID, Why],
) -> WorkView:
    return view(
        WorkView,
        row,
        id=first.id,
        clocked=first.seconds,
        person=names[row.account_id],
        mine=row.account_id == actor.account_id,
        corrected=row.id != first.id,
        uncounted=whys.get(row.id),
    )


async def work_views(
    session: AsyncSession, actor: StaffActor, rows: Sequence[MonitoringWork]
) -> list[WorkView]:
    """As they were counted or corrected just now."""
    names = await identity.names(session, {row.account_id for row in rows})
    found = []
    for row in rows:
        first = (
            row if row.revises is None else await store.one(session, MonitoringWork, row.revises)
        )
        assert first is not None
        found.append(_work(actor, row, first, names, {}))
    return found


def _standing(of: Monitored, found: Sequence[Period]) -> Standing | None:
    """Of the period in which today is; None where none runs."""
    running = next((one for one in found if one.first <= of.today <= one.last), None)
    return None if running is None else clocks.standing(running, of.rules, of.today)


def _standing_view(of: Monitored, found: Sequence[Period]) -> StandingView | None:
    stands = _standing(of, found) if of.case.episode.last is None else None
    if stands is None:
        return None
    return StandingView(stands.prospect, stands.days, stands.left, stands.needs)


async def worklist(session: AsyncSession, actor: StaffActor, now: datetime) -> Worklist:
    """The monitored of the caseload whose episode runs; to be acted on first comes first."""
    await setting.require_on(session)
    cared = [
        Cared(row.patient_id, row.episode_id, row.opened_at, row.ended_on, row.timezone)
        for row in await session.execute(*care.caseload(actor))
        if row.ended_on is None
    ]
    zone = await identity.clinic_timezone(session)
    every = await cases.monitored(session, cared, rules(), zone, now)
    # Somebody wrote something of it down.
    begun = [one for one in every if one.facts]
    names = await identity.names(session, {one.patient_id for one in begun})
    trail.lists(session, [one.patient_id for one in begun])
    rows = [_row(one, names[one.patient_id]) for one in begun]
    rows.sort(key=lambda row: (_ORDER.index(row.prospect), row.needs - row.left, row.name))
    month = care.today_of(zone, now).replace(day=1)
    return Worklist(month, rows, len(every) - len(begun))


def _row(of: Monitored, name: str) -> WorklistRow:
    found = of.periods()
    stands = _standing(of, found)
    running = next((one for one in found if one.first <= of.today <= one.last), None)
    goal = of.rules.supply[-1].least_days
    month = of.month(Month.of(of.clinic_today))
    every = closings.closables(of)
    open_ones = [
        one for one in every if one.over and one.now.claims and not closings.latest(of, one)
    ]
    return WorklistRow(
        patient_id=of.patient_id,
        name=name,
        prospect=stands.prospect if stands else Prospect.NO_ACTIVITY,
        days=stands.days if stands else 0,
        left=stands.left if stands else of.rules.period_days,
        needs=stands.needs if stands else goal,
        first_on=running.first if running else None,
        last_on=running.last if running else None,
        minutes=month.seconds // 60,
        to_next=cases.to_next(of, month.seconds),
        contact=bool(month.contacts),
        lacks=cases.lacks(of),
        to_close=len(open_ones),
        changed=sum(closings.is_changed(of, one) for one in every),
    )
