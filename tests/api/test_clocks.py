"""Phones whose clock is days off: what they write is stored and told, and nobody else notices.

Each case lives the same weeks twice: once on a phone whose clock is right, once on one whose clock is
not. What the therapist sees must be the same, but for the mark on the days that the wrong clock wrote.
Servers that trust a clock too much are caught by the same cases.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from glidepath.diary.bounds import NO_TIME, Clock
from glidepath.diary.models import Entry as Stored
from glidepath.diary.schemas import Entry
from tests.clinics import ZONE, Clinic, check_in, join_patient

pytestmark = pytest.mark.anyio
# More of them: tests/assurance.
CASES, SEED = 16, 20261124
DAY, MINUTE, TICK = timedelta(days=1), timedelta(minutes=1), timedelta(milliseconds=1)
SKEWS = [48 * 60 * MINUTE, -48 * 60 * MINUTE, 400 * DAY, -400 * DAY]
SEEN = ("kind", "severity", "state", "onset", "raised_on", "last_day", "count", "late", "score")


@dataclass
class Told:
    """What a patient answers at a moment; the same in both lives."""

    at: datetime
    answers: dict[str, Any]


@dataclass
class Life:
    """One patient, with a phone whose clock is off by `skew` and another whose clock is right."""

    clinic: Clinic
    patient_id: str
    phone: httpx.AsyncClient
    skew: timedelta

    def write(self, told: Told, skew: timedelta) -> dict[str, Any]:
        at = (told.at + skew).astimezone(ZONE)
        times = {"happened_at": at.isoformat(), "made_at": at.isoformat()}
        return check_in(at.date(), **times, **told.answers)

    def change(self, of: dict[str, Any], at: datetime, **answers: Any) -> dict[str, Any]:
        """As the phone does: made now by its clock, or just after what it changes."""
        made = max(at, datetime.fromisoformat(of["made_at"]) + TICK)
        revises = of["revises"] or of["id"]
        return {
            **of,
            "id": str(uuid7()),
            "revises": revises,
            "made_at": made.isoformat(),
            **answers,
        }

    async def send(self, entries: Sequence[dict[str, Any]], skew: timedelta) -> None:
        body = {
            "account_id": self.patient_id,
            "check_ins": entries,
            "exercise_sessions": [],
            "sent_at": (datetime.now(UTC) + skew).isoformat(),
        }
        answer = await self.phone.post("/api/sync", json=body)
        statuses = [result["status"] for result in answer.json()["results"]]
        assert statuses == ["stored"] * len(entries), answer.text

    async def page(self) -> dict[str, Any]:
        answer = await self.clinic.therapist.get(f"/api/patients/{self.patient_id}")
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def diary(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await self.phone.get("/api/diary")).json()["check_ins"]
        return entries


def weeks(chance: random.Random, now: datetime) -> list[Told]:
    """A check-in on most of the last days, at any hour, with something that is told or nothing."""
    length, course = chance.randint(10, 30), chance.choice(("steady", "climb", "known", "sign"))
    told = []
    for ago in range(length, 0, -1):
        if chance.random() < 0.1:
            continue
        pain = chance.choice((2, 3, 3, 4))
        if course == "climb":
            pain = min(10, 2 + round(7 * (length - ago) / length))
        answers: dict[str, Any] = {"pain_now": pain}
        if course == "known" and ago < length - 2:
            answers["sensations"] = ["weakness"]
        told.append(Told(now - ago * DAY + chance.randint(-700, 600) * MINUTE, answers))
    last: dict[str, Any] = {"pain_now": 3}
    if course == "sign":
        last = chance.choice(
            [{"pain_now": 9}, {"red_flags": ["both_legs"]}, {"sensations": ["numbness"]}]
        )
    return [*told, Told(now - 10 * MINUTE, last)]


async def wrong_all_the_time(life: Life, told: list[Told], pains: list[int]) -> None:
    """Written without a network by a clock that is off; then one entry is changed twice, and sent."""
    entries = [life.write(one, life.skew) for one in told]
    await life.send(entries, life.skew)
    by_phone = datetime.now(UTC) + life.skew
    await life.send([life.change(entries[-1], by_phone, pain_now=pains[0])], life.skew)


async def set_back_in_between(life: Life, told: list[Told], pains: list[int]) -> None:
    """Right for weeks; in the last session, with nothing sent yet, the clock jumps."""
    await life.send([life.write(one, NO_TIME) for one in told[:-1]], NO_TIME)
    before = life.write(told[-1], NO_TIME)
    jumped = datetime.now(UTC) + life.skew
    after = life.write(Told(told[-1].at + 8 * MINUTE, {"pain_now": pains[1]}), life.skew)
    await life.send([before, life.change(before, jumped, pain_now=pains[0]), after], life.skew)


async def live(life: Life, told: list[Told], pains: list[int], *, jump: bool) -> dict[str, Any]:
    """Both phones write; then what the therapist sees, and what became of the second phone's words."""
    session = set_back_in_between if jump else wrong_all_the_time
    await session(life, told, pains)
    now = datetime.now(UTC)
    other = [life.write(Told(now - minute * MINUTE, {"pain_now": 3}), NO_TIME) for minute in (5, 4)]
    await life.send(other, NO_TIME)
    # The phone that is off changes what the other wrote, and the other has the last word.
    theirs = life.change(other[0], datetime.now(UTC) + life.skew, pain_now=pains[2])
    await life.send([theirs], life.skew)
    last = life.change(theirs, datetime.now(UTC), pain_now=pains[3])
    await life.send([last], NO_TIME)

    mine = [*other, last]
    kept = {entry["id"]: entry for entry in await life.diary()}
    order = [entry["id"] for entry in kept.values() if entry["id"] in {one["id"] for one in mine}]
    assert order == [one["id"] for one in mine]
    for one in mine:
        assert kept[one["id"]]["local_date"] == one["local_date"]
        assert kept[one["id"]]["pain_now"] == one["pain_now"]
    page = await life.page()
    days = {day["date"]: day for day in page["days"]}
    return {
        "days": {on: {**day, "clock_wrong": None} for on, day in days.items()},
        "alerts": [{name: alert[name] for name in SEEN} for alert in page["alerts"]],
        "marked": {date.fromisoformat(on) for on, day in days.items() if day["clock_wrong"]},
    }


