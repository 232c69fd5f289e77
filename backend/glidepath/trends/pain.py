"""Likelihood ratios of a lasting rise in pain, for every possible onset at once.

The usual course is a Gaussian process: a level, slow swings, an improvement that flattens out, and
day-to-day variation of which a part carries over. All of it scales with the patient's own noise,
so that one matrix inverse serves every noise level on the grid. A rise or a flare adds a known
shape of unknown height, for which the ratio of likelihoods has a closed form.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glidepath.trends.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def log_sum(values: Floats, axis: int) -> Floats:
    """log of the sum of exponentials along `axis`."""
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis))


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
def _usual(settings: Settings) -> tuple[Floats, Floats]:
    """Covariance of the window's days round the level, in units of the day-to-day variance, and
    the course of an improvement that flattens out."""
    gap = np.abs(np.subtract.outer(np.arange(settings.window), np.arange(settings.window)))
    settling = np.exp(-np.arange(settings.window) / settings.settling_days)
    covariance = (
        (1 - settings.carry) * np.eye(settings.window)
        + settings.carry * np.exp(-gap / settings.carry_days)
        + settings.swing**2 * np.exp(-gap / settings.swing_days)
        # The level: wide against any noise on the grid.
        + (settings.level_sd / settings.noise_median) ** 2
    )
    return covariance, settling


@dataclass(frozen=True, slots=True)
class _Design:
    """What can be said of a pattern of days before any pain is known.

    Shapes are steps, slower ramps, then flares. With S the covariance in units of the day-to-day
    variance, `inverse` is S⁻¹ and `weight` holds s'S⁻¹s for every shape s.
    """

    inverse: Floats
    settling: Floats
    starts: Ints
    ramps: Floats
    flare_starts: Ints
    flare_ends: Ints
    flare_compete: NDArray[np.bool_]
    weight: Floats

    @property
    def rises(self) -> int:
        return int(self.starts.size + self.ramps.shape[1])

    def slopes(self, residual: Floats) -> Floats:
        """s'S⁻¹r for every row r of residuals and every shape s (columns)."""
        weighed = residual @ self.inverse
        steps = _from_the_end(weighed)
        flares = steps[:, self.flare_starts] - steps[:, self.flare_ends]
        return np.concatenate((steps[:, self.starts], weighed @ self.ramps, flares), axis=1)


def _from_the_end(values: Floats) -> Floats:
    """Sums along each row from each place to the end, with a zero for the place after the end."""
    sums = np.zeros((values.shape[0], values.shape[1] + 1))
    sums[:, -2::-1] = np.cumsum(values[:, ::-1], axis=1)
    return sums


@lru_cache(maxsize=16)
def _design(days: tuple[int, ...], onsets: tuple[int, ...], settings: Settings) -> _Design:
    """Kept for the next call, since someone who logs every day repeats one pattern."""
    at, begin = np.array(days), np.array(onsets)
    covariance, settling = _usual(settings)
    inverse = np.linalg.inv(covariance[at[:, None], at])
    starts = np.searchsorted(at, begin)
    lasts = np.array(settings.flares)[:, None]
    flare_starts = np.tile(np.arange(1, at.size), lasts.size)
    flare_ends = np.searchsorted(at, (at[1:] + lasts).ravel())
    recent = at[flare_starts] > at[-1] - settings.flare_reach
    age = (at[:, None] - begin + 1).astype(float)
    ramps = np.concatenate([np.clip(age / ramp, 0.0, 1.0) for ramp in settings.ramps], axis=1)
    # Sums over the lower right corners of S⁻¹ give s'S⁻¹s of a step, their differences a flare's.
    corner = _from_the_end(_from_the_end(inverse).T)
    weight = np.concatenate(
        (
            corner[starts, starts],
            np.einsum("ij,ij->j", ramps, inverse @ ramps),
            corner[flare_starts, flare_starts]
            - 2 * corner[flare_starts, flare_ends]
            + corner[flare_ends, flare_ends],
        )
    )
    return _Design(inverse, settling[at], starts, ramps, flare_starts, flare_ends, recent, weight)


