"""Detectors by others, on pain alone, as clinics, statisticians and libraries have them.

Each is a function from one case to a score for each of its logged days (n,), higher for a stronger
sign of a worsening. It is causal: a score depends on that day and those before it. Where a choice
was free (windows, factors), it was made on a tuning cohort for the earliest detection.
"""

import math
import zlib
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from detection.cohorts import Bools, Case, Floats

Detector = Callable[[Case], Floats]

# Days of a baseline, and how old its youngest are; days of a trend and of a search for a change.
BASELINE, AGO = 56, 7
TREND = 28
SEARCH = 56
# Answers from which on a statistic is worth something.
LEAST = 5
# The variance of rounding to whole points keeps a spread from being nothing.
ROUNDING = 1 / 12
NONE: Final = -99.0


def chance(case: Case) -> Floats:
    """A number drawn for each day."""
    return np.random.default_rng(zlib.crc32(case.name.encode())).random(case.at.size)


def last_reading(case: Case) -> Floats:
    """Today less the last answer before."""
    return _of_pain(case, lambda _, pain: pain[-1] - pain[-2] if pain.size > 1 else 0.0)


def fixed_threshold(case: Case) -> Floats:
    """Today's pain itself."""
    return _of_pain(case, lambda _, pain: pain[-1])


def two_point_rule(case: Case) -> Floats:
    """The tiers of a published programme for home exercise: 1 for pain of 5 or more that rose by a
    point since the last answer, 2 for a rise of two points, 3 for pain of 7 or more. Within a tier
    the larger rise counts more, then the higher pain, so that any rate of alerts can be set."""

    def tier(_: Floats, pain: Floats) -> float:
        rise = pain[-1] - pain[-2] if pain.size > 1 else 0.0
        if pain[-1] >= 7:
            found = 3
        elif rise >= 2:
            found = 2
        else:
            found = int(pain[-1] >= 5 and rise >= 1)
        return float(found + 0.05 * max(rise, 0.0) + 0.01 * pain[-1])

    return _of_pain(case, tier)


def today_less_baseline(case: Case) -> Floats:
    """Today less the mean of the 8 weeks that ended a week ago."""
    return _of_pain(case, lambda at, pain: _over_baseline(at, pain, 1))


def three_days_less_baseline(case: Case) -> Floats:
    """The mean of the last three answers less that of the 8 weeks which ended a week before."""
    return _of_pain(case, lambda at, pain: _over_baseline(at, pain, 3))


def mann_kendall(case: Case) -> Floats:
    """pymannkendall: the normalised statistic of a trend over 28 days."""
    from pymannkendall import original_test  # noqa: PLC0415

    def trend(at: Floats, pain: Floats) -> float:
        recent = pain[at > at[-1] - TREND]
        return float(original_test(recent).z) if recent.size >= LEAST else 0.0

    return _of_pain(case, trend)


def theil_sen(case: Case) -> Floats:
    """SciPy: the lower bound of the median slope over 28 days, in points a day. Of an interval of
    50 %: wider ones end at exactly 0 too often, since ratings are whole points."""
    from scipy.stats import theilslopes  # noqa: PLC0415

    def slope(at: Floats, pain: Floats) -> float:
        recent = at > at[-1] - TREND
        if recent.sum() < LEAST:
            return NONE
        return float(theilslopes(pain[recent], at[recent], alpha=0.5).low_slope)

    return _of_pain(case, slope)


def cusum(case: Case) -> Floats:
    """A self-starting CUSUM (Hawkins 1987) that allows for half a standard deviation."""
    sums, last = [], 0.0
    for deviate in _deviates(case).tolist():
        last = max(0.0, last + deviate - 0.5)
        sums.append(last)
    return _on_logged_days(case, np.array(sums))


def ewma(case: Case) -> Floats:
    """A self-starting EWMA (Quesenberry 1995) with weight 0.2, over its standard deviation."""
    weight = 0.2
    means, last = [], 0.0
    for deviate in _deviates(case).tolist():
        last += weight * (deviate - last)
        means.append(last)
    return _on_logged_days(case, np.array(means) / math.sqrt(weight / (2 - weight)))


def page_hinkley(case: Case) -> Floats:
    """river: how far the sum of deviations from the running mean has risen from its minimum."""
    from river.drift import PageHinkley  # noqa: PLC0415

    class Recorded(PageHinkley):  # type: ignore[misc]
        """Hands over the statistic that the library compares with its threshold."""

        statistic = 0.0

        def _test_increase(self, test_increase: float, test_decrease: float) -> bool:  # noqa: ARG002
            self.statistic = test_increase
            return False

    watch = Recorded(min_instances=LEAST, delta=0.5, alpha=0.98, mode="up")

    def risen(_: Floats, pain: Floats) -> float:
        watch.update(float(pain[-1]))
        return watch.statistic

    return _of_pain(case, risen)


def binary_segmentation(case: Case) -> Floats:
    """ruptures: the rise at the best single change of mean within 56 days, over its error."""
    from ruptures import Binseg  # noqa: PLC0415

    def change(at: Floats, pain: Floats) -> float:
        recent = pain[at > at[-1] - SEARCH]
        if recent.size < 2 * LEAST:
            return NONE
        (cut, _) = Binseg(model="l2", min_size=3, jump=1).fit(recent).predict(n_bkps=1)
        before, after = recent[:cut], recent[cut:]
        within = (before.var() * before.size + after.var() * after.size) / (recent.size - 2)
        error = (within + ROUNDING) * (1 / before.size + 1 / after.size)
        return float((after.mean() - before.mean()) / math.sqrt(error))

    return _of_pain(case, change)


