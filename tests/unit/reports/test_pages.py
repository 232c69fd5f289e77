"""What stands on the pages, of material without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import get_args
from uuid import uuid4

import pikepdf
import pytest

from glidepath.alerts.schemas import AlertEventView, AlertView, Kind, Looked, Outcome, Severity
from glidepath.assessments.schemas import AssessmentView, Leg, Slump, StraightLegRaise
from glidepath.care.pause_schemas import PauseView
from glidepath.care.schemas import EpisodeView, PlanItemView, PlanView
from glidepath.clinical.vocabulary import Condition, ExerciseKind, Side, Text
from glidepath.diary.days import DiaryDay, Report
from glidepath.reports import figures, pages, words
from glidepath.reports.course import Period, every_day, work
from glidepath.reports.material import Material, Measured
from glidepath.reports.typesetting import typeset_now
from glidepath.reports.words import Language
from tests.reading_aloud import alternatives, faults, words_of

TODAY = date(2026, 11, 28)
MARKUP = '#panic("x") *b* $x$ _i_ `c` <l> @l // c \\ = H'


def item(key: str = "bridge", days_per_week: int = 7) -> PlanItemView:
    return PlanItemView(
        uuid4(), key, ExerciseKind.STRENGTH, Side.BOTH, 2, 10, None, 60, days_per_week, None, None
    )


def plan(number: int, starts_on: date, items: list[PlanItemView], *changes: str) -> PlanView:
    told = [Text(en=one, es=one) for one in changes]
    return PlanView(uuid4(), number, starts_on, None, items, [], told)


def alert(on: date, reason: str, note: str, kind: Kind = "worsening") -> AlertView:
    at = datetime.combine(on, time(12), UTC)
    done = AlertEventView(
        uuid4(), 2, at, "resolved", "Dr. Iris Vega", None, None, "called", None, note, None, None
    )
    return AlertView(
        id=uuid4(),
        patient_id=uuid4(),
        version=2,
        kind=kind,
        severity="moderate",
        state="resolved",
        snoozed_until=None,
        opened_at=at,
        onset=None,
        raised_on=on,
        last_day=on,
        count=1,
        late=False,
        score=None,
        reason=Text(en=reason, es=reason),
        evidence=[],
        certainty=None,
        detector_version=None,
        events=[done],
    )


def material(days: int = 28, said: str = "said", times: int = 1) -> Material:
    """A period of so many days, each third of them without an entry; `times` of whatever can be many."""
    period = Period(TODAY - timedelta(days=days - 1), TODAY)
    exercise = item()
    by_date = {
        on: DiaryDay(
            on,
            pain=float(number % 11),
            nerve=number % 5,
            place="calf",
            sensations=[],
            sessions=1,
            reports=[Report(uuid4(), uuid4(), exercise.id, None, None, None)],
        )
        for number, on in enumerate(period.first + timedelta(days=one) for one in range(days))
        if number % 3
    }
    others = [item(f"exercise-{number}") for number in range(min(times, 7))]
    leg = Leg(StraightLegRaise(45, True), Slump(True, True))
    begun = datetime.combine(TODAY, time(12), UTC)
    named = Text(en=said[:60], es=said[:60])
    return Material(
        patient=f"Rosa {said}",
        timezone="Europe/Madrid",
        clinic=f"Riverside {said}"[:120],
        country="ES",
        episode=EpisodeView(uuid4(), Condition.SCIATIC, Side.LEFT, period.first, None),
        period=period,
        today=TODAY,
        until=TODAY,
        summary=Text(en=f"Pain about 3. {said[:300]}", es=f"Dolor en torno a 3. {said[:300]}"),
        days=every_day(by_date, period),
        plans=[
            plan(2 + times - number, TODAY - timedelta(days=number), [exercise, *others], said)
            for number in range(1, times + 1)
        ],
        pauses=[PauseView(uuid4(), TODAY - timedelta(days=2), TODAY, "Iris", False)],
        alerts=[
            alert(TODAY - timedelta(days=number % days), said, said) for number in range(times)
        ],
        looked=[Looked(uuid4(), begun, said[:120], "acknowledged")] * times,
        assessments=[AssessmentView(uuid4(), TODAY, leg, leg, said, said, begun, False)] * times,
        measures=[
            Measured(
                named,
                Text(en="4.3", es="4,3"),
                period.first,
                Text(en="6.6", es="6,6"),
                TODAY,
                named,
            )
        ]
        * min(times, 8),
        titles={"bridge": named},
    )


def both(one: Material, language: Language) -> list[tuple[str, bytes]]:
    made = (pages.clinical(one, language, "Dr. Iris Vega"), pages.own(one, language))
    return [(report.title, typeset_now(report, TODAY)) for report in made]


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize(
    ("days", "said", "times"),
    [(1, "short", 0), (28, "as usual", 1), (366, "a very long word of it " * 90, 40)],
)
def test_a_report_can_be_read_aloud_and_has_two_pages_at_most(
    language: Language, days: int, said: str, times: int
):
    one = replace(material(days, said, times), patient="Rosa Ibarra")
    for title, content in both(one, language):
        assert faults(content, language, title) == []


def test_what_keeps_a_report_from_being_read_aloud_is_noticed():
    """The check itself: a file without tags, language and title has every fault but its length."""
    bare = pikepdf.new()
    bare.add_blank_page()
    kept = BytesIO()
    bare.save(kept)
    assert "two figures in words" in faults(kept.getvalue(), "en", "Progress report")
    assert len(faults(kept.getvalue(), "en", "Progress report")) == 9


def test_what_somebody_wrote_is_text_and_never_markup():
    for _, content in both(material(said=MARKUP), "en"):
        found = words_of(content)
        assert f"Rosa {MARKUP}" in found
        assert found.count('#panic("x") *b* $x$') >= 3


def test_the_same_report_of_the_same_day_is_the_same_file():
    one = material()
    assert both(one, "es") == both(one, "es")


# The second in Meetei Mayek, which hardly any machine has.
@pytest.mark.parametrize("name", ["王小明", "ꯀꯁꯂ"])
def test_a_name_in_letters_that_the_fonts_lack_is_there_to_be_read_aloud(name: str):
    for _, content in both(replace(material(), patient=f"{name} 😀"), "en"):
        assert name in words_of(content)


def test_a_day_without_an_entry_is_a_gap_and_no_zero():
    drawn = figures.symptoms(material(), "en", [], own=False)
    assert drawn["pain"][:4] == [None, 1.0, 2.0, None]
    assert drawn["unwritten"] == list(range(0, 28, 3))
    alternative = alternatives(both(material(), "en")[0][1])[0]
    assert "18 of 28 days with a check-in. Pain from 0 to 10 of 10" in alternative


def test_the_patients_own_report_says_nothing_of_alerts_or_the_examination():
    hidden = "only for who treats"
    one = material()
    one = replace(one, alerts=[alert(TODAY, hidden, hidden)], assessments=one.assessments)
    clinical, own = (words_of(content) for _, content in both(one, "en"))
    assert hidden in clinical
    assert "Straight-leg raise" in clinical
    assert hidden not in own
    assert "Straight-leg raise" not in own


def test_nothing_was_asked_for_in_a_pause_or_before_a_plan():
    exercise, days = item(days_per_week=7), material().days
    begun = plan(1, TODAY - timedelta(days=13), [exercise])
    paused = {TODAY, TODAY - timedelta(days=1)}
    (found,) = work(days, [begun], paused, TODAY)
    assert (found.wanted, found.done, found.current) == (12, 0, True)
    (ended,) = work(days, [begun], paused, TODAY - timedelta(days=7))
    assert ended.wanted == 7


def test_letters_are_of_the_size_that_the_country_prints_on():
    sizes = [
        pages.own(replace(material(), country=country), "en").paper for country in ("US", "ES")
    ]
    assert sizes == ["us-letter", "a4"]


def test_every_kind_of_alert_and_outcome_has_its_words():
    assert words.KINDS.keys() == set(get_args(Kind))
    assert words.SEVERITIES.keys() == set(get_args(Severity))
    assert words.OUTCOMES.keys() >= set(get_args(Outcome))
