"""Puts together what the clocks are asked of: an episode with its entries, its records and its minutes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import __version__
from glidepath.care import service as care
from glidepath.diary import service as diary
from glidepath.monitoring import clocks, facts, store, timers
from glidepath.monitoring.clocks import (
    Biller,
    Case,
    Contact,
    Month,
    Period,
    Setup,
    Span,
    Why,
    Work,
    WorkedMonth,
)
from glidepath.monitoring.models import MonitoringClosing, MonitoringFact, MonitoringWork
from glidepath.monitoring.rules import Rules
from glidepath.monitoring.schemas import Lack, Outcome, Snapshot

PROGRAM: Final = f"Glidepath {__version__}"


@dataclass(frozen=True, slots=True)
class Monitored:
    """An episode of care as it stands. `today` is the patient's, `clinic_today` the clinic's."""

    patient_id: UUID
    episode_id: UUID
    today: date
    clinic_today: date
    rules: Rules
    case: Case
    facts: Sequence[MonitoringFact]
    # As they stand, each beside what the clock had.
    work: Sequence[tuple[MonitoringWork, MonitoringWork]]
    closings: Sequence[MonitoringClosing]

    def periods(self) -> list[Period]:
        return clocks.periods(self.case, self.rules, self.today)

    def setup(self, found: Sequence[Period]) -> Setup:
        return clocks.setup(self.case, self.rules, found)

    def month(self, month: Month) -> WorkedMonth:
        return clocks.month_of(self.case, self.rules, month, self.clinic_today)

    def months(self) -> list[WorkedMonth]:
        """Those worked in, the present one if the episode runs, and whatever was closed; the earliest first."""
        worked = {one.month for one in clocks.months(self.case, self.rules, self.clinic_today)} | {
            Month.of(one.first_on) for one in self.closings if one.kind == "month"
        }
        if self.case.episode.last is None:
            worked.add(Month.of(self.clinic_today))
        return [self.month(one) for one in sorted(worked)]

    def is_over(self, last: date, today: date) -> bool:
        ended_on = self.case.episode.last
        return today > last or (ended_on is not None and today > ended_on)


async def monitored(
    session: AsyncSession,
    episodes: Sequence["Cared"],
    rules: Rules,
    clinic_zone: str,
    now: datetime,
) -> list[Monitored]:
    """Of each of these episodes, in their order."""
    ids = [one.episode_id for one in episodes]
    entries = await diary.entry_ids(session, ids, rules.from_day)
    noted = facts.by_episode(await store.facts(session, ids))
    worked, closed = defaultdict[UUID, list[MonitoringWork]](list), _Closed()
    for row in await store.work(session, ids):
        worked[row.episode_id].append(row)
    for closing in await store.closings(session, ids):
        closed[closing.episode_id].append(closing)
    clinic_today = care.today_of(clinic_zone, now)
    return [
        _monitored(
            one,
            care.today_of(one.timezone, now),
            clinic_today,
            rules,
            entries[one.episode_id],
            noted.get(one.episode_id, []),
            timers.standing(worked[one.episode_id]),
            closed[one.episode_id],
        )
        for one in episodes
    ]


class _Closed(defaultdict[UUID, list[MonitoringClosing]]):
    def __init__(self) -> None:
        super().__init__(list)


@dataclass(frozen=True, slots=True)
class Cared:
    """An episode of somebody's caseload."""

    patient_id: UUID
    episode_id: UUID
    opened_at: datetime
    ended_on: date | None
    timezone: str


def _monitored(
    one: Cared,
    today: date,
    clinic_today: date,
    rules: Rules,
    entries: dict[date, list[UUID]],
    noted: Sequence[MonitoringFact],
    work: Sequence[tuple[MonitoringWork, MonitoringWork]],
    closings: Sequence[MonitoringClosing],
) -> Monitored:
    def of(kind: str) -> list[MonitoringFact]:
        return [fact for fact in noted if fact.kind == kind]

    understood = [fact.first_on for fact in of("education") if fact.understood]
    case = Case(
        episode=Span(care.today_of(one.timezone, one.opened_at), one.ended_on),
        entries=entries,
        work=[Work(row.id, row.day, row.seconds, row.licence == "PTA") for row, _ in work],
        contacts=[Contact(fact.id, fact.first_on) for fact in of("contact")],
        consents=[Span(fact.first_on, fact.last_on) for fact in of("consent")],
        plans_of_care=[Span(fact.first_on, fact.last_on) for fact in of("plan_of_care")],
        education=min(understood, default=None),
        billers=[Biller(fact.first_on, fact.person_id) for fact in of("biller") if fact.person_id],
        physiologic=frozenset(Month.of(fact.first_on) for fact in of("physiologic")),
        begun=_begun(closings, rules),
    )
    return Monitored(
        one.patient_id,
        one.episode_id,
        today,
        clinic_today,
        rules,
        case,
        noted,
        work,
        closings,
    )


def _begun(closings: Sequence[MonitoringClosing], rules: Rules) -> date | None:
    """Where the first closed period puts the first of all."""
    found = [
        one.first_on - timedelta(days=rules.period_days * (one.number - 1))
        for one in closings
        if one.kind == "period"
    ]
    return found[0] if found else None


def snapshot_of_period(of: Monitored, period: Period, setup: Setup) -> Snapshot:
    first = setup.claim if setup.period == period.number else None
    return Snapshot(
        program=PROGRAM,
        rules=of.rules.version,
        claims=tuple(one for one in (first, period.claim) if one is not None),
        why=period.why,
        entries=period.entries,
        seconds=0,
        by_assistants=0,
        work=(),
        contacts=(),
        facts=tuple(fact.id for fact in of.facts),
    )


def snapshot_of_month(of: Monitored, month: WorkedMonth) -> Snapshot:
    return Snapshot(
        program=PROGRAM,
        rules=of.rules.version,
        claims=month.claims,
        why=month.why,
        entries={},
        seconds=month.seconds,
        by_assistants=month.by_assistants,
        work=month.work,
        contacts=month.contacts,
        facts=tuple(fact.id for fact in of.facts),
    )


def outcome(of: Snapshot) -> Outcome:
    return Outcome(of.claims, of.why, len(of.entries), of.seconds // 60)


def lacks(of: Monitored) -> list[Lack]:
    """What has to be seen to today, before what is done now can be billed."""
    month, found = of.month(Month.of(of.clinic_today)), list[Lack]()
    if not any(of.today in span for span in of.case.consents):
        found.append("consent")
    if not any(of.today in span for span in of.case.plans_of_care):
        found.append("plan_of_care")
    if of.case.education is None:
        found.append("education")
    if Why.NO_BILLER in month.why:
        found.append("biller")
    if not month.contacts:
        found.append("contact")
    if month.seconds // 60 < of.rules.short.least_minutes:
        found.append("minutes")
    return found


def to_next(of: Monitored, seconds: int) -> int:
    """Minutes to the next code of the month."""
    minutes, rules = seconds // 60, of.rules
    if minutes < rules.short.least_minutes:
        return rules.short.least_minutes - minutes
    if minutes < rules.first.least_minutes:
        return rules.first.least_minutes - minutes
    each = rules.further.each_minutes
    return each - (minutes - rules.first.least_minutes) % each
