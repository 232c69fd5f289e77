"""The sentences, in both languages."""

import pytest

from glidepath.trends import Day, screen
from tests.unit.trends.diaries import START, climb, diary, nth, wobbling


def reason(days: list[Day]) -> dict[str, str]:
    return screen(days).signals[0].verdict.sentence


def test_pain_is_told_with_its_level_before_and_now():
    assert reason(diary(climb(2, 9, 14))) == {
        "en": "Pain went from about 4 to about 8 since 10 April.",
        "es": "El dolor pasó de alrededor de 4 a alrededor de 8 desde el 10 de abril.",
    }


def test_nerve_symptoms_are_counted_in_days():
    days = diary([4] * 60, [0] * 40 + [1] * 20)
    found = reason(days)
    logged = (screen(days).signals[0].raised_on - nth(40)).days + 1
    assert found["en"] == (
        f"Tingling or other nerve symptoms on {logged} of the last {logged} logged days, "
        "0 of 14 before 11 May."
    )
    assert found["es"] == (
        f"Hormigueo u otros síntomas nerviosos en {logged} de los últimos {logged} días "
        "registrados, frente a 0 de 14 antes del 11 de mayo."
    )


def test_a_spread_names_both_places():
    found = reason(diary(wobbling(4, 60, 0), None, ["thigh"] * 40 + ["foot"] * 20))
    assert "reached the foot on" in found["en"]
    assert "usually the thigh before 11 May" in found["en"]
    assert "llegaron hasta el pie en" in found["es"]
    assert "antes del 11 de mayo solían llegar hasta el muslo" in found["es"]


def test_several_channels_make_one_sentence_with_the_strongest_first():
    days = diary([2] * 40 + [5] * 20, [0] * 40 + [2] * 20)
    verdict = screen(days).verdicts[-1]
    first, second = verdict.evidence
    assert first.weight >= second.weight
    for language in ("en", "es"):
        leading, following = verdict.sentence[language].split("; ")
        assert leading == first.sentence[language]
        assert following.endswith(".")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_steady_diary_is_told_as_such(language):
    verdict = screen([Day(START, 3), Day(nth(1), 3)]).verdicts[-1]
    assert verdict.onset is None
    assert verdict.sentence[language]
    assert verdict.sentence["en"] != verdict.sentence["es"]
