"""What would have had to be different: every claim is checked against the detector itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from glidepath.trends import PLACES, Day, Signal, recompute, record, screen
from glidepath.trends.otherwise import last_day, unworsened
from tests.unit.trends.diaries import diary, nth, wobbling

CALM = wobbling(2, 28, 1)
RISEN = diary([*CALM, *wobbling(6, 8, 2)])
TINGLING = diary(wobbling(3, 36, 3), [0] * 28 + [2] * 8, ["thigh"] * 30 + ["calf"] * 6)


def first_signal(days: Sequence[Day]) -> tuple[Signal, dict[str, Any]]:
    signal = screen(days).signals[0]
    return signal, record(days, signal)


@pytest.mark.parametrize("days", [RISEN, TINGLING])
def test_the_last_day_is_spared_by_just_what_is_said(days):
    signal, basis = first_signal(days)
    spared = last_day(basis)
    before = [day for day in days if day.date < signal.raised_on]
    (last,) = (day for day in days if day.date == signal.raised_on)

    def raises(**changes: Any) -> bool:
        return signal.raised_on in {
            one.raised_on for one in screen([*before, replace(last, **changes)]).signals
        }

    assert raises()
    assert (spared.pain, spared.nerve, spared.place) != (None, False, None)
    if spared.pain is not None:
        assert spared.pain < last.pain
        assert not any(raises(pain=float(rating)) for rating in range(spared.pain + 1))
        assert spared.pain + 1 >= last.pain or raises(pain=float(spared.pain + 1))
    if last.nerve:
        assert spared.nerve != raises(nerve=0)
    if spared.place is not None:
        nearer = PLACES[: PLACES.index(spared.place) + 1]
        assert not any(raises(place=place) for place in nearer)


def test_a_last_day_that_changes_nothing_spares_nothing():
    _, basis = first_signal(RISEN)
    *earlier, last = basis["days"]
    # Nothing below no pain, and nothing else was said.
    quiet = basis | {"days": [*earlier, [last[0], 0.0, None, None]]}
    spared = last_day(quiet)
    assert (spared.pain, spared.nerve, spared.place) == (None, False, None)
    assert recompute(quiet) is None


def test_the_channel_that_carries_a_worsening_is_named_and_the_other_is_not():
    signal, _ = first_signal(RISEN)
    (pain,) = unworsened(RISEN, signal.onset, signal.raised_on, ["pain"])
    assert pain.raised_on is None
    both = diary([day.pain for day in RISEN], [0] * 36, ["thigh"] * 36)
    signal, _ = first_signal(both)
    pain, nerve, place = unworsened(both, signal.onset, nth(35), ["pain", "nerve", "place"])
    assert pain.raised_on is None
    assert nerve.raised_on == place.raised_on == signal.raised_on


def test_a_channel_without_a_before_says_nothing():
    never = diary([*CALM, *wobbling(6, 8, 2)], [None] * 28 + [1] * 8)
    signal, _ = first_signal(never)
    found = unworsened(never, signal.onset, signal.raised_on, ["pain", "nerve"])
    assert [one.channel for one in found] == ["pain"]
