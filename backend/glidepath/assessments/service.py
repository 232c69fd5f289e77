"""Recording what was found, and what of it stands."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.assessments import store
from glidepath.assessments.models import Assessment
from glidepath.assessments.schemas import AssessmentBody, AssessmentView, Leg
from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Invalid, NotFound
from glidepath.views import view

# What was found before the patient came here belongs to the note.
BEFORE_EPISODE: Final = timedelta(days=365)


async def put(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    assessment_id: UUID,
    body: AssessmentBody,
    now: datetime,
) -> tuple[AssessmentView | None, bool]:
    """What stands of the examination (None: it was withdrawn), and whether this is new.

    Sent again after a lost answer it is the same. Two corrections at once both stay on record, and the
    later one stands.
    """
    episode = await care.requires_episode(session, actor, episode_id)
    today = care.today_of((await care.patient(session, episode.patient_id)).timezone, now)
    _require_sense(body, episode.started_on, today)
    if body.revises is not None:
        await _require_original(session, episode_id, assessment_id, body.revises)
    row = _row(actor, episode_id, assessment_id, body, now)
    is_new = await store.add(session, row)
    kept = await store.one(session, assessment_id)
    if kept is None or not _is_as_sent(kept, row):
        raise Conflict(
            "An assessment is never overwritten. Send a revision of it.", code="assessment_exists"
        )
    root = body.revises or assessment_id
    standing = await of_episode(session, episode_id)
    return next((one for one in standing if one.id == root), None), is_new


async def of_episode(session: AsyncSession, episode_id: UUID) -> list[AssessmentView]:
    """What stands, newest day first."""
    revisions = defaultdict[UUID, list[Assessment]](list)
    for row in await store.of_episode(session, episode_id):
        revisions[row.revises or row.id].append(row)
    names = await identity.names(
        session, {row.author_id for rows in revisions.values() for row in rows}
    )
    standing = [
        view(
            AssessmentView, rows[-1], id=root, by=names[rows[-1].author_id], corrected=len(rows) > 1
        )
        for root, rows in revisions.items()
        if not rows[-1].withdrawn
    ]
    return sorted(standing, key=lambda one: (one.assessed_on, one.made_at), reverse=True)


def _require_sense(body: AssessmentBody, started_on: date, today: date) -> None:
    if not started_on - BEFORE_EPISODE <= body.assessed_on <= today:
        raise Invalid(
            "The day of the assessment lies ahead, or more than a year before the episode.",
            code="day_out_of_range",
        )
    legs = (body.left, body.right)
    if body.note is None and all(leg.slr is None and leg.slump is None for leg in legs):
        raise Invalid("Record at least one test or a note.", code="nothing_found")
    for leg in legs:
        if leg.slump and leg.slump.eased_by_neck is not None and not leg.slump.positive:
            raise Invalid(
                "Where the slump test is negative there is no symptom for the neck to ease.",
                code="nothing_to_ease",
            )


async def _require_original(
    session: AsyncSession, episode_id: UUID, assessment_id: UUID, revises: UUID
) -> None:
    original = await store.one(session, revises)
    if original is None or original.episode_id != episode_id:
        raise NotFound
    if original.revises is not None or revises == assessment_id:
        raise Invalid("A revision names the first assessment.", code="revises_a_revision")


def _row(
    actor: StaffActor, episode_id: UUID, assessment_id: UUID, body: AssessmentBody, now: datetime
) -> dict[str, Any]:
    return {
        "clinic_id": actor.clinic_id,
        "id": assessment_id,
        "episode_id": episode_id,
        "revises": body.revises,
        "withdrawn": body.withdrawn,
        "assessed_on": body.assessed_on,
        "left": _plain(body.left),
        "right": _plain(body.right),
        "note": body.note,
        "author_id": actor.account_id,
        "made_at": now,
    }


def _plain(leg: Leg) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(leg)
    return plain


def _is_as_sent(kept: Assessment, row: dict[str, Any]) -> bool:
    return all(getattr(kept, name) == value for name, value in row.items() if name != "made_at")
