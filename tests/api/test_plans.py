"""A plan's versions: what changed in words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.clinics import Clinic, glide, own_day, stretch

pytestmark = pytest.mark.anyio


def body(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"starts_on": str(own_day()), "note": None, "items": list(items), **changes}


async def save(clinic: Clinic, sent: dict[str, Any], plan_id: UUID | None = None) -> httpx.Response:
    url = f"/api/episodes/{clinic.episode_id}/plan-versions/{plan_id or uuid7()}"
    return await clinic.therapist.put(url, json=sent)


async def plans(clinic: Clinic) -> list[dict[str, Any]]:
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    found: list[dict[str, Any]] = page["plans"]
    return found


def en(texts: list[dict[str, str]]) -> list[str]:
    return [text["en"] for text in texts]


async def test_a_new_version_says_what_changed_to_both(clinic: Clinic):
    saved = (await save(clinic, body(stretch(sets=2)))).json()
    told = [
        "Taken out: Sciatic nerve glide, left leg.",
        "Hamstring stretch, left leg: 2 sets instead of 3.",
    ]
    assert (saved["number"], en(saved["changes"])) == (2, told)
    assert [en(plan["changes"]) for plan in await plans(clinic)] == [told, []]
    care = (await clinic.patient.get("/api/care")).json()
    assert [en(mark["changes"]) for mark in care["plan_history"]] == [told, []]
    assert care["plan"] == saved


async def test_a_plan_that_starts_later_waits_for_its_day(clinic: Clinic):
    later = str(own_day() + timedelta(days=2))
    await save(clinic, body(stretch(), glide(repetitions=15), starts_on=later))
    care = (await clinic.patient.get("/api/care")).json()
    assert care["plan"]["number"] == 1
    assert en(care["plan_history"][0]["changes"]) == [
        "Sciatic nerve glide, left leg: 15 repetitions instead of 12."
    ]
