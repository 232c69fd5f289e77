"""Likelihood ratios of more nerve days, and of symptoms further down the leg."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glidepath.trends.days import PLACES
from glidepath.trends.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _split(values: Floats, days: Ints, onsets: Ints) -> tuple[Floats, Floats]:
    """Column sums of `values` before each onset, and from it on: two arrays, one row an onset."""
    sums = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    before = sums[np.searchsorted(days, onsets)]
    return before, sums[-1] - before


@lru_cache(maxsize=8)
def _rates(settings: Settings) -> tuple[Floats, Floats, Floats]:
    """Grid of usual rates: log prior, log (with, without), and the same for each risen rate."""
    rate = (np.arange(24) + 0.5) / 24
    with_, without = settings.nerve_prior
    prior = (with_ - 1) * np.log(rate) + (without - 1) * np.log1p(-rate)
    prior -= np.logaddexp.reduce(prior)
    logs = np.stack((np.log(rate), np.log1p(-rate)))
    odds = (rate / (1 - rate))[None, :] * np.array(settings.nerve_odds)[:, None]
    risen = odds / (1 + odds)
    return prior, logs, np.stack((np.log(risen), np.log1p(-risen)), axis=1)


def weigh_nerve(days: Ints, felt: Floats, onsets: Ints, settings: Settings) -> Floats:
    """`felt` holds 1 for a day with any nerve symptom, else 0. One log ratio for each onset."""
    if felt.size == 0 or onsets.size == 0:
        return np.zeros(onsets.size)
    prior, usual, risen = _rates(settings)
    before, after = _split(np.stack((felt, 1 - felt), axis=1), days, onsets)
    same = np.logaddexp.reduce(prior + (before[:1] + after[:1]) @ usual, axis=1)
    changed = (prior + before @ usual)[None] + after @ risen
    likelihood = np.logaddexp.reduce(changed, axis=2)
    ratio = np.logaddexp.reduce(likelihood, axis=0) - np.log(len(settings.nerve_odds)) - same
    return np.asarray(settings.nerve_temper * ratio)


@lru_cache(maxsize=8)
def _habits(settings: Settings) -> tuple[Floats, Floats]:
    """log P(place | usual place, slips): usual (habits x places), risen (shifts x habits x places).

    A slip names a neighbour nine times in ten, anything else otherwise.
    """
    size = len(PLACES)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    tables = []
    for slips in settings.place_slips:
        weight = np.where(distance == 1, 0.9, 0.1) * (distance > 0)
        weight /= weight.sum(axis=1, keepdims=True)
        tables.append(np.where(distance == 0, 1 - slips, slips * weight))
    usual = np.log(np.stack(tables))
    risen = []
    for shift in (1, 2):
        moved = np.full_like(usual, -np.inf)
        moved[:, :-shift] = usual[:, shift:]
        risen.append(moved.reshape(-1, size))
    return usual.reshape(-1, size), np.stack(risen)


def weigh_place(days: Ints, place: Ints, onsets: Ints, settings: Settings) -> Floats:
    """`place` holds indexes into PLACES. One log ratio for each onset."""
    if place.size == 0 or onsets.size == 0:
        return np.zeros(onsets.size)
    usual, risen = _habits(settings)
    before, after = _split(np.eye(len(PLACES))[place], days, onsets)
    same = np.logaddexp.reduce((before[:1] + after[:1]) @ usual.T, axis=1)
    likelihoods = []
    for table in risen:
        possible = np.isfinite(table[:, 0])
        changed = before @ usual[possible].T + after @ table[possible].T
        likelihoods.append(np.logaddexp.reduce(changed, axis=1) - np.log(len(risen)))
    ratio = np.logaddexp.reduce(np.stack(likelihoods), axis=0) - same
    return np.asarray(settings.place_temper * ratio)
