"""Ending an episode of care, with what waits in it: nothing is lost without somebody having seen it."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import handling
from glidepath.care import episodes as course
from glidepath.care import planning
from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.diary import service as diary
from glidepath.discharge.schemas import Discharge, WaitingView
from glidepath.identity.actor import StaffActor
from glidepath.messages import service as messages
from glidepath.problems import Conflict, Invalid


async def waiting(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, now: datetime
) -> WaitingView:
    episode = await care.requires_episode(session, actor, episode_id)
    return await _waiting(session, episode, now)


async def discharge(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, body: Discharge, now: datetime
) -> None:
    """Ends the episode. Sent again after a lost answer it changes nothing.

    Conflict where it was ended otherwise, where an urgent alert waits, and where other alerts wait
    than the caller saw.
    """
    seen = await care.requires_episode(session, actor, episode_id)
    held = await course.hold(session, seen.patient_id)
    episode = next(one for one in held if one.id == episode_id)
    if episode.ended_on is not None:
        await _require_same(session, actor, episode, body)
        return
    await _require_sense(session, episode, body, now)
    there = await _waiting(session, episode, now)
    if any(keeps_off(alert.severity) for alert in there.alerts):
        raise Conflict(
            "An urgent alert waits. Resolve it with what came of it first.",
            code="urgent_alert",
            current=msgspec.to_builtins(there),
        )
    if {(one.id, one.version) for one in there.alerts} != {
        (one.id, one.version) for one in body.alerts
    }:
        raise Conflict(
            "Other alerts wait than were shown. Look again.",
            code="waiting_changed",
            current=msgspec.to_builtins(there),
        )
    await handling.end_all(session, actor, episode.patient_id, now)
    await course.end(
        session, actor, episode, body.ended_on, now, reason=body.reason, note=body.note
    )


def keeps_off(severity: str) -> bool:
    """An emergency must not end as a formality; what is less ends with the care."""
    return severity == "urgent"


async def _waiting(session: AsyncSession, episode: Episode, now: datetime) -> WaitingView:
    patient = await care.patient(session, episode.patient_id)
    short = await diary.summary(session, episode.id)
    today = care.today_of(patient.timezone, now)
    unread, unanswered = await messages.count_unread(session, episode.patient_id)
    return WaitingView(
        episode_id=episode.id,
        alerts=await handling.waiting(session, episode.patient_id, today),
        proposals=await planning.count_proposals(session, episode.id),
        unread_messages=unread,
        unanswered=unanswered,
        last_entry_on=None if short is None else short.last_on,
    )


async def _require_sense(
    session: AsyncSession, episode: Episode, body: Discharge, now: datetime
) -> None:
    patient = await care.patient(session, episode.patient_id)
    if not episode.started_on <= body.ended_on <= care.today_of(patient.timezone, now):
        raise Invalid(
            "The last day of care lies before the episode or in the future.",
            code="day_out_of_range",
        )
    if body.reason == "other" and not (body.note or "").strip():
        raise Invalid("Write down the reason.", code="note_missing")


async def _require_same(
    session: AsyncSession, actor: StaffActor, episode: Episode, body: Discharge
) -> None:
    last = await course.last_event(session, episode.id)
    if last is None or (last.by, last.ended_on, last.reason, last.note) != (
        actor.account_id,
        body.ended_on,
        body.reason,
        body.note,
    ):
        raise Conflict("This episode was ended already.", code="already_ended")
