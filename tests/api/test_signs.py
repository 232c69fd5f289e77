"""New severe pain and a first nerve symptom below the knee: told at once, once for one cause."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.api.test_alerts import ago, alerts, close, jobs
from tests.api.test_worker import deliveries, work
from tests.clinics import Clinic, check_in, own_day, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()


def calm(*days: int) -> list[dict[str, Any]]:
    return [check_in(ago(day)) for day in days]


async def test_a_first_eight_is_urgent_at_once(clinic: Clinic):
    await sync(clinic, *calm(3, 2, 1))
    await sync(clinic, check_in(pain_now=4, pain_worst=8))
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"]) == ("severe_pain", "urgent")
    assert alert["reason"]["en"] == "New severe pain: 8 of 10; until then 3 at most."
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert (row["need"], row["alert"]["kind"]) == ("urgent", "severe_pain")


async def test_pain_during_an_exercise_counts_as_pain(clinic: Clinic):
    moment = f"{TODAY}T10:00:00+02:00"
    session = {
        **{name: value for name, value in check_in().items() if name in SHARED},
        "id": str(uuid7()),
        "happened_at": moment,
        "plan_item_id": None,
        "side": "left",
        "sets_done": 1,
        "repetitions_done": None,
        "hold_seconds": None,
        "stopped_early": "pain",
        "pain_during": 9,
    }
    await sync(clinic, *calm(2, 1), sessions=(session,))
    assert [alert["kind"] for alert in await alerts(clinic)] == ["severe_pain"]


SHARED = [
    "revises",
    "withdrawn",
    "plan_version_id",
    "local_date",
    "zone",
    "made_at",
    "sensations",
    "changes_with",
]


async def test_who_starts_at_eight_and_who_is_often_there_is_told_of_once_at_most(clinic: Clinic):
    await sync(clinic, check_in(ago(20), pain_now=8), *calm(*range(10, 20)))
    await sync(clinic, check_in(ago(5), pain_now=9), check_in(ago(1), pain_now=8))
    assert "severe_pain" not in {alert["kind"] for alert in await alerts(clinic)}


async def test_a_first_nerve_symptom_below_the_knee_is_urgent_at_once(clinic: Clinic):
    await sync(clinic, *calm(3, 2, 1))
    await sync(clinic, check_in(sensations=["tingling"], place="calf"))
    await sync(clinic, check_in(sensations=["burning"], place="foot"))
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"]) == ("nerve_below_knee", "urgent")
    assert alert["count"] == 1


async def test_the_decision_follows_again_from_its_basis(clinic: Clinic):
    await sync(clinic, *calm(3, 2, 1))
    await sync(clinic, check_in(sensations=["shooting"], place="foot", pain_now=9))
    for alert in await alerts(clinic):
        kept = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
        assert kept["same_again"] is True
        (fact,) = kept["basis"]["facts"].values()
        assert len(fact["earlier"]) == 3


async def test_sending_a_sign_again_or_editing_its_entry_is_no_second_sign(clinic: Clinic):
    severe = check_in(pain_now=9)
    await sync(clinic, *calm(3, 2, 1), severe)
    await sync(clinic, severe)
    await sync(clinic, {**severe, "id": str(uuid7()), "revises": severe["id"], "pain_now": 8})
    (alert,) = await alerts(clinic)
    assert alert["count"] == 1
    await close(clinic, alert)
    await sync(clinic, check_in(note="later", pain_now=8))
    assert [one["state"] for one in await alerts(clinic)] == ["resolved"]


def climb() -> list[dict[str, Any]]:
    return [check_in(ago(13 - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]


async def test_severe_pain_at_the_top_of_a_rise_belongs_to_the_worsening(clinic: Clinic):
    await sync(clinic, *climb())
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"]) == ("worsening", "high")
    assert alert["reason"]["en"].startswith("New severe pain: 8 of 10; until then 7 at most. Pain")
    kept = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert kept["same_again"] is True
    assert [*kept["basis"]["facts"]] == [f"severe_pain {ago(2)}"]
    assert kept["basis"]["entry_ids"]


async def test_severe_pain_after_somebody_looked_at_the_rise_is_told_again(
    clinic: Clinic, database: Database
):
    risen = [check_in(ago(day), pain_now=6) for day in range(1, 17)]
    await sync(clinic, *calm(*range(17, 37)), *risen)
    (alert,) = await alerts(clinic)
    assert alert["kind"] == "worsening"
    await close(clinic, alert, "acknowledge")
    await sync(clinic, check_in(pain_now=9))
    (again,) = await alerts(clinic)
    assert (again["id"], again["state"]) == (alert["id"], "open")
    assert await jobs(database, clinic) == 2


async def test_severe_pain_that_lasts_becomes_the_worsening_and_stays_urgent(
    clinic: Clinic, database: Database
):
    await sync(clinic, *calm(*range(17, 37)), check_in(ago(16), pain_now=9))
    (sign,) = await alerts(clinic)
    assert sign["kind"] == "severe_pain"
    await sync(clinic, *(check_in(ago(day), pain_now=8) for day in range(16)))
    (alert,) = await alerts(clinic)
    assert (alert["id"], alert["kind"], alert["severity"]) == (sign["id"], "worsening", "urgent")
    assert alert["detector_version"]
    assert await jobs(database, clinic) == 1
    kept = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert kept["same_again"] is True
    await close(clinic, alert)
    await sync(clinic, check_in(ago(40)))
    assert [one["state"] for one in await alerts(clinic)] == ["resolved"]


async def test_a_nerve_symptom_below_the_knee_does_not_pass_under_a_rise_of_pain(clinic: Clinic):
    await sync(clinic, *climb()[:12])
    await sync(clinic, check_in(ago(1), pain_now=7, sensations=["tingling"], place="foot"))
    urgent = [alert for alert in await alerts(clinic) if alert["severity"] == "urgent"]
    assert any("New nerve symptom below the knee" in alert["reason"]["en"] for alert in urgent)


async def test_a_rise_that_becomes_urgent_before_anybody_looked_is_told_at_once(
    clinic: Clinic, database: Database, settings: Settings
):
    """What it was before waited for the day's digest."""
    await sync(clinic, *(check_in(ago(day), pain_now=2, place="back") for day in range(25, 45)))
    thigh: dict[str, Any] = {"pain_now": 4, "place": "thigh", "sensations": ["tingling"]}
    await sync(clinic, *(check_in(ago(day), **thigh) for day in range(1, 25)))
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"], alert["state"]) == ("worsening", "high", "open")
    await work(settings, database, clinic)
    assert await deliveries(database, clinic) == []
    for day in (1, 0):
        below = check_in(ago(day), **thigh | {"place": "foot"})
        await sync(clinic, below)
        await work(settings, database, clinic)
        (now,) = await alerts(clinic)
        assert (now["id"], now["severity"]) == (alert["id"], "urgent")
        # Once: on the next day it is what it was.
        (told,) = await deliveries(database, clinic)
        assert (told["cause"], told["recipient_id"]) == ("raised", clinic.therapist_id)


async def test_an_emergency_stands_before_severe_pain_that_waited_longer(clinic: Clinic):
    await sync(clinic, *calm(5, 4), check_in(ago(3), pain_now=9))
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert row["alert"]["kind"] == "red_flag"
