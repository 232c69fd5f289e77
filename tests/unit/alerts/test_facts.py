"""Facts that need no statistics: which day gives which, once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from glidepath.alerts.facts import SIGNS, Fact, facts, holds_again, is_same_event
from glidepath.clinical.safety import AlertKind
from glidepath.diary.days import DiaryDay, Report

ON = date(2026, 3, 30)


def day(ago: int = 0, *, sensations: list[str] | None = None, **changes: Any) -> DiaryDay:
    entry = uuid4()
    report = Report(entry, entry, None, sensations, changes.pop("red_flags", None), None)
    return DiaryDay(ON - timedelta(days=ago), sensations=sensations, reports=[report], **changes)


def found(*days: DiaryDay, touched: set[date] | None = None) -> list[Fact]:
    ordered = sorted(days, key=lambda one: one.date)
    return facts(ordered, frozenset(touched or {one.date for one in ordered}), {})


def kinds(*days: DiaryDay) -> list[str]:
    return [fact.kind.value for fact in found(*days)]


CALM: dict[str, Any] = {"sensations": [], "place": "thigh", "pain_highest": 3}


def test_a_calm_day_then_tingling_in_the_calf():
    (fact,) = found(day(1, **CALM), day(sensations=["tingling", "tightness"], place="calf"))
    assert (fact.kind, fact.date) == (AlertKind.NERVE_BELOW_KNEE, ON)
    assert fact.reason.en == "New nerve symptom below the knee: tingling, down to the calf."
    assert "hormigueo" in fact.reason.es
    assert "pantorrilla" in fact.reason.es


def test_numbness_that_is_new_says_more_than_how_far_down_it_is():
    assert kinds(day(1, **CALM), day(sensations=["numbness"], place="foot")) == ["nerve_loss"]


def test_known_numbness_that_comes_further_down_is_told():
    known = day(9, sensations=["numbness"], place="thigh")
    assert kinds(known, day(sensations=["numbness"], place="foot")) == [
        "nerve_loss",
        "nerve_below_knee",
    ]


def test_a_new_eight_beside_a_new_loss_is_a_cause_of_its_own():
    felt = day(sensations=["weakness"], place="foot", pain_highest=9)
    assert kinds(day(1, **CALM), felt) == ["nerve_loss", "severe_pain"]


def test_the_reason_names_the_pain_and_what_it_was_at_most():
    (fact,) = found(day(3, pain_highest=5), day(2, pain_highest=4), day(pain_highest=9))
    assert fact.reason.en == "New severe pain: 9 of 10; until then 5 at most."
    assert fact.reason.es == "Dolor intenso nuevo: 9 de 10; hasta entonces, 5 como mucho."


def test_after_a_long_silence_the_reason_knows_the_last_day_before_it():
    (fact,) = found(day(200, pain_highest=7), day(150, pain_highest=4), day(pain_highest=8))
    assert "until then 4 at most" in fact.reason.en


def test_every_fact_can_be_decided_again_from_its_basis_and_from_no_other():
    days = [day(1, **CALM), day(sensations=["burning"], place="foot", pain_highest=8)]
    both = found(*days)
    assert [fact.kind for fact in both] == list(SIGNS)
    for fact in both:
        assert holds_again(fact.key, fact.basis)
        assert not holds_again(fact.key, fact.basis | {"earlier": []})
        assert UUID(fact.basis["entry_ids"][0]) == days[1].reports[0].entry_id


def test_days_that_nobody_touched_are_not_judged_again():
    days = [day(9, **CALM), day(5, pain_highest=9), day()]
    assert found(*days, touched={ON}) == []
    assert [fact.kind for fact in found(*days, touched={days[0].date})] == ["severe_pain"]


def test_a_sign_whose_first_day_only_moved_is_the_same():
    calm, first, later = day(30, **CALM), day(9, pain_highest=9), day(pain_highest=8)
    (as_known,) = found(calm, later)
    (moved,) = found(calm, first, later)
    assert moved.date < as_known.date
    assert is_same_event(moved, {as_known.key: as_known.basis})
    assert is_same_event(as_known, {as_known.key: as_known.basis})


def test_a_sign_is_another_when_the_day_that_was_told_was_withdrawn():
    slip, calm = day(9, pain_highest=9), day(9, pain_highest=1)
    (told,) = found(day(30, **CALM), slip)
    (true,) = found(day(30, **CALM), calm, day(pain_highest=9))
    assert not is_same_event(true, {told.key: told.basis})


def test_one_sign_says_nothing_of_the_other():
    pain, nerve = found(day(1, **CALM), day(sensations=["burning"], place="foot", pain_highest=8))
    assert not is_same_event(pain, {nerve.key: nerve.basis})
