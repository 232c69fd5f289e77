"""The dead-man rule against itself in words: nobody who stops is missed, and nobody else is named (AL-8).

`pytest -m assurance tests/unit/test_silences.py` tries 10,000 patient-years and prints what it found.
"""

from collections.abc import Callable
from random import Random
from zoneinfo import ZoneInfo

import pytest

from glidepath.alerts import looking
from tests.silences import BEGINS, HOUR, ZONES, by_the_code, by_the_words, life, looks

SEED = 20261128
# So that every core has some of them.
PARTS = 10
_silence = looking.silence


def differences(years: int, seed: int, first: int = 0) -> tuple[int, int, int]:
    """How many silences there were by the words, and how many the code missed or told falsely."""
    told = missed = false = 0
    for number in range(first, first + years):
        chance = Random(seed * 100_000 + number)
        one = life(chance)
        moments = list(looks(one.home, chance))
        rule, code = by_the_words(one, moments).silences, by_the_code(one, moments).silences
        told += len(rule)
        missed += len(rule.items() - code.items())
        false += len(code.items() - rule.items())
    return told, missed, false


def test_of_sixty_patient_years_no_silence_is_missed_and_none_is_false():
    told, missed, false = differences(60, SEED)
    assert told > 30
    assert (missed, false) == (0, 0)


@pytest.mark.assurance
@pytest.mark.parametrize("part", range(PARTS))
def test_of_ten_thousand_patient_years_no_silence_is_missed_and_none_is_false(
    part: int, report: Callable[[str], None]
):
    years = 10_000 // PARTS
    told, missed, false = differences(years, SEED + 1, first=part * years)
    report(
        f"AL-8 part {part + 1} of {PARTS}: {years} patient-years, {told} silences, {missed} missed, {false} false"
    )
    assert (missed, false) == (0, 0)


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(
            ("day_that_runs", lambda home, _seen, now: now.astimezone(ZoneInfo(home)).date()),
            id="the day at home alone",
        ),
        pytest.param(
            ("day_that_runs", lambda _home, _seen, now: now.date()), id="the day at Greenwich"
        ),
        pytest.param(
            ("silence", lambda series, today, _paused, told: _silence(series, today, (), told)),
            id="pauses are silence",
        ),
    ],
)
def test_a_worse_rule_is_caught(mutant: tuple[str, object], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, *mutant)
    # The rarer the case, the more years it takes.
    assert any(sum(differences(40, SEED + seed)[1:]) > 0 for seed in range(2, 12))


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_a_year_has_one_morning_in_every_zone(zone: str):
    """Clocks that are put forward and back included."""
    hours = (BEGINS + HOUR * number for number in range(24 * 365))
    mornings = [
        at.astimezone(ZoneInfo(zone)).date() for at in hours if looking.is_morning(zone, at)
    ]
    assert len(mornings) == len(set(mornings))
    assert len(mornings) in (364, 365, 366)
