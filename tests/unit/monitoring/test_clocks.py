"""The two clocks of remote monitoring: by hand at their edges, and against an oracle on ten thousand months."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from glidepath.monitoring.clocks import (
    Biller,
    Case,
    Claim,
    Contact,
    Month,
    Prospect,
    Span,
    Standing,
    Why,
    Work,
    months,
    periods,
    setup,
    standing,
)
from glidepath.monitoring.rules import Rules, rules
from tests.unit.monitoring import oracle

FIRST, TODAY = date(2026, 3, 2), date(2026, 8, 31)
OURS, OTHERS = UUID(int=1), UUID(int=2)
ALWAYS = Span(date(2026, 1, 1), None)
MONTHS, SEED = 10_000, 20260101


def days_from(first: date, *numbers: int) -> list[date]:
    return [first + timedelta(days=number) for number in numbers]


def case(days: list[date], **changes: Any) -> Case:
    whole = Case(
        episode=ALWAYS,
        entries={day: [UUID(int=day.toordinal())] for day in days},
        work=(),
        contacts=(),
        consents=(ALWAYS,),
        plans_of_care=(ALWAYS,),
        education=FIRST,
        billers=(Biller(ALWAYS.first, OURS),),
        physiologic=frozenset(),
    )
    return msgspec.structs.replace(whole, **changes)


def worked(*seconds: int, day: date = FIRST, assistant: bool = False) -> list[Work]:
    return [Work(UUID(int=number), day, each, assistant) for number, each in enumerate(seconds)]


SPOKE = (Contact(UUID(int=99), FIRST),)


@pytest.mark.parametrize(
    ("count", "code"), [(1, None), (2, "98985"), (15, "98985"), (16, "98977"), (30, "98977")]
)
def test_the_days_of_data_choose_one_code_of_supply(count: int, code: str | None):
    (period,) = periods(case(days_from(FIRST, *range(count))), rules(), date(2026, 3, 31))
    assert (period.first, period.last) == (FIRST, date(2026, 3, 31))
    assert period.claim == (None if code is None else Claim(code, 1, ("GP",)))
    assert period.why == ((Why.TOO_FEW_DAYS,) if code is None else ())
    assert list(period.entries) == days_from(FIRST, *range(count))


def test_a_period_follows_the_other_whatever_lies_between():
    found = periods(case(days_from(FIRST, 0, 1, 29, 30, 95)), rules(), TODAY)
    assert [(one.first, len(one.entries)) for one in found][:5] == [
        (FIRST, 3),
        (date(2026, 4, 1), 1),
        (date(2026, 5, 1), 0),
        (date(2026, 5, 31), 1),
        (date(2026, 6, 30), 0),
    ]


def test_many_entries_of_a_day_are_one_day_of_data():
    entries = {FIRST: [UUID(int=number) for number in range(20)]}
    (period,) = periods(case([], entries=entries), rules(), FIRST)
    assert period.why == (Why.TOO_FEW_DAYS,)
    assert period.entries == {FIRST: tuple(entries[FIRST])}


@pytest.mark.parametrize(
    ("minutes", "claims"),
    [
        (9, []),
        (10, [("98979", 1)]),
        (19, [("98979", 1)]),
        (20, [("98980", 1)]),
        (39, [("98980", 1)]),
        (40, [("98980", 1), ("98981", 1)]),
        (59, [("98980", 1), ("98981", 1)]),
        (60, [("98980", 1), ("98981", 2)]),
    ],
)
def test_the_minutes_of_a_month_choose_its_codes(minutes: int, claims: list[tuple[str, int]]):
    # A second less is a minute less; the seconds of two tries make one minute.
    for seconds, expected in ((minutes * 60, claims), (minutes * 60 - 1, None)):
        work = worked(seconds // 2, seconds - seconds // 2)
        (month,) = months(case([], work=work, contacts=SPOKE), rules(), TODAY)
        found = [(one.code, one.units) for one in month.claims]
        if expected is not None:
            assert found == expected
        else:
            assert found != claims or minutes % 10


def test_without_a_live_conversation_no_minute_is_billed():
    (month,) = months(case([], work=worked(3600)), rules(), TODAY)
    assert (month.claims, month.why) == ((), (Why.NO_CONTACT,))


def test_more_than_a_tenth_by_an_assistant_is_marked():
    for seconds, modifiers in ((120, ("GP",)), (121, ("GP", "CQ"))):
        work = [*worked(1200 - seconds), Work(UUID(int=7), FIRST, seconds, is_assistant=True)]
        (month,) = months(case([], work=work, contacts=SPOKE), rules(), TODAY)
        assert month.claims == (Claim("98980", 1, modifiers),)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"billers": ()}, Why.NO_BILLER),
        (
            {"billers": (Biller(ALWAYS.first, OURS), Biller(date(2026, 3, 31), OTHERS))},
            Why.MORE_THAN_ONE_BILLER,
        ),
        ({"physiologic": frozenset({Month(2026, 3)})}, Why.PHYSIOLOGIC_MONITORING),
    ],
)
def test_what_excludes_a_claim_is_named(changes: dict[str, Any], why: Why):
    excluded = case(days_from(FIRST, *range(20)), work=worked(1500), contacts=SPOKE, **changes)
    (period,) = periods(excluded, rules(), date(2026, 3, 31))
    (month,) = months(excluded, rules(), TODAY)
    assert (period.claim, period.why) == (None, (why,))
    assert (month.claims, month.why) == ((), (why,))
    assert setup(excluded, rules(), [period]).why == (why,)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"consents": (Span(FIRST, date(2026, 3, 5)),)}, Why.NO_CONSENT),
        ({"plans_of_care": (Span(FIRST, date(2026, 3, 5)),)}, Why.NO_PLAN_OF_CARE),
        ({"episode": Span(FIRST, date(2026, 3, 5))}, Why.OUTSIDE_EPISODE),
    ],
)
def test_what_lies_outside_is_not_counted_and_says_why(changes: dict[str, Any], why: Why):
    outside = case(days_from(FIRST, 3, 4), work=worked(900, day=date(2026, 3, 6)), **changes)
    (period,) = periods(outside, rules(), date(2026, 3, 20))
    (month,) = months(outside, rules(), TODAY)
    assert period.uncounted == {date(2026, 3, 6): why}
    assert list(period.entries) == [date(2026, 3, 5)]
    assert (month.seconds, set(month.uncounted.values())) == (0, {why})


def test_being_set_up_is_billed_once_with_the_first_period_that_has_what_it_takes():
    busy = days_from(FIRST, 0, 1, 30, 31, 60, 61)
    for education, expected in (
        (FIRST, 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 2),
        (None, None),
    ):
        taught = case(busy, education=education)
        found = setup(taught, rules(), periods(taught, rules(), TODAY))
        assert found.period == expected
        assert found.why == (() if expected else (Why.NO_EDUCATION,))
    assert setup(case(busy[:1]), rules(), []).why == (Why.TOO_FEW_DAYS,)


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        # On the tenth day, with an entry on each of eight days, today's included: 20 are left.
        ([0, 1, 2, 3, 4, 5, 6, 9], 9, Standing(Prospect.ON_TRACK, 8, 20, 8)),
        # Five of ten and twenty left make 15.
        ([0, 1, 2, 3, 9], 9, Standing(Prospect.SHORT_BY_ONE, 5, 20, 11)),
        ([0, 9], 9, Standing(Prospect.BEHIND, 2, 20, 14)),
        (list(range(16)), 20, Standing(Prospect.READY, 16, 10, 0)),
        # Fifteen and nothing yet on the last day: it can still come.
        (list(range(15)), 29, Standing(Prospect.SHORT_BY_ONE, 15, 1, 1)),
    ],
)
def test_a_period_that_goes_on_is_told_how_it_will_end(
    days: list[int], today: int, expected: Standing
):
    now = FIRST + timedelta(days=today)
    period = periods(case(days_from(FIRST, *days)), rules(), now)[-1]
    assert standing(period, rules(), now) == expected


def test_a_later_period_without_a_day_has_no_activity():
    now = FIRST + timedelta(days=40)
    period = periods(case(days_from(FIRST, *range(20))), rules(), now)[-1]
    assert standing(period, rules(), now) == Standing(Prospect.NO_ACTIVITY, 0, 20, 16)


def test_once_a_period_was_closed_what_comes_in_late_moves_none():
    late = case(days_from(FIRST, -3, 0, 1, 31), begun=FIRST)
    first, second = periods(late, rules(), date(2026, 4, 10))
    assert [first.first, second.first] == [FIRST, date(2026, 4, 1)]
    assert first.uncounted == {date(2026, 2, 27): Why.BEFORE_FIRST_PERIOD}
    assert list(first.entries) == days_from(FIRST, 0, 1)
    # Nor does it go when the day that began it is withdrawn.
    assert periods(case([], begun=FIRST), rules(), FIRST)[0].first == FIRST


def _span(chance: random.Random, length: int) -> Span:
    first = date(2025, 12, 1) + timedelta(days=chance.randrange(60))
    last = first + timedelta(days=chance.randrange(length)) if chance.random() < 0.5 else None
    return Span(first, last)


def _generated(chance: random.Random) -> tuple[Case, date]:
    """Busy, lazy and odd ones, round the new year of the rules and with gaps in what they need."""
    length = chance.choice([40, 100, 250])
    begins = date(2025, 12, 10) + timedelta(days=chance.randrange(80))
    diligence = chance.choice([0.03, 0.3, 0.5, 0.55, 0.9])
    all_days = [begins + timedelta(days=number) for number in range(length)]
    some = [day for day in all_days if chance.random() < diligence]
    minutes = [chance.choice([30, 59, 60, 300, 301, 599, 600]) for _ in range(length // 3)]
    assistants = chance.choice([0.0, 0.1, 1.0])
    sometimes: Callable[[float], bool] = lambda share: chance.random() < share  # noqa: E731
    spans = [
        [ALWAYS] if sometimes(0.6) else [_span(chance, length) for _ in range(2)] for _ in "ab"
    ]
    whole = case(
        some,
        episode=ALWAYS if sometimes(0.7) else _span(chance, length),
        work=[
            Work(UUID(int=number), chance.choice(all_days), seconds, sometimes(assistants))
            for number, seconds in enumerate(minutes)
        ],
        contacts=[
            Contact(UUID(int=number), chance.choice(all_days))
            for number in range(chance.randrange(length // 20 + 1))
        ],
        consents=spans[0],
        plans_of_care=spans[1],
        education=chance.choice([None, *all_days[:60]]),
        billers=[
            Biller(
                begins + timedelta(days=chance.randrange(-90, length)),
                chance.choice([OURS, OTHERS]),
            )
            for _ in range(chance.choice([0, 1, 1, 1, 1, 2]))
        ],
        physiologic=frozenset(
            Month.of(chance.choice(all_days)) for _ in range(chance.choice([0, 0, 0, 1]))
        ),
        begun=chance.choice([None, None, None, all_days[chance.randrange(20)]]),
    )
    return whole, begins + timedelta(days=chance.randrange(length + 40))


def _differences(one: Case, today: date, told: Rules) -> tuple[int, int, list[str]]:
    """How many months and claims were compared, and what differs."""
    found, wrong, claims = periods(one, told, today), list[str](), 0
    ours = [None if p.claim is None else _plain(p.claim) for p in found]
    if ours != oracle.supplies(one, today):
        wrong.append("supply")
    if setup(one, told, found).period != oracle.set_up_in(one, today):
        wrong.append("setup")
    claims += sum(bill is not None for bill in ours)
    by_month = {m.month: [_plain(claim) for claim in m.claims] for m in months(one, told, today)}
    seen = {Month.of(date(2025, 12, 1) + timedelta(days=number)) for number in range(400)}
    for month in seen:
        theirs = oracle.managed(one, *month, today)
        claims += len(theirs)
        if by_month.get(month, []) != theirs:
            wrong.append(f"management of {month}")
    return len({Month.of(day) for day in one.entries}) or 1, claims, wrong


def _plain(claim: Claim) -> oracle.Bill:
    return claim.code, claim.units, claim.modifiers


def test_ten_thousand_months_are_billed_as_the_oracle_bills_them(report: Callable[[str], None]):
    chance = random.Random(SEED)
    counted = claimed = cases = 0
    differing = list[str]()
    while counted < MONTHS:
        some_months, claims, wrong = _differences(*_generated(chance), rules())
        counted, claimed, cases = counted + some_months, claimed + claims, cases + 1
        differing += wrong
    report(
        f"RTM: {counted} patient-months of {cases}, {claimed} claims, {len(differing)} differences"
    )
    assert differing == []
    assert claimed > counted / 4


MUTANTS: dict[str, dict[str, Any]] = {
    "a day more for the period": {"period_days": 31},
    "a day more to be set up": {"setup": {"least_days": 3}},
    "a day more for the supply": {"supply": [{"least_days": 3}, {"least_days": 16}]},
    "a day less for the higher supply": {"supply": [{"least_days": 2}, {"least_days": 15}]},
    "a minute more for the short time": {"short": {"least_minutes": 11}},
    "a minute more for the first time": {"first": {"least_minutes": 21}},
    "a minute more for each further time": {"further": {"each_minutes": 21}},
    "another tenth by assistants": {"assistant": {"more_than_percent": 11}},
    "a day later": {"from_day": "2026-01-02"},
}


@pytest.mark.parametrize("changes", MUTANTS.values(), ids=MUTANTS.keys())
def test_the_oracle_notices_a_rule_that_is_off_by_one(changes: dict[str, Any]):
    told = msgspec.to_builtins(rules())
    for name, value in changes.items():
        if isinstance(value, dict):
            told[name] |= value
        elif isinstance(value, list):
            told[name] = [old | new for old, new in zip(told[name], value, strict=True)]
        else:
            told[name] = value
    wrong_rules, chance = msgspec.convert(told, Rules), random.Random(SEED)
    assert any(_differences(*_generated(chance), wrong_rules)[2] for _ in range(1000))
