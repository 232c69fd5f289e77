"""An alert put off until a day: it comes back by itself, and sooner for what is new."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from glidepath.alerts import store
from glidepath.alerts.handling import SNOOZE_AT_MOST
from glidepath.alerts.writing import extend_alert
from glidepath.database.engine import Database
from glidepath.diary.service import Intake
from tests.api.handling import (
    TODAY,
    TOMORROW,
    done,
    last,
    looked,
    raised,
    risen,
    row,
    worsening,
)
from tests.api.test_alerts import ago, alerts, jobs
from tests.clinics import (
    ZONE,
    Clinic,
    check_in,
    handle,
    join_patient,
    sign_in,
    sync,
)

pytestmark = pytest.mark.anyio


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
            await sign_in(clinic.therapist, "therapist@north.example")
            (alert,) = await alerts(clinic)
            listed = (await row(clinic))["alert"]
        for one in (alert, listed):
            assert (one["state"], one["snoozed_until"]) == (state, day)
            assert one["version"] == snoozed["version"]


async def test_who_looked_before_a_snooze_ended_has_looked(clinic: Clinic):
    await done(clinic.therapist, await raised(clinic), "snooze", until=TOMORROW)
    assert await looked(clinic) == [("North therapist", "acknowledged")]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        await sign_in(clinic.therapist, "therapist@north.example")
        assert (await row(clinic))["alert"]["state"] == "open"
        assert await looked(clinic) == [("North therapist", "acknowledged")]


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
    becomes_urgent = state == "woken" and changes.get("severity") == "urgent"
    assert await jobs(database, clinic) == (2 if because or becomes_urgent else 1)


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
    same = ("id", "version", "kind", "state", "snoozed_until", "severity", "opened_at", "count")
    assert [rows[1]["alert"][name] for name in same] == [alert[name] for name in same]
    await sync(clinic, check_in(ago(1), pain_now=2), check_in(pain_now=9))
    rows = (await clinic.therapist.get("/api/triage")).json()["rows"]
    mine = next(one for one in rows if one["patient_id"] == str(clinic.patient_id))
    assert (mine["alert"]["kind"], mine["alert"]["state"]) == ("severe_pain", "open")
