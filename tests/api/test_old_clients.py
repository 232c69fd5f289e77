"""What every released app sends is taken for ever: requests recorded from each, byte for byte.

A phone may keep an old app for months. Each folder of `fixtures/clients` holds what one version sent from
Chromium; a folder is added whenever the app sends something new, and none is ever changed.
"""

import json
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from litestar import Litestar

from glidepath.database.engine import Database
from tests.clinics import open_clinic

pytestmark = pytest.mark.anyio
CLIENTS = Path(__file__).parents[1] / "fixtures" / "clients"
RECORDED = sorted(CLIENTS.glob("*/*.json"))
MOMENTS = ("happened_at", "made_at")


def read(path: Path) -> dict[str, Any]:
    batch: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return batch


def entries(batch: dict[str, Any]) -> list[dict[str, Any]]:
    return [*batch["check_ins"], *batch["exercise_sessions"]]


def as_moments(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {name: datetime.fromisoformat(entry[name]) for name in MOMENTS}


def moment_of(batch: dict[str, Any]) -> datetime:
    """When it was sent, as far as it says."""
    made = max(datetime.fromisoformat(entry["made_at"]) for entry in entries(batch))
    return datetime.fromisoformat(batch.get("sent_at") or str(made + timedelta(minutes=1)))


def test_each_version_is_there_with_each_kind():
    versions = {path.parent.name for path in RECORDED}
    assert versions == {"0.1.0-without-sent-at", "0.1.0"}
    for version in versions:
        batches = [read(path) for path in (CLIENTS / version).glob("*.json")]
        assert {kind for batch in batches for kind, sent in batch.items() if sent} >= {
            "check_ins",
            "exercise_sessions",
        }
        assert {bool(one["revises"]) for batch in batches for one in entries(batch)} == {
            True,
            False,
        }
        assert any(one["withdrawn"] for batch in batches for one in entries(batch))
        assert all(("sent_at" in batch) == (version == "0.1.0") for batch in batches)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_what_an_app_ever_sent_is_taken(app: Litestar, database: Database, path: Path):
    batch = read(path)
    with time_machine.travel(moment_of(batch), tick=True):
        async with AsyncExitStack() as stack:
            clinic = await open_clinic(app, database, stack, "North")
            plan = (await clinic.patient.get("/api/care")).json()["plan"]
            # Whose entries they are, and on which plan, is all that differs from then.
            batch["account_id"] = str(clinic.patient_id)
            for entry in entries(batch):
                entry["plan_version_id"] = entry["plan_version_id"] and plan["id"]
                if entry.get("plan_item_id"):
                    entry["plan_item_id"] = plan["items"][0]["id"]
            for status in ("stored", "known"):
                answer = await clinic.patient.post("/api/sync", json=batch)
                assert answer.status_code == 200, answer.text
                results = answer.json()["results"]
                assert [one["status"] for one in results] == [status] * len(entries(batch)), results
            diary = (await clinic.patient.get("/api/diary")).json()
    kept = {entry["id"]: as_moments(entry) for entry in entries(diary)}
    assert kept == {entry["id"]: as_moments(entry) for entry in entries(batch)}
