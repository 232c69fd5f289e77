"""What the demo clinic and its patients write to each other; the last ones wait for whoever opens the demo."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts.raising import evaluate
from glidepath.database.engine import Database
from glidepath.demo.cast import CAST, CLINIC, STAFF, Role
from glidepath.diary import service as diary
from glidepath.diary.schemas import OfferedMessage, SyncRequest
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.messages import service as messages
from glidepath.messages import templates
from glidepath.messages.schemas import Acting, Done, MessageBody, MessageTemplateBody

GREETING: Final = (
    "Well done: you kept going all month. Stay with the gentle pace. "
    "We look at the next step together when you come on Thursday."
)
WAY_IN: Final = MessageTemplateBody(
    version=None,
    name="How to find us",
    en="We are in the yard behind the house. Ring at the blue door; there is a lift.",
    es="Estamos en el patio, detrás de la casa. Llama a la puerta azul; hay ascensor.",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a patient wrote so many hours ago, and what came of it."""

    role: Role
    hours_ago: int
    text: str
    reply: str | None = None
    done: Done | None = None


LETTERS: Final = (
    Letter(
        CAST[0],
        76,
        "Is it all right to do the stretches in the evening? Mornings are hard just now.",
        reply="Yes, any time of the day is fine. " + GREETING,
    ),
    Letter(CAST[5], 120, "I cannot come on Friday. Is another day free?", done="appointment"),
    Letter(CAST[1], 5, "Hoy me arde más la pierna al estirar. ¿Lo dejo por ahora?"),
    Letter(CAST[3], 2, "The tingling came back when I sat in the car for an hour."),
)


async def correspond(database: Database, now: datetime) -> None:
    for letter in LETTERS:
        await _write(database, letter, now - timedelta(hours=letter.hours_ago))
    async with database.writing(CLINIC) as session:
        author = _therapist(CAST[0])
        await templates.put(session, author, uuid7(), WAY_IN, now - timedelta(days=40))


async def _write(database: Database, letter: Letter, at: datetime) -> None:
    role, message_id = letter.role, uuid7()
    phone = PatientActor(CLINIC, role.patient_id, "patient", role.patient_id)
    sent = {"id": str(message_id), "text": letter.text, "written_at": at.isoformat()}
    batch = SyncRequest(role.patient_id, [], [], messages=[OfferedMessage.read(sent)])
    async with database.writing(CLINIC) as session:
        await diary.sync(session, phone, batch, at, evaluate)
    async with database.writing(CLINIC) as session:
        await _act(session, letter, message_id, at + timedelta(hours=3))


async def _act(session: AsyncSession, letter: Letter, message_id: UUID, at: datetime) -> None:
    therapist, patient_id = _therapist(letter.role), letter.role.patient_id
    if letter.reply is not None:
        body = MessageBody(letter.reply, [message_id])
        await messages.put(session, therapist, patient_id, uuid7(), body, at)
    if letter.done is not None:
        acting = Acting(letter.done, 0)
        await messages.act(session, therapist, patient_id, message_id, acting, at)


def _therapist(role: Role) -> StaffActor:
    return StaffActor(CLINIC, STAFF[role.therapist].id, "therapist", role.patient_id)
