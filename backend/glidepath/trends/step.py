"""One logged day: the candidates for an onset move on, today's becomes one, and all are weighed."""

import numpy as np

from glidepath.trends import counts, readings, stories
from glidepath.trends.compiled import compiled
from glidepath.trends.state import State
from glidepath.trends.tables import Floats, Ints, Tables

# Odds below this are as good as none; keeps the logarithm finite.
NONE = 1e-9


@compiled
def _make_room(state: State, t: Tables, day: int) -> int:
    """Folds what is past into the usual course; the slot for a new onset."""
    slots = state.onset.size
    least = 0
    for k in range(slots):
        if state.onset[k] < 0:
            continue
        age = day - state.onset[k]
        if age >= t.flare_days:
            stories.fold(state.x, state.w, 1 + 2 * slots + k)
        if age >= t.fold_days:
            stories.fold(state.x, state.w, 1 + k)
            stories.fold(state.x, state.w, 1 + slots + k)
            state.onset[k] = -1
    for k in range(slots):
        if state.onset[k] < 0:
            return k
        if state.odds[3, k] < state.odds[3, least]:
            least = k
    return least


@compiled
def _begin(state: State, t: Tables, day: int, pain: float) -> None:
    """Moves the clock to `day`, on which something may have begun."""
    gap = 1
    if state.clock[2] == 0:
        state.clock[0] = day
    else:
        gap = day - state.clock[1]
        stories.predict(state.x, t, gap)
    slot = _make_room(state, t, day)
    if state.clock[2] >= t.before:
        state.onset[slot] = day
        # A silence means something only when the first word after it is of more pain.
        rose = pain >= stories.expected(state.x, state.w) + t.gap_rise
        gap = min(gap, t.gap_days) if rose else 1
        state.prior[slot] = t.worsening_hazard * (1 + t.gap_weight * (gap - 1))
        if day - state.clock[0] < t.early_days:
            state.prior[slot] *= t.early_share
        stories.branch(state.x, state.w, t, slot, state.prior[slot], gap)
        counts.branch(state.nerve, state.nerve_after, t.nerve, slot)
        counts.branch(state.place, state.place_after, t.place, slot)
    state.clock[1] = day
    state.clock[2] += 1


@compiled
def _together(
    state: State, t: Tables, rise: Floats, flare: Floats, nerve: Floats, place: Floats
) -> float:
    """The odds of a worsening, as they are or would be had today been milder in any way.

    The highest of them counts, so that a worse day never lowers the score of that day. Leaves in
    `state.odds` what the actual answers say.
    """
    slots = state.onset.size
    pain_only, nerve_only, place_only, with_nerve, with_place = t.patterns
    shows, without = np.zeros(slots), np.zeros(slots)
    highest = 0.0
    for b in range(nerve.shape[0]):
        for d in range(place.shape[0]):
            elsewhere = 0.0
            for k in range(slots):
                shows[k] = pain_only + with_nerve * nerve[b, k] + with_place * place[d, k]
                without[k] = nerve_only * nerve[b, k] + place_only * place[d, k]
                without[k] *= state.prior[k]
                if state.onset[k] < 0 or state.clock[1] - state.onset[k] >= t.onset_days:
                    shows[k] = without[k] = 0.0
                elsewhere += without[k]
            for a in range(rise.shape[0]):
                in_pain = 0.0
                for k in range(slots):
                    in_pain += rise[a, k] * shows[k]
                highest = max(highest, in_pain / flare[a] + elsewhere)
            if b == 0 and d == 0:
                for k in range(slots):
                    state.odds[0, k] = rise[0, k] / flare[0]
                    state.odds[1, k] = nerve[0, k]
                    state.odds[2, k] = place[0, k]
                    state.odds[3, k] = state.odds[0, k] * shows[k] + without[k]
    return highest


@compiled
def step(state: State, t: Tables, day: int, pain: float, nerve: int, place: int) -> float:
    """Takes in one day and returns the score after it, the log odds of a lasting worsening.

    `day` is a day number later than the last one; `pain` 0-10 or NaN, `nerve` 0 or 1 for any nerve
    symptom, `place` an index into PLACES; -1 where not answered.
    """
    _begin(state, t, day, pain)
    ages = np.where(state.onset < 0, -1, day - state.onset)
    fit = readings.fit(state.x, t, pain)
    rise, flare = readings.foresee(state.w, pain, fit)
    more_nerve = counts.foresee(state.nerve, state.nerve_after, t.nerve, ages, nerve)
    further = counts.foresee(state.place, state.place_after, t.place, ages, place)
    odds = _together(state, t, rise, flare, more_nerve, further)
    if pain >= 0:
        readings.update(state.x, state.w, fit)
    if nerve >= 0:
        counts.update(state.nerve, state.nerve_after, t.nerve, ages, nerve)
    if place >= 0:
        counts.update(state.place, state.place_after, t.place, ages, place)
    return float(np.log(odds + NONE))


@compiled
def run(state: State, t: Tables, days: Ints, pain: Floats, nerve: Ints, place: Ints) -> Floats:
    """`step` for every day of a diary, in order: one score each."""
    scores = np.empty(days.size)
    for i in range(days.size):
        scores[i] = step(state, t, days[i], pain[i], nerve[i], place[i])
    return scores
