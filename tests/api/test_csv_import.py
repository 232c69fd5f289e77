"""Patients and past diaries from CSV files: told first, then all or nothing, and a second time nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from glidepath.alerts.looking import look_at_all
from glidepath.database.engine import Database
from glidepath.diary import service as diary
from glidepath.diary.models import CheckIn, DiaryImport
from glidepath.records.import_patients import id_of
from tests.api.test_episodes import begin, discharge
from tests.clinics import Clinic, check_in, own_day, sync
from tests.files import DIARY, PATIENTS, bring, imported, lines, places, told

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).parents[2] / "examples"
ANA = "7,Ana María Doe,es,sciatic,left,2025-02-01,,"
BEN = "8,Ben Roe,en,hamstring,right,2025-03-01,Atlantic/Canary,{}"


async def page(client: httpx.AsyncClient, patient_id: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/patients/{patient_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_patients_are_first_told_then_admitted_and_then_known(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    team = (await clinic.therapist.get("/api/me")).json()["account"]
    file = lines(PATIENTS, ANA, BEN.format("therapist@north.example"))
    findings = await told(colleague, "patients", file)
    ana, ben = findings["patients"]
    assert (await colleague.get(f"/api/patients/{ana['id']}")).status_code == 404
    assert (ana["name"], ana["locale"], ana["therapist"]) == ("Ana María Doe", "es", None)
    assert (ben["line"], ben["side"], ben["therapist"]) == (3, "right", team["name"])
    await imported(colleague, "patients", file)
    shown = await page(colleague, ben["id"])
    assert shown["patient"]["timezone"] == "Atlantic/Canary"
    assert shown["episode"]["started_on"] == "2025-03-01"
    assert (await clinic.therapist.get(f"/api/patients/{ben['id']}")).status_code == 200
    assert (await clinic.therapist.get(f"/api/patients/{ana['id']}")).status_code == 403
    # A byte order mark, semicolons and other line ends make another file of the same patients.
    again = b"\xef\xbb\xbf" + file.replace(b",", b";").replace(b"\r\n", b"\n")
    assert [one["known"] for one in (await imported(colleague, "patients", again))["patients"]] == [
        True,
        True,
    ]
    (other,) = (await told(colleague, "patients", lines(PATIENTS, "9" + ANA[1:])))["patients"]
    assert (other["known"], other["namesake"]) == (False, True)


async def test_the_examples_are_imported_as_they_are(clinic: Clinic, colleague: httpx.AsyncClient):
    made = await imported(colleague, "patients", (EXAMPLES / "patients.csv").read_bytes())
    assert [one["name"] for one in made["patients"]] == ["Ana María Ruiz", "Ben Carter"]
    made = await imported(colleague, "diaries", (EXAMPLES / "past-diary.csv").read_bytes())
    assert {(one["name"], one["new"]) for one in made["diaries"]} == {
        ("Ana María Ruiz", 6),
        ("Ben Carter", 21),
    }
    (entered,) = [
        entry["resource"]
        for entry in (
            await colleague.get(
                "/api/fhir/Provenance",
                params={"patient": made["diaries"][0]["patient_id"], "_count": "1"},
            )
        ).json()["entry"]
    ]
    assert entered["agent"][0]["type"]["coding"][0]["code"] == "enterer"
    assert entered["agent"][0]["who"]["reference"] == f"Practitioner/{await me(colleague)}"


async def test_every_bad_line_is_named_and_nobody_is_admitted(colleague: httpx.AsyncClient):
    file = lines(
        PATIENTS,
        ANA,
        "7,,fr,sciatica,l,1.2.2025,Mars/Olympus,nobody@north.example",
        "9,Cem Poe,en,both,both",
        "10,Dee Loe,en,both,both,2999-01-01,,",
        "11,Eve Moe,en,both,both,2025-01-01,,nobody@north.example",
    )
    findings = await told(colleague, "patients", file)
    assert places(findings["problems"]) == [
        (3, "condition"),
        (3, "key"),
        (3, "language"),
        (3, "name"),
        (3, "side"),
        (3, "started_on"),
        (3, "timezone"),
        (4, None),
        (5, "started_on"),
        (6, "therapist"),
    ]
    (wrong,) = [one for one in findings["problems"] if one["column"] == "condition"]
    assert "Found “sciatica”, expected one of hamstring, sciatic" in wrong["reason"]["en"]
    assert [one["name"] for one in findings["patients"]] == ["Ana María Doe"]
    answer = await bring(colleague, "patients", file, findings["sha256"])
    assert (answer.status_code, answer.json()["code"]) == (422, "import_problems")
    assert len(answer.json()["errors"]) == len(findings["problems"])
    (ana,) = findings["patients"]
    assert (await colleague.get(f"/api/patients/{ana['id']}")).status_code == 404


async def test_who_is_here_as_another_or_was_erased_is_a_problem(
    colleague: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    await imported(colleague, "patients", lines(PATIENTS, ANA))
    erased = AsyncMock(return_value=True)
    monkeypatch.setattr("glidepath.identity.store.is_erased", erased)
    file = lines(PATIENTS, ANA.replace("Doe", "Roe"), BEN.format(""))
    other, gone = (await told(colleague, "patients", file))["problems"]
    assert (other["line"], gone["line"]) == (2, 3)
    assert "Somebody else has this key" in other["reason"]["en"]
    assert "was erased" in gone["reason"]["en"]


async def test_only_the_very_file_that_was_looked_at_is_imported_and_by_admins_alone(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    seen = (await told(colleague, "patients", lines(PATIENTS, ANA)))["sha256"]
    answer = await bring(colleague, "patients", lines(PATIENTS, BEN.format("")), seen)
    assert (answer.status_code, answer.json()["code"]) == (409, "other_file")
    answer = await bring(clinic.therapist, "patients", lines(PATIENTS, ANA))
    assert (answer.status_code, answer.json()["code"]) == (403, "admins_only")


def past(patient: str, days: int, worse: int, ending: int = 1) -> list[str]:
    """So many days up to `ending` days ago, the last of them much worse, with gaps."""
    rows = []
    for back in range(days + ending - 1, ending - 1, -1):
        bad = back < worse + ending
        felt = "tingling burning" if bad else ""
        rows.append(
            f"{patient},{own_day() - timedelta(back)},{7 if bad else 2 + back % 2},"
            f"{2 if bad else 0},{'calf' if bad else 'thigh'},{felt},"
        )
    return [row for at, row in enumerate(rows) if at % 9]


async def test_a_past_diary_raises_nothing_and_is_what_the_next_days_are_judged_by(
    clinic: Clinic, colleague: httpx.AsyncClient, database: Database
):
    before = await page(colleague, clinic.patient_id)
    name, ident = before["patient"]["name"], clinic.patient_id
    file = lines(DIARY, *past(name, 150, worse=12))
    made = await imported(colleague, "diaries", file)
    (one,) = made["diaries"]
    assert (one["patient_id"], one["new"], one["known"]) == (str(ident), made["rows"], 0)
    assert made["rows"] > 130
    assert (await imported(colleague, "diaries", file))["diaries"] == [
        one | {"new": 0, "known": made["rows"]}
    ]
    assert await look_at_all(database, clinic.id, datetime.now(UTC) + timedelta(days=30)) == 0
    shown = await page(colleague, ident)
    assert shown["alerts"] == []
    logged = [day for day in shown["days"] if day["pain"] is not None]
    assert {(day["imported"], day["late"]) for day in logged} == {(True, False)}
    async with database.reading(clinic.id) as session:
        (brought,) = (await session.execute(select(DiaryImport))).scalars()
        assert (brought.sha256, str(brought.by)) == (made["sha256"], await me(colleague))
        # No phone wrote them: they are no days of remote monitoring.
        assert await diary.entry_ids(session, [clinic.episode_id], own_day() - timedelta(200)) == {
            clinic.episode_id: {}
        }
    today = check_in(own_day(), pain_now=7, place="calf", sensations=["tingling", "burning"])
    assert (await sync(clinic, today))[0]["status"] == "stored"
    (alert,) = [a for a in (await page(colleague, ident))["alerts"] if a["kind"] == "worsening"]
    assert alert["raised_on"] == str(own_day())
    assert alert["onset"] < str(own_day())


async def me(client: httpx.AsyncClient) -> str:
    identity: str = (await client.get("/api/me")).json()["account"]["id"]
    return identity


async def test_missing_is_not_zero_and_every_bad_day_is_named(
    clinic: Clinic, colleague: httpx.AsyncClient, database: Database
):
    name = (await page(colleague, clinic.patient_id))["patient"]["name"]
    await sync(clinic, check_in(own_day() - timedelta(3)))
    day = [str(own_day() - timedelta(back)) for back in range(100)]
    rows = [
        f'{name};{day[90]};"4,0";;;;',
        f"{name};{day[91]};;0;;;",
        f"{name};{day[92]};;;;;",
        f"{name};{day[93]};;1;;tingling pulling;'=a note",
        f"{name};{day[93]};;1;;tingling pulling;'=a note",
        f"{name};{day[94]};4,5;1;knee;itching;",
        f"{name};{day[95]};3;2;;tingling;",
        f"{name};{day[3]};3;;;;",
        f"{name};{own_day() + timedelta(2)};3;;;;",
        f"{name};{day[91]};1;0;;;",
        f"Nobody Known;{day[91]};1;0;;;",
    ]
    header = DIARY.replace(",", ";")
    findings = await told(colleague, "diaries", lines(header, *rows))
    assert places(findings["problems"]) == [
        (7, "pain"),
        (7, "place"),
        (7, "sensations"),
        (8, "nerve"),
        (9, "date"),
        (10, "date"),
        (11, "date"),
        (12, "patient"),
    ]
    whole = next(one["reason"] for one in findings["problems"] if one["column"] == "pain")
    assert whole["en"].startswith("Found “4,5”: a rating is kept as a whole number")
    answer = await bring(colleague, "diaries", lines(header, *rows), findings["sha256"])
    assert answer.status_code == 422
    made = await imported(colleague, "diaries", lines(header, *rows[:5]))
    assert (made["silent"], made["diaries"][0]["new"]) == (1, 3)
    async with database.reading(clinic.id) as session:
        found = await session.execute(
            select(CheckIn).where(CheckIn.import_id.is_not(None)).order_by(CheckIn.day.desc())
        )
        said = [(one.pain_now, one.place, one.sensations, one.note) for one in found.scalars()]
    assert said == [
        (4, None, None, None),
        (None, None, [], None),
        (None, None, ["pulling", "tingling"], "=a note"),
    ]


async def test_a_key_finds_its_patient_and_each_episode_takes_its_own_days(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    twins = lines(
        PATIENTS, "a,Pat Twin,en,both,both,2025-01-01,,", "b,Pat Twin,en,both,both,2025-01-01,,"
    )
    await imported(colleague, "patients", twins)
    day = own_day() - timedelta(70)
    findings = await told(colleague, "diaries", lines(DIARY, f"Pat Twin,{day},3,0,,,"))
    assert places(findings["problems"]) == [(2, "patient")]
    made = await imported(colleague, "diaries", lines(DIARY, f"b,{day},3,0,,,"))
    assert made["diaries"][0]["patient_id"] == str(id_of(clinic.id, "b"))
    name = (await page(colleague, clinic.patient_id))["patient"]["name"]
    assert (await discharge(clinic, ended_on=str(own_day()))).status_code == 204
    assert (await begin(clinic, UUID(int=7))).status_code == 201
    header = f"{DIARY},episode"
    rows = [f"{name},{day},3,0,,,,1", f"{name},{own_day()},3,0,,,,2"]
    made = await imported(colleague, "diaries", lines(header, *rows))
    assert [(one["episode"], one["new"]) for one in made["diaries"]] == [(1, 1), (2, 1)]
    wrong = [f"{name},{day},3,0,,,,2", f"{name},{day},3,0,,,,3", f"{name},{day},3,0,,,,"]
    findings = await told(colleague, "diaries", lines(header, *wrong))
    assert places(findings["problems"]) == [(2, "date"), (3, "episode"), (4, "episode")]
