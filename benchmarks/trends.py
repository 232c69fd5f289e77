"""How early worsenings are found, how often there is an alert without one, and at what cost: our
detector beside others at the same rate of false alerts.

    python benchmarks/trends.py                      our own simulated cohorts, about six minutes
    python benchmarks/trends.py --patients 100       smaller ones
    python benchmarks/trends.py --tune DIARIES.csv TRUTH.csv --check DIARIES.csv TRUTH.csv
                                                     others: truth is patient, course, habit,
                                                     first_day, days, onset
    python benchmarks/trends.py --real DIARIES.csv   other real diaries to put worsenings into
    python benchmarks/trends.py --figures docs/figures

Thresholds are set on one cohort and figures reported on another, by the rules of
`detection/scoring.py`. A ± is half of a 95 % interval over patients.
"""

import argparse
from pathlib import Path

from detection import benchmark, cohorts
from detection.benchmark import Cohorts

PATIENTS = 500
TUNE_SEED, CHECK_SEED = 20250501, 20250502
REAL = Path(__file__).parents[1] / "examples" / "chronic-pain-all-series.csv.gz"


def main() -> None:
    parser = argparse.ArgumentParser(description="How well and how fast worsenings are found.")
    files = ("DIARIES", "TRUTH")
    parser.add_argument("--patients", type=int, default=PATIENTS, help="in each of our cohorts")
    parser.add_argument("--tune", nargs=2, type=Path, metavar=files, help="sets the thresholds")
    parser.add_argument("--check", nargs=2, type=Path, metavar=files, help="gives the figures")
    parser.add_argument("--real", type=Path, default=REAL, help="diaries to put worsenings into")
    parser.add_argument("--figures", type=Path, metavar="FOLDER", help="also draws them, as SVG")
    arguments = parser.parse_args()
    if (arguments.tune is None) != (arguments.check is None):
        parser.error("give both --tune and --check, or neither")
    if arguments.tune:
        pair = Cohorts(cohorts.read(*arguments.tune), cohorts.read(*arguments.check))
    else:
        pair = Cohorts(
            cohorts.simulated(arguments.patients, TUNE_SEED),
            cohorts.simulated(arguments.patients, CHECK_SEED),
        )
    thresholds = benchmark.simulated(pair, arguments.figures)
    benchmark.real(arguments.real, thresholds)


if __name__ == "__main__":
    main()
