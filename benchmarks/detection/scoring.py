"""When a score raises alerts, and how good these are.

The first 21 days raise no alert, and only a logged day does. After an alert the next comes at least
14 days later, and only after the score fell below the threshold in between. False alerts are those
of stable and improving patients between day 21 and 62 days before the end, per patient and 180
days. A worsening is found by the first alert within 60 days of its onset; one that is not found
counts as a delay of 60. These are the benchmark's own rules, not the product's, so that detectors
compare.
"""

from dataclasses import dataclass

import numpy as np

from detection.cohorts import Bools, Cohort, Floats

BURN_IN = 21
APART = 14
FOUND_WITHIN = 60
UNCOUNTED_END = 62
# An alert up to so many days after the end of a flare is put down to the flare.
AFTER_FLARE = 2
QUIET = ("stable", "improving")
PAIN_COURSES = ("step", "slow", "relapse")
OTHER_COURSES = ("nerve", "peripheral")
RESAMPLES = 1000


def alerts(scores: Floats, threshold: float) -> Bools:
    """On which days a score at or above the threshold raises an alert.

    `scores` has shape (patients, days), NaN on days without one.
    """
    raised = np.zeros(scores.shape, dtype=bool)
    armed = np.ones(scores.shape[0], dtype=bool)
    last = np.full(scores.shape[0], -APART)
    above, below = scores >= threshold, scores < threshold
    for day in range(scores.shape[1]):
        if day >= BURN_IN:
            now = above[:, day] & armed & (day - last >= APART)
            raised[:, day] = now
            last[now] = day
            armed &= ~now
        armed |= below[:, day]
    return raised


def counted(cohort: Cohort, days: int) -> Bools:
    """The days on which an alert counts as false, shape (patients, days)."""
    day = np.arange(days)
    return (day >= BURN_IN) & (day < (cohort.length - UNCOUNTED_END)[:, None])


@dataclass(frozen=True, slots=True)
class Share:
    """A figure that is a ratio of two sums over patients, each term of shape (patients,)."""

    above: Floats
    below: Floats

    @property
    def value(self) -> float:
        return float(self.above.sum() / self.below.sum()) if self.below.sum() else float("nan")

    def interval(self, resamples: int = RESAMPLES) -> tuple[float, float]:
        """Bounds of 95 % when patients are drawn anew; the threshold stays."""
        rng = np.random.default_rng(1)
        drawn = rng.multinomial(
            self.above.size, np.full(self.above.size, 1 / self.above.size), resamples
        )
        with np.errstate(invalid="ignore"):
            values = (drawn @ self.above) / (drawn @ self.below)
        low, high = np.nanpercentile(values, (2.5, 97.5))
        return float(low), float(high)

    def among(self, chosen: Bools) -> "Share":
        """The same figure among some of the patients."""
        return Share(self.above * chosen, self.below * chosen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one threshold gives: the alerts of each patient, and the figures that follow.

    `raised` has shape (patients, days); `delay` (patients,) is NaN where no worsening began.
    `flares` is the share of flares that alert; where their days are unknown, of patients with
    flares that have a counted alert, which is more.
    """

    cohort: Cohort
    threshold: float
    raised: Bools
    delay: Floats
    rate: Share
    flares: Share

    def false_alerts(self, *courses: str) -> Share:
        """Counted alerts per patient and 180 days in courses without a worsening."""
        return self.rate.among(np.isin(self.cohort.course, courses or QUIET))

    def within(self, days: int, *courses: str) -> Share:
        """The share of worsenings found within so many days."""
        worse = self._worse(courses)
        return Share((self.delay <= days) * worse, worse)

    def mean_delay(self, *courses: str) -> Share:
        worse = self._worse(courses)
        return Share(np.nan_to_num(self.delay) * worse, worse)

    def _worse(self, courses: tuple[str, ...]) -> Floats:
        worse = np.isfinite(self.delay)
        return (worse & np.isin(self.cohort.course, courses) if courses else worse).astype(float)


def outcome(cohort: Cohort, scores: Floats, threshold: float) -> Outcome:
    raised = alerts(scores, threshold)
    window = counted(cohort, scores.shape[1])
    rate = Share(180.0 * (raised & window).sum(axis=1), window.sum(axis=1).astype(float))
    return Outcome(
        cohort,
        threshold,
        raised,
        _delays(cohort, raised),
        rate,
        _flares(cohort, raised, window),
    )


def _delays(cohort: Cohort, raised: Bools) -> Floats:
    found = np.full(len(cohort), np.nan)
    for row, onset in enumerate(cohort.onset):
        if onset >= 0:
            late = np.flatnonzero(raised[row, onset : onset + FOUND_WITHIN + 1])
            found[row] = late[0] if late.size else FOUND_WITHIN
    return found


def _flares(cohort: Cohort, raised: Bools, window: Bools) -> Share:
    alerted, flares = np.zeros(len(cohort)), np.zeros(len(cohort))
    for row, case in enumerate(cohort.cases):
        if case.course != "flare":
            continue
        if case.flares is None:
            alerted[row], flares[row] = (raised[row] & window[row]).any(), 1
            continue
        for flare in case.flares:
            # An alert in the first days is ruled out, whatever happens.
            if flare.first >= BURN_IN:
                until = flare.first + flare.days + AFTER_FLARE
                alerted[row] += raised[row, flare.first : until].any()
                flares[row] += 1
    return Share(alerted, flares)


def threshold_for(rate: float, cohort: Cohort, scores: Floats) -> float:
    """The lowest observed score that, as the threshold, gives at most this rate of false alerts."""
    quiet = np.isin(cohort.course, QUIET)
    return lowest_threshold(rate, scores[quiet], counted(cohort, scores.shape[1])[quiet])


def lowest_threshold(rate: float, scores: Floats, window: Bools) -> float:
    """The lowest observed score with at most `rate` alerts per 180 days of the window.

    Both arrays have shape (patients, days). Infinite when even the highest score gives more.
    """
    candidates = np.unique(scores[np.isfinite(scores)])
    budget = rate / 180 * window.sum()
    low, high = -1, candidates.size
    while high - low > 1:
        middle = (low + high) // 2
        if (alerts(scores, candidates[middle]) & window).sum() > budget:
            low = middle
        else:
            high = middle
    return float(candidates[high]) if high < candidates.size else float("inf")
