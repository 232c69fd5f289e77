"""Patients whose truth is known: simulated by us, or read from files."""

from collections.abc import Sequence
from csv import DictReader
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glidepath import diary_csv
from glidepath.demo import simulator
from glidepath.trends import PLACES, Day

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Flare(NamedTuple):
    """Day number of its first day, and how many days it lasts."""

    first: int
    days: int


@dataclass(frozen=True, slots=True)
class Case:
    """One patient: the truth, and what was answered on the n logged days.

    Days are numbered from 0, the first day of the diary, which spans `length` of them. `at` (n,)
    holds the logged ones in order; `pain` (0-10), `nerve` (0-4) and `place` (index into PLACES),
    each (n,), are NaN where nothing was answered. `onset` is None if no worsening began; `flares`
    is None where the truth does not tell their days.
    """

    name: str
    course: str
    habit: str
    first: date
    length: int
    onset: int | None
    flares: tuple[Flare, ...] | None
    at: Ints
    pain: Floats
    nerve: Floats
    place: Floats

    def days(self) -> list[Day]:
        """The logged days as the detector reads them."""
        answers = zip(self.at, self.pain, self.nerve, self.place, strict=True)
        return [
            Day(
                self.first + timedelta(int(at)),
                None if np.isnan(pain) else float(pain),
                None if np.isnan(nerve) else int(nerve),
                None if np.isnan(place) else PLACES[int(place)],
            )
            for at, pain, nerve, place in answers
        ]

    def until(self, count: int) -> "Case":
        """The same patient when only `count` days had been logged."""
        return replace(
            self,
            at=self.at[:count],
            pain=self.pain[:count],
            nerve=self.nerve[:count],
            place=self.place[:count],
        )


class Cohort:
    """Cases with their truth as arrays over patients: `onset` is -1 where no worsening began."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = list(cases)
        self.course = np.array([case.course for case in cases])
        self.habit = np.array([case.habit for case in cases])
        self.length = np.array([case.length for case in cases])
        self.onset = np.array([-1 if case.onset is None else case.onset for case in cases])

    def __len__(self) -> int:
        return len(self.cases)

    def grid(self, values: Sequence[Floats]) -> Floats:
        """Values per logged day as an array (patients, days), NaN on days without."""
        found = np.full((len(self), int(self.length.max())), np.nan)
        for row, case, own in zip(found, self.cases, values, strict=True):
            row[case.at] = own
        return found


def simulated(patients: int, seed: int) -> Cohort:
    """Our own patients; a larger cohort of the same seed begins with the smaller one."""
    return Cohort(
        [
            _case(f"{seed}-{number}", given)
            for number, given in enumerate(simulator.cohort(patients, seed))
        ]
    )


def _case(name: str, given: simulator.Answers) -> Case:
    logged = given.logged
    return Case(
        name,
        given.course,
        given.habit,
        given.first,
        logged.size,
        given.onset,
        tuple(Flare(flare.first, flare.days) for flare in given.flares),
        np.flatnonzero(logged),
        given.pain[logged].astype(float),
        given.nerve[logged].astype(float),
        np.where(given.place < 0, np.nan, given.place)[logged],
    )


def read(diaries: Path, truth: Path) -> Cohort:
    """Patients from a file of diaries and one with `patient,course,habit,first_day,days,onset`."""
    days = diary_csv.read(diaries, print)
    with truth.open(encoding="utf-8-sig", newline="") as file:
        return Cohort([_told(row, days.get(row["patient"], [])) for row in DictReader(file)])


def _told(row: dict[str, str], days: list[Day]) -> Case:
    first = date.fromisoformat(row["first_day"])
    onset = (date.fromisoformat(row["onset"]) - first).days if row["onset"] else None
    return case_of(
        row["patient"],
        days,
        course=row["course"],
        habit=row["habit"],
        first=first,
        length=int(row["days"]),
        onset=onset,
    )


def case_of(
    name: str,
    days: Sequence[Day],
    *,
    course: str,
    habit: str,
    first: date,
    length: int,
    onset: int | None,
) -> Case:
    """A case from days in order; those on which nothing was answered are left out."""
    logged = [day for day in days if not day.missing]
    return Case(
        name,
        course,
        habit,
        first,
        length,
        onset,
        None,
        np.array([(day.date - first).days for day in logged], dtype=np.int64),
        np.array([np.nan if day.pain is None else day.pain for day in logged], dtype=float),
        np.array([np.nan if day.nerve is None else day.nerve for day in logged], dtype=float),
        np.array(
            [np.nan if day.place is None else PLACES.index(day.place) for day in logged],
            dtype=float,
        ),
    )
