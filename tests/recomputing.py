"""Simulated alerts of every kind, as the product writes down what each stands on."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import bindparam, cast, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import facts, why
from glidepath.alerts.trend import follow, series
from glidepath.clinical.vocabulary import NERVE_SENSATIONS
from glidepath.demo.simulator import COURSES, HABITS, SimulatedDay, simulate
from glidepath.diary.days import DiaryDay, Report
from glidepath.trends import Day, progress, quiet

FIRST, DAYS, SYNC = date(2026, 1, 5), 140, 4
# So many days without an entry at the end are a silence in most diaries.
SILENT = 25
# How often somebody ticks an emergency answer.
EMERGENCY = 0.004


@dataclass
class Stored:
    """An alert's kind, how it came to stand on this, and the basis that is stored."""

    kind: str
    how: str
    basis: dict[str, Any]

    def same_again(self) -> bool | None:
        numbers = {name: value for name, value in self.basis.items() if name != "facts"}
        stood = why._Stood(numbers, None, self.basis.get("facts", {}))
        return why._same_again(self.kind, stood)

    def altered(self) -> "Stored":
        """The same with one answer of one day, or the words of one rule, changed."""
        basis = copy.deepcopy(self.basis)
        if "days" in basis and self.kind == "quiet":
            del basis["days"][-1]
        elif "days" in basis:
            last = basis["days"][-1]
            last[1] = 0 if (last[1] or 0) >= 5 else 10
        else:
            for fact in basis["facts"].values():
                if "situation" in fact:
                    fact["situation"] |= {"sensations": [], "red_flags": []}
                else:
                    fact["day"] |= {"pain": 0, "nerve": False}
        return Stored(self.kind, self.how, basis)


def diary_days(written: tuple[SimulatedDay, ...], rng: np.random.Generator) -> list[DiaryDay]:
    return [_diary_day(day, rng) for day in written if day.logged]


def _diary_day(day: SimulatedDay, rng: np.random.Generator) -> DiaryDay:
    felt = None if day.sensations is None else [str(one) for one in day.sensations]
    entry, flags = uuid7(), ["both_legs"] if rng.random() < EMERGENCY else None
    return DiaryDay(
        day.date,
        pain=day.pain,
        pain_worst=day.pain_worst,
        pain_highest=day.pain_worst,
        nerve=None if felt is None else len({*felt} & {str(one) for one in NERVE_SENSATIONS}),
        place=None if day.place is None else str(day.place),
        sensations=felt,
        red_flags=flags,
        reports=[Report(entry, entry, None, felt, flags, worse=None)],
    )


def alerts_of(number: int) -> Iterator[Stored]:
    """Of one simulated patient, who sends every few days."""
    rng = np.random.default_rng([20260105, number])
    course, habit = COURSES[number % len(COURSES)], HABITS[number // len(COURSES) % len(HABITS)]
    written = simulate(course, habit, DAYS, FIRST, rng).days[: DAYS - SILENT]
    days, checkpoint, sent, worsening = diary_days(written, rng), None, 0, None
    told: dict[str, Any] = {}
    for end in range(SYNC, len(days) + SYNC, SYNC):
        new, known = days[sent:end], days[:end]
        if not new:
            break
        sent = end
        followed = follow(series(known), checkpoint)
        checkpoint, worsening = followed.checkpoint, None
        if followed.signal_basis is not None:
            worsening = followed.signal_basis
            yield Stored("worsening", "raised", worsening)
        elif followed.standing and followed.verdict_basis is not None:
            worsening = followed.verdict_basis
            yield Stored("worsening", "extended", worsening)
        for fact in facts.facts(known, frozenset(day.date for day in new), {}):
            if facts.is_same_event(fact, told):
                continue
            told[fact.key] = fact.basis
            basis = {"facts": {fact.key: fact.basis}}
            if worsening is not None and fact.kind in facts.SIGNS:
                yield Stored("worsening", "joined", worsening | basis)
            else:
                yield Stored(fact.kind.value, "raised", basis)
    yield from _daily_look([Day(day.date, pain=day.pain) for day in days])


def _daily_look(days: list[Day]) -> Iterator[Stored]:
    for silent in range(quiet.LEAST, SILENT):
        today = days[-1].date + timedelta(days=silent)
        silence = quiet.judge(days, today)
        if silence is not None:
            yield Stored("quiet", "raised", quiet.record(days, silence))
            break
    shortfall = progress.judge(days)
    if shortfall is not None:
        yield Stored("not_improving", "raised", progress.record(days, shortfall))


async def through_the_database(session: AsyncSession, stored: list[Stored]) -> list[Stored]:
    """As PostgreSQL gives them back."""
    asked = select(cast(bindparam("bases", type_=JSONB), JSONB))
    found = await session.execute(asked, {"bases": [one.basis for one in stored]})
    return [
        Stored(one.kind, one.how, basis)
        for one, basis in zip(stored, found.scalar_one(), strict=True)
    ]