def local_trend(case: Case) -> Floats:
    """A Kalman filter of level and slope: how many standard deviations the slope lies above 0."""
    drift, turning, noise = 0.005, 0.00003, 1.2
    found: list[float] = []
    state, spread, last = np.zeros(2), np.diag([25.0, 0.01]), 0.0
    for at, pain in _answers(case):
        ahead = np.array([[1.0, at[-1] - last], [0.0, 1.0]])
        last = at[-1]
        state = ahead @ state
        spread = ahead @ spread @ ahead.T + ahead[0, 1] * np.diag([drift, turning])
        gain = spread[:, 0] / (spread[0, 0] + noise)
        state = state + gain * (pain[-1] - state[0])
        spread = spread - np.outer(gain, spread[0])
        found.append(float(state[1] / math.sqrt(spread[1, 1])))
    return _on_logged_days(case, np.array(found))


def nerve_rule(case: Case) -> Floats:
    """Log likelihood ratio of the nerve days among the last 7 answers against the frequency before,
    negative when they are rarer."""
    asked = np.isfinite(case.nerve)
    total = np.concatenate([[0.0], np.cumsum(case.nerve[asked] > 0)])
    count = np.arange(1, total.size)
    size = np.minimum(count, 7)
    felt = total[count] - total[count - size]
    # One nerve day in five, weighing as much as five answers, comes before them.
    usual = (total[count - size] + 1) / (count - size + 5)
    now = (felt + 0.5) / (size + 1)
    ratio = felt * np.log(now / usual) + (size - felt) * np.log((1 - now) / (1 - usual))
    return _spread_over(asked, np.where(now > usual, ratio, -ratio))


def place_rule(case: Case) -> Floats:
    """How many segments further down the leg the last 5 answers lie than all before, on average."""
    asked = np.isfinite(case.place)
    total = np.concatenate([[0.0], np.cumsum(case.place[asked])])
    count = np.arange(1, total.size)
    cut = np.maximum(count - 5, 0)
    rise = (total[count] - total[cut]) / (count - cut) - total[cut] / np.maximum(cut, 1)
    return _spread_over(asked, np.where(cut >= LEAST, rise, NONE))


ON_PAIN: Final[dict[str, Detector]] = {
    "random alerts": chance,
    "today - last log": last_reading,
    "fixed threshold": fixed_threshold,
    "two-point rule": two_point_rule,
    "today - baseline": today_less_baseline,
    "3-day mean - baseline": three_days_less_baseline,
    "Mann-Kendall, 28 days": mann_kendall,
    "Theil-Sen, 28 days": theil_sen,
    "CUSUM, self-starting": cusum,
    "EWMA, self-starting": ewma,
    "river Page-Hinkley": page_hinkley,
    "ruptures Binseg, 56 days": binary_segmentation,
    "Kalman local trend": local_trend,
}


def _answers(case: Case) -> Iterator[tuple[Floats, Floats]]:
    """For each logged day with an answer about pain: day numbers and answers up to it."""
    asked = np.isfinite(case.pain)
    at, pain = case.at[asked].astype(float), case.pain[asked]
    for count in range(1, pain.size + 1):
        yield at[:count], pain[:count]


def _of_pain(case: Case, score: Callable[[Floats, Floats], float]) -> Floats:
    return _on_logged_days(case, np.array([score(at, pain) for at, pain in _answers(case)]))


def _on_logged_days(case: Case, scores: Floats) -> Floats:
    return _spread_over(np.isfinite(case.pain), scores)


def _spread_over(asked: Bools, scores: Floats) -> Floats:
    """Scores of the answered days over all logged days; where nothing was answered, the last."""
    found = np.full(asked.size, NONE)
    number = np.cumsum(asked) - 1
    found[number >= 0] = scores[number[number >= 0]]
    return found


def _over_baseline(at: Floats, pain: Floats, recent: int) -> float:
    age = at[-recent:][0] - at[:-recent]
    before = pain[:-recent][(age >= AGO) & (age < AGO + BASELINE)]
    return float(pain[-recent:].mean() - before.mean()) if before.size >= LEAST else NONE


def _deviates(case: Case) -> Floats:
    """Each answer against all before it, as a standard normal deviate if nothing has changed."""
    from scipy.special import ndtri, stdtr  # noqa: PLC0415

    pain = case.pain[np.isfinite(case.pain)]
    before = np.arange(pain.size)
    if pain.size < 3:
        return np.zeros(pain.size)
    mean = np.concatenate([[0.0], np.cumsum(pain)[:-1] / before[1:]])
    square = np.concatenate([[0.0], np.cumsum(pain**2)[:-1] / before[1:]])
    spread = (square - mean**2) * before / np.maximum(before - 1, 1) + ROUNDING
    t = (pain - mean) / np.sqrt(spread * (1 + 1 / np.maximum(before, 1)))
    deviates = ndtri(np.clip(stdtr(np.maximum(before - 1, 1), t), 1e-12, 1 - 1e-12))
    return np.where(before >= 2, deviates, 0.0)
