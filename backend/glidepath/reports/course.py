"""A period of a diary in numbers: what is drawn, compared and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from glidepath.care.schemas import PlanItemView, PlanView
from glidepath.clinical.vocabulary import Place
from glidepath.diary.days import DiaryDay, calendar

# What is compared at both ends of a period: so many days, or half of it where it is shorter.
END_DAYS: Final = 14
# With fewer rated days at an end nothing is said of a change.
ENOUGH: Final = 4
PLACES: Final = [place.value for place in Place]


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def ends(self) -> tuple["Period", "Period"]:
        length = timedelta(days=min(END_DAYS, max(self.days // 2, 1)) - 1)
        return Period(self.first, self.first + length), Period(self.last - length, self.last)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some days: None where nobody said. `rated` days have a pain rating, `logged` ones a check-in."""

    days: int
    logged: int
    rated: int
    pain: float | None
    least: float | None
    most: float | None
    nerve_days: int
    nerve_told: int
    place: str | None


def figures(days: Sequence[DiaryDay]) -> Figures:
    pains = [day.pain for day in days if day.pain is not None]
    told = [day.nerve for day in days if day.nerve is not None]
    places = [day.place for day in days if day.place is not None]
    return Figures(
        days=len(days),
        logged=sum(day.logged for day in days),
        rated=len(pains),
        pain=sum(pains) / len(pains) if pains else None,
        least=min(pains, default=None),
        most=max(pains, default=None),
        nerve_days=sum(1 for nerve in told if nerve),
        nerve_told=len(told),
        place=max(places, key=PLACES.index, default=None),
    )


def every_day(by_date: Mapping[date, DiaryDay], period: Period) -> list[DiaryDay]:
    """Those without an entry are there, and empty."""
    return calendar(dict(by_date), period.first, period.last)


def ticks(period: Period) -> list[tuple[int, date]]:
    """The days that an axis names, by their place: Mondays of a few weeks, else months, of long periods fewer."""
    every = [period.first + timedelta(days=number) for number in range(period.days)]
    if period.days <= 70:
        found = [(number, day) for number, day in enumerate(every) if day.isoweekday() == 1]
    else:
        step = 1 if period.days <= 200 else 2
        firsts = [(number, day) for number, day in enumerate(every) if day.day == 1]
        found = firsts[::step]
    return [one for one in found if one[0] <= period.days - 3] or [(0, period.first)]


@dataclass(frozen=True, slots=True)
class Work:
    """An exercise on a side: on how many days it was done, and on how many the plans of the period asked for it.

    `item` is the newest that a plan had; `current`: it is on the plan that holds at the end.
    """

    item: PlanItemView
    done: int
    wanted: int
    current: bool


def work(
    days: Sequence[DiaryDay], plans: Sequence[PlanView], paused: set[date], until: date
) -> list[Work]:
    """In the plan's order, what is not on it any more last. `until`: nothing was asked for after it."""
    oldest_first = sorted(plans, key=lambda plan: plan.number)
    items = {item.id: item for plan in oldest_first for item in plan.items}
    newest = {_which(item): item for item in items.values()}
    holding = [_holding(oldest_first, day.date) for day in days]
    wanted = dict.fromkeys(newest, 0.0)
    done = dict.fromkeys(newest, 0)
    for day, plan in zip(days, holding, strict=True):
        if plan is not None and day.date not in paused and day.date <= until:
            for item in plan.items:
                wanted[_which(item)] += item.days_per_week / 7
        for which in _done_on(day, items):
            done[which] += 1
    current = {_which(item): item for item in holding[-1].items} if holding and holding[-1] else {}
    order = [*current, *(which for which in newest if which not in current)]
    return [
        Work(newest[which], done[which], round(wanted[which]), which in current)
        for which in order
        if which in current or done[which] or round(wanted[which])
    ]


def _which(item: PlanItemView) -> tuple[str, str]:
    return item.exercise_key, item.side.value


def _holding(oldest_first: Sequence[PlanView], day: date) -> PlanView | None:
    begun = [plan for plan in oldest_first if plan.starts_on <= day]
    return begun[-1] if begun else None


def _done_on(day: DiaryDay, items: Mapping[UUID, PlanItemView]) -> set[tuple[str, str]]:
    return {
        _which(items[report.plan_item_id])
        for report in day.reports
        if report.plan_item_id is not None and report.plan_item_id in items
    }
