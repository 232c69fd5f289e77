"""Who is told how and when: pure rules over what a person chose. No clock is read here."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Channel = Literal["push", "email", "webhook"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Times are those of the clinic's zone; `at_once` are severities beside "urgent"."""

    push: bool = True
    email: bool = True
    digest_at: time = time(7, 30)
    quiet_from: time | None = None
    quiet_until: time | None = None
    at_once: frozenset[str] = frozenset()


# How long after its hour a digest still goes out when midnight has passed; on its own day it always does.
DIGEST_LATE: Final = timedelta(hours=6)
# Who never chose: told of what is urgent by every way there is, of the rest once in the morning.
DEFAULT: Final = Choice()


def is_at_once(choice: Choice, severity: str) -> bool:
    """Whether an alert of this severity is told now; of the others the digest tells."""
    return severity == "urgent" or severity in choice.at_once


def channels(choice: Choice, *, has_browser: bool, urgent: bool = False) -> tuple[Channel, ...]:
    """By which ways a person is told. There is always one: where no browser takes pushes, it is mail.

    What is urgent goes by mail whatever was chosen: some phones drop pushes and tell nobody.
    """
    by_push = choice.push and has_browser
    by_mail = urgent or choice.email or not by_push
    chosen: list[Channel] = []
    if by_push:
        chosen.append("push")
    if by_mail:
        chosen.append("email")
    return tuple(chosen)


def due(choice: Choice, severity: str, zone: ZoneInfo, now: datetime) -> datetime:
    """When it may be told: quiet hours hold everything back but what is urgent."""
    if severity == "urgent" or choice.quiet_from is None or choice.quiet_until is None:
        return now
    local = now.astimezone(zone)
    if not is_between(local.time(), choice.quiet_from, choice.quiet_until):
        return now
    ends = local.replace(
        hour=choice.quiet_until.hour, minute=choice.quiet_until.minute, second=0, microsecond=0
    )
    if ends <= local:
        ends += timedelta(days=1)
    return ends.astimezone(now.tzinfo)


def digest_channel(choice: Choice, *, has_browser: bool, mail_works: bool) -> Channel:
    """The digest is one message. It goes by mail, which can be read in peace, unless there is none."""
    ways = channels(choice, has_browser=has_browser)
    by_mail = "email" in ways and (mail_works or "push" not in ways)
    return "email" if by_mail else "push"


def digest_due(choice: Choice, zone: ZoneInfo, now: datetime) -> tuple[date, datetime] | None:
    """The clinic's day whose digest is to go out now, and the moment of its hour; None if it is too late.

    An hour that the clock skips comes as much later as it skips, one that it repeats comes once.
    """
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        moment = datetime.combine(day, choice.digest_at, zone).astimezone(now.tzinfo)
        if moment <= now:
            return (day, moment) if day == today or now - moment <= DIGEST_LATE else None
    return None


def is_between(at: time, start: time, end: time) -> bool:
    """Quiet hours may run over midnight."""
    return start <= at < end if start < end else at >= start or at < end
