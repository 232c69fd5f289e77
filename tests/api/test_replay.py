"""What another sensitivity would have done, told by the command from a clinic's own history."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from anyio import to_thread
from click.testing import CliRunner, Result
from uuid_utils.compat import uuid7

from glidepath.cli import cli
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.settings import Settings
from tests.clinics import Clinic, browser, check_in, handle, own_day, patient_body, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()
NAME = "Pat Doe"
# Days of ratings, the last of them today: an even month, then a rise that stays.
WORSE = [2, 3] * 15 + [6, 7] * 5
EVEN = [2, 3] * 20
# By and by, and back again: what the sensitivities disagree about.
UNEVEN = [2, 3, 2, 2, 3] * 4 + [3, 4, 4, 3, 5] * 3 + [4, 5, 4, 5, 5] * 2 + [2, 3, 3, 2, 2]


async def write(clinic: Clinic, ratings: list[int]) -> None:
    """Sends the days in order, a few at a time, as a phone would."""
    first = TODAY - timedelta(days=len(ratings) - 1)
    entries = [
        check_in(first + timedelta(days=day), pain_now=pain) for day, pain in enumerate(ratings)
    ]
    for start in range(0, len(entries), 7):
        await sync(clinic, *entries[start : start + 7])


async def write_as_another_patient(clinic: Clinic, ratings: list[int]) -> None:
    """Admits one more patient to the clinic and writes their diary."""
    patient_id, body = uuid7(), patient_body(name="Lou Roe")
    await clinic.therapist.put(f"/api/patients/{patient_id}", json=body)
    invited = await clinic.therapist.post(f"/api/patients/{patient_id}/invitations", json={})
    async with browser(clinic.app) as phone:
        code = invited.json()["code"]
        await phone.post("/api/join", json={"code": code, "locale": "en"})
        episode_id = UUID(body["episode"]["id"])
        other = Clinic(
            clinic.app,
            clinic.id,
            clinic.therapist,
            clinic.therapist_id,
            phone,
            patient_id,
            episode_id,
        )
        await write(other, ratings)


@pytest.fixture
async def history(clinic: Clinic) -> Clinic:
    """Three patients: one got worse, one is steady, one goes up and down."""
    await write(clinic, WORSE)
    await write_as_another_patient(clinic, EVEN)
    await write_as_another_patient(clinic, UNEVEN)
    return clinic


async def run(settings: Settings, *arguments: str) -> Result:
    def invoke() -> Result:
        environment = {"GLIDEPATH_DATABASE_URL": settings.database_url}
        return CliRunner().invoke(cli, ["replay", *arguments], env=environment)

    return await to_thread.run_sync(invoke)


async def replayed(settings: Settings, sensitivity: str, *arguments: str) -> dict[str, Any]:
    result = await run(settings, "--sensitivity", sensitivity, "--json", *arguments)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize("sensitivity", ["calm", "early"])
async def test_the_numbers_add_up(history: Clinic, settings: Settings, sensitivity: str):
    answer = await replayed(settings, sensitivity)
    assert answer["patients"] == 3
    assert answer["patient_days"] == len(WORSE) + len(EVEN) + len(UNEVEN)
    assert answer["now"]["alerts"] >= 1
    for side in ("now", "then"):
        burden = answer[side]
        told = [change for change in answer["changes"] if change[side] is not None]
        assert burden["alerts"] == len(told)
        assert burden["patients"] == len({change["patient_id"] for change in told})
        days = answer["patient_days"]
        assert burden["per_180_days"] == pytest.approx(len(told) * 180 / days)
        assert burden["per_week"] == pytest.approx(len(told) * 7 / days)


async def test_the_present_sensitivity_changes_nothing_and_finds_the_alerts_that_were_raised(
    history: Clinic, settings: Settings
):
    answer = await replayed(settings, "standard")
    assert answer["now"] == answer["then"]
    assert {change["change"] for change in answer["changes"]} == {"same"}
    assert all(change["now"] == change["then"] for change in answer["changes"])
    page = (await history.therapist.get(f"/api/patients/{history.patient_id}")).json()
    (raised,) = (alert for alert in page["alerts"] if alert["kind"] == "worsening")
    mine = [one for one in answer["changes"] if one["patient_id"] == str(history.patient_id)]
    assert [change["now"]["date"] for change in mine] == [raised["raised_on"]]
    assert mine[0]["episode_id"] == str(history.episode_id)


async def test_early_finds_at_least_as_much_and_nothing_later(history: Clinic, settings: Settings):
    early, calm = await replayed(settings, "early"), await replayed(settings, "calm")
    assert early["then"]["alerts"] >= early["now"]["alerts"] >= calm["then"]["alerts"]
    assert early["then"]["patients"] >= early["now"]["patients"] >= calm["then"]["patients"]
    assert {change["change"] for change in early["changes"]} <= {"same", "earlier", "new"}
    assert {change["change"] for change in calm["changes"]} <= {"same", "later", "gone"}


async def test_what_therapists_did_stands_beside_each_alert(history: Clinic, settings: Settings):
    before = await replayed(settings, "standard")
    assert before["outcomes"]["open"] >= 1
    page = (await history.therapist.get(f"/api/patients/{history.patient_id}")).json()
    (raised,) = (alert for alert in page["alerts"] if alert["kind"] == "worsening")
    await handle(
        history.therapist, raised, "resolve", outcome="appointment", useful=True, note="Seen."
    )
    after = await replayed(settings, "standard")
    assert after["outcomes"]["appointment"] == 1
    (mine,) = (one for one in after["changes"] if one["patient_id"] == str(history.patient_id))
    assert (mine["outcome"], mine["useful"]) == ("appointment", True)
    assert after["useful"] == {"yes": 1, "no": 0}
    assert "Seen." not in json.dumps(after)


async def test_only_the_last_days_are_counted(history: Clinic, settings: Settings):
    all_of_it = await replayed(settings, "standard")
    last_day = await replayed(settings, "standard", "--days", "1")
    assert last_day["patient_days"] == last_day["patients"] == 3
    assert last_day["since"] == str(TODAY)
    counted = [one for one in all_of_it["changes"] if one["now"]["date"] >= str(TODAY)]
    assert last_day["now"]["alerts"] == len(counted) < all_of_it["now"]["alerts"]


async def test_the_last_day_is_the_clinics_own(clinic: Clinic, settings: Settings):
    # Half past midnight in Madrid.
    with time_machine.travel(datetime(2026, 6, 1, 22, 30, tzinfo=UTC)):
        assert (await replayed(settings, "standard", "--days", "1"))["since"] == "2026-06-02"


async def test_nothing_is_written(
    history: Clinic, settings: Settings, postgres: EmbeddedPostgres, database_name: str
):
    def contents() -> dict[str, Any]:
        with psycopg.connect(postgres.url("postgres", database_name)) as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables"
                " where table_schema = 'public' and table_type = 'BASE TABLE'"
            ).fetchall()
            return {
                name: connection.execute(
                    f"select md5(string_agg(one, '|' order by one))"
                    f" from (select xmin::text || t::text as one from {name} t) as rows".encode()
                ).fetchone()
                for (name,) in tables
            }

    before = contents()
    assert before["alerts"] != (None,)
    await replayed(settings, "early")
    assert contents() == before


async def test_patients_are_numbers_unless_names_are_asked_for(history: Clinic, settings: Settings):
    for plain in (("--json",), ()):
        result = await run(settings, "--sensitivity", "calm", *plain)
        assert result.exit_code == 0
        assert NAME not in result.output
    named = await replayed(settings, "standard", "--names")
    (mine,) = (one for one in named["changes"] if one["patient_id"] == str(history.patient_id))
    assert (mine["patient"], mine["name"]) == (1, NAME)


@pytest.mark.parametrize(("lang", "word"), [("en", "(now)"), ("es", "(ahora)")])
async def test_the_tables_name_both_sensitivities(
    history: Clinic, settings: Settings, lang: str, word: str
):
    result = await run(settings, "--sensitivity", "early", "--lang", lang)
    assert result.exit_code == 0, result.output
    assert "North: 3 pa" in result.stdout
    assert f"standard {word}" in result.stdout
    assert "{" not in result.stdout


async def test_several_clinics_are_named_and_one_is_chosen_by_name_or_id(
    clinic: Clinic, other_clinic: Clinic, settings: Settings
):
    await write(clinic, WORSE)
    unnamed = await run(settings, "--sensitivity", "early")
    assert unnamed.exit_code == 2
    assert unnamed.stdout == ""
    assert f"North ({clinic.id}); South ({other_clinic.id})" in unnamed.stderr
    north = await replayed(settings, "standard", "--clinic", str(clinic.id))
    south = await replayed(settings, "standard", "--clinic", "south")
    assert (north["patients"], south["patients"]) == (1, 0)
    assert south["now"] == {
        "sensitivity": "standard",
        "alerts": 0,
        "patients": 0,
        "per_180_days": None,
        "per_week": None,
    }


async def test_an_unknown_clinic_is_an_error_that_names_those_there_are(
    clinic: Clinic, settings: Settings
):
    result = await run(settings, "--sensitivity", "early", "--clinic", "Nowhere")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        f"Error: There is no clinic 'Nowhere'; there is: North ({clinic.id}).\n"
    )


async def test_a_database_without_a_clinic_is_an_error(settings: Settings):
    result = await run(settings, "--sensitivity", "early")
    assert (result.exit_code, result.stderr) == (2, "Error: There is no clinic in this database.\n")
