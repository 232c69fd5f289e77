"""The judge of an alert that waits: it knows nothing of how the product decides, and counts minutes and days for itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from glidepath.escalation.deciding import Taken
from tests.escalating_world import DAY, MINUTE, Run, World


def judge(world: World, run: Run, now: datetime) -> None:
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


def judge_step(world: World, run: Run, now: datetime) -> None:
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
