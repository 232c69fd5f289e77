"""Alerts: raised once for a cause, kept with their basis, closed with an outcome."""

import asyncio
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from glidepath.settings import Settings
from tests.clinics import Clinic, check_in, handle, own_day, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()


def ago(days: int) -> Any:
    return TODAY - timedelta(days=days)


async def alerts(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: list[dict[str, Any]] = page["alerts"]
    return found


async def test_a_red_flag_is_urgent_at_once(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["saddle_numbness"]))
    (alert,) = await alerts(clinic)
    assert (alert["kind"], alert["severity"], alert["state"]) == ("red_flag", "urgent", "open")
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    assert row["need"] == "urgent"


async def test_the_same_red_flag_next_day_counts_on_and_tells_nobody_twice(clinic: Clinic):
    await sync(clinic, check_in(ago(1), red_flags=["bladder_bowel"]))
    await sync(clinic, check_in(ago(0), red_flags=["bladder_bowel"]))
    (alert,) = await alerts(clinic)
    assert alert["count"] == 2
    assert [event["kind"] for event in alert["events"]] == ["opened", "extended"]


async def test_nerve_loss_is_urgent_and_known_weakness_is_not(clinic: Clinic):
    await sync(clinic, check_in(ago(10), sensations=["weakness"]))
    (alert,) = await alerts(clinic)
    await close(clinic, alert)
    await sync(clinic, check_in(ago(3), sensations=["weakness"]))
    assert len(await alerts(clinic)) == 1


async def test_none_of_these_raises_nothing(clinic: Clinic):
    await sync(clinic, *(check_in(ago(day), red_flags=[]) for day in range(20)))
    assert await alerts(clinic) == []


