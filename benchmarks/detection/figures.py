"""Figures for the documentation, as SVG. The same numbers give the same bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from detection.calibration import Bin
from detection.detectors import OURS
from detection.scoring import BURN_IN, FOUND_WITHIN, Outcome

# Readable on white and on near black alike: contrast of 4 and more with both.
INK: Final = "#767676"
OWN: Final = "#1a8a6c"
OTHERS: Final = ("#c2610c", "#7a6fd0", "#c04a86", "#3f86c4")
SETTINGS: Final[Any] = {
    "svg.hashsalt": "glidepath",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.25,
    "legend.frameon": False,
}
# Beside ours and the best of the others.
SHOWN: Final = ("EWMA, self-starting", "two-point rule", "random alerts")


def draw(folder: Path, outcomes: Mapping[str, Outcome], bins: Sequence[Bin]) -> None:
    """Draws all figures into a folder; `outcomes` are of all detectors at one rate of false alerts."""
    folder.mkdir(parents=True, exist_ok=True)
    best = min(
        (name for name in outcomes if name != OURS),
        key=lambda name: outcomes[name].mean_delay().value,
    )
    with mpl.rc_context(SETTINGS):
        _keep(_delays(outcomes, list(dict.fromkeys((OURS, best, *SHOWN)))), folder / "delay.svg")
        _keep(_reliability(bins), folder / "reliability.svg")
        _keep(_burden(outcomes, (OURS, best)), folder / "alerts.svg")


def _figure(height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(7.2, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0)
    return figure, axes


def _keep(figure: Figure, path: Path) -> None:
    FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None, "Creator": None})


def _delays(outcomes: Mapping[str, Outcome], names: Sequence[str]) -> Figure:
    figure, axes = _figure(4.8)
    days = np.arange(FOUND_WITHIN)
    for name, colour in zip(names, (OWN, *OTHERS), strict=False):
        found = [outcomes[name].within(int(day)).value for day in days]
        width = 2.5 if name == OURS else 1.5
        axes.step(days, found, where="post", color=colour, linewidth=width, label=name)
    axes.set(
        xlabel="days since a worsening began",
        ylabel="share found",
        xlim=(0, FOUND_WITHIN - 1),
        ylim=(0, 1),
        xticks=range(0, FOUND_WITHIN, 7),
    )
    axes.grid(visible=True)
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def _reliability(bins: Sequence[Bin]) -> Figure:
    figure, axes = _figure(4.2)
    axes.plot((0, 1), (0, 1), color=INK, linewidth=1, linestyle="--")
    share = np.array([one.days for one in bins]) / sum(one.days for one in bins)
    stated, seen = [one.stated for one in bins], [one.seen for one in bins]
    axes.plot(stated, seen, color=OWN, linewidth=1.5)
    axes.scatter(stated, seen, s=25 + 400 * share, color=OWN, clip_on=False, zorder=3)
    axes.set(
        xlabel="stated probability that a worsening is under way (size: share of days)",
        ylabel="how often it was",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.grid(visible=True)
    return figure


def _burden(outcomes: Mapping[str, Outcome], names: Sequence[str]) -> Figure:
    figure, axes = _figure(4.2)
    cohort = outcomes[OURS].cohort
    courses = sorted(set(cohort.course.tolist()))
    place = np.arange(len(courses))
    for number, (name, colour) in enumerate(zip(names, (OWN, *OTHERS), strict=False)):
        weekly = [_weekly(outcomes[name], course) for course in courses]
        axes.barh(place + 0.38 * number - 0.19, weekly, 0.36, color=colour, label=name)
    axes.set(xlabel="alerts per patient and week", yticks=place)
    axes.set_yticklabels(courses)
    axes.invert_yaxis()
    axes.grid(visible=True, axis="x")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def _weekly(one: Outcome, course: str) -> float:
    """Alerts per patient and week once alerts are possible, whether a worsening began or not."""
    chosen = one.cohort.course == course
    weeks = (one.cohort.length[chosen] - BURN_IN).sum() / 7
    return float(one.raised[chosen].sum() / weeks)
