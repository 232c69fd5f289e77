"""Following one episode's trend from sync to sync, so that a day costs the same on day 1,000."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from glidepath import trends
from glidepath.diary.days import DiaryDay

Basis = dict[str, Any]
# In the place of a checkpoint that does not hold any more: no version's.
TO_BE_MADE_ANEW: Basis = {"version": None}


@dataclass(frozen=True, slots=True)
class Followed:
    """What the days that were new, or judged again, gave: the last signal among them with its basis, and
    the last verdict with the day that it is of and the detector as it was before that day.

    `standing` says whether the worsening that was raised last is still there, `speaks_of_it` whether
    the last verdict says more of it. `checkpoint` is what to keep for the next time: the state before the last logged day, which may
    still change; None while there is nothing before it.
    """

    signal: trends.Signal | None
    signal_basis: Basis | None
    verdict: trends.Verdict | None
    judged: tuple[trends.Day, trends.Monitor] | None
    standing: bool
    speaks_of_it: bool
    checkpoint: Basis | None

    @property
    def verdict_basis(self) -> Basis | None:
        """Written down at need: most syncs raise and extend nothing."""
        if self.verdict is None or self.judged is None:
            return None
        day, before = self.judged
        return trends.record_verdict(day, self.verdict, before)


def usable(checkpoint: Basis | None, first_touched: date) -> Basis | None:
    """The checkpoint, if this version made it and no day up to it was touched since."""
    if checkpoint is None or checkpoint["version"] != trends.VERSION:
        return None
    return checkpoint if first_touched > date.fromisoformat(checkpoint["through"]) else None


def series(days: Iterable[DiaryDay]) -> list[trends.Day]:
    """What the detector reads of an episode's days: those with a check-in."""
    return [trends.Day(day.date, day.pain, day.nerve, day.place) for day in days if day.logged]


def follow(
    logged: Sequence[trends.Day],
    checkpoint: Basis | None,
    levels: trends.Levels = trends.Levels(),  # noqa: B008 - frozen
    passed_over: Collection[date] = (),
) -> Followed:
    """Judges the days after a usable checkpoint, or all of them without one; each day at the level that
    held on it, whenever its entries come, so that a change of level judges nothing of before anew.

    `logged` holds logged days in order: all of them, or at least those after the checkpoint. What is learned
    of the days that are `passed_over` holds for those after them, and nothing is raised on them.
    """
    if checkpoint is None:
        monitor, watch, rest = trends.Monitor(), trends.Watch(levels), list(logged)
    else:
        monitor = trends.Monitor.restore(checkpoint["monitor"])
        # What it remembers is the same at every level.
        watch = trends.Watch.restore(checkpoint["watch"], levels)
        through = date.fromisoformat(checkpoint["through"])
        rest = [day for day in logged if day.date > through]
    signal, signal_basis, verdict, judged = None, None, None, None
    for day in rest:
        before, watch_before = monitor.copy(), watch.copy()
        verdict = monitor.step(day)
        assert verdict is not None, "the series holds logged days only"
        if day.date in passed_over:
            watch.pass_over()
            verdict = None
        else:
            raised = watch.step(verdict)
            if raised is not None:
                signal = raised
                signal_basis = trends.record_signal(day, raised, before, watch_before)
        if day is rest[-1]:
            judged = day, before
            checkpoint = _checkpoint(before, watch_before)
    speaks_of_it = verdict is not None and watch.tells_of(verdict)
    return Followed(signal, signal_basis, verdict, judged, watch.standing, speaks_of_it, checkpoint)


def _checkpoint(monitor: trends.Monitor, watch: trends.Watch) -> Basis | None:
    if not monitor.window:
        return None
    return {
        "version": trends.VERSION,
        "through": monitor.window[-1].date.isoformat(),
        "monitor": monitor.snapshot(),
        "watch": watch.snapshot(),
    }
