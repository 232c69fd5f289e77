"""The rules beside the detector speak about as rarely as is said of them."""

from functools import cache
from statistics import fmean

from detection import cohorts
from quiet import CALM, WAITING_AT_MOST, Outcome, outcome, rate, waiting


@cache
def outcomes() -> list[Outcome]:
    return [outcome(case) for case in cohorts.simulated(200, seed=7).cases]


def of(*courses: str) -> list[Outcome]:
    return [one for one in outcomes() if one.case.course in courses]


def test_who_would_have_come_back_is_asked_about_less_than_once_in_half_a_year():
    assert 0 < rate(of(*CALM), lambda one: one.returned) < 0.9


def test_who_stops_for_good_is_asked_about_within_a_fortnight_or_so():
    assert 9 < fmean(wait for one in of(*CALM) for wait in one.patience) < 16


def test_the_stable_are_told_of_more_often_than_those_who_improve():
    shares = {
        course: fmean(one.slow for one in of(course) if one.slow is not None)
        for course in ("stable", "improving")
    }
    assert shares["improving"] < 0.35 < shares["stable"]


def test_what_can_wait_for_the_digest_stays_within_its_bound():
    found = waiting(outcomes())
    assert all(often > 0 for often in found.values())
    assert sum(found.values()) <= WAITING_AT_MOST
