"""A clinic played through: people are absent, leave and come back, look and forget, end the care, and an
alert waits.

What the product decides is `who_is_there`, `decide` and `keeps_off`; everything else here is the world and a judge that
knows neither: it counts minutes and days for itself.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from glidepath.care.presence import Presence, who_is_there
from glidepath.discharge.service import keeps_off
from glidepath.escalation.deciding import Next, Standing, Taken, There, decide
from glidepath.escalation.hours import Hours, Span
from glidepath.escalation.policy import Others, Policy, Urgent

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PATIENT = UUID(int=1000)
# Changes of the clock lie within each run that begins near them.
BEGINNINGS = (date(2026, 3, 24), date(2026, 10, 20), date(2026, 1, 12), date(2026, 7, 1))
ZONES = ("Europe/Madrid", "America/New_York", "America/Santiago", "Australia/Lord_Howe")
LASTS = timedelta(days=28)

Decide = Callable[[Standing, Sequence[Taken], Policy, There, datetime], Next]
WhoIsThere = Callable[
    [Mapping[UUID, str], Sequence[tuple[UUID, UUID]], Sequence[tuple[UUID, UUID]]], Presence
]


Ended = Literal["refused", "resolved", "left"]


def discharge(severity: str) -> Ended:
    return "refused" if keeps_off(severity) else "resolved"


@dataclass(frozen=True)
class Product:
    """What is put to the test; its mutants do one thing wrong."""

    who_is_there: WhoIsThere = who_is_there
    decide: Decide = decide
    # What an open alert does to a discharge, or it to the alert.
    discharge: Callable[[str], Ended] = discharge
    looks_after_the_discharged: bool = True


def covers_ignored(staff, members, covers):
    """Who is absent counts as there."""
    return who_is_there(staff, members, ())


def closed_accounts_ignored(staff, members, covers):
    everybody = {who: staff.get(who, "therapist") for _, who in members}
    return who_is_there({**everybody, **staff}, members, covers)


def beginning_ignored(standing, taken, policy, there, now):
    """What waited before anything climbed has waited all that time."""
    return decide(standing, taken, replace(policy, began=None), there, now)


def expiry_ignored(*known):
    after = decide(*known)
    return replace(after, reopen=None) if after.reopen == "look_expired" else after


def leaving_ignored(*known):
    after = decide(*known)
    return replace(after, reopen=None) if after.reopen == "look_left" else after


def empty_level_waits(standing, taken, policy, there, now):
    """A level at which nobody is takes its time like any other."""
    somebody = There(there.team or there.admins, there.admins)
    return decide(standing, taken, policy, somebody, now)


MUTANTS = {
    "covers ignored": Product(who_is_there=covers_ignored),
    "closed accounts ignored": Product(who_is_there=closed_accounts_ignored),
    "the beginning ignored": Product(decide=beginning_ignored),
    "expiry ignored": Product(decide=expiry_ignored),
    "leaving ignored": Product(decide=leaving_ignored),
    "an empty level waits": Product(decide=empty_level_waits),
    "the discharged passed over": Product(looks_after_the_discharged=False),
    "an emergency ended by a discharge": Product(discharge=lambda _: "resolved"),
    "left open by a discharge": Product(
        discharge=lambda _: "left", looks_after_the_discharged=False
    ),
}


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


def play(seed: int, product: Product) -> Run:
    """One alert in one clinic, with the worker looking every minute in which there is something to see."""
    chance = random.Random(seed)
    world = a_world(chance)
    severity = chance.choice(("urgent", "urgent", "urgent", "high", "moderate", "low"))
    since = world.begins
    if world.policy.began is not None:
        since -= timedelta(days=chance.randrange(60))
    run = Run(severity, Standing(severity, "open", since), discharged=chance.random() < 0.1)
    run.told = set(world.team(world.begins))
    deeds: list[tuple[datetime, str, UUID]] = []
    if not run.discharged and chance.random() < 0.3:
        ends_care = world.begins + timedelta(minutes=chance.randrange(20 * 1440))
        deeds.append((ends_care, "discharge", chance.choice(sorted(world.team(ends_care)))))
    careful = chance.choice((0.0, 0.02, 0.2))
    _react(world, run, deeds, world.begins, chance, careful)
    now, ends = world.begins, world.begins + LASTS
    while now < ends and run.standing.state != "resolved":
        _look(world, run, product, now, deeds, chance, careful)
        _judge(world, run, now)
        later = _later(world, run, deeds, now, ends)
        _do(world, run, product, deeds, later, chance)
        now = later
    return run


def _later(
    world: World, run: Run, deeds: list[tuple[datetime, str, UUID]], now: datetime, ends: datetime
) -> datetime:
    """The next minute of the worker in which anything may be different."""
    assert run.next is not None
    moments = [ends, *(at for at, _, _ in deeds), *world.changes()]
    if run.next.due is not None:
        moments.append(run.next.due)
    # What opens and closes with the clinic, too.
    moments += list(_openings(world.policy.hours, now))
    after = min(moment for moment in moments if moment > now)
    whole = after.replace(second=0, microsecond=0)
    return whole if whole == after else whole + MINUTE


def _openings(hours: Hours, now: datetime) -> Iterator[datetime]:
    day = hours.day_of(now)
    for ahead in range(8):
        yield from (opens for opens, _ in hours.open_on(day + timedelta(days=ahead)))


def _look(
    world: World,
    run: Run,
    product: Product,
    now: datetime,
    deeds: list[tuple[datetime, str, UUID]],
    chance: random.Random,
    careful: float,
) -> None:
    """What the worker does in its minute."""
    if run.discharged and not product.looks_after_the_discharged:
        run.next = Next("over")
        return
    members = [(PATIENT, who) for who in world.team(now)]
    while True:
        people = product.who_is_there(world.staff(now), members, world.running(now))
        there = There(people.teams.get(PATIENT, frozenset()), people.admins)
        standing = run.standing
        if standing.state == "snoozed" and standing.since <= now:
            begins = standing.since
            opens = [at for at in _openings(world.policy.hours, begins - DAY) if at >= begins]
            run.standing = standing = Standing(run.severity, "open", min(opens, default=begins))
            run.taken, run.told = [], set()
        run.next = product.decide(standing, run.taken, world.policy, there, now)
        if run.next.reopen is not None:
            run.standing, run.taken = Standing(run.severity, "open", now), []
            run.told, run.reopened = set(world.team(now)), run.reopened + 1
            _react(world, run, deeds, now, chance, careful)
        elif run.next.step is not None:
            _judge_step(world, run, now)
            told = there.of(run.next.step.level)
            run.taken.append(Taken(run.next.step.level, now, told))
            run.told |= told
            run.steps += 1
            _react(world, run, deeds, now, chance, careful)
        else:
            return


def _react(
    world: World,
    run: Run,
    deeds: list[tuple[datetime, str, UUID]],
    now: datetime,
    chance: random.Random,
    careful: float,
) -> None:
    """Who is told may look after a while; most do not."""
    for who in sorted(run.told):
        if chance.random() < careful:
            after = now + timedelta(minutes=chance.randrange(1, 300))
            deed = chance.choice(("look", "look", "put off", "resolve"))
            deeds.append((after, deed, who))


def _do(
    world: World,
    run: Run,
    product: Product,
    deeds: list[tuple[datetime, str, UUID]],
    now: datetime,
    chance: random.Random,
) -> None:
    """What people do by themselves; who is away or has no account any more does nothing."""
    for one in [one for one in deeds if one[0] <= now]:
        deeds.remove(one)
        at, deed, who = one
        team, admins = world.truly_there(at)
        if who not in team | admins:
            continue
        if deed == "discharge":
            _end_care(run, product, at, who)
        elif run.standing.state in ("snoozed", "resolved"):
            continue
        elif deed == "resolve":
            run.standing = Standing(run.severity, "resolved", at, who)
        elif deed == "put off":
            day = world.policy.hours.day_of(at) + timedelta(days=chance.randint(1, 6))
            run.standing = Standing(run.severity, "snoozed", world.policy.hours.moment(day, 0))
        else:
            run.standing = Standing(run.severity, "acknowledged", at, who)
            if chance.random() < 0.4:
                deeds.append((at + timedelta(minutes=chance.randrange(3000)), "resolve", who))


def _end_care(run: Run, product: Product, at: datetime, who: UUID) -> None:
    """Whoever does it has seen the alert, and ends it with the care or is refused."""
    if run.standing.state == "resolved":
        run.discharged = True
        return
    ended = product.discharge(run.severity)
    run.discharged = ended != "refused"
    if ended == "resolved":
        run.standing = Standing(run.severity, "resolved", at, who)
        if run.severity == "urgent":
            run.wrong.append(f"{at}: an emergency ended as a formality")


def _judge(world: World, run: Run, now: datetime) -> None:
    """What must hold after every minute of the worker."""
    standing, after = run.standing, run.next
    assert after is not None
    team, admins = world.truly_there(now)
    patience = _patience(world, run, now)
    if standing.state == "acknowledged":
        if standing.by not in team | admins and not (run.severity == "low" and team):
            if patience:
                run.wrong.append(f"{now}: who looked is gone, and nobody has it")
        elif run.severity != "low" and _is_stale(world, run, now):
            run.wrong.append(f"{now}: an old look without an outcome still counts")
        return
    if standing.state != "open":
        return
    if not team | admins:
        if after.state != "unowned":
            run.wrong.append(f"{now}: nobody is there, and nobody is told so")
        return
    owners = team | (run.told & admins)
    if not owners and patience:
        run.wrong.append(f"{now}: an alert without an owner, though an admin is there")
    if run.severity != "low" and after.state != "spent" and patience:
        _judge_waiting(world, run, now)


def _patience(world: World, run: Run, now: datetime) -> bool:
    """Whether it is a time at which something has to happen: always for what is urgent and waits."""
    if run.severity == "urgent" and run.standing.state == "open":
        return True
    return any(opens <= now < closes for opens, closes in _day(world, now))


def _day(world: World, now: datetime) -> list[tuple[datetime, datetime]]:
    return world.policy.hours.open_on(world.policy.hours.day_of(now))


def _is_stale(world: World, run: Run, now: datetime) -> bool:
    if not any(opens <= now < closes for opens, closes in _day(world, now)):
        return False
    since = run.standing.since
    if run.severity == "urgent":
        return now - since > timedelta(hours=world.policy.urgent.look_holds_hours) + MINUTE
    return _open_days(world, since, now) > world.policy.others.look_holds_days + 1


def _open_days(world: World, since: datetime, now: datetime) -> int:
    """Days on which it was open after that of `since`, the present one included."""
    day, last, found = world.policy.hours.day_of(since), world.policy.hours.day_of(now), 0
    while day < last:
        day += DAY
        found += bool(world.policy.hours.open_on(day))
    return found


def _judge_waiting(world: World, run: Run, now: datetime) -> None:
    """The next step has not been overdue for more than the minute of the worker."""
    taken = [one for one in run.taken if one.level != "nobody"]
    # How long nobody was there is not the policy's time.
    since = max([_waits_since(world, run), *(one.at for one in run.taken)])
    number = _number(taken)
    if run.severity != "urgent":
        others = world.policy.others
        allowed = (others.first_days, others.second_days, others.again_days)[number]
        if _open_days(world, since, now) > allowed + 1:
            run.wrong.append(f"{now}: no step for {allowed} days since {since}")
        return
    urgent = world.policy.urgent
    allowed = (urgent.first_minutes, urgent.second_minutes, urgent.again_minutes)[number]
    waited = _waited(world, since, now)
    if waited > timedelta(minutes=allowed) + MINUTE:
        run.wrong.append(f"{now}: no step for {waited} since {since}")


def _judge_step(world: World, run: Run, now: datetime) -> None:
    """One step at a time: nobody is told before whoever was told last had the policy's time."""
    step, taken = run.next and run.next.step, run.taken
    team, admins = world.truly_there(now)
    owned = team or any(one.told & admins for one in taken)
    if (
        step is None
        or not owned
        or run.severity == "low"
        or (taken and taken[-1].level == "nobody")
    ):
        return
    since, number = taken[-1].at if taken else _waits_since(world, run), _number(taken)
    if run.severity == "urgent":
        urgent = world.policy.urgent
        minutes = (urgent.first_minutes, urgent.second_minutes, urgent.again_minutes)[number]
        is_early = _waited(world, since, now) < timedelta(minutes=minutes)
    else:
        others = world.policy.others
        days = (others.first_days, others.second_days, others.again_days)[number]
        is_early = _open_days(world, since, now) < days
    if is_early:
        run.wrong.append(f"{now}: told before its time, {since} being the last")


def _waits_since(world: World, run: Run) -> datetime:
    """What is older than the clinic's rules waits since these began."""
    return max(run.standing.since, world.policy.began or run.standing.since)


def _number(taken: Sequence[Taken]) -> int:
    return 0 if not taken else 1 if taken[-1].level == "team" else 2


def _waited(world: World, since: datetime, now: datetime) -> timedelta:
    """For how long of that time somebody was to look."""
    if world.policy.urgent.round_the_clock:
        return now - since
    waited, day = timedelta(), world.policy.hours.day_of(since)
    while day <= world.policy.hours.day_of(now):
        for opens, closes in world.policy.hours.open_on(day):
            waited += max(timedelta(), min(closes, now) - max(opens, since))
        day += DAY
    return waited
