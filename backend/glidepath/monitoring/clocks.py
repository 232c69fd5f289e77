"""The two clocks of remote therapeutic monitoring: periods of thirty days for the supply, months for the work.

Pure: what happened goes in, what may be billed comes out, with what it stands on. A day is the patient's for what
they logged, and the clinic's for what staff did. Nothing is counted that lies outside consent, the plan of
care or the episode, and what is not counted says why.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

from msgspec import Struct

from glidepath.monitoring.rules import Rules


class Why(StrEnum):
    """Why something is not counted, or not billed."""

    BEFORE_RULES = "before_rules"
    OUTSIDE_EPISODE = "outside_episode"
    BEFORE_FIRST_PERIOD = "before_first_period"
    NO_CONSENT = "no_consent"
    NO_PLAN_OF_CARE = "no_plan_of_care"
    TOO_FEW_DAYS = "too_few_days"
    TOO_LITTLE_TIME = "too_little_time"
    NO_CONTACT = "no_contact"
    NO_EDUCATION = "no_education"
    NO_BILLER = "no_biller"
    MORE_THAN_ONE_BILLER = "more_than_one_biller"
    PHYSIOLOGIC_MONITORING = "physiologic_monitoring"


class Span(NamedTuple):
    """From `first` to `last`, both included; None: it goes on."""

    first: date
    last: date | None

    def __contains__(self, day: object) -> bool:
        return (
            isinstance(day, date) and self.first <= day and (self.last is None or day <= self.last)
        )


class Month(NamedTuple):
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)


class Work(Struct, frozen=True):
    """Time that somebody gave to a patient's monitoring on one day; what crosses midnight is two of them."""

    id: UUID
    day: date
    seconds: int
    is_assistant: bool


class Contact(Struct, frozen=True):
    """A live conversation with the patient or whoever cares for them."""

    id: UUID
    day: date


class Biller(Struct, frozen=True):
    """Who bills from this day on, until the next does; of two of one day the later told."""

    since: date
    account_id: UUID


T = TypeVar("T", Work, Contact)


class Case(Struct, frozen=True, kw_only=True):
    """An episode of care. `entries` by the patient's day: what they logged themselves, and nothing else, makes a
    day of data. `education`: when the patient was shown how, and said that they understood.

    `physiologic`: months in which somebody bills remote physiologic monitoring for the same patient. `begun`: the
    first day of the first period once one was closed, after which it stays where it is, whatever comes in late.
    """

    episode: Span
    entries: Mapping[date, Sequence[UUID]]
    work: Sequence[Work]
    contacts: Sequence[Contact]
    consents: Sequence[Span]
    plans_of_care: Sequence[Span]
    education: date | None
    billers: Sequence[Biller]
    physiologic: frozenset[Month]
    begun: date | None = None


class Claim(Struct, frozen=True):
    """`modifiers` in the order in which they stand on a claim."""

    code: str
    units: int
    modifiers: tuple[str, ...]


class Period(Struct, frozen=True, kw_only=True):
    """Thirty days of supply. `entries` are what each day of data stands on; `why` is empty where there is a claim.
    What is not counted from before the first period is among that one's `uncounted`."""

    number: int
    first: date
    last: date
    entries: dict[date, tuple[UUID, ...]]
    uncounted: dict[date, Why]
    claim: Claim | None
    why: tuple[Why, ...]


class Setup(Struct, frozen=True):
    """Once in an episode, in the first period that has what it takes. `period` is its number."""

    period: int | None
    claim: Claim | None
    why: tuple[Why, ...]


class WorkedMonth(Struct, frozen=True, kw_only=True):
    """A calendar month of management. Whole minutes are counted of the sum, not of each part."""

    month: Month
    seconds: int
    by_assistants: int
    work: tuple[UUID, ...]
    contacts: tuple[UUID, ...]
    uncounted: dict[UUID, Why]
    claims: tuple[Claim, ...]
    why: tuple[Why, ...]


def periods(case: Case, rules: Rules, today: date) -> list[Period]:
    """One after the other, from the first day of data to the one of today or of the episode's end."""
    whys = {day: _why_no_day_of_data(case, rules, day) for day in case.entries}
    counted = sorted(day for day, why in whys.items() if why is None and day <= today)
    if not counted and case.begun is None:
        return []
    end = today if case.episode.last is None else min(today, case.episode.last)
    length = timedelta(days=rules.period_days)
    found = list[Period]()
    first = case.begun or counted[0]
    while first <= end:
        last = first + length - timedelta(days=1)
        days = {day: tuple(case.entries[day]) for day in counted if first <= day <= last}
        codes = [one.code for one in rules.supply if len(days) >= one.least_days]
        why = _why_not_billed(case, first, last)
        if not codes:
            why = (*why, Why.TOO_FEW_DAYS)
        found.append(
            Period(
                number=len(found) + 1,
                first=first,
                last=last,
                entries=days,
                uncounted={
                    day: reason
                    for day, reason in sorted(whys.items())
                    if reason is not None and (first <= day or not found) and day <= last
                },
                claim=None if why else _claim(rules, codes[-1]),
                why=why,
            )
        )
        first += length
    return found


def setup(case: Case, rules: Rules, found: Sequence[Period]) -> Setup:
    """`found` as `periods` gives them."""
    least = rules.setup.least_days
    tried = [(one, _why_no_setup(case, one)) for one in found if len(one.entries) >= least]
    for one, why in tried:
        if not why:
            return Setup(one.number, _claim(rules, rules.setup.code), ())
    return Setup(None, None, tried[0][1] if tried else (Why.TOO_FEW_DAYS,))


