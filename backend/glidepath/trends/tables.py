"""The settings as arrays, worked out once: what the compiled functions read."""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glidepath.trends.days import PLACES
from glidepath.trends.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# By how many segments down the leg symptoms may move.
MOVES: Final = (1, 2)
# The order in which the shares of patterns stand.
PATTERNS: Final = ("pain", "nerve", "place", "pain nerve", "pain place")


class Habits(NamedTuple):
    """What may be usual in a channel of counts, and the ways in which it may get worse.

    `start` is the prior of each habit. `chance` holds answers x habits. For every way to get worse
    `left` is the habit that it leaves, `share` its part of that habit's prior, and `later` holds
    answers x days since the onset (the last stands for all later ones) x ways.
    """

    start: Floats
    chance: Floats
    left: Ints
    share: float
    later: Floats


class Tables(NamedTuple):
    """`Settings` with variances for SDs; `noise_prior`, `reading_var` and `carry_var` hold one
    number for each noise level, `patterns` one share for each of PATTERNS."""

    gap_days: int
    gap_weight: float
    gap_rise: float
    onset_days: int
    fold_days: int
    flare_days: int
    before: int
    early_days: int
    early_share: float
    worsening_hazard: float
    flare_hazard: float
    level_mean: float
    level_var: float
    level_drift: float
    slope_mean: float
    slope_var: float
    slope_fade: float
    noise_prior: Floats
    reading_var: Floats
    carry_var: Floats
    carry_fade: float
    step_mean: float
    step_var: float
    step_share: float
    slow_mean: float
    slow_var: float
    flare_mean: float
    flare_var: float
    flare_fade: float
    bad_day: float
    bad_day_mean: float
    bad_day_var: float
    patterns: Floats
    nerve: Habits
    place: Habits


@lru_cache(maxsize=8)
def tables(s: Settings) -> Tables:
    noise = np.array(s.noise)
    prior = np.exp(-0.5 * (np.log(noise / s.noise_median) / s.noise_spread) ** 2)
    shares = {channels: share for share, channels in s.patterns}
    return Tables(
        gap_days=s.gap_days,
        gap_weight=s.gap_weight,
        gap_rise=s.gap_rise,
        onset_days=s.onset_days,
        fold_days=s.fold_days,
        flare_days=s.flare_days,
        before=s.before,
        early_days=s.early_days,
        early_share=s.early_share,
        worsening_hazard=s.worsening_hazard,
        flare_hazard=s.flare_hazard,
        level_mean=s.level_mean,
        level_var=s.level_sd**2,
        level_drift=s.level_drift**2,
        slope_mean=s.slope_mean,
        slope_var=s.slope_sd**2,
        slope_fade=s.slope_fade,
        noise_prior=prior / prior.sum(),
        reading_var=(1 - s.carry) * noise**2 + s.rounding,
        carry_var=s.carry * noise**2,
        carry_fade=s.carry_fade,
        step_mean=s.step_mean,
        step_var=s.step_sd**2,
        step_share=s.step_share,
        slow_mean=s.slow_mean,
        slow_var=s.slow_sd**2,
        flare_mean=s.flare_mean,
        flare_var=s.flare_sd**2,
        flare_fade=s.flare_fade,
        bad_day=s.bad_day,
        bad_day_mean=s.bad_day_mean,
        bad_day_var=s.bad_day_sd**2,
        patterns=np.array([shares[channels] for channels in PATTERNS]),
        nerve=_nerve(s),
        place=_place(s),
    )


def _ramp(days: int) -> Floats:
    return np.minimum(1.0, (np.arange(days) + 1) / days)


def _nerve(s: Settings) -> Habits:
    """Habits are shares of nerve days; answers are none (0) and any (1)."""
    rate = (np.arange(s.nerve_rates) + 0.5) / s.nerve_rates
    with_, without = s.nerve_prior
    prior = rate ** (with_ - 1) * (1 - rate) ** (without - 1)
    ways = len(s.nerve_log_odds)
    raised = _ramp(s.nerve_ramp)[:, None] * np.repeat(s.nerve_log_odds, rate.size)
    later = 1 / (1 + np.exp(-np.tile(np.log(rate / (1 - rate)), ways) - raised))
    return Habits(
        start=prior / prior.sum(),
        chance=np.stack((1 - rate, rate)),
        left=np.tile(np.arange(rate.size), ways),
        share=1 / ways,
        later=np.stack((1 - later, later)),
    )


def _place(s: Settings) -> Habits:
    """Habits are usual places with shares of slips, place by place; answers are places."""
    places, slips = len(PLACES), np.array(s.place_slips)
    a, b = s.place_slips_prior
    prior = slips ** (a - 1) * (1 - slips) ** (b - 1)
    chance = np.full((places, slips.size, places), s.place_far)
    for usual in range(places):
        chance[usual, :, usual] += 1 - slips
        chance[usual, :, min(usual + 1, places - 1)] += slips * s.place_down
        chance[usual, :, max(usual - 1, 0)] += slips * (1 - s.place_down)
    chance = (chance / chance.sum(axis=2, keepdims=True)).reshape(-1, places)
    left = np.concatenate([np.arange((places - move) * slips.size) for move in MOVES])
    moved = np.repeat(MOVES, [(places - move) * slips.size for move in MOVES]) * slips.size
    ramp = _ramp(s.place_ramp)[:, None, None]
    later = (1 - ramp) * chance[left] + ramp * chance[left + moved]
    return Habits(
        start=np.outer(s.place_usual, prior / prior.sum()).ravel(),
        chance=np.ascontiguousarray(chance.T),
        left=left,
        share=1 / len(MOVES),
        later=np.ascontiguousarray(later.transpose(2, 0, 1)),
    )