async def run(clinic: Clinic, cases: int, seed: int = SEED) -> int:
    """Lives so many cases and checks each; how many raised an alert."""
    bystander = Life(clinic, *await join_patient(clinic), NO_TIME)
    now = datetime.now(UTC)
    await bystander.send(
        [bystander.write(one, NO_TIME) for one in weeks(random.Random(1), now)], NO_TIME
    )
    unconcerned = await bystander.page(), await bystander.diary()
    alarming = 0
    for case in range(cases):
        chance = random.Random(seed + case)
        now = datetime.now(UTC)
        told = weeks(chance, now)
        jump = chance.random() < 0.3
        # Set back in mid-session; off all the time in either direction.
        skew = chance.choice(SKEWS[1::2] if jump else SKEWS)
        pains = [chance.randint(2, 4) for _ in range(4)]
        right = Life(clinic, *await join_patient(clinic), NO_TIME)
        wrong = Life(clinic, *await join_patient(clinic), skew)
        expected = await live(right, told, pains, jump=jump)
        found = await live(wrong, told, pains, jump=jump)
        what = f"case {case}: {skew}, {'set back' if jump else 'off'}"
        assert found["days"] == expected["days"], what
        assert found["alerts"] == expected["alerts"], what
        assert expected["marked"] == set(), what
        written = told[-1:] if jump else told
        assert found["marked"] >= {one.at.astimezone(ZONE).date() for one in written}, what
        alarming += bool(expected["alerts"])
        await right.phone.aclose()
        await wrong.phone.aclose()
    assert (await bystander.page(), await bystander.diary()) == unconcerned
    return alarming


async def test_a_clock_that_is_off_changes_nothing_but_the_mark(clinic: Clinic):
    assert 0 < await run(clinic, CASES) < CASES


def as_written(_clock: Clock, entry: Entry, _original: Stored | None) -> date:
    return entry.local_date


def always_corrected(clock: Clock, entry: Entry, _original: Stored | None) -> date:
    return (entry.happened_at - clock.skew).date()


def never_told(_clock: Clock, _entry: Entry) -> timedelta:
    return NO_TIME


@pytest.mark.parametrize(
    ("method", "mutant"),
    [("day_of", as_written), ("day_of", always_corrected), ("error_of", never_told)],
)
async def test_a_server_that_believes_a_wrong_clock_is_caught(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, method: str, mutant: Any
):
    monkeypatch.setattr(Clock, method, mutant)
    with pytest.raises(AssertionError):
        await run(clinic, CASES)
