"""The tables, as plain text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection import calibration
from detection.calibration import Bin
from detection.cohorts import Floats
from detection.injected import RAMP, STEP, Found, Injected
from detection.scoring import FOUND_WITHIN, OTHER_COURSES, PAIN_COURSES, Outcome, Share

FIGURES = (
    ("", ""),
    ("within", "14 d"),
    ("within", "28 d"),
    ("mean delay", "d"),
    ("pain", "14 d"),
    ("nerve, place", "14 d"),
    ("false", "180 d"),
    ("on fluctuating", "180 d"),
    ("flares", "that alert"),
    ("ms a", "patient-year"),
)
GROUP = (
    ("patients", ""),
    ("alerts", "180 d"),
    ("within", "14 d"),
    ("within", "28 d"),
    ("mean", "delay"),
    ("never", "found"),
)
REAL = (
    ("step", "14 d"),
    ("step", "28 d"),
    ("step", "delay"),
    ("ramp", "14 d"),
    ("ramp", "28 d"),
    ("ramp", "delay"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One detector at one threshold; `cost` is milliseconds per patient-year, if it was timed."""

    name: str
    outcome: Outcome
    cost: float | None = None


def table(title: str, headings: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as they need, the first one flush left."""
    cells = [*filter(any, zip(*headings, strict=True)), *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join(["", title, "-" * len(title), *lines])


def detection(title: str, rows: Iterable[Row]) -> str:
    return table(title, FIGURES, [_figures(row) for row in rows])


def _figures(row: Row) -> list[str]:
    one = row.outcome
    return [
        row.name,
        _with_margin(one.within(14)),
        _with_margin(one.within(28)),
        _with_margin(one.mean_delay(), 1),
        f"{one.within(14, *PAIN_COURSES).value:.2f}",
        _with_margin(one.within(14, *OTHER_COURSES)),
        _with_margin(one.false_alerts()),
        _with_margin(one.false_alerts("fluctuating")),
        _with_margin(one.flares),
        "" if row.cost is None else f"{row.cost:.1f}",
    ]


def _with_margin(share: Share, digits: int = 2) -> str:
    """The figure with half the width of its 95 % interval."""
    low, high = share.interval()
    return f"{share.value:.{digits}f} ±{(high - low) / 2:.{digits}f}"


def courses(title: str, one: Outcome) -> str:
    """Alerts are shown for courses without a worsening."""
    alerts = one.rate.among(np.isnan(one.delay))
    return _groups(title, "course", one.cohort.course, one, alerts)


def habits(title: str, one: Outcome) -> str:
    """Alerts are the false ones."""
    return _groups(title, "habit", one.cohort.habit, one, one.false_alerts())


def _groups(title: str, what: str, groups: NDArray[np.str_], one: Outcome, alerts: Share) -> str:
    rows = []
    for name in sorted(set(groups.tolist())):
        chosen = groups == name
        early, later, delay, ever, rate = (
            share.among(chosen).value
            for share in (
                one.within(14),
                one.within(28),
                one.mean_delay(),
                one.within(FOUND_WITHIN - 1),
                alerts,
            )
        )
        rows.append(
            [
                name,
                str(chosen.sum()),
                _shown(rate),
                _shown(early),
                _shown(later),
                _shown(delay, 1),
                _shown(1 - ever),
            ]
        )
    return table(title, ((what, ""), *GROUP), rows)


def delays(title: str, rows: Sequence[Row]) -> str:
    """The mean delay by course of worsening and by habit of logging, of every detector."""
    cohort = rows[0].outcome.cohort
    groups = [
        *((name, cohort.course == name) for name in (*PAIN_COURSES, *OTHER_COURSES)),
        *((name, cohort.habit == name) for name in sorted(set(cohort.habit.tolist()))),
    ]
    lines = []
    for row in rows:
        delay = row.outcome.mean_delay()
        found = (_shown(delay.among(chosen).value, 1) for _, chosen in groups)
        lines.append([row.name, *found])
    return table(title, (("", ""), *((name, "") for name, _ in groups)), lines)


def _shown(value: float, digits: int = 2) -> str:
    return "" if np.isnan(value) else f"{value:.{digits}f}"


def reliability(bins: Sequence[Bin]) -> str:
    rows = [[f"{one.stated:.3f}", f"{one.seen:.3f}", str(one.days)] for one in bins]
    title = "Calibration: the stated probability, and how often a worsening was there"
    found = table(title, (("stated", ""), ("seen", ""), ("days", "")), rows)
    return f"{found}\nexpected calibration error {calibration.expected_error(bins):.3f}"


def real(title: str, cases: Injected, rows: dict[str, Found]) -> str:
    """Means over series, of every detector."""
    lines = [
        [
            name,
            _shown(found.false_alerts),
            *map(_of_real, range(6), _by_series(found.outcome, cases).mean(axis=1)),
        ]
        for name, found in rows.items()
    ]
    return table(title, (("", ""), ("false", "180 d"), *REAL), lines)


def real_by_series(title: str, cases: Injected, ours: str, rows: dict[str, Found]) -> str:
    """Ours in each series, and in brackets the best of the others in each figure."""
    found = {name: _by_series(one.outcome, cases) for name, one in rows.items()}
    own = found.pop(ours)
    others = np.array(list(found.values()))
    # The third of each three figures is a delay: less is better.
    best = np.where(np.arange(6)[:, None] % 3 == 2, others.min(axis=0), others.max(axis=0))
    lines = [
        [
            name,
            *(
                f"{_of_real(figure, own[figure, number])} ({_of_real(figure, best[figure, number])})"
                for figure in range(6)
            ),
        ]
        for number, name in enumerate(cases.series)
    ]
    return table(title, (("series", ""), *REAL), lines)


def _of_real(figure: int, value: float) -> str:
    return _shown(value, 1 if figure % 3 == 2 else 2)


def _by_series(one: Outcome, cases: Injected) -> Floats:
    """The figures of REAL for every series, shape (figures, series)."""
    shares = [
        share
        for kind in (STEP, RAMP)
        for share in (one.within(14, kind), one.within(28, kind), one.mean_delay(kind))
    ]
    return np.array(
        [[share.among(one.cohort.habit == name).value for name in cases.series] for share in shares]
    )