def _why_no_setup(case: Case, period: Period) -> tuple[Why, ...]:
    why = _why_not_billed(case, period.first, period.last)
    is_shown = case.education is not None and case.education <= period.last
    return why if is_shown else (*why, Why.NO_EDUCATION)


def months(case: Case, rules: Rules, today: date) -> list[WorkedMonth]:
    """Those in which somebody worked or spoke with the patient, up to today, the earliest first."""
    days = {one.day for one in case.work} | {one.day for one in case.contacts}
    worked = sorted({Month.of(day) for day in days if day <= today})
    return [month_of(case, rules, month, today) for month in worked]


def month_of(case: Case, rules: Rules, month: Month, today: date) -> WorkedMonth:
    """One of them, worked in or not."""
    uncounted = dict[UUID, Why]()

    def counted(things: Iterable[T]) -> Iterator[T]:
        for one in things:
            if Month.of(one.day) != month or one.day > today:
                continue
            why = _why_not_counted(case, rules, one.day)
            if why is None:
                yield one
            else:
                uncounted[one.id] = why

    work, contacts = list(counted(case.work)), list(counted(case.contacts))
    seconds = sum(one.seconds for one in work)
    by_assistants = sum(one.seconds for one in work if one.is_assistant)
    first, last = ends(month)
    codes = _management(rules, seconds // 60)
    why = _why_not_billed(case, first, last)
    if not codes:
        why = (*why, Why.TOO_LITTLE_TIME)
    if not contacts:
        why = (*why, Why.NO_CONTACT)
    has_assistant = by_assistants * 100 > rules.assistant.more_than_percent * seconds
    return WorkedMonth(
        month=month,
        seconds=seconds,
        by_assistants=by_assistants,
        work=tuple(one.id for one in work),
        contacts=tuple(one.id for one in contacts),
        uncounted=uncounted,
        claims=()
        if why
        else tuple(_claim(rules, code, units, has_assistant) for code, units in codes),
        why=why,
    )


def _management(rules: Rules, minutes: int) -> list[tuple[str, int]]:
    """Codes with their units: the short one alone, or the first with what is beyond it."""
    beyond = minutes - rules.first.least_minutes
    if beyond < 0:
        return [(rules.short.code, 1)] if minutes >= rules.short.least_minutes else []
    further = beyond // rules.further.each_minutes
    return [(rules.first.code, 1), *([(rules.further.code, further)] if further else [])]


def _claim(rules: Rules, code: str, units: int = 1, has_assistant: bool = False) -> Claim:
    modifiers = [rules.discipline.modifier]
    if has_assistant and code in rules.assistant.codes:
        modifiers.append(rules.assistant.modifier)
    return Claim(code, units, tuple(modifiers))


def _why_not_counted(case: Case, rules: Rules, day: date) -> Why | None:
    if day < rules.from_day:
        return Why.BEFORE_RULES
    if day not in case.episode:
        return Why.OUTSIDE_EPISODE
    if not any(day in span for span in case.consents):
        return Why.NO_CONSENT
    if not any(day in span for span in case.plans_of_care):
        return Why.NO_PLAN_OF_CARE
    return None


def _why_no_day_of_data(case: Case, rules: Rules, day: date) -> Why | None:
    why = _why_not_counted(case, rules, day)
    is_too_early = case.begun is not None and day < case.begun
    return Why.BEFORE_FIRST_PERIOD if why is None and is_too_early else why


def _why_not_billed(case: Case, first: date, last: date) -> tuple[Why, ...]:
    """From `first` to `last` one clinician bills, and nobody bills physiologic monitoring in a month of theirs."""
    found = list[Why]()
    billers = _billers(case, first, last)
    if not billers:
        found.append(Why.NO_BILLER)
    if len(billers) > 1:
        found.append(Why.MORE_THAN_ONE_BILLER)
    if any(_overlaps(month, first, last) for month in case.physiologic):
        found.append(Why.PHYSIOLOGIC_MONITORING)
    return tuple(found)


def _billers(case: Case, first: date, last: date) -> set[UUID]:
    by_day = {one.since: one.account_id for one in case.billers}
    before = max((day for day in by_day if day <= first), default=None)
    return {who for day, who in by_day.items() if day == before or first < day <= last}


def _overlaps(month: Month, first: date, last: date) -> bool:
    begins, over = ends(month)
    return begins <= last and first <= over


def ends(month: Month) -> tuple[date, date]:
    """Its first and its last day."""
    first = date(month.year, month.month, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


class Prospect(StrEnum):
    """How a period that goes on will end for its supply: `SHORT_BY_ONE` at the pace it has so far."""

    READY = "ready"
    ON_TRACK = "on_track"
    SHORT_BY_ONE = "one_short"
    BEHIND = "behind"
    NO_ACTIVITY = "no_activity"


class Standing(Struct, frozen=True):
    """`days` of data so far; `left` days on which another may come, today included where it has none yet;
    `needs` more for the highest code, more than `left` where it is out of reach."""

    prospect: Prospect
    days: int
    left: int
    needs: int


def standing(period: Period, rules: Rules, today: date) -> Standing:
    """Of a period that `today` lies in."""
    days, goal = len(period.entries), rules.supply[-1].least_days
    gone = (today - period.first).days + 1
    left = rules.period_days - gone + (today not in period.entries)
    at_this_pace = days + left * days // max(1, rules.period_days - left)
    if days >= goal:
        prospect = Prospect.READY
    elif not days:
        prospect = Prospect.NO_ACTIVITY
    elif at_this_pace >= goal:
        prospect = Prospect.ON_TRACK
    elif at_this_pace == goal - 1:
        prospect = Prospect.SHORT_BY_ONE
    else:
        prospect = Prospect.BEHIND
    return Standing(prospect, days, left, max(0, goal - days))
