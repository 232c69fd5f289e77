"""The whole run: scores, thresholds, tables and figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection import baselines, calibration, detectors, injected, scoring, tables
from detection.cohorts import Cohort, Floats
from detection.combining import Scale, combined
from detection.detectors import NERVE, OURS, PLACE, Run
from detection.scoring import Outcome
from detection.tables import Row
from glidepath.trends.policy import THRESHOLDS

# False alerts per patient and 180 days.
BUDGETS = (1.0, 0.25)
# By budget and by detector.
Thresholds = dict[float, dict[str, float]]
TWO_POINT = "two-point rule"
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Cohorts:
    """One to set thresholds on, one to report."""

    tune: Cohort
    check: Cohort


@dataclass(frozen=True, slots=True)
class Scored:
    """A detector's scores on both cohorts, shape (patients, days), and milliseconds per
    patient-year."""

    tune: Floats
    check: Floats
    cost: float

    def at(self, budget: float, pair: Cohorts) -> Outcome:
        threshold = scoring.threshold_for(budget, pair.tune, self.tune)
        return scoring.outcome(pair.check, self.check, threshold)


def simulated(pair: Cohorts, folder: Path | None) -> Thresholds:
    """Prints every table about the two cohorts; draws the figures if there is a folder for them.

    Returns the thresholds of the detectors that read pain, each by itself, and of ours.
    """
    if folder is not None:
        # Takes a while, and is needed for nothing else; missing, it is missed at once.
        from detection import figures  # noqa: PLC0415

    runs = [
        detectors.run(cohort.cases, list(detectors.SCORERS)) for cohort in (pair.tune, pair.check)
    ]
    alone = {name: _scored(pair, runs[0][name], runs[1][name]) for name in detectors.SCORERS}
    together = dict(_combinations(pair, alone))
    print(
        f"{len(pair.check)} patients to report, {(pair.check.onset >= 0).sum()} with a worsening; "
        f"{len(pair.tune)} others to set thresholds on."
    )
    if pair.check.cases[0].flares is None:
        print("Flares that alert: the share of patients with flares who have any alert.")
    results: dict[float, dict[str, Outcome]] = {}
    for budget in BUDGETS:
        rows = [
            Row(name, one.at(budget, pair), one.cost)
            for name, one in alone.items()
            if name not in (NERVE, PLACE, OURS)
        ]
        rows += [Row(name, one.at(budget, pair), one.cost) for name, one in together.items()]
        rows.append(Row(OURS, alone[OURS].at(budget, pair), alone[OURS].cost))
        print(tables.detection(f"At {budget} false alerts per patient and 180 days", rows))
        results[budget] = {row.name: row.outcome for row in rows}
        if budget == 1.0:
            print(tables.delays("Mean delay by course and by habit, at 1.0 false alerts", rows))
    print(tables.detection("As they are used", _as_used(pair, alone)))
    ours = results[1.0][OURS]
    print(tables.courses("Glidepath by course, at 1.0 false alerts", ours))
    print(tables.habits("Glidepath by habit of logging, at 1.0 false alerts", ours))
    stated = [np.atleast_2d(values)[1] for values in runs[1][OURS].values]
    bins = calibration.reliability(pair.check, stated)
    print(tables.reliability(bins))
    if folder is not None:
        figures.draw(folder, results[1.0], bins)
    return {
        budget: {name: results[budget][name].threshold for name in (*baselines.ON_PAIN, OURS)}
        for budget in BUDGETS
    }


def _scored(pair: Cohorts, tune: Run, check: Run) -> Scored:
    days = sum(case.length for cohort in (pair.tune, pair.check) for case in cohort.cases)
    spent = sum(tune.seconds) + sum(check.seconds)
    return Scored(
        pair.tune.grid(tune.scores),
        pair.check.grid(check.scores),
        1000 * spent / (days / DAYS_A_YEAR),
    )


def _combinations(pair: Cohorts, alone: dict[str, Scored]) -> Iterator[tuple[str, Scored]]:
    """Every rule on pain with the two others, each as rare as the others on the tuning cohort."""
    scales = {name: Scale.of(pair.tune, one.tune) for name, one in alone.items() if name != OURS}
    for name in baselines.ON_PAIN:
        parts = [alone[part] for part in (name, NERVE, PLACE)]
        own = [scales[part] for part in (name, NERVE, PLACE)]
        yield (
            f"{name} + nerve, place",
            Scored(
                combined(own, [part.tune for part in parts]),
                combined(own, [part.check for part in parts]),
                sum(part.cost for part in parts),
            ),
        )


def _as_used(pair: Cohorts, alone: dict[str, Scored]) -> list[Row]:
    """Thresholds that somebody really uses, whatever false alerts they bring."""
    rows = [
        Row(f"{TWO_POINT}, {tier}", scoring.outcome(pair.check, alone[TWO_POINT].check, threshold))
        for threshold, tier in enumerate(("any tier", "upper two", "critical"), start=1)
    ]
    return rows + [
        Row(f"{OURS}, {name}", scoring.outcome(pair.check, alone[OURS].check, threshold))
        for name, threshold in THRESHOLDS.items()
    ]


def real(path: Path, thresholds: Thresholds) -> None:
    """Prints the tables about real diaries with worsenings put into them."""
    cases = injected.read(path)
    names = [*baselines.ON_PAIN, OURS]
    quiet, worse = (detectors.run(part.cases, names) for part in (cases.quiet, cases.worse))
    scored = {
        name: injected.Scored.of(cases, quiet[name].scores, worse[name].scores) for name in names
    }
    print(
        f"\n{len(cases.series)} real series, {len(cases.quiet)} quiet stretches of "
        f"{cases.quiet.length.sum()} days, {len(cases.worse)} worsenings put into them."
    )
    for budget, known in thresholds.items():
        title = f"Real diaries, at the threshold for {budget} false alerts on simulated ones"
        rows = {name: one.at(known[name]) for name, one in scored.items()}
        print(tables.real(title, cases, rows))
    rows = {name: one.at(one.threshold) for name, one in scored.items()}
    print(tables.real("Real diaries, at 1.0 false alerts per 180 days on themselves", cases, rows))
    print(tables.real_by_series("Glidepath by series (best of the others)", cases, OURS, rows))
