"""The clinic that an alert waits in, with its people and their days, and what becomes of the alert."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from glidepath.escalation.deciding import Next, Standing, Taken
from glidepath.escalation.hours import Hours, Span
from glidepath.escalation.policy import Others, Policy, Urgent

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PATIENT = UUID(int=1000)
# Changes of the clock lie within each run that begins near them.
BEGINNINGS = (date(2026, 3, 24), date(2026, 10, 20), date(2026, 1, 12), date(2026, 7, 1))
ZONES = ("Europe/Madrid", "America/New_York", "America/Santiago", "Australia/Lord_Howe")
LASTS = timedelta(days=28)


@dataclass
class World:
    """One clinic for four weeks. Times are UTC; days are the clinic's."""

    policy: Policy
    begins: datetime
    roles: dict[UUID, str]
    closes: dict[UUID, datetime]
    # Absent, standing in, first and last day.
    covers: list[tuple[UUID, UUID, date, date]]
    # From when on who is in the patient's team.
    teams: list[tuple[datetime, frozenset[UUID]]]

    def staff(self, now: datetime) -> dict[UUID, str]:
        never = datetime.max.replace(tzinfo=UTC)
        return {who: role for who, role in self.roles.items() if now < self.closes.get(who, never)}

    def team(self, now: datetime) -> frozenset[UUID]:
        return [team for since, team in self.teams if since <= now][-1]

    def running(self, now: datetime) -> list[tuple[UUID, UUID]]:
        today = self.policy.hours.day_of(now)
        return [(who, by) for who, by, first, last in self.covers if first <= today <= last]

    def changes(self) -> list[datetime]:
        """Whenever somebody may come or go."""
        midnights = [
            self.policy.hours.moment(day, 0)
            for _, _, first, last in self.covers
            for day in (first, last + DAY)
        ]
        return sorted({*midnights, *self.closes.values(), *(since for since, _ in self.teams)})

    def truly_there(self, now: datetime) -> tuple[set[UUID], set[UUID]]:
        """Of the team, and of the admins: the judge's own way of finding out."""
        absent = dict[UUID, set[UUID]]()
        for who, by in self.running(now):
            absent.setdefault(who, set()).add(by)
        there = {who for who in self.staff(now) if who not in absent}
        team = {who for who in self.team(now) if who in there}
        for who in self.team(now):
            team |= {by for by in absent.get(who, ()) if by in there}
        return team, {who for who in there if self.roles[who] == "admin"}


def a_world(chance: random.Random) -> World:
    zone = ZoneInfo(chance.choice(ZONES))
    first = chance.choice(BEGINNINGS) + timedelta(days=chance.randrange(6))
    days = [first + timedelta(days=ahead) for ahead in range(40)]
    span = chance.choice(
        [(Span(540, 1020),), (Span(480, 780), Span(900, 1140)), (Span(0, 1440),), (Span(60, 600),)]
    )
    week = (*(span if chance.random() < 0.8 else () for _ in range(6)), span)
    closed = frozenset(chance.sample(days, chance.randrange(4)))
    policy = Policy(
        hours=Hours(zone, week, closed),
        urgent=Urgent(chance.random() < 0.3, *(chance.choice((15, 30, 90)) for _ in range(3))),
        others=Others(chance.randint(1, 2), 1, 1, chance.randint(1, 4)),
        repeats=chance.choice((0, 2, 9)),
    )
    begins = policy.hours.moment(first, chance.randrange(1440))
    if chance.random() < 0.2:
        # Nothing climbed here before.
        policy = replace(policy, began=begins)
    people = [UUID(int=number) for number in range(1, chance.randint(3, 6))]
    admins = chance.randint(1, 2)
    roles = {who: "admin" if at < admins else "therapist" for at, who in enumerate(people)}

    def moment() -> datetime:
        return begins + timedelta(minutes=chance.randrange(20 * 1440))

    closes = {who: moment() for who in people if chance.random() < 0.25}
    covers = []
    for _ in range(chance.randrange(5)):
        who, by = chance.sample(people, 2)
        starts = chance.choice(days[:25])
        covers.append((who, by, starts, starts + timedelta(days=chance.randrange(12))))
    therapists = people[admins:] or people
    teams = [
        (begins, frozenset(chance.sample(therapists, chance.randint(1, min(2, len(therapists))))))
    ]
    for at in sorted(moment() for _ in range(chance.randrange(3))):
        teams.append((at, frozenset([chance.choice(people)])))  # noqa: PERF401 (in this order)
    return World(policy, begins, roles, closes, covers, teams)


@dataclass
class Run:
    """What became of one alert, and what went wrong with it."""

    severity: str
    standing: Standing
    taken: list[Taken] = field(default_factory=list)
    next: Next | None = None
    # Who heard of it since it began to wait.
    told: set[UUID] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    steps: int = 0
    reopened: int = 0
    # Care has ended: before the alert, which a phone had kept, or while it waited.
    discharged: bool = False