class _Fit:
    """How well each shape explains the readings, at every noise level."""

    def __init__(self, design: _Design, pain: Floats, settings: Settings) -> None:
        self._design = design
        self._settings = settings
        self._noise = np.array(settings.noise)
        self._residual = np.tile(pain - settings.level_mean, (self._noise.size, 1))
        # An improvement of the most likely height belongs to the usual course; a decline the other
        # way round would be a worsening, and is left in.
        weighed = design.inverse @ design.settling
        precision = design.settling @ weighed / self._noise**2 + settings.settling_sd**-2
        height = self._residual @ weighed / self._noise**2 / precision
        self._residual -= np.maximum(height, 0.0)[:, None] * design.settling
        self._precision = design.weight / self._noise[:, None] ** 2 + settings.rise_sd**-2

    def ratios(self) -> tuple[Floats, Floats]:
        """log likelihood ratio of each shape, and its most likely height in points."""
        s, noise, precision = self._settings, self._noise, self._precision
        misfit = np.einsum("ij,ij->i", self._residual @ self._design.inverse, self._residual)
        usual = (
            -0.5 * (np.log(noise / s.noise_median) / s.noise_spread) ** 2
            - 0.5 * misfit / noise**2
            - self._residual.shape[1] * np.log(noise)
        )
        slope = self._design.slopes(self._residual) / noise[:, None] ** 2
        height = (slope + s.rise_mean / s.rise_sd**2) / precision
        ratio = 0.5 * (
            height**2 * precision
            - (s.rise_mean / s.rise_sd) ** 2
            - np.log(precision * s.rise_sd**2)
        )
        # Only heights of at least `rise_least` count as a rise.
        ratio += _log_normal((height - s.rise_least) * np.sqrt(precision))
        ratio -= _log_normal(np.array((s.rise_mean - s.rise_least) / s.rise_sd))
        total = log_sum(usual[:, None] + ratio, axis=0) - log_sum(usual, axis=0)
        return total, height[int(np.argmax(usual))]

    def take_out(self, flare: int, height: float) -> None:
        start, end = self._design.flare_starts[flare], self._design.flare_ends[flare]
        self._residual[:, start:end] -= height


def _log_normal(z: Floats) -> Floats:
    """log of the normal distribution function, by its logistic approximation (error < 0.01)."""
    # Bounded, so that exp does not overflow: e⁻³⁰⁰ is as impossible as anything less.
    return np.asarray(-np.log1p(np.exp(np.minimum(-1.702 * z, 300.0))))


def weigh(days: Ints, pain: Floats, onsets: Ints, settings: Settings) -> tuple[Floats, float]:
    """Log likelihood ratios against the usual course: of a lasting rise at each onset, and of a
    passing flare in the last weeks.

    `days` and `pain` are the n readings, days counted from the window's first; `onsets` k days.
    """
    if pain.size < 2 or onsets.size == 0:
        return np.zeros(onsets.size), -np.inf
    design = _design(tuple(days.tolist()), tuple(onsets.tolist()), settings)
    fit = _Fit(design, draw_in(pain, settings.lone), settings)
    ratios, heights = fit.ratios()
    over = design.flare_ends < pain.size
    for _ in range(settings.forgiven):
        # A flare that is over is taken out, lest it pass for noise or for a part of a rise.
        passed = np.where(over, ratios[design.rises :], -np.inf)
        best = int(np.argmax(passed))
        doubt = max(float(ratios[: design.rises].max()), -np.log(settings.flare_hazard))
        if passed[best] < doubt + settings.forgive_above:
            break
        fit.take_out(best, float(heights[design.rises + best]))
        ratios, heights = fit.ratios()
    shapes = 1 + len(settings.ramps)
    rise = log_sum(ratios[: design.rises].reshape(shapes, onsets.size), axis=0) - np.log(shapes)
    flare = log_sum(ratios[design.rises :][design.flare_compete], axis=0) - np.log(
        len(settings.flares)
    )
    return rise, float(flare)
