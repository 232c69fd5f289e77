"""Writing to a patient, and hearing that it was read. Nothing of it leaves the clinic's pages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.messages import store
from glidepath.messages.models import Message
from glidepath.messages.schemas import MessageBody, MessageView, Readings
from glidepath.problems import Conflict, Forbidden
from glidepath.views import view

# What a screen shows; of more, those not read come first.
SHOWN = 100


async def put(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    message_id: UUID,
    body: MessageBody,
    now: datetime,
) -> tuple[MessageView, bool]:
    """The message, and whether it is new; sent again after a lost answer it is the same message."""
    await care.requires_care_relation(session, actor, patient_id)
    row = {
        "clinic_id": actor.clinic_id,
        "id": message_id,
        "patient_id": patient_id,
        "author_id": actor.account_id,
        "text": body.text,
        "sent_at": now,
    }
    is_new = await store.add(session, row)
    kept = await store.one(session, message_id)
    if (kept.patient_id, kept.author_id, kept.text) != (patient_id, actor.account_id, body.text):
        raise Conflict("A sent message is never changed. Send a new one.", code="message_exists")
    return (await _views(session, [kept]))[0], is_new


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[MessageView]:
    """Newest first."""
    found = await store.latest(session, patient_id, SHOWN)
    found.sort(key=lambda message: (message.sent_at, message.id), reverse=True)
    return await _views(session, found)


async def mark_read(
    session: AsyncSession, actor: PatientActor, readings: Readings, now: datetime
) -> None:
    """Told twice, by two phones or too late, the first telling counts; what is not theirs is nothing."""
    if readings.account_id != actor.account_id:
        raise Forbidden(
            "These were read under somebody else's sign-in. They stay on the phone.",
            code="other_account",
        )
    read_at = {reading.id: reading.read_at for reading in readings.read}
    for message in await store.unread(session, actor.patient_id, list(read_at)):
        message.read_at = min(max(read_at[message.id], message.sent_at), now)


async def _views(session: AsyncSession, messages: list[Message]) -> list[MessageView]:
    names = await identity.names(session, {message.author_id for message in messages})
    return [view(MessageView, message, by=names[message.author_id]) for message in messages]
