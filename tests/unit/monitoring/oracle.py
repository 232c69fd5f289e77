"""What may be billed for remote monitoring, written once more: slowly, plainly, a day at a time, and of nothing
that the product uses but the words for what went in.

Numbers stand here as the payers' guides say them, not as the product's file does.
"""

import calendar
from datetime import date, timedelta
from uuid import UUID

from glidepath.monitoring.clocks import Case, Span

ONE_DAY = timedelta(days=1)
Bill = tuple[str, int, tuple[str, ...]]


def is_inside(day: date, span: Span) -> bool:
    if day < span.first:
        return False
    return span.last is None or not day > span.last


def counts(case: Case, day: date) -> bool:
    if day.year < 2026:
        return False
    consented = False
    for consent in case.consents:
        if is_inside(day, consent):
            consented = True
    planned = False
    for plan in case.plans_of_care:
        if is_inside(day, plan):
            planned = True
    return consented and planned and is_inside(day, case.episode)


def biller_on(case: Case, day: date) -> UUID | None:
    latest = None
    for biller in case.billers:
        if biller.since <= day and (latest is None or biller.since >= latest.since):
            latest = biller
    return None if latest is None else latest.account_id


def may_be_billed(case: Case, days: list[date]) -> bool:
    billers = set()
    for day in days:
        billers.add(biller_on(case, day))
        if (day.year, day.month) in case.physiologic:
            return False
    billers.discard(None)
    return len(billers) == 1


def thirties(case: Case, today: date) -> list[list[date]]:
    """The days of each period, until one would begin after today or after the episode."""
    day = min(case.entries, default=today + ONE_DAY)
    while day <= today and not (day in case.entries and counts(case, day)):
        day += ONE_DAY
    if case.begun is not None:
        day = case.begun
    found = []
    while day <= today and (case.episode.last is None or day <= case.episode.last):
        found.append([day + number * ONE_DAY for number in range(30)])
        day += 30 * ONE_DAY
    return found


def data_days(case: Case, days: list[date], today: date) -> list[date]:
    return [day for day in days if day <= today and day in case.entries and counts(case, day)]


def supplies(case: Case, today: date) -> list[Bill | None]:
    bills: list[Bill | None] = []
    for days in thirties(case, today):
        number = len(data_days(case, days, today))
        if not may_be_billed(case, days) or number < 2:
            bills.append(None)
        elif number <= 15:
            bills.append(("98985", 1, ("GP",)))
        else:
            bills.append(("98977", 1, ("GP",)))
    return bills


def set_up_in(case: Case, today: date) -> int | None:
    """The number of the period with which 98975 goes, from 1."""
    for number, days in enumerate(thirties(case, today), start=1):
        if len(data_days(case, days, today)) < 2 or not may_be_billed(case, days):
            continue
        if case.education is not None and not case.education > days[-1]:
            return number
    return None


def managed(case: Case, year: int, month: int, today: date) -> list[Bill]:
    number_of_days = calendar.monthrange(year, month)[1]
    days = [date(year, month, number) for number in range(1, number_of_days + 1)]
    seconds, assistants, spoke = added_up(case, days, today)
    if not spoke or not may_be_billed(case, days) or seconds < 10 * 60:
        return []
    modifiers: tuple[str, ...] = ("GP",)
    if assistants > seconds / 10:
        modifiers = ("GP", "CQ")
    if seconds < 20 * 60:
        return [("98979", 1, modifiers)]
    bills: list[Bill] = [("98980", 1, modifiers)]
    further, left = 0, seconds - 20 * 60
    while left >= 20 * 60:
        further, left = further + 1, left - 20 * 60
    if further:
        bills.append(("98981", further, modifiers))
    return bills


def added_up(case: Case, days: list[date], today: date) -> tuple[int, int, bool]:
    """Seconds, those of assistants, and whether somebody spoke with the patient."""
    seconds, assistants, spoke = 0, 0, False
    for day in days:
        if day > today or not counts(case, day):
            continue
        for work in case.work:
            if work.day == day:
                seconds += work.seconds
                assistants += work.seconds if work.is_assistant else 0
        for contact in case.contacts:
            if contact.day == day:
                spoke = True
    return seconds, assistants, spoke
