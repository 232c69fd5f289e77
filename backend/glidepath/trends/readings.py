"""What a reading of pain says of every story, and what the stories learn from it.

For the layout of `x` and `w` see stories.py. Here the stories of all noise levels stand in one row,
so that few long loops do the work. A reading is that of an ordinary day or of a single bad one.
"""

from typing import NamedTuple

import numpy as np

from glidepath.trends.compiled import compiled, exponentials
from glidepath.trends.tables import Floats, Tables

# No noise level is ever ruled out for good: a patient may change.
LEAST = 1e-9
# No reading is impossible under any story.
BARELY = 1e-12


class Fit(NamedTuple):
    """How a reading fits each story: by how many points it is `off`, the precision of what the
    story foretold, and the likelihood times the share of such days; for a bad day likewise."""

    off: Floats
    sure: Floats
    likelihood: Floats
    bad_off: Floats
    bad_sure: Floats
    bad_likelihood: Floats


@compiled
def fit(x: Floats, t: Tables, pain: float) -> Fit:
    """How well `pain` (0-10, or NaN: all of it NaN) fits."""
    levels, stories = x.shape[1:]
    off, sure = np.empty(levels * stories), np.empty(levels * stories)
    bad_off, bad_sure = np.empty(levels * stories), np.empty(levels * stories)
    for n in range(levels):
        at, noise = n * stories, t.reading_var[n]
        for i in range(stories):
            off[at + i] = pain - x[0, n, i] - x[2, n, i]
        for i in range(stories):
            sure[at + i] = 1 / (x[3, n, i] + 2 * x[5, n, i] + x[8, n, i] + noise)
    for i in range(off.size):
        bad_off[i] = off[i] - t.bad_day_mean
        bad_sure[i] = 1 / (1 / sure[i] + t.bad_day_var)
    plain = _likelihood(off, sure, 1 - t.bad_day)
    return Fit(off, sure, plain, bad_off, bad_sure, _likelihood(bad_off, bad_sure, t.bad_day))


@compiled
def _likelihood(off: Floats, sure: Floats, share: float) -> Floats:
    found = np.empty(off.size)
    for i in range(off.size):
        found[i] = -0.5 * off[i] * off[i] * sure[i]
    exponentials(found)
    for i in range(off.size):
        found[i] *= share * np.sqrt(sure[i])
    return found


@compiled
def _lower(weight: Floats, fit: Floats, off: Floats, sure: Floats) -> None:
    """Adds to each row of `weight` how well a reading fits: `fit`, one less, two less ...

    At whole points Gaussian weights follow each other by a factor that shrinks by a constant one.
    """
    factor, shrink = np.empty(off.size), np.empty(off.size)
    for i in range(off.size):
        factor[i] = (off[i] - 0.5) * sure[i]
        shrink[i] = -sure[i]
    exponentials(factor)
    exponentials(shrink)
    for a in range(weight.shape[0]):
        row = weight[a]
        for i in range(off.size):
            row[i] += fit[i]
            fit[i] *= factor[i]
            factor[i] *= shrink[i]


@compiled
def foresee(w: Floats, pain: float, fit: Fit) -> tuple[Floats, Floats]:
    """What readings of `pain`, one less, two less ... down to zero would make of the weights.

    A reading that was not given (NaN) leaves them as they are. Returns readings x slots the odds of
    a rise that began there, and for each reading one plus the odds of a flare, both against the
    usual course.
    """
    levels, stories = w.shape
    weights = w.ravel()
    readings = int(pain) + 1 if pain >= 0 else 1
    found = np.empty((readings, weights.size))
    if pain >= 0:
        found[:] = weights * BARELY
        _lower(found, weights * fit.likelihood, fit.off, fit.sure)
        _lower(found, weights * fit.bad_likelihood, fit.bad_off, fit.bad_sure)
    else:
        found[0] = weights
    slots = (stories - 1) // 3
    rise, flare = np.empty((readings, slots)), np.empty(readings)
    for a in range(readings):
        weight = found[a].reshape(levels, stories).sum(axis=0)
        flare[a] = weight[1 + 2 * slots :].sum() / weight[0] + 1
        for k in range(slots):
            rise[a, k] = (weight[1 + k] + weight[1 + slots + k]) / weight[0]
    return rise, flare


@compiled
def update(x: Floats, w: Floats, fit: Fit) -> None:
    """Every story learns from a reading."""
    levels, stories = w.shape
    towards, gain = np.empty(w.size), np.empty(w.size)
    likelihood = fit.likelihood + fit.bad_likelihood + BARELY
    for i in range(w.size):
        sure, bad_sure = fit.sure[i], fit.bad_sure[i]
        share = fit.bad_likelihood[i] / likelihood[i]
        # The two answers, an ordinary day's and a bad day's, brought together by their moments.
        apart = fit.bad_off[i] * bad_sure - fit.off[i] * sure
        towards[i] = fit.off[i] * sure + share * apart
        gain[i] = sure + share * (bad_sure - sure) - share * (1 - share) * apart * apart
    _learn(x.reshape(9, w.size), towards, gain)
    w *= likelihood.reshape(levels, stories)
    w /= w.max()
    for n in range(levels):
        w[n, 0] = max(w[n, 0], LEAST)


@compiled
def _learn(x: Floats, towards: Floats, gain: Floats) -> None:
    """Kalman's step for level, slope and deviation of every story."""
    k0, k1, k2 = x[3] + x[5], x[4] + x[7], x[5] + x[8]
    _move(x[0], k0, towards)
    _move(x[1], k1, towards)
    _move(x[2], k2, towards)
    _narrow(x[3], k0, k0, gain)
    _narrow(x[4], k0, k1, gain)
    _narrow(x[5], k0, k2, gain)
    _narrow(x[6], k1, k1, gain)
    _narrow(x[7], k1, k2, gain)
    _narrow(x[8], k2, k2, gain)


@compiled
def _move(mean: Floats, k: Floats, towards: Floats) -> None:
    for i in range(mean.size):
        mean[i] += k[i] * towards[i]


@compiled
def _narrow(covariance: Floats, a: Floats, b: Floats, gain: Floats) -> None:
    for i in range(covariance.size):
        covariance[i] -= a[i] * b[i] * gain[i]
