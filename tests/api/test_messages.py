"""What a therapist writes to a patient: whole, once, to nobody else, and when it was read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from uuid_utils.compat import uuid7

from glidepath.settings import Settings
from tests.clinics import Clinic, admit_patient

pytestmark = pytest.mark.anyio

TEXT = "Well done this week.\n\nShall we talk on Thursday? <b>Ana</b> 'x' \U0001f642"


async def write(
    clinic: Clinic, text: str = TEXT, message_id: UUID | None = None, **by: httpx.AsyncClient
) -> httpx.Response:
    path = f"/api/patients/{clinic.patient_id}/messages/{message_id or uuid7()}"
    return await by.get("by", clinic.therapist).put(path, json={"text": text})


async def seen(clinic: Clinic) -> list[dict[str, Any]]:
    """By the patient; the therapist is shown the same."""
    care = (await clinic.patient.get("/api/care")).json()["messages"]
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()["messages"]
    assert care == page
    messages: list[dict[str, Any]] = care
    return messages


async def tell(clinic: Clinic, message_id: str, read_at: datetime | str, **over: Any) -> int:
    read = [{"id": message_id, "read_at": str(read_at)}]
    body = {"account_id": str(clinic.patient_id), "read": read, **over}
    return (await clinic.patient.post("/api/messages/read", json=body)).status_code


async def test_the_patient_gets_it_as_it_was_written_newest_first(clinic: Clinic):
    assert await seen(clinic) == []
    sent = [(await write(clinic, text)).json() for text in (TEXT, "And one more")]
    assert await seen(clinic) == sent[::-1]
    assert (sent[0]["text"], sent[0]["by"]) == (TEXT, "North therapist")
    assert sent[0]["read_at"] is None


async def test_sent_again_it_is_the_same_message_and_never_another(clinic: Clinic):
    message_id = uuid7()
    first = await write(clinic, message_id=message_id)
    again = await write(clinic, message_id=message_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await write(clinic, "Something else", message_id)
    assert (other.status_code, other.json()["code"]) == (409, "message_exists")
    assert await seen(clinic) == [first.json()]


@pytest.mark.parametrize("text", ["", " \n\t ", "a\0b", "x" * 2001])
async def test_what_is_empty_too_long_or_no_text_is_refused(clinic: Clinic, text: str):
    assert (await write(clinic, text)).status_code == 400
    assert await seen(clinic) == []


async def test_a_patient_writes_nothing_as_if_from_the_clinic(clinic: Clinic):
    assert (await write(clinic, by=clinic.patient)).status_code == 403
    assert await seen(clinic) == []


async def test_it_was_read_when_the_phone_says_and_the_first_word_counts(clinic: Clinic):
    message_id = (await write(clinic)).json()["id"]
    read_at = datetime.now(UTC)
    assert await tell(clinic, message_id, read_at) == 204
    assert await tell(clinic, message_id, read_at + timedelta(hours=3)) == 204
    (message,) = await seen(clinic)
    assert datetime.fromisoformat(message["read_at"]) == read_at


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_a_wrong_clock_reads_no_earlier_than_sent_and_no_later_than_told(
    clinic: Clinic, clock: str
):
    sent = (await write(clinic)).json()
    assert await tell(clinic, sent["id"], clock) == 204
    (message,) = await seen(clinic)
    assert message["sent_at"] <= message["read_at"] <= datetime.now(UTC).isoformat()


async def test_nobody_reads_in_anothers_place(clinic: Clinic, other_clinic: Clinic):
    message_id = (await write(clinic)).json()["id"]
    now = datetime.now(UTC)
    # Another clinic's patient, staff, and a phone on which somebody else has signed in meanwhile.
    own = str(other_clinic.patient_id)
    assert await tell(other_clinic, message_id, now, account_id=own) == 204
    assert await tell(clinic, message_id, now, account_id=str(uuid7())) == 403
    body = {"account_id": str(clinic.therapist_id), "read": []}
    assert (await clinic.therapist.post("/api/messages/read", json=body)).status_code == 403
    (message,) = await seen(clinic)
    assert message["read_at"] is None


async def test_another_patient_of_the_clinic_is_not_written_to(clinic: Clinic):
    await write(clinic)
    before = clinic.patient
    await admit_patient(clinic)
    others = (await clinic.therapist.get("/api/triage")).json()["rows"]
    (other,) = {row["patient_id"] for row in others} - {str(clinic.patient_id)}
    assert (await clinic.therapist.get(f"/api/patients/{other}")).json()["messages"] == []
    assert len((await before.get("/api/care")).json()["messages"]) == 1


async def test_of_very_many_those_not_read_come(clinic: Clinic):
    sent = [(await write(clinic, f"Number {n}")).json() for n in range(102)]
    assert {one["id"] for one in await seen(clinic)} == {one["id"] for one in sent[2:]}
    for one in sent[2:]:
        await tell(clinic, one["id"], datetime.now(UTC))
    assert {one["id"] for one in sent[:2]} < {one["id"] for one in await seen(clinic)}


@pytest.mark.parametrize(
    "deed", ["update messages set text = ''", "update messages set sent_at = now()"]
)
async def test_what_was_written_cannot_be_changed(settings: Settings, deed: str):
    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(deed)
    finally:
        await connection.close()
