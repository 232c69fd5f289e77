"""Words to begin a message with: those of every clinic, and a clinic's own."""

from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.clinics import Clinic

pytestmark = pytest.mark.anyio

PATH = "/api/message-templates"


def words(name: str = "Calm", **changes: Any) -> dict[str, Any]:
    return {"version": None, "name": name, "en": "Take it easy.", "es": None, **changes}


async def put(clinic: Clinic, template_id: str, **changes: Any) -> httpx.Response:
    return await clinic.therapist.put(f"{PATH}/{template_id}", json=words(**changes))


async def own(clinic: Clinic) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await clinic.therapist.get(PATH)).json()["own"]
    return found


async def test_every_clinic_has_some_in_both_languages(clinic: Clinic):
    built_in = (await clinic.therapist.get(PATH)).json()["built_in"]
    assert len({one["key"] for one in built_in}) == len(built_in) >= 5
    for one in built_in:
        for text in (one["name"], one["text"]):
            assert "" not in {text["en"].strip(), text["es"].strip()}
            assert text["en"] != text["es"]
        assert max(map(len, one["text"].values())) < 400


async def test_one_is_kept_changed_and_retired(clinic: Clinic, other_clinic: Clinic):
    one = str(uuid7())
    first, again = await put(clinic, one), await put(clinic, one)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    changed = await put(clinic, one, version=1, name="Calmer", en=None, es="Con calma.\n<b>")
    assert changed.status_code == 200
    (kept,) = await own(clinic)
    assert (kept["name"], kept["en"], kept["es"]) == ("Calmer", None, "Con calma.\n<b>")
    assert (kept["version"], kept["by"]) == (2, "North therapist")
    assert await own(other_clinic) == []
    for _ in range(2):
        assert (await clinic.therapist.post(f"{PATH}/{one}/retire", json={})).status_code == 204
    assert await own(clinic) == []
    late = await put(clinic, one, version=2, name="Calmest")
    assert (late.status_code, late.json()["code"]) == (409, "template_retired")


async def test_of_two_who_change_one_at_once_the_second_is_told(clinic: Clinic):
    one = str(uuid7())
    await put(clinic, one)
    await put(clinic, one, version=1, en="Slowly.")
    late = await put(clinic, one, version=1, en="Gently.")
    assert (late.status_code, late.json()["code"]) == (409, "template_changed")
    assert late.json()["current"]["en"] == "Slowly."
    assert (await own(clinic))[0]["en"] == "Slowly."


async def test_two_do_not_have_the_same_name(clinic: Clinic):
    one, other = str(uuid7()), str(uuid7())
    await put(clinic, one)
    await put(clinic, other, name="Strong")
    for template_id, version in ((str(uuid7()), None), (other, 1)):
        taken = await put(clinic, template_id, version=version, name="CALM")
        assert (taken.status_code, taken.json()["code"]) == (409, "template_name_taken")


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"en": None}, 422), ({"en": " "}, 400), ({"name": " Calm"}, 400), ({"en": "x" * 2001}, 400)],
)
async def test_one_without_words_is_none(clinic: Clinic, changes: dict[str, Any], status: int):
    assert (await put(clinic, str(uuid7()), **changes)).status_code == status


async def test_another_clinics_is_as_one_that_does_not_exist(clinic: Clinic, other_clinic: Clinic):
    one = str(uuid7())
    await put(clinic, one)
    for template_id in (one, str(uuid7())):
        gone = await other_clinic.therapist.post(f"{PATH}/{template_id}/retire", json={})
        assert gone.status_code == 404
    # The same id is free in the other clinic: another template.
    assert (await put(other_clinic, one, en="Other words.")).status_code == 201
    assert [kept["en"] for kept in await own(clinic)] == ["Take it easy."]
