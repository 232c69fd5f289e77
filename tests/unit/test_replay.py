"""Two sensitivities over the same diaries: which alerts belong together, and what is counted."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from uuid_utils.compat import uuid7

from glidepath.alerts.service import Told
from glidepath.cli import cli
from glidepath.demo.simulator import PLACES, Answers, cohort
from glidepath.insight import replay as module
from glidepath.insight.replay import Diary, replay
from glidepath.trends import Day, Sensitivity, Signal, Verdict, screen

FIRST = date(2025, 1, 6)
WHOLE = date(2025, 1, 1)


@pytest.fixture(scope="module")
def diaries() -> list[Diary]:
    return [Diary(uuid7(), uuid7(), series_of(one)) for one in cohort(24, seed=3)]


def series_of(one: Answers) -> list[Day]:
    return [
        Day(
            one.first + timedelta(day),
            pain=int(one.pain[day]),
            nerve=int(one.nerve[day]),
            place=PLACES[one.place[day]] if one.place[day] >= 0 else None,
        )
        for day in range(one.pain.size)
        if one.logged[day]
    ]


def test_each_side_has_the_very_signals_of_screen(diaries):
    result = replay(diaries, "calm", WHOLE)
    sides: dict[str, Sensitivity] = {"now": "standard", "then": "calm"}
    for side, sensitivity in sides.items():
        told = [
            (change.episode_id, raised.day)
            for change in result.changes
            if (raised := getattr(change, side)) is not None
        ]
        expected = [
            (one.episode_id, signal.raised_on)
            for one in diaries
            for signal in screen(one.days, sensitivity).signals
        ]
        assert sorted(told) == sorted(expected)


def test_the_more_sensitive_one_is_never_later_and_leaves_nothing_untold(diaries):
    early = replay(diaries, "early", WHOLE, now="calm")
    kinds = {change.kind for change in early.changes}
    assert "later" not in kinds
    assert {"earlier", "new"} <= kinds
    gone = [change for change in early.changes if change.kind == "gone"]
    assert all(change.told_on is not None for change in gone)
    back = replay(diaries, "calm", WHOLE, now="early")
    assert sorted(-(change.days or 0) for change in back.changes) == sorted(
        change.days or 0 for change in early.changes
    )
    assert (back.now, back.then) == (early.then, early.now)


def signal(day: int, onset: int) -> Signal:
    on, since = FIRST + timedelta(day), FIRST + timedelta(onset)
    verdict = Verdict.__new__(Verdict)
    return Signal("worsening", on, since, "moderate", 0.0, verdict)


def days_of(pairs: Any) -> list[tuple[int | None, int | None, int | None]]:
    def of(on: date | None) -> int | None:
        return None if on is None else (on - FIRST).days

    return [(of(a and a.raised_on), of(b and b.raised_on), of(told_on)) for a, b, told_on in pairs]


@pytest.mark.parametrize(
    ("calmer", "other", "expected"),
    [
        # The same day, and ten days sooner.
        ([(30, 25)], [(30, 25)], [(30, 30, None)]),
        ([(30, 15)], [(20, 15)], [(30, 20, None)]),
        # Two of the calmer one, of which the other told once; two of the other, in one at the end.
        ([(30, 15), (60, 18)], [(20, 15)], [(30, 20, None), (60, None, 20)]),
        ([(30, 15)], [(20, 15), (35, 32)], [(30, 20, None), (None, 35, 30)]),
        ([(30, 15)], [(20, 15), (60, 28)], [(30, 20, None), (None, 60, 30)]),
        # What came long after, with an onset of its own, nobody had told of.
        ([(30, 15)], [(20, 15), (60, 50)], [(30, 20, None), (None, 60, None)]),
        ([], [(20, 15)], [(None, 20, None)]),
    ],
)
def test_alerts_of_one_worsening_belong_together(calmer, other, expected):
    pairs = module._pairs([signal(*one) for one in calmer], [signal(*one) for one in other])
    assert days_of(pairs) == expected


def worse(day: int) -> Diary:
    """Eighty days, from `day` on four points worse."""
    series = [Day(FIRST + timedelta(n), pain=2 + n % 2 + (4 if n >= day else 0)) for n in range(80)]
    return Diary(uuid7(), uuid7(), series)


def test_a_worsening_told_before_and_after_the_first_day_counts_on_both_sides(monkeypatch):
    diary = worse(50)
    (now,), (then,) = screen(diary.days, "calm").signals, screen(diary.days, "early").signals
    later = replace(now, raised_on=now.raised_on + timedelta(3))
    monkeypatch.setattr(module, "_signals", lambda _, level: [later] if level == "calm" else [then])
    result = replay([diary], "early", since=later.raised_on, now="calm")
    assert (result.now.alerts, result.then.alerts) == (1, 1)
    assert result.changes[0].kind == "earlier"
    after = replay([diary], "early", since=later.raised_on + timedelta(1), now="calm")
    assert (after.now.alerts, after.then.alerts) == (0, 0)


@pytest.mark.parametrize(
    ("raised", "last", "outcome"),
    [(0, 0, "called"), (-13, -13, "called"), (13, 13, "called"), (-40, 2, "called"),
     (-14, -14, None), (14, 14, None), (-40, -20, None)],
)  # fmt: skip
def test_an_alert_of_the_time_is_known_by_its_days(raised, last, outcome):
    bare = worse(50)
    on = screen(bare.days).signals[0].raised_on
    told = Told(on + timedelta(raised), on + timedelta(last), "called")
    diary = Diary(bare.patient_id, bare.episode_id, bare.days, [told])
    assert replay([diary], "standard", WHOLE).changes[0].outcome == outcome


def test_two_alerts_about_one_patient_are_one_patient_told_of(monkeypatch):
    diary, (told,) = worse(50), screen(worse(50).days).signals
    again = replace(told, raised_on=told.raised_on + timedelta(20))
    monkeypatch.setattr(
        module, "_signals", lambda _, level: [told, again] if level == "early" else [told]
    )
    result = replay([diary], "early", since=FIRST + timedelta(40))
    assert (result.now.alerts, result.now.patients) == (1, 1)
    assert (result.then.alerts, result.then.patients) == (2, 1)
    assert result.patient_days == 40
    assert result.then.per_180_days == 9


def test_of_several_alerts_of_the_time_the_nearest_counts():
    bare = worse(50)
    on = screen(bare.days).signals[0].raised_on
    told = [Told(on + timedelta(n), on + timedelta(20), str(n)) for n in (-12, 1, 13)]
    diary = Diary(bare.patient_id, bare.episode_id, bare.days, told)
    assert replay([diary], "standard", WHOLE).changes[0].outcome == "1"


def test_a_diary_that_ended_before_is_neither_counted_nor_judged():
    result = replay([worse(50)], "early", since=FIRST + timedelta(80))
    assert (result.patients, result.patient_days, result.changes) == (0, 0, ())
    assert result.now.per_180_days is None


def test_without_a_database_the_command_says_so_and_makes_none(tmp_path):
    folder = tmp_path / "data"
    result = CliRunner().invoke(
        cli, ["replay", "--sensitivity", "early"], env={"GLIDEPATH_DATA_DIR": str(folder)}
    )
    assert result.exit_code == 1
    assert f"There is no database in {folder}" in result.stderr
    assert not folder.exists()


def test_the_sensitivity_has_to_be_named():
    result = CliRunner().invoke(cli, ["replay"])
    assert result.exit_code == 2
    assert "--sensitivity" in result.stderr
