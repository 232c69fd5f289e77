"""What comes next for an alert that waits, was looked at, or was put off."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from glidepath.escalation.deciding import Level, Next, Standing, Step, Taken, There, decide
from glidepath.escalation.hours import Hours
from glidepath.escalation.policy import USUAL_WEEK, Policy, Urgent

MADRID = ZoneInfo("Europe/Madrid")
IRENE, MARTIN, ANA = (UUID(int=number) for number in (1, 2, 3))
POLICY = Policy(Hours(MADRID, USUAL_WEEK, frozenset([date(2026, 3, 9)])))
NIGHTS = Policy(POLICY.hours, urgent=Urgent(round_the_clock=True))
ALL = There(frozenset([IRENE, MARTIN]), frozenset([ANA]))
NO_TEAM = There(frozenset(), frozenset([ANA]))
NO_ADMIN = There(frozenset([IRENE]), frozenset())
NOBODY = There(frozenset(), frozenset())


def at(text: str) -> datetime:
    """A time in the week of Monday, 2 March 2026, or another day."""
    days = {"Mon": 2, "Tue": 3, "Wed": 4, "Thu": 5, "Fri": 6, "Sat": 7, "Sun": 8}
    day, _, wall = text.partition(" ")
    hour, minute = (int(part) for part in wall.split(":"))
    return datetime(2026, 3, days[day], hour, minute, tzinfo=MADRID)


def waits(since: str, severity: str = "urgent") -> Standing:
    return Standing(severity, "open", at(since))


def looked(since: str, severity: str = "urgent", by: UUID = IRENE) -> Standing:
    return Standing(severity, "acknowledged", at(since), by)


def took(*steps: tuple[Level, str]) -> list[Taken]:
    return [Taken(level, at(moment), ALL.of(level)) for level, moment in steps]


def test_an_urgent_alert_waits_for_half_an_hour():
    after = decide(waits("Mon 10:00"), [], POLICY, ALL, at("Mon 10:29"))
    assert after == Next("waiting", due=at("Mon 10:30"), look_by=at("Mon 10:30"))


@pytest.mark.parametrize(
    ("since", "now", "policy", "steps"),
    [
        ("Mon 10:00", "Mon 10:30", POLICY, True),
        ("Mon 16:45", "Mon 23:00", POLICY, False),
        ("Mon 16:45", "Tue 09:15", POLICY, True),
        ("Mon 16:45", "Mon 17:15", NIGHTS, True),
        ("Sat 03:00", "Sat 03:30", NIGHTS, True),
    ],
)
def test_outside_opening_hours_time_stands_still_unless_somebody_is_there_round_the_clock(
    since: str, now: str, policy: Policy, steps: bool
):
    after = decide(waits(since), [], policy, ALL, at(now))
    assert after.step == (Step("team", "unseen") if steps else None)


def test_the_ladder_is_team_admins_and_then_everybody():
    standing, taken, seen = waits("Mon 09:00"), list[Taken](), []
    now = at("Mon 09:00")
    while (after := decide(standing, taken, POLICY, ALL, now)).due is not None:
        assert after.step is None
        now = after.due
        step = decide(standing, taken, POLICY, ALL, now).step
        assert step is not None
        seen.append((step.level, step.why, now.astimezone(MADRID).strftime("%a %H:%M")))
        taken.append(Taken(step.level, now, ALL.of(step.level)))
    assert seen[:4] == [
        ("team", "unseen", "Mon 09:30"),
        ("admins", "unseen", "Mon 10:00"),
        ("everyone", "unseen", "Mon 11:00"),
        ("everyone", "unseen", "Mon 12:00"),
    ]
    # Nine times, and the last two on the next day.
    assert [one[2] for one in seen[-3:]] == ["Mon 17:00", "Tue 10:00", "Tue 11:00"]
    assert len(seen) == 2 + 9
    assert after.state == "spent"


def test_what_is_not_urgent_climbs_by_the_clinics_days():
    standing = waits("Fri 16:00", "moderate")
    assert decide(standing, [], POLICY, ALL, at("Fri 16:00")).due == datetime(
        2026,
        3,
        10,
        16,
        tzinfo=MADRID,  # Monday is a holiday.
    )


def test_where_nobody_of_the_team_is_there_it_goes_to_the_admins_at_once():
    after = decide(waits("Mon 10:00"), [], POLICY, NO_TEAM, at("Mon 10:01"))
    assert after.step == Step("admins", "nobody_there")
    # In the middle of the night, too, if it is urgent; else when the clinic opens.
    assert decide(waits("Mon 23:00"), [], POLICY, NO_TEAM, at("Mon 23:01")).step is not None
    other = decide(waits("Mon 23:00", "high"), [], POLICY, NO_TEAM, at("Mon 23:01"))
    assert (other.step, other.due) == (None, at("Tue 09:00"))


def test_who_leaves_between_two_steps_takes_the_waiting_along():
    after = decide(
        waits("Mon 10:00"), took(("team", "Mon 10:30")), POLICY, NO_TEAM, at("Mon 10:31")
    )
    assert after.step == Step("admins", "unseen")


def test_an_admin_who_was_told_and_left_leaves_it_to_the_next_one():
    eva = UUID(int=4)
    taken = took(("team", "Mon 10:30"), ("admins", "Mon 11:00"))
    assert decide(waits("Mon 10:00"), taken, POLICY, NO_TEAM, at("Mon 11:05")).step is None
    later = There(frozenset(), frozenset([eva]))
    after = decide(waits("Mon 10:00"), taken, POLICY, later, at("Mon 11:05"))
    assert after.step == Step("everyone", "unseen")


def test_where_there_is_no_admin_the_team_hears_again():
    taken = took(("team", "Mon 10:30"))
    assert decide(waits("Mon 10:00"), taken, POLICY, NO_ADMIN, at("Mon 10:59")).step is None
    after = decide(waits("Mon 10:00"), taken, POLICY, NO_ADMIN, at("Mon 11:00"))
    assert after.step == Step("everyone", "nobody_there")


def test_an_alert_without_anybody_is_loud_once_and_goes_on_when_somebody_comes():
    standing = waits("Mon 10:00")
    after = decide(standing, [], POLICY, NOBODY, at("Mon 10:01"))
    assert (after.state, after.step) == ("unowned", Step("nobody", "nobody_there"))
    taken = took(("nobody", "Mon 10:01"))
    again = decide(standing, taken, POLICY, NOBODY, at("Mon 12:00"))
    assert (again.state, again.step) == ("unowned", None)
    assert decide(standing, taken, POLICY, NO_TEAM, at("Mon 12:01")).step == Step(
        "admins", "nobody_there"
    )
    assert decide(standing, taken, POLICY, ALL, at("Mon 12:01")).step == Step("team", "unseen")


def test_a_look_stops_the_ladder_and_runs_out_after_a_day():
    after = decide(looked("Mon 10:00"), [], POLICY, ALL, at("Tue 09:59"))
    assert after == Next("looked", due=at("Tue 10:00"))
    assert decide(looked("Mon 10:00"), [], POLICY, ALL, at("Tue 10:00")).reopen == "look_expired"
    # Nobody is called on a Saturday for what somebody looked at on Friday.
    assert decide(looked("Fri 10:00"), [], POLICY, ALL, at("Sat 12:00")).reopen is None


def test_a_look_at_what_is_not_urgent_holds_for_three_clinic_days():
    standing = looked("Mon 10:00", "high")
    assert decide(standing, [], POLICY, ALL, at("Thu 09:59")).reopen is None
    assert decide(standing, [], POLICY, ALL, at("Thu 10:00")).reopen == "look_expired"


def test_a_look_of_somebody_who_is_gone_counts_no_more_from_the_next_opening_on():
    standing = looked("Mon 16:00", by=MARTIN)
    gone = There(frozenset([IRENE]), frozenset([ANA]))
    after = decide(standing, [], POLICY, gone, at("Mon 20:00"))
    assert (after.reopen, after.due) == (None, at("Tue 09:00"))
    assert decide(standing, [], POLICY, gone, at("Tue 09:00")).reopen == "look_left"
    assert decide(looked("Mon 16:00", by=ANA), [], POLICY, gone, at("Tue 09:00")).reopen is None


def test_what_was_put_off_rests_until_its_day():
    resting = Standing("urgent", "snoozed", at("Thu 00:00"))
    assert decide(resting, [], POLICY, NOBODY, at("Wed 12:00")) == Next(
        "resting", due=at("Thu 00:00")
    )


def test_what_is_resolved_is_over():
    after = decide(
        Standing("urgent", "resolved", at("Mon 10:00")), [], POLICY, NOBODY, at("Fri 10:00")
    )
    assert after == Next("over")


def test_a_quiet_alert_calls_nobody_as_long_as_its_team_is_there():
    standing = waits("Mon 10:00", "low")
    later = at("Mon 10:00") + timedelta(days=60)
    assert decide(standing, [], POLICY, ALL, later) == Next("waiting")
    assert decide(standing, [], POLICY, NO_TEAM, at("Mon 10:01")).step == Step(
        "admins", "nobody_there"
    )
    assert decide(standing, took(("admins", "Mon 10:01")), POLICY, NO_TEAM, later) == Next(
        "waiting"
    )
    assert decide(looked("Mon 10:00", "low"), [], POLICY, ALL, later).reopen is None


def test_a_clinic_that_wants_no_repeats_has_none():
    once = Policy(POLICY.hours, repeats=0)
    taken = took(("team", "Mon 10:30"), ("admins", "Mon 11:00"))
    assert decide(waits("Mon 10:00"), taken, once, ALL, at("Fri 10:00")).state == "spent"
