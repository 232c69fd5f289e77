"""The list: who needs somebody, in which order, and in words that are true."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.alerts.writing import open_alert
from glidepath.database.engine import Database
from glidepath.diary.service import Intake
from glidepath.identity.actor import StaffActor
from glidepath.insight import service
from tests.asked import statements
from tests.clinics import Clinic, check_in, handle, own_day, patient_body, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()


async def rows(clinic: Clinic) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await clinic.therapist.get("/api/triage")).json()["rows"]
    return found


async def test_who_was_admitted_today_is_not_silent_yet(clinic: Clinic):
    await clinic.therapist.put(f"/api/patients/{uuid7()}", json=patient_body(name="Newcomer"))
    (newcomer,) = [row for row in await rows(clinic) if row["name"] == "Newcomer"]
    assert (newcomer["need"], newcomer["last_entry_on"]) == ("steady", None)
    assert "not joined" in newcomer["reason"]["en"]


async def test_a_pause_is_named_and_is_no_silence_yet(clinic: Clinic):
    await sync(clinic, *(check_in(TODAY - timedelta(days=day)) for day in range(6, 20)))
    (row,) = await rows(clinic)
    assert (row["need"], row["days_logged_7"]) == ("steady", 1)
    assert row["last_entry_on"] == str(TODAY - timedelta(days=6))
    assert row["reason"]["en"].startswith("No data received since")
    assert row["reason"]["es"].startswith("Sin datos recibidos desde")


async def test_who_joined_and_wrote_nothing_in_five_days_is_quiet(
    clinic: Clinic, database: Database
):
    async with database.writing(clinic.id) as session:
        for change in ("accounts set joined_at", "episodes set opened_at"):
            await session.execute(text(f"update {change} = now() - interval '6 days'"))
    (row,) = await rows(clinic)
    assert (row["need"], row["alert"]) == ("quiet", None)
    assert "not logged a day yet" in row["reason"]["en"]


async def test_the_sparkline_is_28_days_with_gaps_where_nothing_was_logged(clinic: Clinic):
    await sync(clinic, check_in(TODAY, pain_now=0), check_in(TODAY - timedelta(days=2)))
    (row,) = await rows(clinic)
    assert row["today"] == str(TODAY)
    assert row["spark"]["pain"] == "-" * 25 + "3-0"


async def test_ten_and_zero_are_one_character_each_and_no_answer_is_another(clinic: Clinic):
    await sync(
        clinic,
        check_in(TODAY - timedelta(days=1), pain_now=10, place="foot", sensations=["numbness"]),
        check_in(TODAY, pain_now=0, place=None, sensations=None),
    )
    (row,) = await rows(clinic)
    assert {name: days[-3:] for name, days in row["spark"].items()} == {
        "pain": "-a0",
        "nerve": "-1-",
        "place": "-4-",
    }


async def test_an_entry_of_tomorrow_waits_for_its_day(clinic: Clinic):
    await sync(clinic, check_in(TODAY, pain_now=2), check_in(TODAY + timedelta(days=1), pain_now=9))
    (row,) = await rows(clinic)
    assert row["spark"]["pain"] == "-" * 27 + "2"
    assert row["last_entry_on"] == str(TODAY + timedelta(days=1))


async def test_days_go_by_without_an_entry_too(clinic: Clinic, database: Database):
    """Nothing is written, and yet the window moves on and the silence is named."""
    await sync(clinic, *(check_in(TODAY - timedelta(days=day)) for day in range(10)))
    staff = StaffActor(clinic.id, clinic.therapist_id, "therapist", uuid7())
    for days, pain, reason in (
        (0, "-" * 18 + "3" * 10, "Pain about 3"),
        (6, "-" * 12 + "3" * 10 + "-" * 6, "No data received since"),
        (40, "-" * 28, "No data received since"),
    ):
        async with database.reading(clinic.id) as session:
            now = datetime.now(UTC) + timedelta(days=days)
            (row,) = (await service.triage(session, staff, now)).rows
            page = await service.patient_page(session, staff, clinic.patient_id, now)
        assert row.spark.pain == pain
        assert row.reason.en.startswith(reason)
        assert page.summary == row.reason


async def test_a_list_of_fifty_takes_as_many_statements_as_one_of_five(
    clinic: Clinic, database: Database
):
    counted = []
    for patients in (5, 50):
        while len(await rows(clinic)) < patients:
            await clinic.therapist.put(f"/api/patients/{uuid7()}", json=patient_body())
        with statements(database) as seen:
            await rows(clinic)
        counted.append(len(seen))
    # With the one that counts what was read in the last hour.
    assert counted[0] == counted[1] <= 15


async def test_an_admin_sees_the_clinic_and_whom_they_care_for(clinic: Clinic, database: Database):
    admin = StaffActor(clinic.id, uuid7(), "admin", uuid7())
    async with database.reading(clinic.id) as session:
        (row,) = (await service.triage(session, admin, datetime.now(UTC))).rows
    assert not row.mine
    assert [one["mine"] for one in await rows(clinic)] == [True]


async def test_few_days_are_no_reason_to_speak_of_calm(clinic: Clinic):
    await sync(clinic, check_in())
    assert "Too few days" in (await rows(clinic))[0]["reason"]["en"]


async def test_a_resolved_worsening_is_not_forgotten_at_once(clinic: Clinic):
    climb = [
        check_in(TODAY - timedelta(days=13 - day), pain_now=round(2 + day * 7 / 13))
        for day in range(14)
    ]
    await sync(clinic, *climb)
    (row,) = await rows(clinic)
    await handle(clinic.therapist, row["alert"], "resolve")
    (row,) = await rows(clinic)
    assert row["need"] == "steady"
    assert "was dealt with" in row["reason"]["en"]


async def raise_one(clinic: Clinic, database: Database, kind: str, severity: str) -> None:
    """A patient with an alert of that kind, named after it."""
    patient_id, body = uuid7(), patient_body(name=kind)
    await clinic.therapist.put(f"/api/patients/{patient_id}", json=body)
    episode_id = UUID(body["episode"]["id"])
    intake = Intake(clinic.id, patient_id, episode_id, frozenset(), {}, datetime.now(UTC))
    async with database.writing(clinic.id) as session:
        await open_alert(
            session,
            intake,
            kind=kind,
            severity=severity,
            raised_on=TODAY,
            last_day=TODAY,
            reason={"en": "reason", "es": "motivo"},
            evidence=[],
            basis={},
        )


async def test_the_list_goes_from_emergency_to_steady(clinic: Clinic, database: Database):
    await raise_one(clinic, database, "not_improving", "low")
    await raise_one(clinic, database, "quiet", "low")
    await raise_one(clinic, database, "worsening", "high")
    await raise_one(clinic, database, "severe_pain", "urgent")
    await raise_one(clinic, database, "red_flag", "urgent")
    listed = await rows(clinic)
    assert [row["name"] for row in listed] == [
        "red_flag",
        "severe_pain",
        "worsening",
        "quiet",
        "not_improving",
        "Pat Doe",
    ]
    assert [row["need"] for row in listed] == [
        "urgent",
        "urgent",
        "worsening",
        "quiet",
        "not_improving",
        "steady",
    ]


async def test_an_emergency_stands_before_a_worsening_and_calm_comes_last(clinic: Clinic):
    await sync(clinic, check_in(red_flags=["both_legs"]))
    await clinic.therapist.put(f"/api/patients/{uuid7()}", json=patient_body(name="Calm"))
    assert [row["need"] for row in await rows(clinic)] == ["urgent", "steady"]
