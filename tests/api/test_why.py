"""Why an alert: the days that counted as they said then, what became of them, and what would have had
to be different."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from tests.api.test_alerts import ago, alerts
from tests.api.test_daily_look import look, write
from tests.clinics import Clinic, check_in, own_day, sync

pytestmark = pytest.mark.anyio

STEP = [2] * 16 + [6] * 5


async def step(clinic: Clinic) -> list[dict[str, Any]]:
    """Pain that went up five days ago and has stayed there."""
    days = [check_in(ago(20 - at), pain_now=pain) for at, pain in enumerate(STEP)]
    await sync(clinic, *days[:-1])
    await sync(clinic, days[-1])
    return days


async def why(clinic: Clinic) -> dict[str, Any]:
    (alert,) = await alerts(clinic)
    answer = await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def revision(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**entry, **changes, "id": str(uuid7()), "revises": entry["id"]}


async def test_the_days_that_counted_are_what_the_detector_read(clinic: Clinic):
    await step(clinic)
    found = await why(clinic)
    read = {on: pain for on, pain, *_ in found["basis"]["days"]}
    assert {day["date"]: day["pain"] for day in found["days"]} == read
    assert found["sensitivity"] == "standard"
    assert {day["entries"] for day in found["days"]} == {1}
    assert all(day["since"] is None and not day["edited"] for day in found["days"])


async def test_it_is_said_what_would_have_spared_the_alert(clinic: Clinic):
    await step(clinic)
    said = [text["en"] for text in (await why(clinic))["otherwise"]]
    assert any(text.startswith("Not raised on ") and "pain of " in text for text in said), said
    assert any(text.startswith("Had pain gone on as before") for text in said), said
    assert said[-1].endswith(": not raised.")


async def test_what_came_late_and_what_was_changed_since_is_marked(clinic: Clinic):
    days = await step(clinic)
    before = {day["date"]: day for day in (await why(clinic))["days"]}
    # All of it came in one go: only what is older than yesterday came late.
    assert {on for on, day in before.items() if not day["late"]} <= {str(ago(1)), str(own_day())}
    results = await sync(
        clinic,
        revision(days[3], note="typo"),
        revision(days[5], withdrawn=True, pain_now=None, place=None, sensations=None),
        check_in(ago(20 - 7)),
    )
    assert {one["status"] for one in results} == {"stored"}, results
    after = {day["date"]: day["since"] for day in (await why(clinic))["days"]}
    assert after[days[3]["local_date"]] == "changed"
    assert after[days[5]["local_date"]] == "withdrawn"
    assert after[days[7]["local_date"]] == "added"
    assert sum(since is not None for since in after.values()) == 3
    # As it was, whatever became of it.
    assert (await why(clinic))["same_again"] is True


async def test_a_diary_that_says_otherwise_by_now_is_told_of(clinic: Clinic):
    days = await step(clinic)
    await sync(clinic, *(revision(day, pain_now=2) for day in days[16:]))
    said = [text["en"] for text in (await why(clinic))["otherwise"]]
    assert said[-1] == "With the entries known today it would not have been raised by that day."


async def test_a_sign_names_its_rule(clinic: Clinic):
    await sync(clinic, check_in(ago(2)), check_in(ago(1)))
    await sync(clinic, check_in(pain_now=9))
    found = await why(clinic)
    assert [(day["date"], day["pain_highest"]) for day in found["days"]] == [(str(own_day()), 9)]
    (said,) = found["otherwise"]
    assert said["en"].startswith("Not raised with pain of 7 or less")


async def test_an_emergency_needs_nothing_else(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    found = await why(clinic)
    assert found["days"][0]["red_flags"] == ["both_legs"]
    assert [text["en"] for text in found["otherwise"]] == [
        "One such answer is enough, each time it is given anew."
    ]


async def test_a_silence_and_a_shortfall_say_what_would_have_been_enough(
    clinic: Clinic, database: Database
):
    await write(clinic, *range(11, 55), pain_now=5)
    assert await look(database, clinic) == 2
    for alert in await alerts(clinic):
        found = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
        (said,) = (text["en"] for text in found["otherwise"])
        if alert["kind"] == "quiet":
            days = int(said.split("up to ")[1].split(" ")[0])
            assert 3 <= days < 10
        else:
            mean = float(said.split("pain of ")[1].split(" ")[0])
            assert 2 <= mean < 5
