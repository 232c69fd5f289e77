"""What staff do about alerts: nobody overwrites anybody, nothing is lost, and a step can be taken back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import time_machine
from uuid_utils.compat import uuid7

from glidepath.alerts import store
from glidepath.alerts.handling import SNOOZE_AT_MOST, UNDO_WITHIN
from glidepath.alerts.writing import extend_alert
from glidepath.database.engine import Database
from glidepath.diary.service import Intake
from glidepath.identity import service as identity
from tests.api.test_alerts import ago, alerts, jobs
from tests.clinics import (
    PASSPHRASE,
    ZONE,
    Clinic,
    browser,
    check_in,
    handle,
    join_patient,
    own_day,
    sync,
)

pytestmark = pytest.mark.anyio
TODAY = own_day()
TOMORROW = str(TODAY + timedelta(days=1))


@pytest.fixture
async def colleague(clinic: Clinic, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody else who may see every patient of the clinic."""
    async with database.writing(clinic.id) as session:
        await identity.add_staff(
            session,
            clinic.id,
            uuid7(),
            role="admin",
            name="Colleague",
            email="colleague@north.example",
            passphrase=PASSPHRASE,
            now=datetime.now(UTC),
        )
    async with browser(clinic.app) as client:
        await sign_in(client, "colleague")
        yield client


async def sign_in(client: httpx.AsyncClient, who: str) -> None:
    staff = {"email": f"{who}@north.example", "passphrase": PASSPHRASE}
    assert (await client.post("/api/sign-in", json=staff)).status_code == 200


async def raised(clinic: Clinic) -> dict[str, Any]:
    """An alert that nobody has seen."""
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (alert,) = await alerts(clinic)
    return alert


