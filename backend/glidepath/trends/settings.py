"""Every constant of the model, with the reason for its size."""

import json
from dataclasses import dataclass, fields
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Settings:
    """The model's constants; days, points on the 0-10 scale, or plain ratios.

    "Tuned" means chosen on a simulated tuning cohort of 1,500 diaries and reported on another.
    """

    # --- what is remembered -------------------------------------------------------------------
    window: int = 84
    """Days of diary kept beside the state, for the words of an explanation alone."""
    onsets: int = 10
    """How many possible first days are followed at once; the least likely makes room."""

    # --- when things begin --------------------------------------------------------------------
    worsening_hazard: float = 1 / 150
    """Chance a day that a worsening begins; the order of one in five months."""
    flare_hazard: float = 1 / 150
    """Chance a day that a passing flare begins (tuned: a higher one delays the finding of steps)."""
    gap_days: int = 18
    gap_weight: float = 1.5
    gap_rise: float = 0.5
    """When the first reading after a gap is this many points above the usual course, every missed
    day, up to `gap_days`, makes an onset within the gap likelier by this many times: it may have
    begun unseen, and who is in pain writes less (tuned). A gap alone says nothing."""
    onset_days: int = 43
    """A rise that began longer ago than this is no news ..."""
    fold_days: int = 56
    """... and from here on it is the usual course."""
    flare_days: int = 24
    """A flare that began longer ago than this has passed and is the usual course."""
    before: int = 3
    """Logged days before the first possible onset, else there is nothing to compare with."""
    early_days: int = 8
    early_share: float = 0.3
    """In a diary's first days the usual course is guesswork: an onset is taken for this much less
    likely (none at all would miss who gets worse from the start)."""

    # --- pain ---------------------------------------------------------------------------------
    level_mean: float = 4.3
    level_sd: float = 2.5
    """Where a diary starts, points (tuned)."""
    level_drift: float = 0.042
    """SD of the level's slow drift, points a day (tuned)."""
    slope_mean: float = -0.024
    slope_sd: float = 0.06
    slope_fade: float = 0.963
    """Improvement at the start, points a day, and the share of it that is left a day later:
    improvement flattens out (tuned: half-lives of 7-35 days)."""
    noise: tuple[float, ...] = (0.35, 0.7, 1.0, 1.4)
    """Day-to-day SD, points; measured within-person SD is 0.9-1.5 (lognormal prior, below). The
    lowest is for the even diaries that some people keep: on real ones it halves the time in which a
    slow rise is found, and costs nothing on simulated ones."""
    noise_median: float = 1.0
    noise_spread: float = 0.35
    carry: float = 0.29
    """Share of the day-to-day variance that carries over to the next day ..."""
    carry_fade: float = 0.68
    """... and how much of the deviation is left a day later: a lag-one correlation of 0.3 in all."""
    rounding: float = 1 / 12
    """Variance of rounding to whole points."""
    step_mean: float = 2.3
    step_sd: float = 0.9
    """A sudden worsening, points: about the smallest change beyond measurement error (MDC95 2.3)."""
    step_share: float = 0.53
    """Share of worsenings that come suddenly."""
    slow_mean: float = 0.1
    slow_sd: float = 0.035
    """A slow worsening, points a day: 2-4.5 points in three to eight weeks."""
    flare_mean: float = 2.2
    flare_sd: float = 1.2
    flare_fade: float = 0.85
    """A flare, points, and the share of it that is left a day later."""
    bad_day: float = 0.036
    bad_day_mean: float = 2.0
    bad_day_sd: float = 1.2
    """Share of single bad days, and by how many points they stand out."""

    # --- nerve symptoms -----------------------------------------------------------------------
    nerve_prior: tuple[float, float] = (0.95, 3.4)
    """Beta prior of the usual share of nerve days, days with and without (tuned)."""
    nerve_rates: int = 12
    """Points of the grid of usual shares."""
    nerve_log_odds: tuple[float, ...] = (2.1, 2.6)
    """By how much a worsening raises the log odds of a nerve day (tuned) ..."""
    nerve_ramp: int = 9
    """... and in how many days."""

    # --- place --------------------------------------------------------------------------------
    place_usual: tuple[float, ...] = (0.03, 0.24, 0.57, 0.155, 0.005)
    """How common each place is as the usual one (tuned)."""
    place_slips: tuple[float, ...] = (0.06, 0.14, 0.25, 0.4)
    """Share of days on which another place than the usual is named; steady to wandering patients."""
    place_slips_prior: tuple[float, float] = (3.0, 11.0)
    """Beta prior of that share (tuned)."""
    place_down: float = 0.45
    """Share of slips that go down the leg; the others go up it."""
    place_far: float = 0.002
    """Chance of a place that is neither the usual one nor its neighbour."""
    place_ramp: int = 18
    """Days in which symptoms move down the leg for good."""

    # --- together -----------------------------------------------------------------------------
    patterns: tuple[tuple[float, str], ...] = (
        (0.29, "pain"),
        (0.13, "nerve"),
        (0.15, "place"),
        (0.063, "pain nerve"),
        (0.1, "pain place"),
    )
    """In which channels a worsening shows, with its share: pain alone misses a third."""

    # --- how sure -----------------------------------------------------------------------------
    calibration: tuple[float, float] = (-0.11, 0.79)
    """Intercept and slope from the score to the log odds that a worsening began within 60 days
    (logistic regression, tuned)."""

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _NAMES}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Settings":
        """The inverse of `as_dict`, also after a journey through JSON."""
        if values == _USUAL_READ:
            return _USUAL
        return cls(**{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


_NAMES: Final = tuple(field.name for field in fields(Settings))
# Nearly every checkpoint is of these, and each sync reads one.
_USUAL: Final = Settings()
_USUAL_READ: Final = json.loads(json.dumps(_USUAL.as_dict()))
