"""The basis of a signal: all that it takes to reach the same decision again, years later."""

from collections.abc import Iterable
from typing import Any

from glidepath.trends.days import Day
from glidepath.trends.monitor import Monitor, Verdict
from glidepath.trends.policy import Sensitivity, Signal, Watch
from glidepath.trends.settings import Settings
from glidepath.trends.version import VERSION


class OtherVersionError(ValueError):
    """The basis was recorded by another version of the detector than the one at hand."""


def record(
    days: Iterable[Day],
    signal: Signal,
    sensitivity: Sensitivity = "standard",
    settings: Settings = Settings(),  # noqa: B008 - frozen
) -> dict[str, Any]:
    """JSON-serialisable basis of `signal`, which `screen(days, sensitivity, settings)` gave.

    Of the days before the last one the detector's state is kept, with the few facts that the policy
    remembers and the window of days that its words are about.
    """
    monitor, watch = Monitor(settings), Watch(sensitivity)
    for day in days:
        if day.missing:
            continue
        if day.date == signal.raised_on:
            return record_signal(day, signal, monitor, watch)
        verdict = monitor.step(day)
        if verdict is not None:
            watch.step(verdict)
    raise ValueError(f"nothing was logged on {signal.raised_on}")


def record_signal(last: Day, signal: Signal, monitor: Monitor, watch: Watch) -> dict[str, Any]:
    """The basis of `signal`, which `monitor` and `watch` gave when they read `last`; they must be
    as they were before that day."""
    return {
        **_read(last, monitor),
        "sensitivity": watch.levels.on(last.date),
        "watch": watch.snapshot(),
        "raised_on": signal.raised_on.isoformat(),
        "onset": signal.onset.isoformat(),
        "severity": signal.severity,
        "score": signal.score,
    }


def recompute(basis: dict[str, Any]) -> Signal | None:
    """The decision that follows from a signal's basis, None if it no longer follows.

    Raises OtherVersionError when this detector is not the one that recorded it.
    """
    verdict = _judge_again(basis)
    return None if verdict is None else Watch.restore(basis["watch"]).step(verdict)


def _read(last: Day, monitor: Monitor) -> dict[str, Any]:
    """What a verdict on `last` stands on: the days in words, and the state before it."""
    before = monitor.snapshot()
    days = before.pop("days")
    return {"version": VERSION, **before, "days": [*days, last.as_list()]}


def _judge_again(basis: dict[str, Any]) -> Verdict | None:
    if basis["version"] != VERSION:
        raise OtherVersionError(
            f"recorded by version {basis['version']}, this is version {VERSION}"
        )
    *earlier, last = basis["days"]
    monitor = Monitor.restore(
        {"settings": basis["settings"], "state": basis["state"], "days": earlier}
    )
    return monitor.step(Day.from_list(last))


def record_verdict(last: Day, verdict: Verdict, monitor: Monitor) -> dict[str, Any]:
    """JSON-serialisable basis of the verdict on `last` by `monitor`, as it was before that day."""
    return {
        **_read(last, monitor),
        "onset": verdict.onset.isoformat() if verdict.onset else None,
        "score": verdict.score,
    }


def holds_again(basis: dict[str, Any]) -> bool:
    """Whether the numbers of a basis, a signal's or a verdict's, follow from it again.

    Raises OtherVersionError when this detector is not the one that recorded it.
    """
    if "watch" in basis:
        signal = recompute(basis)
        return signal is not None and all(
            basis[name] == value
            for name, value in (
                ("raised_on", signal.raised_on.isoformat()),
                ("onset", signal.onset.isoformat()),
                ("severity", signal.severity),
                ("score", signal.score),
            )
        )
    verdict = _judge_again(basis)
    onset = verdict.onset.isoformat() if verdict and verdict.onset else None
    return verdict is not None and (verdict.score, onset) == (basis["score"], basis["onset"])
