"""How often the rules beside the detector speak: gone quiet, not improving, and the new signs.

    python benchmarks/quiet.py                          our own simulated cohort
    python benchmarks/quiet.py --patients 2000          a larger one
    python benchmarks/quiet.py DIARIES.csv TRUTH.csv    other diaries with their truth: patient,
                                                        course, habit, first_day, days, onset

A silence is *asked about* once it is longer than the person's habit makes likely; where the person
then writes again, that was a pause and the alert a false one. "Patience" is how many whole days without
an entry it takes, on average over a diary's entries: what it would take if that entry were the last.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, quantiles

from detection import cohorts
from detection.cohorts import Case
from glidepath.clinical.safety import AlertKind, DaySymptoms, sign_is_new
from glidepath.clinical.vocabulary import Place
from glidepath.trends import Day, progress, quiet, screen

PATIENTS, SEED = 1000, 20250501
HALF_YEAR = 180
# Courses on which a question is a false one.
CALM = ("stable", "improving")
# Alerts that can wait, per patient-week: more would be a burden.
WAITING_AT_MOST = 0.15
# How soon after its onset a worsening may be what silenced a patient.
SOON = 28


@dataclass(frozen=True, slots=True)
class Outcome:
    """One patient: `asked` are the days of silences asked about, the `returned` among them ended.

    `patience` has a figure for each entry; `signs` counts the alerts of each kind.
    """

    case: Case
    asked: tuple[int, ...]
    returned: int
    patience: tuple[int, ...]
    slow: bool | None
    signs: dict[AlertKind, int]


def patience(window: Sequence[Day]) -> int:
    """The fewest whole days of silence that are asked about after the last of these days."""
    habit = quiet.habit([day.date for day in window])
    few = quiet.tolerated(quiet.risen(window))
    days = habit.least
    while habit.expected(days) > few:
        days += 1
    return days


def outcome(case: Case) -> Outcome:
    days = case.days()
    asked, returned, waits = [], 0, []
    for at, last in enumerate(days):
        window = [day for day in days[: at + 1] if (last.date - day.date).days <= quiet.WINDOW]
        wait = patience(window)
        waits.append(wait)
        written = int(case.at[at])
        until = int(case.at[at + 1]) if at + 1 < len(days) else case.length
        if until - written - 1 >= wait:
            asked.append(written + wait + 1)
            returned += at + 1 < len(days)
    return Outcome(case, tuple(asked), returned, tuple(waits), slow(days), signs(days))


def slow(days: Sequence[Day]) -> bool | None:
    """Whether improvement was found wanting; None where the diary ends before it is asked."""
    if progress.judge(days) is not None:
        return True
    last = days[-1].date if days else None
    enough = last is not None and (last - days[0].date).days >= progress.DUE
    return False if enough else None


def signs(days: Iterable[Day]) -> dict[AlertKind, int]:
    found = dict.fromkeys((AlertKind.NERVE_BELOW_KNEE, AlertKind.SEVERE_PAIN), 0)
    earlier: list[DaySymptoms] = []
    for day in days:
        today = DaySymptoms(
            date=day.date,
            pain=None if day.pain is None else round(day.pain),
            nerve=None if day.nerve is None else day.nerve > 0,
            place=None if day.place is None else Place(day.place),
        )
        for kind in found:
            found[kind] += sign_is_new(kind, today, earlier)
        earlier.append(today)
    return found


def rate(outcomes: Sequence[Outcome], count: Callable[[Outcome], int]) -> float:
    """Per patient and half-year."""
    return HALF_YEAR * sum(map(count, outcomes)) / sum(one.case.length for one in outcomes)


def line(name: str, outcomes: Sequence[Outcome]) -> str:
    waits = [fmean(one.patience) for one in outcomes if one.patience]
    low, *_, high = quantiles(waits, n=20) if len(waits) > 1 else (waits[0], waits[0])
    judged = [one.slow for one in outcomes if one.slow is not None]
    signs_of = [
        rate(outcomes, lambda one, kind=kind: one.signs[kind])  # type: ignore[misc]
        for kind in (AlertKind.NERVE_BELOW_KNEE, AlertKind.SEVERE_PAIN)
    ]
    return (
        f"{name:<14}{len(outcomes):>9}{rate(outcomes, lambda one: one.returned):>10.2f}"
        f"{fmean(waits):>9.1f}{low:>6.1f} -{high:>5.1f}"
        f"{fmean(judged) if judged else float('nan'):>11.2f}"
        f"{signs_of[0]:>12.2f}{signs_of[1]:>10.2f}"
    )


def soon(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, float, float, int]]:
    """Per habit, the share of worsenings with a silence asked about in the weeks after the onset,
    and in as many before."""
    groups = defaultdict(list)
    for one in outcomes:
        if one.case.onset is not None and one.case.onset >= SOON:
            groups[one.case.habit].append(one)
    for habit, group in sorted(groups.items()):
        yield (
            habit,
            fmean(
                any(0 < day - (one.case.onset or 0) <= SOON for day in one.asked) for one in group
            ),
            fmean(
                any(0 <= (one.case.onset or 0) - day < SOON for day in one.asked) for one in group
            ),
            len(group),
        )


def waiting(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Alerts that can wait for the day's digest, by what they are about, per patient-week."""
    weeks = sum(one.case.length for one in outcomes) / 7
    return {
        "worsening": sum(len(screen(one.case.days()).signals) for one in outcomes) / weeks,
        "gone quiet": sum(len(one.asked) for one in outcomes) / weeks,
        "not improving": sum(one.slow is True for one in outcomes) / weeks,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("diaries", type=Path, nargs="?")
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("--patients", type=int, default=PATIENTS)
    given = parser.parse_args()
    cohort = (
        cohorts.read(given.diaries, given.truth)
        if given.diaries and given.truth
        else cohorts.simulated(given.patients, SEED)
    )
    outcomes = [outcome(case) for case in cohort.cases]
    calm = [one for one in outcomes if one.case.course in CALM]
    days = sum(one.case.at.size for one in outcomes)
    print(f"{len(outcomes)} patients, {days} logged days; rates per patient and {HALF_YEAR} days\n")
    print(f"{'':<23}  false     patience, days  not im-   new nerve    severe")
    print(f"{'':<23}  quiet     mean    5 - 95 %  proving  below knee      pain")
    print(line("all calm", calm))
    for course in sorted(set(cohort.course), key=lambda name: (name not in CALM, name)):
        print(line(course, [one for one in outcomes if one.case.course == course]))
    print("\nstable and improving patients, by habit")
    for habit in sorted(set(cohort.habit)):
        print(line(habit, [one for one in calm if one.case.habit == habit]))
    print(
        f"\nshare of worsenings with a silence asked about, {SOON} days from the onset and before it"
    )
    for habit, after, before, number in soon(outcomes):
        print(f"{habit:<14}{number:>9}{after:>10.2f}{before:>9.2f}")
    found = waiting(outcomes)
    print(
        f"\nalerts that can wait for the digest, at standard, per patient-week:"
        f" {sum(found.values()):.3f} (goal at most {WAITING_AT_MOST}); "
        + ", ".join(f"{what} {often:.3f}" for what, often in found.items())
    )


if __name__ == "__main__":
    main()
