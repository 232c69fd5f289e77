"""What a patient agrees to, and takes back; for how long a clinic keeps what it has."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from glidepath.care.models import Episode
from glidepath.database.engine import Database
from glidepath.privacy import consent
from glidepath.privacy.schemas import ConsentText
from tests.clinics import Clinic, Colleague, check_in, colleague, own_day, patient_body

pytestmark = pytest.mark.anyio
TODAY = own_day()


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Admin", role="admin") as one:
        yield one


@pytest.fixture
def second_text(monkeypatch: pytest.MonkeyPatch) -> None:
    first = consent.texts()
    newest = msgspec.structs.replace(first[0], version=2)
    monkeypatch.setattr(consent, "texts", lambda: [newest, *first])


async def say(clinic: Clinic, *, agrees: bool, version: int = 1) -> httpx.Response:
    body = {"version": version, "agrees": agrees}
    return await clinic.patient.put("/api/consent", json=body)


async def on_page(clinic: Clinic) -> dict[str, Any]:
    page = await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")
    stands: dict[str, Any] = page.json()["consent"]
    return stands


async def on_phone(clinic: Clinic) -> str:
    return str((await clinic.patient.get("/api/care")).json()["consent"]["state"])


async def send(clinic: Clinic, entry: dict[str, Any]) -> httpx.Response:
    body = {"account_id": str(clinic.patient_id), "check_ins": [entry], "exercise_sessions": []}
    return await clinic.patient.post("/api/sync", json=body)


async def count(database: Database, clinic: Clinic) -> int:
    async with database.reading(clinic.id) as session:
        return int((await session.execute(text("select count(*) from consents"))).scalar_one())


def test_each_version_is_whole_in_both_languages():
    """PH-7: the newest first, each published after the one before, no sentence missing."""
    texts: list[ConsentText] = consent.texts()
    assert [one.version for one in texts] == list(range(len(texts), 0, -1))
    assert sorted((one.published_on for one in texts), reverse=True) == [
        one.published_on for one in texts
    ]
    for one in texts:
        said = [part for section in one.sections for part in (section.title, section.text)]
        assert said
        assert all(part.en.strip() and part.es.strip() for part in said)


async def test_a_patient_agrees_once_and_the_therapist_reads_to_what_and_when(
    clinic: Clinic, other_clinic: Clinic, database: Database
):
    assert (await on_page(clinic))["state"] == "never"
    agreed = await say(clinic, agrees=True)
    assert (agreed.status_code, agreed.json()["state"]) == (200, "agreed")
    again = await say(clinic, agrees=True)
    assert again.json() == agreed.json() == await on_page(clinic)
    assert await on_phone(clinic) == "agreed"
    page = (await clinic.patient.get("/api/consent")).json()
    assert page["stands"] == agreed.json()
    assert [one["version"] for one in page["texts"]] == [1]
    assert await count(database, clinic) == 1
    assert await count(database, other_clinic) == 0


async def test_nothing_is_taken_from_who_took_it_back_until_they_agree_again(clinic: Clinic):
    nothing = await say(clinic, agrees=False)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_agreed")
    await say(clinic, agrees=True)
    taken_back = await say(clinic, agrees=False)
    assert taken_back.json() == await say_again(clinic) == await on_page(clinic)
    assert (await on_page(clinic))["state"] == "withdrawn"
    entry = check_in()
    refused = await send(clinic, entry)
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_withdrawn")
    assert (await clinic.patient.get("/api/diary")).json()["check_ins"] == []
    # What there was is read as before.
    assert await on_phone(clinic) == "withdrawn"
    await say(clinic, agrees=True)
    assert (await send(clinic, entry)).json()["results"][0]["status"] == "stored"


async def say_again(clinic: Clinic) -> dict[str, Any]:
    stands: dict[str, Any] = (await say(clinic, agrees=False)).json()
    return stands


async def test_an_app_that_never_asked_sends_as_before(clinic: Clinic):
    assert await on_phone(clinic) == "never"
    assert (await send(clinic, check_in())).json()["results"][0]["status"] == "stored"


@pytest.mark.usefixtures("second_text")
async def test_a_changed_text_is_asked_about_anew_and_agreed_to_as_it_is_now(clinic: Clinic):
    early = await say(clinic, agrees=True, version=1)
    assert (early.status_code, early.json()["code"]) == (409, "consent_outdated")
    assert (await say(clinic, agrees=True, version=2)).json()["state"] == "agreed"


async def test_who_agreed_to_an_earlier_text_is_told_so_and_may_take_that_back(
    clinic: Clinic, request: pytest.FixtureRequest
):
    await say(clinic, agrees=True)
    request.getfixturevalue("second_text")
    stands = await on_page(clinic)
    assert (stands["state"], stands["version"], stands["asked"]) == ("outdated", 1, 2)
    # An earlier app does not know of it.
    assert (await send(clinic, check_in())).json()["results"][0]["status"] == "stored"
    taken_back = (await say(clinic, agrees=False)).json()
    assert (taken_back["state"], taken_back["version"]) == ("withdrawn", 1)


@pytest.mark.parametrize("table", ["consents", "retention_changes"])
async def test_both_histories_are_only_added_to(clinic: Clinic, database: Database, table: str):
    for deed in (f"delete from {table}", f"update {table} set version = 2"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.writing(clinic.id) as session:
                await session.execute(text(deed))


async def choose(client: httpx.AsyncClient, years: int | None, version: int = 0) -> httpx.Response:
    seen = {"if-match": f'"{version}"'}
    return await client.put("/api/retention", json={"years": years}, headers=seen)


async def test_admins_choose_for_how_long_is_kept_and_read_who_did(
    clinic: Clinic, other_clinic: Clinic, admin: Colleague, database: Database
):
    refused = await choose(clinic.therapist, 10)
    assert (refused.status_code, refused.json()["code"]) == (403, "admins_only")
    assert (await clinic.therapist.get("/api/retention")).status_code == 403
    assert (await admin.browser.get("/api/retention")).json()["years"] is None
    assert (await choose(admin.browser, 0)).status_code == 400
    assert (await choose(admin.browser, 10)).headers["etag"] == '"1"'
    # Asked again after a lost answer, it was done once.
    assert (await choose(admin.browser, 10)).json()["version"] == 1
    async with colleague(clinic, database, "Second", role="admin") as second:
        late = await choose(second.browser, 5)
        assert (late.status_code, late.json()["current"]["years"]) == (412, 10)
    stands = (await choose(admin.browser, None, 1)).json()
    assert [
        (one["version"], one["by"], one["before"], one["after"]) for one in stands["changes"]
    ] == [(2, "Admin", 10, None), (1, "Admin", None, 10)]
    async with colleague(other_clinic, database, "Other", role="admin") as other:
        assert (await other.browser.get("/api/retention")).json()["version"] == 0


async def test_it_says_who_would_be_due_and_not_who_came_back(
    clinic: Clinic, admin: Colleague, database: Database
):
    gone, back, late = [str(uuid7()) for _ in range(3)]
    long_ago = date(TODAY.year - 2, 1, 31)
    for patient_id in (gone, back, late):
        body = patient_body(name=f"Was {patient_id}")
        await clinic.therapist.put(f"/api/patients/{patient_id}", json=body)
    async with database.writing(clinic.id) as session:
        for patient_id, ended_on in (
            (gone, long_ago),
            (back, long_ago),
            (late, TODAY - timedelta(days=100)),
        ):
            await session.execute(
                update(Episode)
                .where(Episode.patient_id == patient_id)
                .values(started_on=long_ago, ended_on=ended_on)
            )
    episode = {"condition": "both", "side": "left", "started_on": str(TODAY), "screening": None}
    began = await clinic.therapist.put(f"/api/patients/{back}/episodes/{uuid7()}", json=episode)
    assert began.is_success, began.text
    stands = (await choose(admin.browser, 1)).json()
    assert (stands["due_count"], [one["id"] for one in stands["due"]]) == (1, [gone])
    assert stands["due"][0]["ended_on"] == str(long_ago)
    assert (await choose(admin.browser, 3, 1)).json()["due_count"] == 0
    # Nothing is erased by it.
    assert (await clinic.therapist.get(f"/api/patients/{gone}")).status_code == 200
