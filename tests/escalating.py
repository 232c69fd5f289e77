"""A clinic played through: people are absent, leave and come back, look and forget, end the care, and an
alert waits.

What the product decides is `who_is_there`, `decide` and `keeps_off`; everything else here is the world and a judge that
knows neither: it counts minutes and days for itself.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from glidepath.care.presence import Presence, who_is_there
from glidepath.discharge.service import keeps_off
from glidepath.escalation.deciding import Next, Standing, Taken, There, decide
from glidepath.escalation.hours import Hours
from glidepath.escalation.policy import Policy
from tests.escalating_judge import judge, judge_step
from tests.escalating_world import DAY, LASTS, MINUTE, PATIENT, Run, World, a_world

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
        judge(world, run, now)
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
            judge_step(world, run, now)
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
