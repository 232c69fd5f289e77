"""What staff do about alerts: nobody overwrites anybody, and every alert ends in an outcome."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.api.handling import DEEDS, TODAY, TOMORROW, done, last, raised
from tests.api.test_alerts import alerts
from tests.clinics import (
    Clinic,
    check_in,
    handle,
    sync,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("deed", ["acknowledge", "snooze", "resolve", "undo"])
@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [
        (None, 428, "version_missing"),
        ("1", 400, "malformed"),
        ("*", 400, "malformed"),
        ('"2"', 412, "outdated"),
        ('W/"2"', 412, "outdated"),
    ],
)
async def test_a_deed_has_to_say_which_version_was_seen(
    clinic: Clinic, deed: str, if_match: str | None, status: int, code: str
):
    alert = await raised(clinic)
    bodies: dict[str, Any] = {
        "snooze": {"until": TOMORROW},
        "resolve": {"outcome": "called", "useful": None, "note": None},
    }
    answer = await clinic.therapist.post(
        f"/api/alerts/{alert['id']}/{deed}",
        json=bodies.get(deed, {}),
        headers={"if-match": if_match} if if_match else {},
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().get("current") == (alert if status == 412 else None)
    assert await alerts(clinic) == [alert]


async def test_every_change_raises_the_version_whoever_makes_it(clinic: Clinic):
    alert = await raised(clinic)
    assert alert["version"] == 1
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    (extended,) = await alerts(clinic)
    seen = await done(clinic.therapist, extended, "acknowledge")
    snoozed = await done(clinic.therapist, seen, "snooze", until=TOMORROW)
    resolved = await done(clinic.therapist, snoozed, "resolve")
    assert [extended["version"], seen["version"], snoozed["version"]] == [2, 3, 4]
    assert [event["version"] for event in resolved["events"]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("mine", DEEDS)
@pytest.mark.parametrize("theirs", DEEDS)
async def test_of_two_therapists_at_once_one_is_told_what_the_other_did(
    clinic: Clinic, colleague: httpx.AsyncClient, mine: str, theirs: str
):
    alert = await raised(clinic)
    answers = await asyncio.gather(
        handle(clinic.therapist, alert, mine, **DEEDS[mine]),
        handle(colleague, alert, theirs, **DEEDS[theirs]),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (after,) = await alerts(clinic)
    assert len(after["events"]) == 2
    (won,) = (answer.json() for answer in answers if answer.status_code == 200)
    (lost,) = (answer.json() for answer in answers if answer.status_code == 412)
    assert won == lost["current"] == after
    assert last(after, "by") in {("North therapist",), ("Colleague",)}


async def test_new_evidence_is_a_change_that_has_to_be_seen(clinic: Clinic):
    alert = await raised(clinic)
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    answer = await handle(clinic.therapist, alert, "resolve")
    assert answer.status_code == 412
    assert last(answer.json()["current"], "kind") == ("extended",)


@pytest.mark.parametrize(
    ("deed", "body", "other"),
    [
        ("acknowledge", {}, None),
        ("snooze", {"until": TOMORROW}, {"until": str(TODAY + timedelta(days=2))}),
        ("resolve", {"outcome": "called", "note": "Ok."}, {"outcome": "called", "note": None}),
        ("resolve", {"useful": True}, {"useful": False}),
    ],
)
async def test_sending_twice_ends_like_sending_once_and_other_words_do_not(
    clinic: Clinic,
    colleague: httpx.AsyncClient,
    deed: str,
    body: dict[str, Any],
    other: dict[str, Any] | None,
):
    alert = await raised(clinic)
    first, again = await asyncio.gather(
        *(handle(clinic.therapist, alert, deed, **body) for _ in range(2))
    )
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert len(first.json()["events"]) == 2
    assert (await handle(colleague, alert, deed, **body)).status_code == 412
    if other:
        assert (await handle(clinic.therapist, alert, deed, **other)).status_code == 412


async def test_a_repeat_after_something_else_happened_is_told_so(clinic: Clinic):
    alert = await raised(clinic)
    seen = await done(clinic.therapist, alert, "acknowledge")
    await done(clinic.therapist, seen, "undo")
    assert (await handle(clinic.therapist, alert, "acknowledge")).status_code == 412


async def test_seen_is_seen_by_whomever_and_resolved_stays_resolved(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    seen = await done(clinic.therapist, await raised(clinic), "acknowledge")
    assert await done(colleague, seen, "acknowledge") == seen
    resolved = await done(colleague, seen, "resolve")
    for deed, body in DEEDS.items():
        answer = await handle(clinic.therapist, resolved, deed, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_resolved")


async def test_resolving_keeps_outcome_use_name_and_note(clinic: Clinic):
    body = {"outcome": "advice_given", "useful": False, "note": "Knew it already."}
    resolved = await done(clinic.therapist, await raised(clinic), "resolve", **body)
    assert last(resolved, "kind", "by") == ("resolved", "North therapist")
    assert last(resolved, "outcome", "useful", "note") == tuple(body.values())


@pytest.mark.parametrize("outcome", ["contacted", "not_useful", "no_action_needed", "logged_again"])
async def test_outcomes_of_before_and_of_nobody_cannot_be_chosen(clinic: Clinic, outcome: str):
    answer = await handle(clinic.therapist, await raised(clinic), "resolve", outcome=outcome)
    assert answer.status_code == 400
