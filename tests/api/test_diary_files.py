"""A diary saved as CSV says to `glidepath screen` what it says to the server."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from glidepath import diary_csv
from glidepath.clinical.vocabulary import Place, Sensation
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.insight.replay import Diary, read
from glidepath.records import csv_export
from glidepath.records.csv_export import COLUMNS
from glidepath.settings import Settings
from glidepath.trends import Day, screen
from tests.api.test_episodes import begin, discharge
from tests.clinics import Clinic, browser, check_in, own_day, patient_body, sync
from tests.conftest import settings_of
from tests.databases import seeds_once
from tests.files import PATIENTS, imported, lines

pytestmark = pytest.mark.anyio
ZONES = (("Europe/Madrid", "+02:00"), ("Pacific/Auckland", "+12:00"), ("America/Lima", "-05:00"))


async def saved(client: httpx.AsyncClient, patient_id: UUID, folder: Path) -> list[list[Day]]:
    """A patient's diaries as the command reads them from the file, episode by episode."""
    answer = await client.post(f"/api/patients/{patient_id}/diary-file", json={})
    assert answer.status_code == 200, answer.text
    file = answer.json()
    assert file["name"].startswith("diary-20")
    path = folder / file["name"]
    path.write_bytes(file["csv"].encode())
    return list(diary_csv.read(path, pytest.fail).values())


async def known(database: Database, clinic_id: UUID) -> list[Diary]:
    """As the server judges them, episode by episode."""
    async with database.reading(clinic_id) as session:
        return await read(session)


def verdicts(days: Iterable[Day]) -> list[Any]:
    return list(screen(list(days)).verdicts)


async def compare(
    client: httpx.AsyncClient, diaries: list[Diary], folder: Path
) -> tuple[int, int, list[UUID]]:
    """How many diaries and verdicts were compared, and whose are not the same."""
    by_patient = dict[UUID, list[Diary]]()
    for one in diaries:
        by_patient.setdefault(one.patient_id, []).append(one)
    judged, different = 0, list[UUID]()
    for patient_id, own in by_patient.items():
        expected = [found for one in own if (found := verdicts(one.days))]
        read_back = [
            found for days in await saved(client, patient_id, folder) if (found := verdicts(days))
        ]
        judged += sum(map(len, expected))
        if read_back != expected:
            different.append(patient_id)
    return len(by_patient), judged, different


@seeds_once
async def test_the_demo_clinics_diaries_are_screened_to_the_servers_verdicts(
    demo_clinic: tuple[httpx.AsyncClient, Database], tmp_path: Path, report: Any
):
    admin, database = demo_clinic
    clinic_id = UUID((await admin.get("/api/me")).json()["clinic"]["id"])
    diaries = await known(database, clinic_id)
    patients, judged, different = await compare(admin, diaries, tmp_path)
    report(f"CSV: {judged} verdicts of {patients} demo patients, {len(different)} different")
    assert different == []
    assert judged > 500


@seeds_once
async def test_in_another_clinic_the_imported_diaries_are_screened_alike(
    colleague: httpx.AsyncClient,
    postgres: EmbeddedPostgres,
    demo_name: str,
    tmp_path: Path,
    report: Any,
):
    """Of those with one episode of care: the other clinic has no earlier one."""
    files = await demo_files(settings_of(postgres, demo_name))
    rows = [f"{at},{name},en,both,both,2025-01-01,," for at, name in enumerate(files)]
    admitted = (await imported(colleague, "patients", lines(PATIENTS, *rows)))["patients"]
    judged = 0
    for name, file in files.items():
        patient_id = next(UUID(one["id"]) for one in admitted if one["name"] == name)
        await imported(colleague, "diaries", file)
        (tmp_path / "before.csv").write_bytes(file)
        (before,) = diary_csv.read(tmp_path / "before.csv", pytest.fail).values()
        (after,) = await saved(colleague, patient_id, tmp_path)
        assert verdicts(after) == verdicts(before), name
        judged += len(verdicts(before))
    report(f"CSV imported: {judged} verdicts of {len(files)} demo patients, 0 different")
    assert judged > 500


async def demo_files(settings: Settings) -> dict[str, bytes]:
    """By the patients' names, of those who have an entry."""
    assert settings.database_url is not None
    database, found = Database(settings.database_url, pool_size=1), dict[str, bytes]()
    async with database.reading() as session:
        clinics = await identity.clinic_ids(session)
    for clinic_id in clinics:
        async with database.reading(clinic_id) as session:
            for one in await read(session):
                account = await identity.patient_account(session, one.patient_id)
                file = await csv_export.written(session, account.name, one.patient_id)
                if file.count("\n") > 1:
                    found[account.name] = file.encode()
    await database.close()
    return {name: file for name, file in found.items() if b",2\r\n" not in file}


