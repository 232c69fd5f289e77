"""Every constant of the model, with the reason for its size."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """The model's constants; days, points on the 0-10 scale, or plain ratios.

    "Tuned" means chosen on a simulated tuning cohort of 1,500 diaries and reported on another.
    """

    # --- what is remembered -------------------------------------------------------------------
    window: int = 84
    """Days of diary a verdict looks at: eight weeks of possible onsets, four weeks before them."""
    thinning: tuple[tuple[int, int], ...] = ((14, 1), (28, 2), (56, 4))
    """Up to which age in days an onset is tried, on the first logged day of every how many: the
    past needs less detail, and what is older than the last has become the usual course."""
    before: int = 2
    """Logged days that must precede an onset, else there is nothing to compare with."""

    # --- when things begin --------------------------------------------------------------------
    worsening_hazard: float = 1 / 150
    """Chance a day that a worsening begins; the order of one in five months."""
    flare_hazard: float = 1 / 40
    """Chance a day that a passing flare begins: rather too high, so that a rise has to outlast one."""

    # --- pain ---------------------------------------------------------------------------------
    level_mean: float = 4.5
    level_sd: float = 2.5
    """Where a diary starts, points; chosen."""
    noise: tuple[float, ...] = (0.4, 0.6, 0.9, 1.3, 1.9)
    """Day-to-day SD, points; measured within-person SD is 0.9-1.5 (lognormal prior, below)."""
    noise_median: float = 1.0
    noise_spread: float = 0.5
    carry: float = 0.4
    """Share of the day-to-day variance that carries over to the next days ..."""
    carry_days: float = 2.1
    """... and its time constant: a lag-one correlation of 0.62 of that share, 0.25 in all."""
    swing: float = 0.5
    """SD of slow swings round the level, in units of the day-to-day SD (tuned)."""
    swing_days: float = 25.0
    settling_sd: float = 4.0
    """Height of an improvement that flattens out, points (only downward) ..."""
    settling_days: float = 20.0
    """... with this time constant; chosen: a half-life of two weeks."""
    rise_mean: float = 2.5
    rise_sd: float = 1.5
    """A worsening, points: about the smallest change beyond measurement error (MDC95 2.3)."""
    rise_least: float = 1.0
    """Less than one point never matters clinically, not even from a low level."""
    ramps: tuple[int, ...] = (14, 42)
    """Days a worsening takes to reach its height, besides a sudden one: two weeks, six weeks."""
    flares: tuple[int, ...] = (4, 6, 8, 10)
    """Days a flare lasts before it passes whole."""
    flare_nerve: float = 0.3
    """Share of flares that bring nerve symptoms with them."""
    flare_reach: int = 28
    """How far back a flare may have begun to be told from a worsening."""
    forgiven: int = 2
    """How many flares that are over may be taken out of a window ..."""
    forgive_above: float = 2.0
    """... when they explain it better by this log ratio than the usual course or a lasting rise."""
    lone: float = 1.0
    """Points by which one reading may stand out from both neighbours before it is drawn in."""

    # --- nerve symptoms -----------------------------------------------------------------------
    nerve_prior: tuple[float, float] = (0.6, 2.0)
    """Pseudo-counts of days with and without nerve symptoms (median rate one day in six)."""
    nerve_odds: tuple[float, ...] = (6.0, 18.0)
    """How much a worsening multiplies the odds of a nerve day."""
    nerve_temper: float = 0.75
    """Nerve days cluster, so that each is worth less than an independent one."""

    # --- place --------------------------------------------------------------------------------
    place_slips: tuple[float, ...] = (0.06, 0.2, 0.4)
    """Share of days on which another place than the usual is named; steady to wandering patients."""
    place_temper: float = 0.75
    """Places cluster too."""

    # --- together -----------------------------------------------------------------------------
    patterns: tuple[tuple[float, str], ...] = (
        (0.45, "pain"),
        (0.18, "nerve"),
        (0.22, "place"),
        (0.06, "pain nerve"),
        (0.06, "pain place"),
        (0.03, "nerve place"),
    )
    """In which channels a worsening shows, with its share: pain alone misses a third."""

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Settings":
        """The inverse of `dataclasses.asdict`, also after a journey through JSON."""
        return cls(**{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
