"""A thread between a patient and the clinic, and what came of it. Nothing of it leaves the clinic's pages."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import PatientActor, StaffActor
from glidepath.messages import store
from glidepath.messages.models import Message, MessageDeed
from glidepath.messages.schemas import (
    Acting,
    Deed,
    DeedView,
    MessageBody,
    MessageView,
    PatientMessage,
    Readings,
)
from glidepath.problems import Conflict, Forbidden, NotFound
from glidepath.views import view

# What a screen shows; of more, those not read come first.
SHOWN: Final = 100
# Nobody has as much to write; a program might.
FROM_PATIENT_A_DAY: Final = 20
# A phone may have been off for weeks; what claims to be older has a wrong clock.
WRITTEN_WITHIN: Final = timedelta(days=60)

Received = Literal["stored", "known", "id_reused", "messages_full"]


async def put(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    message_id: UUID,
    body: MessageBody,
    now: datetime,
) -> tuple[MessageView, bool]:
    """The message, and whether it is new; sent again after a lost answer it is the same message.

    What it answers was read with it, and acted on unless somebody else had acted already.
    """
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
    if is_new and body.answers:
        answered = await store.from_patient(session, patient_id, body.answers)
        _read(answered, actor, now)
        done = await store.deeds(session, body.answers)
        waiting = [one for one in answered if _state(done[one.id]) is None]
        await _add_deeds(session, actor, patient_id, waiting, "answered", now)
    return (await _views(session, [kept]))[0], is_new


async def receive(
    session: AsyncSession, actor: PatientActor, written: Sequence[PatientMessage], now: datetime
) -> list[Received]:
    """What became of each that a phone sends. The caller holds the patient's episode, so that two phones
    at once do not both find the same room."""
    known = {one.id: one for one in await store.some(session, [one.id for one in written])}
    patient = await care.patient(session, actor.patient_id)
    midnight = datetime.combine(
        care.today_of(patient.timezone, now), time.min, ZoneInfo(patient.timezone)
    )
    room = FROM_PATIENT_A_DAY - await store.written_since(session, patient.id, midnight)
    texts = {one.id: (one.patient_id, one.author_id, one.text) for one in known.values()}
    results: list[Received] = []
    for message in written:
        content = (patient.id, patient.id, message.text)
        if message.id in texts:
            results.append("known" if texts[message.id] == content else "id_reused")
        elif room <= 0:
            results.append("messages_full")
        else:
            is_new = await store.add(session, _row(actor, message, now))
            # A therapist's own may have come under the same id at the same moment.
            results.append("stored" if is_new else "id_reused")
            texts[message.id] = content
            room -= 1
    return results


def _row(actor: PatientActor, message: PatientMessage, now: datetime) -> dict[str, object]:
    is_plausible = now - WRITTEN_WITHIN <= message.written_at <= now
    return {
        "clinic_id": actor.clinic_id,
        "id": message.id,
        "patient_id": actor.patient_id,
        "author_id": actor.patient_id,
        "text": message.text,
        "sent_at": now,
        "written_at": message.written_at if is_plausible else None,
    }


async def of_patient(session: AsyncSession, patient_id: UUID) -> list[MessageView]:
    """Newest first."""
    found = await store.latest(session, patient_id, SHOWN)
    found.sort(key=lambda message: (message.sent_at, message.id), reverse=True)
    return await _views(session, found)


async def count_unread(session: AsyncSession, patient_id: UUID) -> tuple[int, int]:
    """How many the patient has not read, as far as is known, and how many of the patient's nobody has."""
    return await store.count_unread(session, patient_id)


async def unread_by_patient(session: AsyncSession) -> dict[UUID, tuple[int, datetime]]:
    """Of each patient who wrote what nobody has read, how much, and since when the first waits."""
    found = await store.unread_by_patient(session)
    return {patient_id: (count, since) for patient_id, count, since in found}


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


async def mark_seen(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    message_ids: Sequence[UUID],
    now: datetime,
) -> None:
    """That one of the staff read what the patient wrote: the first one counts, and what the patient did
    not write is nothing."""
    await care.requires_care_relation(session, actor, patient_id)
    _read(await store.from_patient(session, patient_id, message_ids), actor, now)


async def act(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    message_id: UUID,
    acting: Acting,
    now: datetime,
) -> MessageView:
    """Says what was done about a message, or takes that back; who acts has read it.

    Conflict, with the message as it is now, where somebody else said something since.
    """
    await care.requires_care_relation(session, actor, patient_id)
    held = await store.from_patient(session, patient_id, [message_id])
    if not held:
        raise NotFound
    done = (await store.deeds(session, [message_id]))[message_id]
    if len(done) == acting.after:
        _read(held, actor, now)
        if _state(done) != acting.what:
            await _add_deeds(session, actor, patient_id, held, acting.what, now)
    (message,) = await _views(session, held)
    if len(done) != acting.after and not _is_again(done, actor, acting):
        raise Conflict(
            "Somebody said what was done meanwhile.", code="message_changed", current=message
        )
    return message


def _is_again(done: Sequence[MessageDeed], actor: StaffActor, acting: Acting) -> bool:
    """Whether it was done before, by the same request whose answer was lost."""
    return len(done) == acting.after + 1 and (done[-1].by, done[-1].what) == (
        actor.account_id,
        acting.what,
    )


def _state(done: Sequence[MessageDeed]) -> str | None:
    return done[-1].what if done else None


def _read(messages: Sequence[Message], actor: StaffActor, now: datetime) -> None:
    for message in messages:
        if message.read_at is None:
            message.read_at, message.read_by = max(now, message.sent_at), actor.account_id


async def _add_deeds(
    session: AsyncSession,
    actor: StaffActor,
    patient_id: UUID,
    held: Sequence[Message],
    what: Deed | None,
    now: datetime,
) -> None:
    done = await store.deeds(session, [message.id for message in held])
    cover_for = (await care.covered(session, actor)).get(patient_id)
    rows = [
        {
            "clinic_id": actor.clinic_id,
            "message_id": message.id,
            "number": len(done[message.id]) + 1,
            "patient_id": patient_id,
            "what": what,
            "by": actor.account_id,
            "cover_for": cover_for,
            "at": now,
        }
        for message in held
    ]
    await store.add_deeds(session, rows)


async def _views(session: AsyncSession, messages: Sequence[Message]) -> list[MessageView]:
    done = await store.deeds(session, [one.id for one in messages if one.from_patient])
    people = {who for one in messages for who in (one.author_id, one.read_by)}
    people |= {who for deeds in done.values() for one in deeds for who in (one.by, one.cover_for)}
    names = await identity.names(session, {who for who in people if who is not None})
    return [
        view(
            MessageView,
            message,
            by=names[message.author_id],
            read_by=message.read_by and names[message.read_by],
            deeds=[
                view(
                    DeedView,
                    one,
                    by=names[one.by],
                    cover_for=one.cover_for and names[one.cover_for],
                )
                for one in done[message.id]
            ],
        )
        for message in messages
    ]