def lived(seed: int, days: int) -> list[dict[str, Any]]:
    """Entries with gaps, several a day, in three zones, some edited, to another day too, and some taken back."""
    chance, first = random.Random(seed), own_day() - timedelta(days=days - 1)
    entries = list[dict[str, Any]]()
    for at in range(days):
        for _ in range(chance.choice((0, 1, 1, 1, 2))):
            entries.append(_entry(chance, first + timedelta(days=at), at > days * 0.7))
        if entries and chance.random() < 0.2:
            root = chance.choice(entries)
            entries.append(
                {
                    **_entry(chance, first + timedelta(days=at), at > days * 0.7),
                    "revises": root["revises"] or root["id"],
                    "withdrawn": chance.random() < 0.4,
                }
            )
    return entries


def _entry(chance: random.Random, day: Any, worse: bool) -> dict[str, Any]:
    zone, offset = chance.choice(ZONES)
    moment = f"{day}T00:30:00{offset}"
    felt = chance.choice((None, [], ["tingling"], ["burning", "pulling"], list(Sensation)[:5]))
    return check_in(
        day,
        id=str(uuid7()),
        zone=zone,
        happened_at=moment,
        made_at=moment,
        pain_now=chance.choice((None, *range(3 * worse, 4 + 5 * worse))),
        pain_worst=chance.choice((None, 9)),
        place=chance.choice((None, *Place)),
        sensations=felt,
        note=chance.choice((None, "=1+1", 'a "quoted", line\nand more; é')),
    )


async def test_edited_withdrawn_and_travelling_entries_are_screened_alike(
    clinic: Clinic, database: Database, tmp_path: Path
):
    """Without what is edited the same diary would be judged otherwise, which is what this test must see."""
    entries = lived(7, 55)
    for start in range(0, len(entries), 40):
        results = await sync(clinic, *entries[start : start + 40])
        assert {one["status"] for one in results} == {"stored"}, results
    diaries = await known(database, clinic.id)
    _, judged, different = await compare(clinic.therapist, diaries, tmp_path)
    assert (different, judged > 30) == ([], True)
    unedited = {one["local_date"]: one["pain_now"] for one in entries if one["revises"] is None}
    kept = {str(day.date): day.pain for day in diaries[0].days}
    assert kept != {day: pain for day, pain in unedited.items() if pain is not None}


async def admitted_as(clinic: Clinic, name: str) -> Clinic:
    """The clinic from another patient's side."""
    patient_id, body, phone = uuid7(), patient_body(name=name), browser(clinic.app)
    await clinic.therapist.put(f"/api/patients/{patient_id}", json=body)
    invited = await clinic.therapist.post(f"/api/patients/{patient_id}/invitations", json={})
    joined = await phone.post("/api/join", json={"code": invited.json()["code"], "locale": "en"})
    assert joined.status_code == 200, joined.text
    episode_id = UUID(body["episode"]["id"])
    return replace(clinic, patient=phone, patient_id=patient_id, episode_id=episode_id)


async def test_each_episode_is_a_diary_of_its_own_and_a_name_no_formula(
    clinic: Clinic, database: Database, tmp_path: Path
):
    """SE-8."""
    name, yesterday = "=Pat+Doe", own_day() - timedelta(days=1)
    own = await admitted_as(clinic, name)
    await sync(own, *(check_in(yesterday - timedelta(days=at)) for at in range(5)))
    assert (await discharge(own, ended_on=str(yesterday))).status_code == 204
    assert (await begin(own, uuid7())).status_code == 201
    await sync(own, check_in(own_day()))
    answer = await clinic.therapist.post(f"/api/patients/{own.patient_id}/diary-file", json={})
    header, *rows = answer.json()["csv"].splitlines()
    assert header == ",".join(COLUMNS)
    assert [row[-1] for row in rows] == ["1"] * 5 + ["2"]
    assert all(row.startswith(f"'{name},") for row in rows)
    one, other = await saved(clinic.therapist, own.patient_id, tmp_path)
    assert (len(one), len(other)) == (5, 1)
    own_diaries = [d for d in await known(database, clinic.id) if d.patient_id == own.patient_id]
    assert (await compare(clinic.therapist, own_diaries, tmp_path))[2] == []
    await own.patient.aclose()
