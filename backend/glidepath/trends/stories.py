"""Pain as a set of stories, each followed by a Kalman filter of level, slope and deviation.

The usual course is story 0. On every logged day three stories may branch off it: a sudden lasting
rise, a slow one, and a passing flare. `x` holds rows x noise levels x stories: the means of level,
slope and deviation, then the covariances level-level, level-slope, level-deviation, slope-slope,
slope-deviation and deviation-deviation. `w` holds noise levels x stories, the weights.
With K slots for onsets, stories 1..K are the sudden rises, the next K the slow ones, the last K the
flares.
"""

from glidepath.trends.compiled import compiled
from glidepath.trends.tables import Floats, Tables


@compiled
def _advance(
    x: Floats,
    first: int,
    last: int,
    fade: float,
    run: float,
    carry: float,
    fresh: float,
    drift: float,
) -> None:
    level, slope, dev = x[0], x[1], x[2]
    ll, ls, ld, ss, sd, dd = x[3], x[4], x[5], x[6], x[7], x[8]
    for i in range(first, last):
        level[i] += run * slope[i]
        slope[i] *= fade
        dev[i] *= carry
        ll[i] += run * (2 * ls[i] + run * ss[i]) + drift
        ls[i] = fade * (ls[i] + run * ss[i])
        ld[i] = carry * (ld[i] + run * sd[i])
        ss[i] *= fade * fade
        sd[i] *= fade * carry
        dd[i] = carry * carry * dd[i] + fresh


@compiled
def predict(x: Floats, t: Tables, days: int) -> None:
    """Every story `days` calendar days later."""
    slots = (x.shape[2] - 1) // 3
    fade = t.slope_fade**days
    run = (1 - fade) / (1 - t.slope_fade)
    carry, flare = t.carry_fade**days, t.flare_fade**days
    drift = t.level_drift * days
    for n in range(x.shape[1]):
        fresh = t.carry_var[n] * (1 - carry * carry)
        _advance(x[:, n], 0, 1 + slots, fade, run, carry, fresh, drift)
        # The slope of a slow rise does not fade.
        _advance(x[:, n], 1 + slots, 1 + 2 * slots, 1.0, float(days), carry, fresh, drift)
        fresh = t.carry_var[n] * (1 - flare * flare)
        _advance(x[:, n], 1 + 2 * slots, 1 + 3 * slots, fade, run, flare, fresh, drift)


@compiled
def expected(x: Floats, w: Floats) -> float:
    """The pain that the usual course would bring today, points."""
    weight = pain = 0.0
    for n in range(x.shape[1]):
        weight += w[n, 0]
        pain += w[n, 0] * (x[0, n, 0] + x[2, n, 0])
    return pain / weight


@compiled
def branch(x: Floats, w: Floats, t: Tables, slot: int, worsening: float, gap: int) -> None:
    """Three stories that began within the last `gap` days branch off the usual course; `worsening`
    is the chance that one of the first two did."""
    slots = (x.shape[2] - 1) // 3
    step, slow, flare = 1 + slot, 1 + slots + slot, 1 + 2 * slots + slot
    passing = t.flare_hazard * gap
    for n in range(x.shape[1]):
        for row in range(9):
            usual = x[row, n, 0]
            x[row, n, step] = usual
            x[row, n, slow] = usual
            x[row, n, flare] = usual
        x[0, n, step] += t.step_mean
        x[3, n, step] += t.step_var
        # On average half of the gap had passed when it began.
        x[0, n, slow] += t.slow_mean * (1 + 0.5 * (gap - 1))
        x[1, n, slow] = t.slow_mean
        x[4, n, slow] = 0.0
        x[6, n, slow] = t.slow_var
        x[7, n, slow] = 0.0
        x[2, n, flare] += t.flare_mean
        x[8, n, flare] += t.flare_var
        w[n, step] = w[n, 0] * worsening * t.step_share
        w[n, slow] = w[n, 0] * worsening * (1 - t.step_share)
        w[n, flare] = w[n, 0] * passing
        w[n, 0] *= 1 - worsening - passing


@compiled
def fold(x: Floats, w: Floats, story: int) -> None:
    """`story` becomes a part of the usual course: their weights add, their moments are matched."""
    for n in range(x.shape[1]):
        total = w[n, 0] + w[n, story]
        share = w[n, story] / total
        d0 = x[0, n, story] - x[0, n, 0]
        d1 = x[1, n, story] - x[1, n, 0]
        d2 = x[2, n, story] - x[2, n, 0]
        for row in range(9):
            x[row, n, 0] += share * (x[row, n, story] - x[row, n, 0])
        spread = share * (1 - share)
        x[3, n, 0] += spread * d0 * d0
        x[4, n, 0] += spread * d0 * d1
        x[5, n, 0] += spread * d0 * d2
        x[6, n, 0] += spread * d1 * d1
        x[7, n, 0] += spread * d1 * d2
        x[8, n, 0] += spread * d2 * d2
        w[n, 0] = total
        w[n, story] = 0.0
