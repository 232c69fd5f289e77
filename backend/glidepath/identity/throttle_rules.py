"""When the next guess at a secret may be made: pure rules over what was guessed so far. No clock is read here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` guesses at once, then waits that double; a run of guesses is over when there was none for `rest`.

    Besides, no more than `store` guesses at once and one more in each `refill`, whoever is patient.
    """

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    rest: timedelta
    store: int
    refill: timedelta

    def wait(self, run: int) -> timedelta:
        """After the last of so many guesses."""
        if run < self.free:
            return timedelta()
        return min(self.longest_wait, self.first_wait * float(2 ** min(run - self.free, 20)))


@dataclass(frozen=True, slots=True)
class Count:
    """What was guessed so far: `run` without a rest between, `spent` of the store at `last_at`."""

    run: int = 0
    spent: float = 0.0
    last_at: datetime | None = None


# 40 at once and 60 a day are a hundred in any 24 hours.
OF_ACCOUNT: Final = Rule(
    free=5,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(hours=1),
    rest=timedelta(minutes=30),
    store=40,
    refill=timedelta(minutes=24),
)
# A joining code or a patient's six words name no account, and behind one address of the network there may be a
# whole waiting room: what one of them does must not keep the others out for long.
OF_NETWORK: Final = Rule(
    free=20,
    first_wait=timedelta(seconds=15),
    longest_wait=timedelta(minutes=5),
    rest=timedelta(minutes=30),
    store=120,
    refill=timedelta(minutes=8),
)


def opens_at(count: Count, rule: Rule, now: datetime) -> datetime:
    """When the next guess may be made; not after `now` if it may be made now."""
    if count.last_at is None or _is_ahead(count, rule, now):
        return now
    after_run = count.last_at + rule.wait(count.run)
    after_store = count.last_at + max(0.0, count.spent - (rule.store - 1)) * rule.refill
    if now >= after_run + rule.rest:
        return after_store
    return max(after_run, after_store)


def with_guess(count: Count, rule: Rule, now: datetime) -> Count:
    if count.last_at is None or _is_ahead(count, rule, now):
        return Count(1, 1.0, now)
    rested = now >= count.last_at + rule.wait(count.run) + rule.rest
    refilled = max(0.0, (now - count.last_at) / rule.refill)
    spent = max(0.0, count.spent - refilled)
    return Count(1 if rested else count.run + 1, spent + 1, max(now, count.last_at))


def without_guess(count: Count) -> Count:
    """As if one of the guesses had not been."""
    return Count(max(0, count.run - 1), max(0.0, count.spent - 1), count.last_at)


def forget_at(count: Count, rule: Rule) -> datetime:
    """From when on the count says nothing any more, and need not be kept."""
    assert count.last_at is not None
    return count.last_at + max(rule.wait(count.run) + rule.rest, count.spent * rule.refill)


def _is_ahead(count: Count, rule: Rule, now: datetime) -> bool:
    """Written by a clock that went wrong: it must not shut anybody out until that time has come."""
    return count.last_at is not None and count.last_at > now + rule.longest_wait
