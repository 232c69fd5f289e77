"""What a patient writes: stored once, within bounds, read and acted on by name, and in nobody's way."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import time_machine
from uuid_utils.compat import uuid7

from glidepath.database.engine import Database
from tests.api.test_triage import rows
from tests.asked import statements
from tests.clinics import ZONE, Clinic, check_in, colleague, join_patient, patient_body

pytestmark = pytest.mark.anyio

TEXT = " My leg tingles.\r\n\tMay I stretch? <script>alert(1)</script> ' \" \U0001f642 "


def written(text: str = TEXT, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "text": text,
        "written_at": datetime.now(ZONE).isoformat(),
        **changes,
    }


async def send(clinic: Clinic, *messages: dict[str, Any], **batch: Any) -> list[tuple[str, Any]]:
    """By the patient; what became of each."""
    body = {
        "account_id": str(clinic.patient_id),
        "check_ins": [],
        "exercise_sessions": [],
        "messages": list(messages),
        **batch,
    }
    answer = await clinic.patient.post("/api/sync", json=body)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    return [(one["status"], one["reason"] and one["reason"]["code"]) for one in results]


async def thread(clinic: Clinic) -> list[dict[str, Any]]:
    """Newest first; the patient and the therapist are shown the same."""
    care = (await clinic.patient.get("/api/care")).json()["messages"]
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()["messages"]
    assert care == page
    messages: list[dict[str, Any]] = care
    return messages


async def deed(
    clinic: Clinic, message: dict[str, Any], what: str | None, after: int, **by: httpx.AsyncClient
) -> httpx.Response:
    path = f"/api/patients/{clinic.patient_id}/messages/{message['id']}/done"
    body = {"what": what, "after": after}
    return await by.get("by", clinic.therapist).post(path, json=body)


async def test_what_a_patient_writes_arrives_once_and_as_it_was_written(clinic: Clinic):
    message, entry = written(), check_in()
    both = {"check_ins": [entry]}
    assert await send(clinic, message, **both) == [("stored", None), ("stored", None)]
    assert await send(clinic, message, message, **both) == [("known", None)] * 3
    (kept,) = await thread(clinic)
    assert (kept["id"], kept["text"], kept["by"]) == (message["id"], TEXT, "Pat Doe")
    assert (kept["from_patient"], kept["read_at"], kept["deeds"]) == (True, None, [])
    assert datetime.fromisoformat(kept["written_at"]) == datetime.fromisoformat(
        message["written_at"]
    )
    other = written("Something else", id=message["id"])
    assert await send(clinic, other) == [("refused", "id_reused")]
    assert [one["text"] for one in await thread(clinic)] == [TEXT]


async def test_two_phones_that_send_the_same_at_once_send_one(clinic: Clinic):
    message = written()
    ends = await asyncio.gather(*(send(clinic, message) for _ in range(4)))
    assert sorted(status for ((status, _),) in ends) == ["known"] * 3 + ["stored"]
    assert len(await thread(clinic)) == 1


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "a\0b", "x" * 2001, None], ids=["empty", "blank", "nul", "long", "none"]
)
async def test_what_is_no_message_is_refused_alone(clinic: Clinic, text: str):
    assert await send(clinic, written(text), written("x" * 2000)) == [
        ("refused", "malformed"),
        ("stored", None),
    ]


async def test_a_day_holds_twenty_and_the_next_day_holds_more(clinic: Clinic):
    evening = datetime.now(ZONE).replace(hour=23, minute=50) + timedelta(days=1)
    late = written("Number 20")
    with time_machine.travel(evening, tick=True):
        many = [written(f"Number {n}") for n in range(20)]
        assert await send(clinic, *many[:15]) == [("stored", None)] * 15
        ends = await send(clinic, *many, late)
        assert ends == [("known", None)] * 15 + [("stored", None)] * 5 + [
            ("refused", "messages_full")
        ]
    with time_machine.travel(evening + timedelta(minutes=15), tick=True):
        assert await send(clinic, late) == [("stored", None)]


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_of_a_clock_that_cannot_be_right_nothing_is_told(clinic: Clinic, clock: str):
    assert await send(clinic, written(written_at=clock)) == [("stored", None)]
    assert (await thread(clinic))[0]["written_at"] is None


async def test_who_reads_first_has_read_and_a_look_at_the_page_is_no_reading(
    clinic: Clinic, database: Database
):
    await send(clinic, written())
    (unread,) = await thread(clinic)
    assert unread["read_at"] is None
    body = {"ids": [unread["id"]]}
    path = f"/api/patients/{clinic.patient_id}/messages/read"
    async with colleague(clinic, database) as other:
        assert (await other.browser.post(path, json=body)).status_code == 403
        joined = f"/api/patients/{clinic.patient_id}/team/{other.id}"
        assert (await clinic.therapist.put(joined, json={})).status_code == 204
        assert (await other.browser.post(path, json=body)).status_code == 204
        (read,) = await thread(clinic)
        assert (read["read_by"], read["deeds"]) == ("Colleague", [])
        assert read["read_at"] >= read["sent_at"]
        assert (await clinic.therapist.post(path, json=body)).status_code == 204
        assert await thread(clinic) == [read]


async def test_the_patient_neither_reads_nor_acts_in_the_clinics_place(clinic: Clinic):
    message = written()
    await send(clinic, message)
    told = {
        "account_id": str(clinic.patient_id),
        "read": [{"id": message["id"], "read_at": str(datetime.now(UTC))}],
    }
    assert (await clinic.patient.post("/api/messages/read", json=told)).status_code == 204
    assert (await deed(clinic, message, "called", 0, by=clinic.patient)).status_code == 403
    (kept,) = await thread(clinic)
    assert (kept["read_at"], kept["deeds"]) == (None, [])


async def test_what_was_done_is_said_changed_and_taken_back_and_all_of_it_kept(clinic: Clinic):
    message = written()
    await send(clinic, message)
    for after, what in enumerate(("called", "plan_changed", None)):
        answer = await deed(clinic, message, what, after)
        assert answer.status_code == 200, answer.text
        # A lost answer leads to the same request once more.
        assert (await deed(clinic, message, what, after)).json() == answer.json()
    (kept,) = await thread(clinic)
    assert [one["what"] for one in kept["deeds"]] == ["called", "plan_changed", None]
    assert {one["by"] for one in kept["deeds"]} == {"North therapist"} == {kept["read_by"]}


async def test_of_two_therapists_at_once_the_second_is_told(clinic: Clinic, database: Database):
    message = written()
    await send(clinic, message)
    async with colleague(clinic, database, role="admin") as other:
        answers = await asyncio.gather(
            deed(clinic, message, "called", 0),
            deed(clinic, message, "no_action", 0, by=other.browser),
        )
        late = next(one for one in answers if one.status_code != 200)
        assert (late.status_code, late.json()["code"]) == (409, "message_changed")
        (kept,) = await thread(clinic)
        assert late.json()["current"] == kept
        assert len(kept["deeds"]) == 1
        again = await deed(clinic, message, "advice_given", 1, by=other.browser)
        assert [one["by"] for one in again.json()["deeds"]][1] == "Colleague"


async def reply(clinic: Clinic, *answers: str, message_id: UUID | None = None) -> httpx.Response:
    path = f"/api/patients/{clinic.patient_id}/messages/{message_id or uuid7()}"
    body = {"text": "I call you today.", "answers": list(answers)}
    return await clinic.therapist.put(path, json=body)


async def test_a_reply_acts_on_what_it_answers_and_on_nothing_else(clinic: Clinic):
    seen, called, later = written("One"), written("Two"), written("Three")
    await send(clinic, seen, called, later)
    await deed(clinic, called, "called", 0)
    message_id = uuid7()
    for status in (201, 200):
        answer = await reply(clinic, seen["id"], called["id"], message_id=message_id)
        assert answer.status_code == status
    states = {
        one["text"]: (one["read_by"], [done["what"] for done in one["deeds"]])
        for one in await thread(clinic)
    }
    assert states == {
        "One": ("North therapist", ["answered"]),
        "Two": ("North therapist", ["called"]),
        "Three": (None, []),
        "I call you today.": (None, []),
    }


async def test_nobody_acts_on_another_patients_message(clinic: Clinic, other_clinic: Clinic):
    message = written()
    await send(clinic, message)
    ours = (await reply(clinic)).json()
    assert (await deed(clinic, ours, "called", 0)).status_code == 404
    for stranger in (clinic, other_clinic):
        if stranger is clinic:
            patient_id, _ = await join_patient(clinic)
        else:
            patient_id = str(other_clinic.patient_id)
        path, by = f"/api/patients/{patient_id}/messages", stranger.therapist
        acted = await by.post(f"{path}/{message['id']}/done", json={"what": "called", "after": 0})
        assert acted.status_code == 404
        assert (await by.post(f"{path}/read", json={"ids": [message["id"]]})).status_code == 204
        answered = {"text": "Hello", "answers": [message["id"]]}
        assert (await by.put(f"{path}/{uuid7()}", json=answered)).status_code == 201
    kept = (await thread(clinic))[-1]
    assert (kept["id"], kept["read_at"], kept["deeds"]) == (message["id"], None, [])


async def test_an_id_of_another_patient_is_not_told_from_one_of_other_content(clinic: Clinic):
    message = written()
    await send(clinic, message)
    patient_id, phone = await join_patient(clinic)
    batch = {"check_ins": [], "exercise_sessions": [], "messages": [message]}
    answer = await phone.post("/api/sync", json={"account_id": patient_id, **batch})
    (result,) = answer.json()["results"]
    assert (result["status"], result["reason"]["code"]) == ("refused", "id_reused")
    assert (await phone.get("/api/care")).json()["messages"] == []


async def test_the_list_counts_what_nobody_read_in_as_many_statements_as_before(
    clinic: Clinic, database: Database
):
    await clinic.therapist.put(f"/api/patients/{uuid7()}", json=patient_body(name="Somebody else"))

    async def unread() -> tuple[dict[str, int], int]:
        with statements(database) as seen:
            found = await rows(clinic)
        return {one["name"]: one["unread"] for one in found}, len(seen)

    before, few = await unread()
    assert before == {"Pat Doe": 0, "Somebody else": 0}
    messages = [written(f"Number {n}") for n in range(3)]
    await send(clinic, *messages)
    await reply(clinic)
    assert await unread() == ({"Pat Doe": 3, "Somebody else": 0}, few)
    await deed(clinic, messages[0], "called", 0)
    assert (await unread())[0]["Pat Doe"] == 2
