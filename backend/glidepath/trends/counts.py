"""Nerve symptoms and place: what is usual, and what would be usual had it got worse on a day.

Both learn by Bayes over a grid of habits. `usual` holds one weight for each habit, `after` slots x
ways to have got worse, each of which began with the weight of the habit that it leaves.
"""

import numpy as np

from glidepath.trends.compiled import compiled
from glidepath.trends.tables import Floats, Habits, Ints

# No habit is ever ruled out for good: a patient may change.
LEAST = 1e-9


@compiled
def branch(usual: Floats, after: Floats, habits: Habits, slot: int) -> None:
    """From today on things may be worse."""
    for i in range(after.shape[1]):
        after[slot, i] = usual[habits.left[i]] * habits.share


@compiled
def foresee(usual: Floats, after: Floats, habits: Habits, ages: Ints, answer: int) -> Floats:
    """What `answer`, one milder, ... down to the mildest would say.

    `ages` are days since each slot's onset, -1 for an empty slot. An answer that was not given (-1)
    leaves the weights as they are. Returns answers x slots the likelihood ratios of a worsening.
    """
    known = answer >= 0
    ratios = np.zeros((answer + 1 if known else 1, ages.size))
    for a in range(ratios.shape[0]):
        same = 0.0
        for i in range(usual.size):
            same += usual[i] * (habits.chance[answer - a, i] if known else 1.0)
        for k in range(ages.size):
            if ages[k] < 0:
                continue
            since = min(ages[k], habits.later.shape[1] - 1)
            changed = 0.0
            for i in range(after.shape[1]):
                changed += after[k, i] * (habits.later[answer - a, since, i] if known else 1.0)
            ratios[a, k] = changed / same
    return ratios


@compiled
def update(usual: Floats, after: Floats, habits: Habits, ages: Ints, answer: int) -> None:
    """Learns from an answer; the usual weights keep adding up to one."""
    same = 0.0
    for i in range(usual.size):
        usual[i] *= habits.chance[answer, i]
        same += usual[i]
    for i in range(usual.size):
        usual[i] = max(usual[i] / same, LEAST)
    for k in range(ages.size):
        if ages[k] >= 0:
            since = min(ages[k], habits.later.shape[1] - 1)
            for i in range(after.shape[1]):
                after[k, i] *= habits.later[answer, since, i] / same
