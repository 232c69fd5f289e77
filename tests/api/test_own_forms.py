"""A clinic's own forms: from a file, in versions, each flaw named with its place; for admins."""

import json
from typing import Any

import httpx
import pytest

from tests.api.test_outcomes import answer, asked, assign, send, used
from tests.clinics import Clinic
from tests.unit.clinical.test_measures import own

pytestmark = pytest.mark.anyio


def file(**changes: Any) -> dict[str, str]:
    return {"file": own(**changes).decode()}


async def test_a_form_is_brought_changed_and_retired_and_what_was_answered_stays(
    clinic: Clinic, colleague: httpx.AsyncClient
):
    first = await colleague.post("/api/measure-forms", json=file())
    assert (first.status_code, first.json()["questions"]) == (201, 5)
    assert (await colleague.post("/api/measure-forms", json=file())).status_code == 200
    other = await colleague.post("/api/measure-forms", json=file(short="OTHER"))
    assert (other.status_code, other.json()["code"]) == (409, "form_version_exists")
    skipped = await colleague.post("/api/measure-forms", json=file(version=3))
    assert skipped.json()["code"] == "form_version_skipped"
    taken = await colleague.post("/api/measure-forms", json=file(key="lefs"))
    assert taken.json()["code"] == "form_key_taken"

    assert (await assign(clinic, "own_form")).status_code == 201
    given = answer(clinic, "nprs") | {"measure": "own_form"}
    given["ratings"] = {"a": 1, "b": 2, "c": 3, "d": 3}
    assert [one["status"] for one in await send(clinic, [given])] == ["stored"]
    await colleague.post("/api/measure-forms", json=file(version=2, at_intake=False))
    shown = (await used(clinic))["own_form"]
    assert [one["value"] for one in shown["scores"][0]["points"]] == [11.25]
    assert (await asked(clinic))["own_form"]["form"]["version"] == 2

    retired = await colleague.post("/api/measure-forms/own_form/retire", json={"retired": True})
    assert [one["version"] for one in retired.json()["versions"]] == [2, 1]
    offered = (await clinic.therapist.get("/api/measures")).json()
    assert "own_form" not in [one["key"] for one in offered]
    assert (await asked(clinic))["own_form"]["dues"] != []
    (listed,) = (await colleague.get("/api/measure-forms")).json()
    assert listed["retired"]


async def test_every_flaw_of_a_file_is_named_with_its_place(colleague: httpx.AsyncClient):
    broken = json.loads(own())
    broken["colour"] = "red"
    del broken["title"]
    broken["licence"]["holder"] = " "
    broken["items"][3]["ask"] = {"en": 1}
    broken["scale"]["words"]["0"]["es"] = "a\0b"
    answer = await colleague.post("/api/measure-forms", json={"file": json.dumps(broken)})
    assert (answer.status_code, answer.json()["code"]) == (422, "form_flawed")
    flaws = {(one["place"], one["message"]["en"]) for one in answer.json()["errors"]}
    assert flaws == {
        ("", "The field “colour” is not known."),
        ("", "The field “title” is missing."),
        ("licence", "A licence of your own names who holds the rights."),
        ("items[3].ask", "The field “es” is missing."),
        ("items[3].ask.en", "Here stands a whole number, where a text is expected."),
        ("scale.words.0.es", "It holds a character that no text has."),
    }
    answer = await colleague.post("/api/measure-forms", json={"file": "{\n  nothing"})
    assert "line 2" in answer.json()["errors"][0]["message"]["en"]


async def test_another_clinic_neither_sees_nor_assigns_it(
    clinic: Clinic, other_clinic: Clinic, colleague: httpx.AsyncClient
):
    await colleague.post("/api/measure-forms", json=file())
    offered = (await other_clinic.therapist.get("/api/measures")).json()
    assert [one["key"] for one in offered if one["own"]] == []
    assert (await assign(other_clinic, "own_form")).status_code == 404
