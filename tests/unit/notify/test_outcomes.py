"""How long a failed delivery waits."""

import random
from datetime import timedelta

from glidepath.notify.outcomes import LONGEST, pause


def test_it_waits_longer_each_time_and_never_longer_than_half_an_hour():
    chance = random.Random(7)
    waits = [pause(tries, None, chance) for tries in range(1, 40)]
    for tries, wait in enumerate(waits, start=1):
        longest = min(LONGEST, timedelta(seconds=1) * (1 << (tries - 1)))
        assert longest / 2 <= wait <= longest
    assert len({*waits}) == len(waits)


def test_what_the_other_side_asks_for_is_kept():
    assert pause(1, timedelta(minutes=5), random.Random(7)) == timedelta(minutes=5)
