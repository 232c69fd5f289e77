"""What a therapist prescribes: the exercises on offer, plans, and what is decided of their next steps."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import plans, proposals, screenings, service, store
from glidepath.care.models import Exercise
from glidepath.care.schemas import OfferedExercise, PlanBody, PlanView, ProposalView
from glidepath.clinical import exercises as library
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, NotFound
from glidepath.views import view


async def exercises(session: AsyncSession) -> list[OfferedExercise]:
    """What the clinic has, in the library's order, its own at the end."""
    order = {exercise.key: place for place, exercise in enumerate(library.library().exercises)}
    offered = await store.exercises(session)
    offered.sort(key=lambda exercise: (order.get(exercise.key, len(order)), exercise.key))
    return [
        view(
            OfferedExercise,
            plans.in_words(exercise),
            own=exercise.custom is not None,
            retired=exercise.retired_at is not None,
        )
        for exercise in offered
    ]


async def plans_of(session: AsyncSession, episode_id: UUID) -> list[PlanView]:
    return await plans.of_episode(session, episode_id)


async def stock_library(session: AsyncSession, clinic_id: UUID) -> None:
    """Gives a new clinic the exercise library."""
    rows = [
        {"clinic_id": clinic_id, "id": uuid7(), "key": exercise.key, "kind": exercise.kind.value}
        for exercise in library.library().exercises
    ]
    await store.add(session, Exercise, rows)


async def put_plan(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    plan_id: UUID,
    body: PlanBody,
    now: datetime,
    *,
    based_on: int | None,
    approves: UUID | None = None,
) -> tuple[PlanView, bool]:
    """A new version of the plan, and whether it is new; it answers the proposals that wait.

    Conflict for an episode that has ended, or where the screening leaves no room for a plan.
    """
    episode = await service.requires_episode(session, actor, episode_id, lock=True)
    if episode.ended_on is not None:
        raise Conflict("This episode has ended. Reopen it first.", code="episode_ended")
    await screenings.require_clear(session, episode.patient_id)
    plan, is_new = await plans.put(
        session, episode, plan_id, actor.account_id, body, now, based_on=based_on
    )
    if is_new:
        saved = await store.newest_plan(session, episode_id)
        assert saved is not None
        await proposals.settle(session, saved, approves, now)
    return plan, is_new


async def proposals_of(
    session: AsyncSession, episode_id: UUID, plans: Sequence[PlanView]
) -> list[ProposalView]:
    return await proposals.of_episode(session, episode_id, plans)


async def count_proposals(session: AsyncSession, episode_id: UUID) -> int:
    """How many wait for somebody to decide."""
    return len(await store.open_proposals(session, episode_id))


async def dismiss(
    session: AsyncSession, actor: StaffActor, proposal_id: UUID, reason: str, now: datetime
) -> ProposalView:
    """Decides against a proposal, for who may see its patient."""
    proposal = await store.proposal(session, proposal_id)
    if proposal is None:
        raise NotFound
    await service.requires_episode(session, actor, proposal.episode_id, lock=True)
    # A sync may have withdrawn it before the lock was held.
    await session.refresh(proposal)
    proposals.dismiss(proposal, actor.account_id, reason, now)
    await session.flush()
    every = await proposals.of_episode(
        session, proposal.episode_id, await plans_of(session, proposal.episode_id)
    )
    return next(one for one in every if one.id == proposal_id)
