"""Signs of a whole day that are told when they are new to the patient."""

from datetime import date, timedelta

import pytest

from glidepath.clinical.safety import AlertKind, DaySymptoms, safety_table, sign_is_new
from glidepath.clinical.vocabulary import Place

ON = date(2026, 3, 30)
SIGNS = safety_table().new_signs
KNOWN = SIGNS.severe_pain.known_days


def day(
    ago: int = 0,
    *,
    pain: int | None = None,
    nerve: bool | None = None,
    place: Place | None = None,
) -> DaySymptoms:
    return DaySymptoms(date=ON - timedelta(days=ago), pain=pain, nerve=nerve, place=place)


def pain_is_new(today: int | None, *earlier: DaySymptoms) -> bool:
    return sign_is_new(AlertKind.SEVERE_PAIN, day(pain=today), earlier)


def test_the_first_eight_after_days_below_is_new():
    assert pain_is_new(8, day(1, pain=7), day(2, pain=3))


def test_seven_is_not_severe():
    assert not pain_is_new(7, day(1, pain=0))


def test_who_starts_at_eight_has_nothing_new():
    assert not pain_is_new(8)
    assert not pain_is_new(9, day(1, pain=8), day(2, pain=10))


def test_who_started_at_eight_has_nothing_new_when_it_comes_back_soon():
    assert not pain_is_new(8, day(20, pain=8), day(10, pain=4), day(1, pain=3))


def test_frequent_eights_are_told_once_until_they_are_forgotten():
    assert not pain_is_new(8, day(KNOWN, pain=8), day(1, pain=3))
    assert pain_is_new(8, day(KNOWN + 1, pain=8), day(1, pain=3))


def test_after_a_long_silence_an_old_calm_day_still_says_that_it_is_new():
    assert pain_is_new(9, day(KNOWN + 60, pain=2))


def test_a_later_day_makes_nothing_known_and_nothing_new():
    later = DaySymptoms(date=ON + timedelta(days=1), pain=8, nerve=None, place=None)
    calm_later = DaySymptoms(date=ON + timedelta(days=1), pain=2, nerve=None, place=None)
    assert pain_is_new(8, day(1, pain=3), later)
    assert not pain_is_new(8, calm_later)


def test_no_rating_is_neither_calm_nor_severe():
    assert not pain_is_new(None, day(1, pain=3))
    assert not pain_is_new(8, day(1, pain=None))


def nerve_is_new(today: DaySymptoms, *earlier: DaySymptoms) -> bool:
    return sign_is_new(AlertKind.NERVE_BELOW_KNEE, today, earlier)


@pytest.mark.parametrize("place", [Place.CALF, Place.FOOT])
@pytest.mark.parametrize(
    "before",
    [
        day(1, nerve=True, place=Place.THIGH),
        day(1, nerve=False, place=Place.FOOT),
        day(1, nerve=False),
        day(1, place=Place.BACK),
    ],
)
def test_a_nerve_symptom_reaches_below_the_knee_for_the_first_time(
    place: Place, before: DaySymptoms
):
    assert nerve_is_new(day(nerve=True, place=place), before)


@pytest.mark.parametrize("place", [Place.BACK, Place.BUTTOCK, Place.THIGH, None])
def test_above_the_knee_or_nowhere_named_is_no_such_sign(place: Place | None):
    assert not nerve_is_new(day(nerve=True, place=place), day(1, nerve=False))


def test_a_dull_ache_in_the_calf_is_no_nerve_symptom():
    assert not nerve_is_new(day(nerve=False, place=Place.CALF), day(1, nerve=False))


def test_what_the_patient_came_with_is_not_new():
    felt = day(nerve=True, place=Place.CALF)
    assert not nerve_is_new(felt)
    assert not nerve_is_new(felt, day(9, nerve=True, place=Place.FOOT), day(1, nerve=False))


def test_a_day_that_does_not_say_makes_nothing_new():
    felt = day(nerve=True, place=Place.CALF)
    unsaid = [day(1, nerve=True), day(2, place=Place.CALF), day(3)]
    assert not nerve_is_new(felt, *unsaid)


def test_every_sign_says_where_it_comes_from():
    for kind in (AlertKind.NERVE_BELOW_KNEE, AlertKind.SEVERE_PAIN):
        assert SIGNS.of(kind).why
        assert SIGNS.of(kind).source
