"""Likelihood ratios of a lasting rise in pain, for every possible onset at once.

The usual course is a Gaussian process: a level, slow swings, an improvement that flattens out, and
day-to-day variation of which a part carries over. All of it scales with the patient's own noise,
so that one matrix inverse serves every noise level on the grid. A rise adds a known shape of
unknown height, for which the ratio of likelihoods has a closed form.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glidepath.trends.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PainEvidence:
    """Log likelihood ratios against the usual course; `rise` has one entry for every onset."""

    rise: Floats
    flare: float


def draw_in(pain: Floats, lone: float) -> Floats:
    """Each reading drawn to within `lone` points of the range of its two neighbours.

    A single bad (or good) day moves the evidence little; two in a row count in full. The last
    reading has only the one before it to be held against.
    """
    if pain.size < 3:
        return pain
    left = np.concatenate(([pain[1]], pain[:-1]))
    right = np.concatenate((pain[1:], [pain[-2]]))
    return np.clip(pain, np.minimum(left, right) - lone, np.maximum(left, right) + lone)


@lru_cache(maxsize=8)
def _usual(settings: Settings) -> Floats:
    """Covariance of the window's days round the level, in units of the day-to-day variance."""
    gap = np.abs(np.subtract.outer(np.arange(settings.window), np.arange(settings.window)))
    settled = np.exp(-np.arange(settings.window) / settings.settling_days)
    return np.asarray(
        (1 - settings.carry) * np.eye(settings.window)
        + settings.carry * np.exp(-gap / settings.carry_days)
        + settings.swing**2 * np.exp(-gap / settings.swing_days)
        + settings.settling**2 * np.outer(settled, settled)
        # The level: wide against any noise on the grid.
        + (settings.level_sd / settings.noise_median) ** 2
    )


def _shapes(days: Ints, onsets: Ints, settings: Settings) -> tuple[Floats, Floats]:
    """Columns of rises (ramp by ramp, onset by onset) and of flares, one row a reading."""
    age = (days[:, None] - onsets[None, :] + 1).astype(float)
    rises = [np.clip(age / ramp, 0.0, 1.0) for ramp in settings.ramps]
    recent = onsets >= days[-1] - 2 * max(settings.flares)
    begun = age[:, recent]
    flares = [((begun > 0) & (begun <= lasts)).astype(float) for lasts in settings.flares]
    return np.concatenate(rises, axis=1), np.concatenate(flares, axis=1)


def _least(z: Floats) -> Floats:
    """log of the normal distribution function, by its logistic approximation (error < 0.01)."""
    return np.asarray(-np.logaddexp(0.0, -1.702 * z))


def weigh(days: Ints, pain: Floats, onsets: Ints, settings: Settings) -> PainEvidence:
    """`days` and `pain`: the n readings, days counted from the window's first; `onsets`: k days.

    Returns k log ratios of a lasting rise and one of a passing flare, both averaged over the
    noise levels as the usual course finds them.
    """
    if pain.size < 2 or onsets.size == 0:
        return PainEvidence(np.zeros(onsets.size), -np.inf)
    noise = np.array(settings.noise)
    inverse = np.linalg.inv(_usual(settings)[np.ix_(days, days)])
    residual = draw_in(pain, settings.lone) - settings.level_mean
    rises, flares = _shapes(days, onsets, settings)
    shapes = np.concatenate((rises, flares), axis=1)
    weighed = inverse @ shapes
    variance = noise[:, None] ** 2
    # d'S⁻¹d, s'S⁻¹d and s'S⁻¹s for every noise level (rows) and shape (columns).
    misfit = float(residual @ inverse @ residual)
    slope = (residual @ weighed) / variance
    weight = np.einsum("ij,ij->j", shapes, weighed) / variance
    prior = -0.5 * (np.log(noise / settings.noise_median) / settings.noise_spread) ** 2
    usual = prior - 0.5 * misfit / noise**2 - pain.size * np.log(noise)
    precision = weight + settings.rise_sd**-2
    height = (slope + settings.rise_mean / settings.rise_sd**2) / precision
    ratio = 0.5 * (
        height**2 * precision
        - (settings.rise_mean / settings.rise_sd) ** 2
        - np.log(precision * settings.rise_sd**2)
    )
    # Only heights of at least `rise_least` count as a rise.
    ratio += _least((height - settings.rise_least) * np.sqrt(precision))
    ratio -= _least(np.array((settings.rise_mean - settings.rise_least) / settings.rise_sd))
    total = usual[:, None] + ratio
    per_shape = np.logaddexp.reduce(total, axis=0) - np.logaddexp.reduce(usual)
    by_ramp = per_shape[: rises.shape[1]].reshape(len(settings.ramps), onsets.size)
    rise = np.logaddexp.reduce(by_ramp, axis=0) - np.log(len(settings.ramps))
    flare = np.logaddexp.reduce(per_shape[rises.shape[1] :]) - np.log(len(settings.flares))
    return PainEvidence(rise, float(flare))
