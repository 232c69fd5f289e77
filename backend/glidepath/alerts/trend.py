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
    checkpoint: dict[str, Any] | None


def follow(
    series: Sequence[trends.Day], checkpoint: dict[str, Any] | None, first_touched: date
) -> Followed:
    """Judges the days from the first touched one on; `series` holds every logged day in order.

    A checkpoint of another version, or one beyond the first touched day, is of no use: then every
    day is judged again.
    """
    monitor, watch, rest = trends.Monitor(), trends.Watch(), list(series)
    if checkpoint is not None and not _is_usable(checkpoint, first_touched):
        checkpoint = None
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
    return Followed(signal, verdict, watch.standing, checkpoint)


def _is_usable(checkpoint: dict[str, Any], first_touched: date) -> bool:
    through = date.fromisoformat(checkpoint["through"])
    return bool(checkpoint["version"] == trends.VERSION) and first_touched > through
