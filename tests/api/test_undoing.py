"""A step can be taken back by whom it was made, for a moment."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from glidepath.alerts import store
from glidepath.alerts.handling import UNDO_WITHIN
from glidepath.database.engine import Database
from tests.api.handling import DEEDS, TODAY, TOMORROW, done, last, looked, raised, worsening
from tests.api.test_alerts import alerts
from tests.clinics import (
    Clinic,
    check_in,
    handle,
    sync,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("deed", DEEDS)
async def test_an_undo_puts_back_what_was_and_names_what_it_undid(clinic: Clinic, deed: str):
    alert = await raised(clinic)
    after = await done(clinic.therapist, alert, deed, **DEEDS[deed])
    assert len(await looked(clinic)) == 1
    back = await done(clinic.therapist, after, "undo")
    assert (back["state"], back["snoozed_until"]) == ("open", None)
    assert last(back, "kind", "undoes") == ("undone", after["events"][-1]["id"])
    assert back["events"][:-1] == after["events"]
    assert await looked(clinic) == []


async def test_an_undo_puts_back_a_snooze_with_its_day(clinic: Clinic):
    snoozed = await done(clinic.therapist, await raised(clinic), "snooze", until=TOMORROW)
    later = await done(clinic.therapist, snoozed, "snooze", until=str(TODAY + timedelta(days=9)))
    back = await done(clinic.therapist, later, "undo")
    assert (back["state"], back["snoozed_until"]) == ("snoozed", TOMORROW)
    assert await looked(clinic) == [("North therapist", "acknowledged")]


async def test_an_undo_sent_twice_is_one(clinic: Clinic):
    seen = await done(clinic.therapist, await raised(clinic), "acknowledge")
    first = await done(clinic.therapist, seen, "undo")
    assert await done(clinic.therapist, seen, "undo") == first
    third = await handle(clinic.therapist, first, "undo")
    assert (third.status_code, third.json()["code"]) == (409, "nothing_to_undo")


async def test_only_ones_own_last_step_can_be_taken_back_and_only_for_a_minute(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    alert = await raised(clinic)
    seen = await done(clinic.therapist, alert, "acknowledge")
    for client, one in ((colleague, seen), (clinic.therapist, alert)):
        assert (await handle(client, one, "undo")).status_code in {409, 412}
    now = datetime.now(UTC)
    for wait, status in ((UNDO_WITHIN + timedelta(seconds=5), 409), (timedelta(seconds=40), 200)):
        with time_machine.travel(now + wait):
            assert (await handle(clinic.therapist, seen, "undo")).status_code == status


async def test_what_came_after_a_step_cannot_be_undone_with_it(clinic: Clinic):
    seen = await done(clinic.therapist, await raised(clinic), "acknowledge")
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    assert (await handle(clinic.therapist, seen, "undo")).status_code == 412
    (alert,) = await alerts(clinic)
    answer = await handle(clinic.therapist, alert, "undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_undo")


async def test_what_was_raised_anew_after_a_resolution_stands_instead_of_it(clinic: Clinic):
    resolved = await done(clinic.therapist, await raised(clinic), "resolve")
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    answer = await handle(clinic.therapist, resolved, "undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "raised_again")
    assert sorted(one["state"] for one in await alerts(clinic)) == ["open", "resolved"]


async def test_resolving_again_after_an_undo_leaves_one_outcome(clinic: Clinic, database: Database):
    alert = await worsening(clinic)
    resolved = await done(clinic.therapist, alert, "resolve", outcome="no_action", useful=False)
    back = await done(clinic.therapist, resolved, "undo")
    await done(clinic.therapist, back, "resolve", outcome="called", useful=True)
    async with database.reading(clinic.id) as session:
        found = await store.told_worsenings(session, [clinic.episode_id])
    assert [one[3:] for one in found] == [("resolved", "called", True)]
