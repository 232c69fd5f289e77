"""Short ways to write a diary down."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from glidepath.trends import Day

START = date(2025, 4, 1)


def diary(
    pain: Sequence[float | None],
    nerve: Sequence[int | None] | None = None,
    place: Sequence[str | None] | None = None,
) -> list[Day]:
    """Consecutive days from START."""
    return [
        Day(
            START + timedelta(at),
            value,
            nerve[at] if nerve else None,
            place[at] if place else None,
        )
        for at, value in enumerate(pain)
    ]


def wobbling(level: float, days: int, seed: int, spread: float = 1.0) -> list[float | None]:
    """Whole ratings round a level, as a patient gives them."""
    rng = random.Random(seed)
    return [min(10, max(0, round(level + rng.gauss(0, spread)))) for _ in range(days)]


def climb(low: float, high: float, days: int) -> list[float | None]:
    """Whole ratings that rise evenly from `low` to `high`."""
    return [round(low + (high - low) * at / (days - 1)) for at in range(days)]


def nth(days: int) -> date:
    """The day that many days after START."""
    return START + timedelta(days)