async def done(client: httpx.AsyncClient, alert: dict[str, Any], deed: str, **body: Any) -> Any:
    """The alert afterwards."""
    answer = await handle(client, alert, deed, **body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def last(alert: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(alert["events"][-1][name] for name in names)


async def row(clinic: Clinic) -> dict[str, Any]:
    (only,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    found: dict[str, Any] = only
    return found


async def looked(clinic: Clinic) -> list[tuple[str, str]]:
    care = (await clinic.patient.get("/api/care")).json()
    return [(look["by"], look["state"]) for look in care["looked"]]


# Versions


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


DEEDS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "snooze": {"until": TOMORROW},
    "resolve": {"outcome": "called"},
}


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


# Outcomes


async def test_resolving_keeps_outcome_use_name_and_note(clinic: Clinic):
    body = {"outcome": "advice_given", "useful": False, "note": "Knew it already."}
    resolved = await done(clinic.therapist, await raised(clinic), "resolve", **body)
    assert last(resolved, "kind", "by") == ("resolved", "North therapist")
    assert last(resolved, "outcome", "useful", "note") == tuple(body.values())


@pytest.mark.parametrize("outcome", ["contacted", "not_useful", "no_action_needed", "logged_again"])
async def test_outcomes_of_before_and_of_nobody_cannot_be_chosen(clinic: Clinic, outcome: str):
    answer = await handle(clinic.therapist, await raised(clinic), "resolve", outcome=outcome)
    assert answer.status_code == 400


# Snoozing


@pytest.mark.parametrize(("days", "status"), [(0, 422), (1, 200), (28, 200), (29, 422), (-1, 422)])
async def test_a_snooze_ends_tomorrow_at_the_earliest_and_in_four_weeks_at_the_latest(
    clinic: Clinic, days: int, status: int
):
    assert SNOOZE_AT_MOST.days == 28
    until = str(TODAY + timedelta(days=days))
    answer = await handle(clinic.therapist, await raised(clinic), "snooze", until=until)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["code"] == "snooze_out_of_range"
        assert str(TODAY + timedelta(days=28)) in answer.json()["detail"]


async def test_a_snoozed_alert_wakes_by_itself_as_the_patients_day_begins(clinic: Clinic):
    until = TODAY + timedelta(days=3)
    snoozed = await done(clinic.therapist, await raised(clinic), "snooze", until=str(until))
    assert (snoozed["state"], snoozed["snoozed_until"]) == ("snoozed", str(until))
    midnight = datetime.combine(until, datetime.min.time(), ZONE)
    for moment, state, day in (
        (midnight - timedelta(minutes=1), "snoozed", str(until)),
        (midnight + timedelta(minutes=1), "open", None),
    ):
        with time_machine.travel(moment):
            await sign_in(clinic.therapist, "therapist")
            (alert,) = await alerts(clinic)
            listed = (await row(clinic))["alert"]
        for one in (alert, listed):
            assert (one["state"], one["snoozed_until"]) == (state, day)
            assert one["version"] == snoozed["version"]


async def test_who_looked_before_a_snooze_ended_has_looked(clinic: Clinic):
    await done(clinic.therapist, await raised(clinic), "snooze", until=TOMORROW)
    assert await looked(clinic) == [("North therapist", "acknowledged")]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        await sign_in(clinic.therapist, "therapist")
        assert (await row(clinic))["alert"]["state"] == "open"
        assert await looked(clinic) == [("North therapist", "acknowledged")]


def risen(*days: int, **changes: Any) -> list[dict[str, Any]]:
    return [check_in(ago(day), pain_now=6, **changes) for day in days]


async def worsening(clinic: Clinic) -> dict[str, Any]:
    """Of pain alone."""
    await sync(clinic, *(check_in(ago(day), pain_now=2) for day in range(20, 40)))
    await sync(clinic, *risen(*range(8, 20)))
    (alert,) = await alerts(clinic)
    assert [part["channel"] for part in alert["evidence"] if part["weight"] >= 0.2] == ["pain"]
    return alert


async def test_more_of_the_same_leaves_a_snooze_alone(clinic: Clinic, database: Database):
    alert = await done(clinic.therapist, await worsening(clinic), "snooze", until=TOMORROW)
    told = await jobs(database, clinic)
    await sync(clinic, *risen(*range(8)))
    (after,) = await alerts(clinic)
    assert (after["state"], after["snoozed_until"]) == ("snoozed", TOMORROW)
    assert after["count"] > alert["count"]
    assert last(after, "kind", "because") == ("extended", None)
    assert await jobs(database, clinic) == told


async def test_nerve_symptoms_break_the_snooze_of_a_worsening_of_pain_and_are_told(
    clinic: Clinic, database: Database
):
    await done(clinic.therapist, await worsening(clinic), "snooze", until=TOMORROW)
    told = await jobs(database, clinic)
    await sync(clinic, *risen(*range(8), sensations=["tingling"]))
    (after,) = await alerts(clinic)
    assert (after["state"], after["snoozed_until"]) == ("open", None)
    assert last(after, "kind", "because", "by") == ("reopened", "channel", None)
    assert await jobs(database, clinic) == told + 1
    again = await done(clinic.therapist, after, "snooze", until=TOMORROW)
    await sync(
        clinic, check_in(pain_now=6, sensations=["tingling"], happened_at=f"{TODAY}T11:00:00+02:00")
    )
    (after,) = await alerts(clinic)
    assert (after["state"], after["version"] >= again["version"]) == ("snoozed", True)


async def test_a_sign_that_turns_out_to_be_a_worsening_breaks_its_snooze(clinic: Clinic):
    await sync(clinic, *(check_in(ago(day)) for day in range(17, 37)))
    await sync(clinic, check_in(ago(16), pain_now=9))
    (sign,) = await alerts(clinic)
    await done(clinic.therapist, sign, "snooze", until=TOMORROW)
    await sync(clinic, *(check_in(ago(day), pain_now=8) for day in range(16)))
    (alert,) = await alerts(clinic)
    assert (alert["id"], alert["kind"], alert["state"]) == (sign["id"], "worsening", "open")
    assert "kind" in {event["because"] for event in alert["events"]}


async def test_another_emergency_breaks_a_snooze(clinic: Clinic):
    await done(clinic.therapist, await raised(clinic), "snooze", until=TOMORROW)
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    (alert,) = await alerts(clinic)
    assert alert["state"] == "open"
    assert last(alert, "kind", "because") == ("reopened", "fact")


def part(channel: str, weight: float) -> dict[str, Any]:
    sentence = {"en": "", "es": ""}
    since = str(TODAY)
    return {
        "channel": channel,
        "weight": weight,
        "since": since,
        "before": 2.0,
        "after": 5.0,
        "sentence": sentence,
    }


@pytest.mark.parametrize("state", ["acknowledged", "snoozed", "woken"])
@pytest.mark.parametrize(
    ("news", "changes", "acknowledged", "snoozed"),
    [
        (None, {}, None, None),
        ("again", {}, "again", None),
        ("fact", {}, "fact", "fact"),
        (None, {"kind": "severe_pain"}, None, "kind"),
        (None, {"severity": "urgent"}, None, "severity"),
        (None, {"severity": "moderate"}, None, None),
        (None, {"evidence": [part("pain", 0.7), part("nerve", 0.3)]}, None, "channel"),
        (None, {"evidence": [part("pain", 0.9), part("nerve", 0.1)]}, None, None),
        (None, {"evidence": [part("place", 1.0)]}, None, None),
        ("again", {"evidence": [part("nerve", 1.0)]}, "again", "channel"),
    ],
)
async def test_what_is_new_after_somebody_looked(
    clinic: Clinic,
    database: Database,
    state: str,
    news: str | None,
    changes: dict[str, Any],
    acknowledged: str | None,
    snoozed: str | None,
):
    alert = await raised(clinic)
    until = {"snoozed": TODAY + timedelta(days=5), "woken": TODAY}.get(state)
    intake = Intake(
        clinic.id, clinic.patient_id, clinic.episode_id, frozenset(), {}, datetime.now(UTC)
    )
    async with database.writing(clinic.id) as session:
        (held,) = await store.some(session, [UUID(alert["id"])], lock=True)
        held.kind, held.severity, held.channels = "worsening", "high", ["pain", "place"]
        held.state = "snoozed" if until else state
        held.snoozed_until = until
        await extend_alert(session, intake, held, TODAY, {}, news=news, **changes)
    because = {"acknowledged": acknowledged, "snoozed": snoozed, "woken": None}[state]
    (after,) = await alerts(clinic)
    assert last(after, "because") == (because,)
    assert last(after, "kind") == ("reopened" if because else "extended",)
    opens = because is not None or state == "woken"
    assert after["state"] == ("open" if opens else state)
    assert await jobs(database, clinic) == (2 if because else 1)


async def test_a_silence_that_ends_ends_its_snooze(clinic: Clinic, database: Database):
    intake = Intake(
        clinic.id, clinic.patient_id, clinic.episode_id, frozenset(), {}, datetime.now(UTC)
    )
    await raised(clinic)
    async with database.writing(clinic.id) as session:
        alert = (await store.of_patient(session, clinic.patient_id))[0]
        alert.kind, alert.onset = "quiet", ago(9)
        alert.state, alert.snoozed_until = "snoozed", TODAY + timedelta(days=5)
        assert intake.episode_id == alert.episode_id
    await sync(clinic, check_in())
    (after,) = await alerts(clinic)
    assert (after["state"], after["snoozed_until"]) == ("resolved", None)
    assert last(after, "kind", "outcome", "useful") == ("resolved", "logged_again", None)


async def test_a_snoozed_row_says_until_when_and_stands_below_all_in_need(
    clinic: Clinic, database: Database
):
    alert = await done(clinic.therapist, await raised(clinic), "snooze", until=TOMORROW)
    patient_id, phone = await join_patient(clinic)
    flagged = [check_in(ago(1), pain_now=2), check_in(pain_now=9)]
    batch = {"account_id": patient_id, "check_ins": flagged, "exercise_sessions": []}
    await phone.post("/api/sync", json=batch)
    await join_patient(clinic)
    rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert [one["need"] for one in rows] == ["urgent", "urgent", "steady"]
    assert rows[1]["alert"] == {
        name: alert[name]
        for name in (
            "id",
            "version",
            "kind",
            "state",
            "snoozed_until",
            "severity",
            "opened_at",
            "count",
        )
    }
    await sync(clinic, check_in(ago(1), pain_now=2), check_in(pain_now=9))
    rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
    mine = next(one for one in rows if one["patient_id"] == str(clinic.patient_id))
    assert (mine["alert"]["kind"], mine["alert"]["state"]) == ("severe_pain", "open")


# Undoing


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


# Several at once


def bulk(*seen: dict[str, Any]) -> dict[str, Any]:
    return {"alerts": [{"id": one["id"], "version": one["version"]} for one in seen]}


async def another(clinic: Clinic) -> dict[str, Any]:
    """An alert of one more patient."""
    patient_id, phone = await join_patient(clinic)
    flagged = [check_in(red_flags=["both_legs"])]
    batch = {"account_id": patient_id, "check_ins": flagged, "exercise_sessions": []}
    await phone.post("/api/sync", json=batch)
    await phone.aclose()
    page = (await clinic.therapist.get(f"/api/patients/{patient_id}")).json()
    alert: dict[str, Any] = page["alerts"][0]
    return alert


async def test_several_at_once_get_a_result_each(
    clinic: Clinic, other_clinic: Clinic, colleague: httpx.AsyncClient
):
    mine, changed, gone = await raised(clinic), await another(clinic), await another(clinic)
    await done(colleague, changed, "snooze", until=TOMORROW)
    closed = await done(colleague, gone, "resolve")
    strange = await raised(other_clinic)
    unknown = {"id": str(uuid7()), "version": 1}
    body = bulk(mine, changed, closed, strange, unknown, mine)
    for _ in range(2):
        answer = await clinic.therapist.post("/api/alerts/acknowledge", json=body)
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [one["id"] for one in results] == [one["id"] for one in body["alerts"]]
        assert [one["status"] for one in results] == [
            "done",
            "changed",
            "changed",
            "not_found",
            "not_found",
            "done",
        ]
        states = [one["alert"] and one["alert"]["state"] for one in results]
        assert states == ["acknowledged", "snoozed", "resolved", None, None, "acknowledged"]
        assert results[0]["alert"]["version"] == mine["version"] + 1
    assert await alerts(other_clinic) == [strange]


async def test_a_colleagues_patients_are_nobodys_in_bulk(clinic: Clinic, database: Database):
    alert = await raised(clinic)
    async with database.writing(clinic.id) as session:
        await identity.add_staff(
            session,
            clinic.id,
            uuid7(),
            role="therapist",
            name="Locum",
            email="locum@north.example",
            passphrase=PASSPHRASE,
            now=datetime.now(UTC),
        )
    async with browser(clinic.app) as locum:
        await sign_in(locum, "locum")
        answer = await locum.post("/api/alerts/acknowledge", json=bulk(alert))
        alone = await handle(locum, alert, "acknowledge")
    assert [one["status"] for one in answer.json()["results"]] == ["not_found"]
    assert alone.status_code == 403
    assert await alerts(clinic) == [alert]


@pytest.mark.parametrize("count", [0, 101])
async def test_a_bulk_request_is_for_one_to_a_hundred(clinic: Clinic, count: int):
    body = bulk(*({"id": str(uuid7()), "version": 1} for _ in range(count)))
    answer = await clinic.therapist.post("/api/alerts/acknowledge", json=body)
    assert answer.status_code == 400


async def test_many_at_once_and_syncs_between_them_never_wait_in_a_circle(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    seen = [await raised(clinic), *[await another(clinic) for _ in range(3)]]
    flags = ("bladder_bowel", "saddle_numbness", "leg_weakness_worsening")
    answers = await asyncio.gather(
        clinic.therapist.post("/api/alerts/acknowledge", json=bulk(*seen)),
        colleague.post("/api/alerts/acknowledge", json=bulk(*reversed(seen))),
        *(sync(clinic, check_in(red_flags=[flag], pain_now=9)) for flag in flags),
    )
    for answer in answers[:2]:
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 200
        assert len(answer.json()["results"]) == len(seen)
