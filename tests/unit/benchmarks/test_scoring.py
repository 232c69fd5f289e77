"""The rules by which detectors are compared."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detection import calibration, cohorts, injected, scoring
from detection.baselines import chance, last_reading, three_days_less_baseline
from detection.cohorts import Case, Cohort, Flare
from detection.combining import Scale, combined

START = date(2025, 1, 6)
DAYS = np.arange(196)


def case(course: str = "stable", onset: int | None = None, **changes) -> Case:
    nothing = np.full(DAYS.size, np.nan)
    made = Case(
        "p", course, "plain", START, DAYS.size, onset, (), DAYS, np.full(196, 3.0), nothing, nothing
    )
    return replace(made, **changes)


def scores(**at: float) -> np.ndarray:
    """One patient's scores: 0 but on the days named, as in day_30=1.0."""
    made = np.zeros((1, 196))
    for name, value in at.items():
        made[0, int(name.removeprefix("day_"))] = value
    return made


def raised(found: np.ndarray) -> list[int]:
    return np.flatnonzero(scoring.alerts(found, 0.5)[0]).tolist()


def test_the_first_three_weeks_raise_no_alert():
    assert raised(scores(day_20=1, day_21=1)) == [21]


def test_two_alerts_lie_two_weeks_apart():
    assert raised(scores(day_30=1, day_43=1)) == [30]
    assert raised(scores(day_30=1, day_44=1)) == [30, 44]


def test_no_second_alert_without_a_fall_below_the_threshold():
    high = np.ones((1, 196))
    assert raised(high) == [21]
    high[0, 100] = 0
    assert raised(high) == [21, 101]


def test_a_day_without_a_log_neither_alerts_nor_rests():
    high = np.ones((1, 196))
    high[0, 60:80] = np.nan
    assert raised(high) == [21]


def test_false_alerts_are_counted_from_day_21_to_62_days_before_the_end():
    quiet, other = Cohort([case()]), Cohort([case("fluctuating")])
    for day, counts in ((21, 1), (133, 1), (134, 0)):
        found = scoring.outcome(quiet, scores(**{f"day_{day}": 1}), 0.5)
        assert found.false_alerts().value == pytest.approx(counts * 180 / 113)
    found = scoring.outcome(other, scores(day_50=1), 0.5)
    assert np.isnan(found.false_alerts().value)
    assert found.false_alerts("fluctuating").value == pytest.approx(180 / 113)


@pytest.mark.parametrize(
    ("days", "delay"), [((99,), 60), ((100,), 0), ((95, 112), 12), ((160,), 60), ((161,), 60)]
)
def test_a_worsening_is_found_by_the_first_alert_within_sixty_days(days, delay):
    found = scoring.outcome(
        Cohort([case("step", onset=100)]), scores(**{f"day_{day}": 1 for day in days}), 0.5
    )
    assert found.mean_delay().value == delay
    assert found.within(14).value == (delay <= 14)
    assert np.isnan(found.within(14, "nerve").value)


def test_a_flare_alerts_from_its_first_day_to_two_days_after_its_end():
    patient = Cohort([case("flare", flares=(Flare(50, 5), Flare(80, 4)))])
    for day, share in ((49, 0), (50, 0.5), (56, 0.5), (57, 0), (82, 0.5)):
        assert scoring.outcome(patient, scores(**{f"day_{day}": 1}), 0.5).flares.value == share
    untold = Cohort([case("flare", flares=None)])
    assert scoring.outcome(untold, scores(day_49=1), 0.5).flares.value == 1


def test_the_threshold_is_the_lowest_that_keeps_to_the_rate():
    cohort = cohorts.simulated(60, seed=5)
    found = cohort.grid([last_reading(one) for one in cohort.cases])
    threshold = scoring.threshold_for(1.0, cohort, found)
    assert scoring.outcome(cohort, found, threshold).false_alerts().value <= 1.0
    lower = np.max(found[found < threshold])
    assert scoring.outcome(cohort, found, lower).false_alerts().value > 1.0


