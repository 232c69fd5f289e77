"""Several rules under one budget of false alerts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection import scoring
from detection.cohorts import Cohort, Floats

# False alerts per patient and 180 days at which the rules are laid side by side.
RATES = np.geomspace(4.0, 0.01, 25)


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a rule's score into how rare its false alerts are at that score on a tuning cohort.

    On this scale the same number means the same rate of false alerts, whatever the rule.
    """

    thresholds: Floats
    rarity: Floats

    @classmethod
    def of(cls, cohort: Cohort, scores: Floats) -> "Scale":
        """`scores` has shape (patients, days)."""
        thresholds = [scoring.threshold_for(rate, cohort, scores) for rate in RATES]
        known = np.isfinite(thresholds)
        return cls(np.maximum.accumulate(np.array(thresholds)[known]), -np.log(RATES[known]))

    def __call__(self, scores: Floats) -> Floats:
        # Of rates that share a threshold, it gives at most the lowest.
        last = np.append(np.diff(self.thresholds) > 0, True)
        found: Floats = np.interp(scores, self.thresholds[last], self.rarity[last])
        # Scores below the commonest alerts keep apart from it.
        found[scores < self.thresholds[0]] = self.rarity[0] - 1
        return found


def combined(scales: Sequence[Scale], rules: Sequence[Floats]) -> Floats:
    """The rarest of the rules' signs; shapes (patients, days), NaN without a logged day."""
    found: Floats = np.max(
        [scale(scores) for scale, scores in zip(scales, rules, strict=True)], axis=0
    )
    return found
