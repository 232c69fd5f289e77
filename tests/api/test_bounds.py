"""Bounds at the server's door: full days, worn entries, wrong clocks, old news, and ratings in the tables."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.diary.bounds import EDITS_A_DAY, ENTRIES_A_DAY
from glidepath.diary.models import CheckIn, ExerciseSession
from tests.asked import statements
from tests.clinics import Clinic, check_in, handle, own_day, sign_in, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def exercise(day: date, **changes: Any) -> dict[str, Any]:
    shared = {
        key: value
        for key, value in check_in(day, sensations=None).items()
        if key not in ("pain_now", "pain_worst", "place", "red_flags", "note")
    }
    done = {"plan_item_id": None, "side": "left", "sets_done": 1, "repetitions_done": None}
    return shared | done | {"hold_seconds": 30, "stopped_early": None, "pain_during": 2} | changes


def edit(of: dict[str, Any], number: int = 0, **changes: Any) -> dict[str, Any]:
    made = (datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=number)).isoformat()
    return {**of, "id": str(uuid7()), "revises": of["id"], "made_at": made, **changes}


def codes(results: list[dict[str, Any]]) -> list[str]:
    """Of each entry its status, or why it was refused."""
    return [one["reason"]["code"] if one["reason"] else one["status"] for one in results]


async def fill(clinic: Clinic, day: date, count: int) -> list[dict[str, Any]]:
    entries = [check_in(day) for _ in range(count)]
    for start in range(0, count, 100):
        assert set(codes(await sync(clinic, *entries[start : start + 100]))) == {"stored"}
    return entries


async def test_a_full_day_refuses_what_is_too_much_and_takes_the_rest(clinic: Clinic):
    held = await fill(clinic, TODAY, ENTRIES_A_DAY - 1)
    batch = [check_in(), check_in(), check_in(ago(1)), edit(held[0], pain_now=5), held[0]]
    results = await sync(clinic, *batch, sessions=(exercise(TODAY), exercise(ago(1))))
    assert codes(results) == [
        *("stored", "day_full", "stored", "stored", "known"),
        *("day_full", "stored"),
    ]
    assert set(results[1]["reason"]["message"]) == {"en", "es"}


async def test_moving_an_entry_into_a_full_day_is_refused(clinic: Clinic):
    await fill(clinic, TODAY, ENTRIES_A_DAY)
    other = check_in(ago(1))
    await sync(clinic, other)
    moved = edit(check_in(TODAY), id=str(uuid7()), revises=other["id"])
    assert codes(await sync(clinic, moved)) == ["day_full"]


async def test_revisions_of_nothing_fill_a_day_too(clinic: Clinic):
    strays = [edit(check_in()) for _ in range(ENTRIES_A_DAY + 1)]
    results = [*await sync(clinic, *strays[:100]), *await sync(clinic, *strays[100:200])]
    assert set(codes(results)) == {"stored"}
    assert codes(await sync(clinic, strays[200])) == ["day_full"]


async def test_an_entry_takes_twenty_changes_a_day(clinic: Clinic):
    entry, other = check_in(), check_in()
    changes = [edit(entry, number) for number in range(EDITS_A_DAY + 2)]
    results = await sync(clinic, entry, other, *changes, edit(other))
    expected = ["stored"] * (2 + EDITS_A_DAY) + ["too_many_edits"] * 2 + ["stored"]
    assert codes(results) == expected
    assert codes(await sync(clinic, edit(entry, 99))) == ["too_many_edits"]


async def test_there_is_room_for_changes_again_the_next_day(clinic: Clinic):
    entry = check_in()
    await sync(clinic, entry, *(edit(entry, number) for number in range(EDITS_A_DAY)))
    late = edit(entry, 99)
    assert codes(await sync(clinic, late)) == ["too_many_edits"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=True):
        assert codes(await sync(clinic, late)) == ["stored"]


async def test_batches_at_once_do_not_find_the_same_room(clinic: Clinic):
    held = await fill(clinic, TODAY, ENTRIES_A_DAY - 10)
    changes = [edit(held[0], number) for number in range(EDITS_A_DAY - 5)]
    await sync(clinic, *changes)
    batches = [
        [*(check_in() for _ in range(8)), *(edit(held[0], 50 + number) for number in range(4))]
        for _ in range(4)
    ]
    answers = await asyncio.gather(*(sync(clinic, *batch) for batch in batches))
    told = Counter(code for results in answers for code in codes(results))
    assert told == {"stored": 10 + 5, "day_full": 22, "too_many_edits": 11}


async def test_a_large_batch_asks_as_much_as_a_small_one(clinic: Clinic, database: Database):
    known = [check_in(ago(day)) for day in range(30)]
    await sync(clinic, *known)
    counts = []
    for size in (1, 30):
        fresh = [check_in(ago(day)) for day in range(size)]
        changes = [edit(entry, size) for entry in known[:size]]
        done = tuple(exercise(ago(day)) for day in range(size))
        with statements(database) as asked:
            assert set(codes(await sync(clinic, *fresh, *changes, sessions=done))) == {"stored"}
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("check_ins", {"pain_now": 11}),
        ("check_ins", {"pain_now": -1}),
        ("check_ins", {"pain_worst": 11}),
        ("check_ins", {"place": "knee"}),
        ("check_ins", {"sensations": ["itching"]}),
        ("exercise_sessions", {"pain_during": 11}),
        ("exercise_sessions", {"pain_during": -1}),
        ("exercise_sessions", {"sets_done": 101}),
        ("exercise_sessions", {"repetitions_done": 1001}),
        ("exercise_sessions", {"hold_seconds": 3601}),
    ],
)
async def test_the_tables_hold_no_rating_out_of_range(
    clinic: Clinic, database: Database, table: str, changes: dict[str, Any]
):
    await sync(clinic, check_in(), sessions=(exercise(TODAY),))
    model = {"check_ins": CheckIn, "exercise_sessions": ExerciseSession}[table]
    async with database.reading(clinic.id) as session:
        row = (await session.execute(select(model.__table__))).mappings().one()
    copy = dict(row) | {"id": uuid7()}
    async with database.writing(clinic.id) as session:
        await session.execute(insert(model).values(**copy))
    with pytest.raises(IntegrityError, match=f"ck_{table}_{next(iter(changes))}"):
        async with database.writing(clinic.id) as session:
            await session.execute(insert(model).values(**copy | {"id": uuid7()} | changes))


async def alerts(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: list[dict[str, Any]] = page["alerts"]
    return found


@pytest.mark.parametrize("days", [0, 13, 15, 16, 30, 59, 60])
@pytest.mark.parametrize("changes", [{"red_flags": ["both_legs"]}, {"sensations": ["weakness"]}])
async def test_an_alert_about_a_day_long_past_is_marked_late(
    clinic: Clinic, changes: dict[str, Any], days: int
):
    await sync(clinic, check_in(ago(days), **changes))
    (alert,) = await alerts(clinic)
    assert alert["raised_on"] == str(ago(days))
    assert alert["late"] is (days > 14)


async def test_an_old_sign_is_marked_late_wherever_the_patient_is(clinic: Clinic):
    """Fifteen days back by the calendar there, although not by the one at Greenwich."""
    midnight = datetime.now(UTC).replace(hour=23, minute=30)
    with time_machine.travel(midnight, tick=False):
        first = midnight.astimezone(ZoneInfo("Pacific/Kiritimati")).date() - timedelta(days=15)
        at = f"{first}T09:00:00+14:00"
        entry = check_in(first, happened_at=at, made_at=at, zone="Pacific/Kiritimati")
        await sync(clinic, {**entry, "red_flags": ["both_legs"]})
        await sign_in(clinic.therapist, "therapist@north.example")
        (alert,) = await alerts(clinic)
    assert alert["late"] is True


async def test_what_comes_late_after_somebody_looked_opens_the_alert_with_the_mark(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (alert,) = await alerts(clinic)
    assert alert["late"] is False
    looked = await handle(clinic.therapist, alert, "acknowledge")
    assert looked.json()["state"] == "acknowledged"
    await sync(clinic, check_in(ago(30), red_flags=["bladder_bowel"]))
    (alert,) = await alerts(clinic)
    assert (alert["state"], alert["late"]) == ("open", True)
    await sync(clinic, check_in(red_flags=["saddle_numbness"]))
    (alert,) = await alerts(clinic)
    assert (alert["state"], alert["late"]) == ("open", False)


async def test_old_news_beside_what_nobody_has_seen_yet_takes_no_mark(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await sync(clinic, check_in(ago(30), red_flags=["bladder_bowel"]))
    (alert,) = await alerts(clinic)
    assert (alert["state"], alert["late"]) == ("open", False)