async def test_a_worsening_that_goes_on_extends_its_alert(clinic: Clinic):
    climb = [check_in(ago(13 - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]
    await sync(clinic, *climb[:13])
    (early,) = await alerts(clinic)
    await sync(clinic, climb[13])
    (alert,) = await alerts(clinic)
    assert alert["id"] == early["id"]
    assert alert["last_day"] == str(TODAY)
    assert alert["count"] > early["count"]


async def test_a_resolved_worsening_is_not_raised_again_by_the_same_days(clinic: Clinic):
    climb = [check_in(ago(13 - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]
    await sync(clinic, *climb)
    (alert,) = await alerts(clinic)
    await close(clinic, alert)
    await sync(clinic, check_in(ago(20), pain_now=2))
    assert [one["state"] for one in await alerts(clinic)] == ["resolved"]


async def test_a_late_worsening_is_marked_late(clinic: Clinic):
    days = [check_in(ago(50 - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]
    await sync(clinic, *days)
    (alert,) = await alerts(clinic)
    assert alert["late"] is True


async def test_a_worsening_says_how_sure_it_is_and_what_is_missing(clinic: Clinic):
    days = [day for day in range(20) if day != 4]
    await sync(clinic, *(check_in(ago(19 - day), pain_now=2 + 5 * (day >= 14)) for day in days))
    (alert,) = await alerts(clinic)
    certainty = alert["certainty"]
    assert 0.5 < certainty["probability"] <= 1
    assert certainty["earliest"] <= alert["onset"] <= certainty["latest"]
    raised = date.fromisoformat(alert["raised_on"])
    assert (certainty["span"], certainty["missing"]) == ((raised - ago(19)).days + 1, 1)


async def test_a_single_answer_needs_no_certainty(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["saddle_numbness"]))
    (alert,) = await alerts(clinic)
    assert alert["certainty"] is None


async def test_the_basis_of_an_alert_cannot_be_changed_by_the_application(
    clinic: Clinic, database: Database
):

    climb = [check_in(ago(13 - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]
    await sync(clinic, *climb)
    (alert,) = await alerts(clinic)
    url = f"/api/alerts/{alert['id']}/basis"
    assert (await clinic.therapist.get(url)).json()["same_again"] is True
    with pytest.raises(Exception, match="permission denied"):
        async with database.writing(clinic.id) as session:
            await session.execute(text("update alert_events set basis = '{}'"))


async def test_an_urgent_alert_can_be_decided_again_from_its_basis(
    clinic: Clinic, settings: Settings
):
    await sync(clinic, check_in(ago(1), sensations=["numbness"]))
    await sync(clinic, check_in(ago(0), sensations=["weakness"]))
    (alert,) = await alerts(clinic)
    url = f"/api/alerts/{alert['id']}/basis"
    kept = (await clinic.therapist.get(url)).json()
    assert kept["same_again"] is True
    assert {fact["date"] for fact in kept["basis"]["facts"].values()} == {
        str(ago(1)),
        str(ago(0)),
    }
    await tamper(settings, "'{sensations,0}'", "'\"tightness\"'")
    assert (await clinic.therapist.get(url)).json()["same_again"] is False


async def tamper(settings: Settings, path: str, value: str) -> None:
    """Changes what the entries of a basis said, as only the owner of the database could."""
    assert settings.owner_database_url is not None
    connection = await asyncpg.connect(settings.owner_database_url)
    await connection.execute("alter table alert_events no force row level security")
    await connection.execute(
        f"""
        update alert_events set basis = jsonb_build_object('facts', (
          select jsonb_object_agg(key, jsonb_set(value, '{{situation}}',
            jsonb_set(value -> 'situation', {path}, {value})))
          from jsonb_each(basis -> 'facts')))
        where basis is not null
        """
    )
    await connection.execute("alter table alert_events force row level security")
    await connection.close()


async def close(clinic: Clinic, alert: dict[str, Any], deed: str = "resolve") -> None:
    answer = await handle(clinic.therapist, alert, deed)
    assert answer.status_code == 200, answer.text


async def jobs(database: Database, clinic: Clinic) -> int:
    async with database.reading(clinic.id) as session:
        found = await session.execute(text("select count(*) from procrastinate_jobs"))
        return int(found.scalar_one())


async def test_another_emergency_on_the_day_of_a_resolved_one_is_an_alert(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (first,) = await alerts(clinic)
    await close(clinic, first)
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    assert sorted(one["state"] for one in await alerts(clinic)) == ["open", "resolved"]


async def test_another_emergency_opens_an_acknowledged_alert_again_and_tells_again(
    clinic: Clinic, database: Database
):
    await sync(clinic, check_in(ago(9), red_flags=["both_legs"]))
    (first,) = await alerts(clinic)
    await close(clinic, first, "acknowledge")
    await sync(clinic, check_in(red_flags=["bladder_bowel"]))
    (alert,) = await alerts(clinic)
    assert (alert["id"], alert["state"], alert["count"]) == (first["id"], "open", 2)
    assert await jobs(database, clinic) == 2


async def test_an_edit_that_says_the_same_emergency_is_not_another(clinic: Clinic):
    flagged = check_in(red_flags=["both_legs"])
    await sync(clinic, flagged)
    (first,) = await alerts(clinic)
    await close(clinic, first)
    await sync(clinic, {**flagged, "id": str(uuid7()), "revises": flagged["id"], "note": "typo"})
    assert [one["state"] for one in await alerts(clinic)] == ["resolved"]


async def test_a_second_worsening_opens_an_acknowledged_alert_again(
    clinic: Clinic, database: Database
):
    def climb(begin: int) -> list[dict[str, Any]]:
        return [check_in(ago(begin - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]

    await sync(clinic, *climb(59))
    (first,) = await alerts(clinic)
    await close(clinic, first, "acknowledge")
    await sync(clinic, *(check_in(ago(45 - day), pain_now=2) for day in range(32)))
    (calm,) = await alerts(clinic)
    assert calm["state"] == "acknowledged"
    await sync(clinic, *climb(13))
    (alert,) = await alerts(clinic)
    assert (alert["id"], alert["state"]) == (first["id"], "open")
    assert await jobs(database, clinic) == 2
    basis = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert basis["same_again"] is True


async def test_a_day_that_says_less_leaves_the_words_and_their_basis(clinic: Clinic):
    steps = [2] * 14 + [5] * 6
    await sync(clinic, *(check_in(ago(22 - day), pain_now=pain) for day, pain in enumerate(steps)))
    (before,) = await alerts(clinic)
    await sync(clinic, check_in(ago(2), pain_now=3))
    (after,) = await alerts(clinic)
    words = ("onset", "score", "reason", "certainty")
    assert [after[key] for key in words] == [before[key] for key in words]
    basis = (await clinic.therapist.get(f"/api/alerts/{after['id']}/basis")).json()
    assert (basis["same_again"], basis["basis"]["score"]) == (True, after["score"])


async def test_the_basis_of_an_extension_holds_too(clinic: Clinic):
    climb = [check_in(ago(13 - day), pain_now=round(2 + day * 7 / 13)) for day in range(14)]
    await sync(clinic, *climb[:13])
    await sync(clinic, climb[13])
    (alert,) = await alerts(clinic)
    assert alert["count"] > 1
    basis = (await clinic.therapist.get(f"/api/alerts/{alert['id']}/basis")).json()
    assert basis["same_again"] is True
    assert basis["basis"]["score"] == alert["score"]


async def test_a_loss_that_was_known_only_from_a_withdrawn_entry_is_new(clinic: Clinic):
    early = check_in(ago(8), sensations=["weakness"])
    await sync(clinic, early, check_in(ago(2), sensations=["weakness"]))
    (alert,) = await alerts(clinic)
    await close(clinic, alert)
    await sync(
        clinic,
        {
            **early,
            "id": str(uuid7()),
            "revises": early["id"],
            "withdrawn": True,
            "made_at": f"{TODAY}T00:30:00+00:00",
        },
    )
    assert sorted(one["state"] for one in await alerts(clinic)) == ["open", "resolved"]


async def test_two_phones_at_once_raise_one_alert_that_counts_both(clinic: Clinic):
    flags = ("both_legs", "bladder_bowel", "saddle_numbness", "leg_weakness_worsening")
    await asyncio.gather(*(sync(clinic, check_in(red_flags=[flag])) for flag in flags))
    (alert,) = await alerts(clinic)
    assert alert["count"] == len(flags)
    assert [event["kind"] for event in alert["events"]] == ["opened", *["extended"] * 3]
