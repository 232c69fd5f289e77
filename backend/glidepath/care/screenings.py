"""What patients were asked before their exercises, and what of it stands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import episode_store as store
from glidepath.care.episode_schemas import (
    Questions,
    ScreeningRound,
    ScreeningView,
    StandingAnswer,
)
from glidepath.care.models import Episode, Screening
from glidepath.care.schemas import ScreeningBody
from glidepath.clinical import screening as rules
from glidepath.identity import service as identity
from glidepath.problems import Conflict, Invalid
from glidepath.views import view


def questions() -> Questions:
    return view(Questions, rules.screening_list())


async def add(
    session: AsyncSession,
    episode: Episode,
    screening_id: UUID,
    author_id: UUID,
    body: ScreeningBody,
    now: datetime,
) -> bool:
    """Whether the round is new; sent again after a lost answer it is the same.

    Invalid where it takes back a sign that stands in the way of exercises without saying why.
    """
    row = {
        "clinic_id": episode.clinic_id,
        "id": screening_id,
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "list_version": body.version,
        "answers": dict(body.answers),
        "note": body.note,
        "author_id": author_id,
        "made_at": now,
    }
    before = await store.screenings(session, episode.patient_id)
    if screening_id not in {one.id for one in before}:
        _require_sense(body, before)
    is_new = await store.add_screening(session, row)
    kept = {one.id: one for one in await store.screenings(session, episode.patient_id)}
    same = kept.get(screening_id)
    if same is None or any(
        getattr(same, name) != value for name, value in row.items() if name != "made_at"
    ):
        raise Conflict("A screening is never changed. Ask again.", code="screening_exists")
    return is_new


async def blocks(session: AsyncSession, patient_id: UUID) -> bool:
    """Whether what the patient answered leaves no room for a home programme."""
    return bool(rules.blocking(_standing(await store.screenings(session, patient_id))))


async def require_clear(session: AsyncSession, patient_id: UUID) -> None:
    """Before a plan. Conflict where an answer stands in its way."""
    if await blocks(session, patient_id):
        raise Conflict(
            "The screening has a sign that a doctor has to see first: no home programme. "
            "When it is cleared, ask again and note what was found.",
            code="screening_blocks",
        )


async def of_patient(session: AsyncSession, patient_id: UUID) -> ScreeningView:
    rounds = await store.screenings(session, patient_id)
    names = await identity.names(session, {one.author_id for one in rounds})
    said = {key: one for one in rounds for key in one.answers}
    standing = _standing(rounds)
    asked = rules.screening_list().questions
    return ScreeningView(
        standing=[
            view(
                StandingAnswer,
                question,
                answer=standing[question.key],
                at=said[question.key].made_at,
                by=names[said[question.key].author_id],
            )
            for question in asked
            if question.key in standing
        ],
        not_asked=[question.ask for question in asked if question.key not in standing],
        blocks_plan=bool(rules.blocking(standing)),
        rounds=[
            view(
                ScreeningRound,
                one,
                at=one.made_at,
                by=names[one.author_id],
                version=one.list_version,
            )
            for one in reversed(rounds)
        ],
    )


def _standing(rounds: Sequence[Screening]) -> dict[str, rules.Answer]:
    return rules.standing(one.answers for one in rounds)


def _require_sense(body: ScreeningBody, before: Sequence[Screening]) -> None:
    if body.version != rules.screening_list().version or rules.unknown(body.answers):
        raise Conflict(
            "The list of questions has changed. Load the page again.", code="list_changed"
        )
    lifted = [
        one.key for one in rules.blocking(_standing(before)) if body.answers.get(one.key) == "no"
    ]
    if lifted and not (body.note or "").strip():
        raise Invalid(
            "Note who cleared the sign and how: without it the exercises stay off.",
            code="clearance_missing",
        )
