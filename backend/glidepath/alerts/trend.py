"""Following one episode's trend from sync to sync, so that a day costs the same on day 1,000."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from glidepath import trends


@dataclass(frozen=True, slots=True)
class Followed:
    """What the days that were new, or judged again, gave.

    `checkpoint` is what to keep for the next time: the policy's memory before the last logged day,
    which may still change; None while there is nothing before it.
    """

    signal: trends.Signal | None
    verdict: trends.Verdict | None
    standing: bool
    # The days that the last verdict stands on.
    window: tuple[trends.Day, ...]
    checkpoint: dict[str, Any] | None


def usable(checkpoint: dict[str, Any] | None, first_touched: date) -> dict[str, Any] | None:
    """The checkpoint, if this version made it and no day up to it was touched since."""
    if checkpoint is None or checkpoint["version"] != trends.VERSION:
        return None
    return checkpoint if first_touched > date.fromisoformat(checkpoint["through"]) else None


def follow(series: Sequence[trends.Day], checkpoint: dict[str, Any] | None) -> Followed:
    """Judges the days after a usable checkpoint, or all of them without one.

    `series` holds the logged days in order, at least from a window before the first one to judge.
    """
    monitor, watch, rest = trends.Monitor(), trends.Watch(), list(series)
    if checkpoint is not None:
        through = date.fromisoformat(checkpoint["through"])
        before = [day for day in series if day.date <= through]
        monitor = trends.Monitor.resume(before)
        watch = trends.Watch.restore(checkpoint["watch"])
        rest = rest[len(before) :]
    signal, verdict = None, None
    for day in rest:
        if verdict is not None:
            checkpoint = {
                "version": trends.VERSION,
                "through": verdict.date.isoformat(),
                "watch": watch.snapshot(),
            }
        verdict = monitor.step(day)
        assert verdict is not None, "the series holds logged days only"
        signal = watch.step(verdict) or signal
    return Followed(signal, verdict, watch.standing, monitor.window, checkpoint)
