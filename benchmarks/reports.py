"""What a progress report takes from its material to the file: the first one, which reads the fonts, and the median.

    python benchmarks/reports.py

Ends with status 1 if the goal is missed.
"""

import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median
from uuid import uuid4

import numpy as np

from glidepath.care.schemas import EpisodeView, PlanItemView, PlanView
from glidepath.clinical.exercises import library
from glidepath.clinical.vocabulary import Condition, Place, Side, Text
from glidepath.diary.days import DiaryDay, Report
from glidepath.reports import pages
from glidepath.reports.course import Period, every_day
from glidepath.reports.material import Material
from glidepath.reports.typesetting import typeset_now

GOAL_SECONDS, TIMES = 1.0, 20
TODAY = date(2026, 11, 28)


def material(days: int, rng: np.random.Generator) -> Material:
    """A diary with a gap every now and then, and eight exercises."""
    period = Period(TODAY - timedelta(days=days - 1), TODAY)
    chosen = library().exercises[:8]
    items = [
        PlanItemView(uuid4(), one.key, one.kind, Side.LEFT, 2, 10, None, 60, 5, None, None)
        for one in chosen
    ]
    places = list(Place)
    by_date = {
        on: DiaryDay(
            on,
            pain=float(rng.integers(0, 11)),
            nerve=int(rng.integers(0, 5)),
            place=places[rng.integers(0, 5)],
            sensations=[],
            sessions=1,
            reports=[Report(uuid4(), uuid4(), one.id, None, None, None) for one in items],
        )
        for on in (period.first + timedelta(days=number) for number in range(days))
        if rng.random() < 0.8
    }
    words = Text(
        en="Pain about 3. No worsening found.", es="Dolor en torno a 3. Sin empeoramiento."
    )
    return Material(
        patient="Rosa Ibarra",
        timezone="Europe/Madrid",
        clinic="Riverside Physiotherapy",
        country="ES",
        episode=EpisodeView(uuid4(), Condition.SCIATIC, Side.LEFT, period.first, None),
        period=period,
        today=TODAY,
        until=TODAY,
        summary=words,
        days=every_day(by_date, period),
        plans=[PlanView(uuid4(), 1, period.first, None, items, [], [])],
        pauses=[],
        alerts=[],
        looked=[],
        assessments=[],
        measures=[],
        titles={one.key: one.title for one in chosen},
    )


def took(one: Material) -> float:
    began = time.perf_counter()
    typeset_now(pages.clinical(one, "en", "Dr. Iris Vega"), TODAY)
    return time.perf_counter() - began


def line(what: str, seconds: Sequence[float]) -> bool:
    figure = median(seconds)
    met = figure <= GOAL_SECONDS
    verdict = "met" if met else "MISSED"
    print(f"{what:28} {figure * 1000:7.1f} ms (goal {GOAL_SECONDS * 1000:g}: {verdict})")
    return met


def main() -> int:
    rng = np.random.default_rng(11)
    met = [line("the first report", [took(material(28, rng))])]
    for days in (28, 90, 366):
        # Another diary each time: of the same one much would be remembered.
        seconds = [took(material(days, rng)) for _ in range(TIMES)]
        met.append(line(f"{days} days, median of {TIMES}", seconds))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
