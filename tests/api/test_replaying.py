"""A replay as a job: asked for by admins, one at a time, and kept with the figures of `replay`."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.insight import replaying
from glidepath.insight.replay import read, replay
from glidepath.settings import Settings
from tests.api.test_replay import EVEN, UNEVEN, WORSE, write, write_as_another_patient
from tests.api.test_sensitivity import choose
from tests.api.test_worker import work
from tests.clinics import Clinic, Colleague, colleague, own_day

pytestmark = pytest.mark.anyio
ASKED = {"days": 90}


@pytest.fixture
async def admin(clinic: Clinic, database: Database) -> AsyncIterator[Colleague]:
    async with colleague(clinic, database, "Admin", role="admin") as one:
        yield one


async def ask(admin: Colleague) -> dict[str, Any]:
    answer = await admin.browser.post("/api/replay", json=ASKED)
    assert answer.status_code == 202, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def kept(admin: Colleague) -> dict[str, Any]:
    found: dict[str, Any] = (await admin.browser.get("/api/replay")).json()
    return found


async def test_an_admin_asks_the_worker_reckons_and_the_result_is_kept(
    clinic: Clinic, admin: Colleague, database: Database, settings: Settings
):
    await write(clinic, WORSE)
    for ratings in (EVEN, UNEVEN):
        await write_as_another_patient(clinic, ratings)
    assert await kept(admin) is None
    asked = await ask(admin)
    assert (asked["state"], asked["asked_by"], asked["result"]) == ("waiting", "Admin", None)
    # Two clicks are one replay.
    assert (await ask(admin))["id"] == asked["id"]
    await work(settings, database, clinic)
    done = await kept(admin)
    assert (done["id"], done["state"], done["done"], done["total"]) == (asked["id"], "done", 3, 3)
    result = done["result"]
    assert (result["now"], result["patients"], result["until"]) == ("standard", 3, str(own_day()))
    async with database.reading(clinic.id) as session:
        diaries = await read(session)
    since = own_day() - timedelta(days=89)
    assert [one["sensitivity"] for one in result["burdens"]] == ["calm", "standard", "early"]
    for comparison in result["comparisons"]:
        level = comparison["sensitivity"]
        expected = replay(diaries, level, since)
        burdens = {one["sensitivity"]: one for one in result["burdens"]}
        assert burdens[level]["alerts"] == expected.then.alerts
        assert burdens[level]["per_180_days"] == expected.then.per_180_days
        assert burdens["standard"]["alerts"] == expected.now.alerts
        kinds = [change.kind for change in expected.changes]
        assert comparison["same"] == kinds.count("same")
        assert [one["kind"] for one in comparison["changes"]] == [
            kind for kind in kinds if kind != "same"
        ]
        assert {one["name"] for one in comparison["changes"]} <= {"Pat Doe", "Lou Roe"}
    assert any(one["changes"] for one in result["comparisons"])
    # After a change, the next is beside what is chosen then.
    await choose(admin.browser, "early")
    assert (await ask(admin))["id"] != asked["id"]
    await work(settings, database, clinic)
    assert (await kept(admin))["result"]["now"] == "early"


async def test_only_admins_ask_and_no_other_clinic_sees_it(
    clinic: Clinic, other_clinic: Clinic, admin: Colleague, database: Database
):
    await ask(admin)
    for client in (clinic.therapist, other_clinic.therapist):
        asked = await client.post("/api/replay", json=ASKED)
        assert (asked.status_code, asked.json()["code"]) == (403, "admins_only")
        assert (await client.get("/api/replay")).status_code == 403
    async with colleague(other_clinic, database, "Other", role="admin") as other:
        assert await kept(other) is None


async def test_one_that_no_worker_finished_may_be_asked_for_again(
    clinic: Clinic, admin: Colleague, database: Database
):
    first = await ask(admin)
    async with database.writing(clinic.id) as session:
        await session.execute(text("update replays set beat_at = now() - interval '3 minutes'"))
    assert (await kept(admin))["state"] == "lost"
    second = await ask(admin)
    assert (second["state"], second["id"] == first["id"]) == ("waiting", False)

    def clock() -> datetime:
        return datetime.now(UTC)

    # The worker comes back to the first: it is nobody's any more.
    old, new = (UUID(one["id"]) for one in (first, second))
    assert not await replaying.run(database, clinic.id, old, clock)
    assert (await kept(admin))["state"] == "waiting"
    assert await replaying.run(database, clinic.id, new, clock)
    assert (await kept(admin))["result"]["patients"] == 0
    assert not await replaying.run(database, clinic.id, new, clock)
