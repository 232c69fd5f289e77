"""What comes next for an alert: decided from what is known, and from nothing else. No clock is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from glidepath.escalation.hours import opening
from glidepath.escalation.policy import Policy

State = Literal["waiting", "looked", "resting", "spent", "unowned", "over"]
Level = Literal["team", "admins", "everyone", "nobody"]
Why = Literal["unseen", "nobody_there"]
Reopening = Literal["look_expired", "look_left"]

# The ladder: its first two steps, and then everybody, as often as the policy says.
_LEVELS: Final[tuple[Level, ...]] = ("team", "admins")


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands. `since`: when it began to wait, or when somebody looked, or when its rest
    ends; `by`: who looked."""

    severity: str
    state: Literal["open", "acknowledged", "snoozed", "resolved"]
    since: datetime
    by: UUID | None = None


@dataclass(frozen=True, slots=True)
class There:
    """Who could look now: of the patient's team and those who stand in for one of it, and the clinic's
    admins. Nobody who is absent or whose account is closed."""

    team: frozenset[UUID]
    admins: frozenset[UUID]

    def of(self, level: Level) -> frozenset[UUID]:
        if level == "team":
            return self.team
        if level == "admins":
            return self.admins
        return self.team | self.admins if level == "everyone" else frozenset()


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken since the alert began to wait."""

    level: Level
    at: datetime
    told: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    level: Level
    why: Why


@dataclass(frozen=True, slots=True)
class Next:
    """`due`: when there is something to decide again, if nothing changes before; `look_by`: by when
    somebody is to look. `step` and `reopen` are to be done now."""

    state: State
    due: datetime | None = None
    look_by: datetime | None = None
    step: Step | None = None
    reopen: Reopening | None = None


def decide(
    standing: Standing, taken: Sequence[Taken], policy: Policy, there: There, now: datetime
) -> Next:
    if standing.state == "resolved":
        return Next("over")
    if standing.state == "snoozed":
        return Next("resting", due=standing.since)
    if standing.state == "acknowledged":
        return _looked(standing, policy, there, now)
    return _waits(standing, taken, policy, there, now)


def look_by(standing: Standing, policy: Policy) -> datetime | None:
    """None for what has no time of its own: it waits in the list and in the day's summary."""
    if standing.state != "open" or standing.severity == "low":
        return None
    return policy.first(standing.severity, policy.counts_from(standing.since))


def _looked(standing: Standing, policy: Policy, there: There, now: datetime) -> Next:
    """A look is good for a while, and for as long as whoever looked is there."""
    low = standing.severity == "low"
    if standing.by not in there.of("everyone") and not (low and there.team):
        ends = opening(policy.hours, now)
        return Next("looked", due=ends, reopen="look_left" if ends <= now else None)
    if low:
        return Next("looked")
    ends = policy.look_ends(standing.severity, policy.counts_from(standing.since))
    return Next("looked", due=ends, reopen="look_expired" if ends <= now else None)


def _waits(
    standing: Standing, taken: Sequence[Taken], policy: Policy, there: There, now: datetime
) -> Next:
    by = look_by(standing, policy)
    if not there.of("everyone"):
        told = bool(taken) and taken[-1].level == "nobody"
        return Next("unowned", look_by=by, step=None if told else Step("nobody", "nobody_there"))
    climbed, owned = _climbed(taken), _is_owned(taken, there)
    if owned and standing.severity == "low":
        return Next("waiting")
    if owned and climbed >= len(_LEVELS) + policy.repeats:
        return Next("spent", look_by=by)
    due = _due(standing, taken, policy, now) if owned else policy.at_once(standing.severity, now)
    return Next("waiting", due=due, look_by=by, step=_step(climbed, there) if due <= now else None)


def _is_owned(taken: Sequence[Taken], there: There) -> bool:
    """Whether somebody who is there sees it among their own patients, or was told of it."""
    return bool(there.team or any(one.told & there.admins for one in taken))


def _climbed(taken: Sequence[Taken]) -> int:
    """How far up the ladder it is: a level at which nobody was is passed, too."""
    levels = [one.level for one in taken if one.level != "nobody"]
    if not levels:
        return 0
    if levels[-1] in _LEVELS:
        return _LEVELS.index(levels[-1]) + 1
    return len(_LEVELS) + levels.count("everyone")


def _step(climbed: int, there: There) -> Step:
    """To the next level at which somebody is."""
    for at, level in enumerate(_LEVELS[climbed:]):
        if there.of(level):
            return Step(level, "nobody_there" if at else "unseen")
    return Step("everyone", "unseen" if climbed >= len(_LEVELS) else "nobody_there")


def _due(standing: Standing, taken: Sequence[Taken], policy: Policy, now: datetime) -> datetime:
    if not taken:
        return policy.first(standing.severity, policy.counts_from(standing.since))
    last = taken[-1]
    if last.level == "nobody":
        # Somebody is there again.
        return policy.at_once(standing.severity, now)
    after = policy.second if last.level == "team" else policy.again
    return after(standing.severity, last.at)
