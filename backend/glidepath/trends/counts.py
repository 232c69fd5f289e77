"""Likelihood ratios of more nerve days, and of symptoms further down the leg."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glidepath.trends.days import PLACES
from glidepath.trends.pain import log_sum
from glidepath.trends.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _split(values: Floats, days: Ints, onsets: Ints) -> tuple[Floats, Floats]:
    """Column sums of `values` before each onset, and from it on: two arrays, one row an onset."""
    sums = np.zeros((values.shape[0] + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    before = sums[np.searchsorted(days, onsets)]
    return before, sums[-1] - before


@lru_cache(maxsize=8)
def _rates(settings: Settings) -> tuple[Floats, Floats, Floats]:
    """A grid of usual rates, once for every way to rise (columns).

    Returns the log prior of each column, and log chances of a day with and without nerve symptoms
    (two rows): usually, and after the rise.
    """
    grid = (np.arange(16) + 0.5) / 16
    with_, without = settings.nerve_prior
    prior = (with_ - 1) * np.log(grid) + (without - 1) * np.log1p(-grid)
    odds = np.outer(np.array(settings.nerve_odds), grid / (1 - grid)).ravel()
    rate, risen = np.tile(grid, len(settings.nerve_odds)), odds / (1 + odds)
    priors = np.tile(prior, len(settings.nerve_odds))
    return (
        priors - log_sum(priors, axis=0),
        np.stack((np.log(rate), np.log1p(-rate))),
        np.stack((np.log(risen), np.log1p(-risen))),
    )


def weigh_nerve(days: Ints, felt: Floats, onsets: Ints, settings: Settings) -> Floats:
    """`felt` holds 1 for a day with any nerve symptom, else 0. One log ratio for each onset."""
    if felt.size == 0 or onsets.size == 0:
        return np.zeros(onsets.size)
    prior, usual, risen = _rates(settings)
    before, after = _split(np.stack((felt, 1 - felt), axis=1), days, onsets)
    same = log_sum(prior + (before[0] + after[0]) @ usual, axis=0)
    changed = log_sum(prior + before @ usual + after @ risen, axis=1)
    return np.asarray(settings.nerve_temper * (changed - same))


@lru_cache(maxsize=8)
def _habits(settings: Settings) -> tuple[Floats, Floats, Floats]:
    """log chance of each place (rows) for every usual place and share of slips (columns).

    The first table stands alone; the other two belong together and hold, for every way to move one
    or two segments down the leg, the chances before and after. A slip names a neighbour nine times
    in ten, any other place otherwise.
    """
    size = len(PLACES)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    usual, before, after = [], [], []
    for slips in settings.place_slips:
        weight = np.where(distance == 1, 0.9, 0.1) * (distance > 0)
        weight = slips * weight / weight.sum(axis=1, keepdims=True)
        habit = np.log(np.where(distance == 0, 1 - slips, weight))
        usual.append(habit)
        for shift in (1, 2):
            before.append(habit[:-shift])
            after.append(habit[shift:])
    return np.concatenate(usual).T, np.concatenate(before).T, np.concatenate(after).T


def weigh_place(days: Ints, place: Floats, onsets: Ints, settings: Settings) -> Floats:
    """`place` holds indexes into PLACES. One log ratio for each onset."""
    if place.size == 0 or onsets.size == 0:
        return np.zeros(onsets.size)
    usual, then, now = _habits(settings)
    before, after = _split(np.eye(len(PLACES))[place.astype(np.int64)], days, onsets)
    same = log_sum((before[0] + after[0]) @ usual, axis=0) - np.log(usual.shape[1])
    changed = log_sum(before @ then + after @ now, axis=1) - np.log(then.shape[1])
    return np.asarray(settings.place_temper * (changed - same))
