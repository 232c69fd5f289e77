"""The basis of a signal: all that it takes to reach the same decision again, years later."""

from collections.abc import Iterable
from dataclasses import asdict
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

    Of `days` only the window that the detector looked at is kept, and of the days before it the
    few facts that the policy remembers.
    """
    monitor, watch = Monitor(settings), Watch(sensitivity)
    before = watch.snapshot()
    for day in days:
        if day.date > signal.raised_on:
            break
        verdict = monitor.step(day)
        before = watch.snapshot()
        if verdict is not None:
            watch.step(verdict)
    return {
        "version": VERSION,
        "sensitivity": sensitivity,
        "settings": asdict(settings),
        "days": [day.as_list() for day in monitor.window],
        "watch": before,
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


def _judge_again(basis: dict[str, Any]) -> Verdict | None:
    if basis["version"] != VERSION:
        raise OtherVersionError(
            f"recorded by version {basis['version']}, this is version {VERSION}"
        )
    *earlier, last = [Day.from_list(values) for values in basis["days"]]
    monitor = Monitor.restore(
        {"settings": basis["settings"], "days": [d.as_list() for d in earlier]}
    )
    return monitor.step(last)


def record_verdict(
    window: Iterable[Day],
    verdict: Verdict,
    settings: Settings = Settings(),  # noqa: B008 - frozen
) -> dict[str, Any]:
    """JSON-serialisable basis of one verdict on the last day of a monitor's `window`."""
    return {
        "version": VERSION,
        "settings": asdict(settings),
        "days": [day.as_list() for day in window],
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