def test_flares_alert_more_often_to_those_who_look_at_pain_than_by_chance():
    cohort = cohorts.simulated(300, seed=5)
    shares = []
    for detector in (chance, three_days_less_baseline):
        found = cohort.grid([detector(one) for one in cohort.cases])
        threshold = scoring.threshold_for(1.0, cohort, found)
        shares.append(scoring.outcome(cohort, found, threshold).flares.value)
    by_chance, by_pain = shares
    assert by_chance < 0.15
    assert by_pain > by_chance + 0.2


def test_the_interval_holds_the_figure_and_narrows_with_more_patients():
    few = scoring.Share(np.tile([0.0, 1.0], 10), np.ones(20))
    many = scoring.Share(np.tile([0.0, 1.0], 1000), np.ones(2000))
    for share in (few, many):
        low, high = share.interval()
        assert low < share.value < high
    assert np.diff(many.interval()) < 0.2 * np.diff(few.interval())


def test_rules_on_one_scale_share_the_budget():
    cohort = cohorts.simulated(120, seed=6)
    rng = np.random.default_rng(0)
    rules = [
        cohort.grid([rng.random(one.at.size) ** power for one in cohort.cases]) for power in (1, 9)
    ]
    scales = [Scale.of(cohort, rule) for rule in rules]
    for scale, rule in zip(scales, rules, strict=True):
        rarity = -np.log(0.5)
        at_half = scoring.outcome(cohort, scale(rule), rarity).false_alerts().value
        assert at_half == pytest.approx(0.5, abs=0.2)
    both = combined(scales, rules)
    assert np.array_equal(np.isnan(both), np.isnan(rules[0]))
    assert np.nanmin(both - scales[0](rules[0])) >= 0


def test_a_day_counts_for_calibration_unless_early_or_long_after_an_onset():
    seen = calibration.truth(case("step", onset=100))
    assert np.isnan(seen[:21]).all()
    assert not seen[21:100].any()
    assert (seen[100:161] == 1).all()
    assert np.isnan(seen[161:]).all()
    assert not calibration.truth(case())[21:].any()


def test_a_probability_that_is_right_has_no_calibration_error():
    rng = np.random.default_rng(0)
    patients = [case("step", onset=100) if rng.random() < 0.3 else case() for _ in range(400)]
    told = [np.full(196, 0.3)] * 400
    days = slice(100, 161)
    late = [replace(one, at=DAYS[days]) for one in patients]
    bins = calibration.reliability(Cohort(late), [one[days] for one in told])
    assert calibration.expected_error(bins) < 0.05
    wrong = calibration.reliability(Cohort(late), [np.full(61, 0.8)] * 400)
    assert calibration.expected_error(wrong) > 0.4


def test_a_worsening_put_into_a_real_diary_stays_on_the_scale():
    quiet = case(pain=np.full(196, 9.0))
    step = injected.worsened(quiet, injected.STEP, 100)
    assert step.at[-1] == 160
    assert step.pain[99] == 9
    assert step.pain[100:].max() == step.pain[100:].min() == 10
    ramp = injected.worsened(case(), injected.RAMP, 100)
    assert ramp.pain[134:] == pytest.approx(6.0)
    assert ramp.pain[117] == pytest.approx(3 + 3 * 18 / 35)


def test_a_week_two_points_above_the_month_before_is_not_quiet():
    assert injected.is_quiet(case())
    assert not injected.is_quiet(case(pain=np.where(DAYS < 90, 3.0, 5.5)))


def test_diaries_and_their_truth_are_read_from_files(tmp_path):
    diaries, truth = tmp_path / "diaries.csv", tmp_path / "truth.csv"
    diaries.write_text(
        "patient,date,pain,nerve,place\na,2025-01-07,3,,calf\na,2025-01-10,4,2,\nb,2025-01-06,1,0,\n"
    )
    truth.write_text(
        "patient,course,habit,first_day,days,onset\n"
        "a,step,plain,2025-01-06,90,2025-01-10\nb,stable,sparse,2025-01-06,90,\n"
    )
    one, other = cohorts.read(diaries, truth).cases
    assert (one.course, one.onset, one.length, one.flares) == ("step", 4, 90, None)
    assert one.at.tolist() == [1, 4]
    assert one.pain.tolist() == [3, 4]
    assert np.isnan(one.nerve[0])
    assert one.days()[0].place == "calf"
    assert (other.onset, other.at.tolist()) == (None, [0])
