"""Pain as a set of stories, each followed by a Kalman filter of level, slope and deviation.

The usual course is story 0. On every logged day three stories may branch off it: a sudden lasting
rise, a slow one, and a passing flare. `x` holds rows x noise levels x stories: the means of level,
slope and deviation, then the covariances level-level, level-slope, level-deviation, slope-slope,
slope-deviation and deviation-deviation. `w` holds noise levels x stories, the weights.
With K slots for onsets, stories 1..K are the sudden rises, the next K the slow ones, the last K the
flares.
"""

import numpy as np

from glidepath.trends.compiled import compiled
from glidepath.trends.tables import Floats, Tables

# No noise level is ever ruled out for good: a patient may change.
LEAST = 1e-9
# No reading is impossible under any story.
BARELY = 1e-12


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
def _add_readings(
    weight: Floats, x: Floats, w: Floats, t: Tables, noise: float, pain: float
) -> None:
    """Adds to `weight` what the stories of one noise level (a variance) make of every reading."""
    level, dev, ll, ld, dd = x[0], x[2], x[3], x[5], x[8]
    readings, stories = weight.shape
    # An ordinary day's part and a bad day's, the factor to the next lower reading, and the factor
    # by which that one shrinks: so do Gaussian weights at whole points follow each other.
    plain, plain_next, plain_less = np.empty(stories), np.empty(stories), np.empty(stories)
    bad, bad_next, bad_less = np.empty(stories), np.empty(stories), np.empty(stories)
    for i in range(stories):
        sure = 1 / (ll[i] + 2 * ld[i] + dd[i] + noise)
        sure_bad = 1 / (1 / sure + t.bad_day_var)
        off = pain - level[i] - dev[i]
        off_bad = off - t.bad_day_mean
        plain[i], bad[i] = -0.5 * off * off * sure, -0.5 * off_bad * off_bad * sure_bad
        plain_next[i], bad_next[i] = (off - 0.5) * sure, (off_bad - 0.5) * sure_bad
        plain_less[i], bad_less[i] = sure, sure_bad
    for i in range(stories):
        plain[i] = (1 - t.bad_day) * w[i] * np.sqrt(plain_less[i]) * np.exp(plain[i])
        bad[i] = t.bad_day * w[i] * np.sqrt(bad_less[i]) * np.exp(bad[i])
        plain_next[i], bad_next[i] = np.exp(plain_next[i]), np.exp(bad_next[i])
        plain_less[i], bad_less[i] = np.exp(-plain_less[i]), np.exp(-bad_less[i])
    for a in range(readings):
        for i in range(stories):
            weight[a, i] += plain[i] + bad[i] + BARELY * w[i]
            plain[i] *= plain_next[i]
            plain_next[i] *= plain_less[i]
            bad[i] *= bad_next[i]
            bad_next[i] *= bad_less[i]


@compiled
def foresee(x: Floats, w: Floats, t: Tables, pain: float) -> tuple[Floats, Floats]:
    """What readings of `pain`, one less, two less ... down to zero would make of the weights.

    A reading that was not given (NaN) leaves them as they are. Returns readings x slots the odds of
    a rise that began there, and for each reading one plus the odds of a flare, both against the
    usual course.
    """
    slots = (x.shape[2] - 1) // 3
    readings = int(pain) + 1 if pain >= 0 else 1
    weight = np.zeros((readings, x.shape[2]))
    for n in range(x.shape[1]):
        if pain >= 0:
            _add_readings(weight, x[:, n], w[n], t, t.reading_var[n], pain)
        else:
            weight[0] += w[n]
    rise, flare = np.empty((readings, slots)), np.empty(readings)
    for a in range(readings):
        flare[a] = weight[a, 1 + 2 * slots :].sum() / weight[a, 0] + 1
        for k in range(slots):
            rise[a, k] = (weight[a, 1 + k] + weight[a, 1 + slots + k]) / weight[a, 0]
    return rise, flare


@compiled
def update(x: Floats, w: Floats, t: Tables, pain: float) -> None:
    """Every story learns from a reading, which may be that of a single bad day."""
    stories = x.shape[2]
    plain, bad = np.empty(stories), np.empty(stories)
    top = 0.0
    for n in range(x.shape[1]):
        level, slope, dev = x[0, n], x[1, n], x[2, n]
        ll, ls, ld, ss, sd, dd = x[3, n], x[4, n], x[5, n], x[6, n], x[7, n], x[8, n]
        for i in range(stories):
            var = ll[i] + 2 * ld[i] + dd[i] + t.reading_var[n]
            off = pain - level[i] - dev[i]
            plain[i] = -0.5 * off * off / var
            bad[i] = -0.5 * (off - t.bad_day_mean) ** 2 / (var + t.bad_day_var)
        for i in range(stories):
            plain[i] = np.exp(plain[i])
            bad[i] = np.exp(bad[i])
        for i in range(stories):
            sure = 1 / (ll[i] + 2 * ld[i] + dd[i] + t.reading_var[n])
            sure_bad = 1 / (1 / sure + t.bad_day_var)
            off = pain - level[i] - dev[i]
            a = (1 - t.bad_day) * np.sqrt(sure) * plain[i]
            b = t.bad_day * np.sqrt(sure_bad) * bad[i]
            both = a + b + BARELY
            share = b / both
            # The two answers, an ordinary day's and a bad day's, brought together by their moments.
            apart = (off - t.bad_day_mean) * sure_bad - off * sure
            e = off * sure + share * apart
            g = sure + share * (sure_bad - sure) - share * (1 - share) * apart * apart
            k0, k1, k2 = ll[i] + ld[i], ls[i] + sd[i], ld[i] + dd[i]
            level[i] += k0 * e
            slope[i] += k1 * e
            dev[i] += k2 * e
            ll[i] -= k0 * k0 * g
            ls[i] -= k0 * k1 * g
            ld[i] -= k0 * k2 * g
            ss[i] -= k1 * k1 * g
            sd[i] -= k1 * k2 * g
            dd[i] -= k2 * k2 * g
            w[n, i] *= both
            top = max(top, w[n, i])
    for n in range(x.shape[1]):
        for i in range(stories):
            w[n, i] /= top
        w[n, 0] = max(w[n, 0], LEAST)


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
