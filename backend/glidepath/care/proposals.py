"""Proposals for the next step of a plan: made by its criteria, decided by a therapist."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import store
from glidepath.care.models import PlanVersion, Proposal
from glidepath.care.plans import next_step
from glidepath.care.schemas import CriterionBody, PlanView, ProposalView
from glidepath.clinical import progression
from glidepath.clinical.progression import Criterion, ToldDay, Window
from glidepath.identity import service as identity
from glidepath.problems import Conflict
from glidepath.views import view


async def progressing(session: AsyncSession, episode_id: UUID) -> PlanVersion | None:
    """The newest plan, if it says when to go on."""
    # Few do, and every sync asks.
    if not await store.newest_has_criteria(session, episode_id):
        return None
    return await store.newest_plan(session, episode_id)


async def with_criteria(session: AsyncSession, episode_ids: Sequence[UUID]) -> frozenset[UUID]:
    """The episodes in which some plan says when to go on."""
    return await store.episodes_with_criteria(session, episode_ids)


async def judge(
    session: AsyncSession, plan: PlanVersion, days: Sequence[ToldDay], today: date, now: datetime
) -> None:
    """Opens a proposal for each criterion that is fulfilled, and withdraws one that is not any more."""
    known = await store.proposals(session, plan.id)
    for number, one in enumerate(_criteria(plan)):
        own = [proposal for proposal in known if proposal.criterion == number]
        waiting = next((proposal for proposal in own if proposal.state == "open"), None)
        since = _since(plan, own)
        window = progression.judge(_bare(one), days, since, today)
        if window is None and waiting is not None:
            _close(waiting, "withdrawn", now, reason="data")
        elif window is not None and waiting is None:
            await store.add(session, Proposal, [_row(plan, number, days, since, window, now)])


def _since(plan: PlanVersion, own: Sequence[Proposal]) -> date:
    """Only days of this plan count, and after a therapist said no only those that came since."""
    refused = [
        one.closed_at.date() + timedelta(days=1)
        for one in own
        if one.state == "dismissed" and one.closed_at is not None
    ]
    return max([plan.starts_on, *refused])


def _row(
    plan: PlanVersion,
    number: int,
    days: Sequence[ToldDay],
    since: date,
    window: Window,
    now: datetime,
) -> dict[str, Any]:
    return {
        "clinic_id": plan.clinic_id,
        "id": uuid7(),
        "patient_id": plan.patient_id,
        "episode_id": plan.episode_id,
        "plan_version_id": plan.id,
        "criterion": number,
        "state": "open",
        "opened_at": now,
        "basis": msgspec.to_builtins(
            {
                "version": progression.VERSION,
                "criterion": _bare(_criteria(plan)[number]),
                "since": since,
                "today": window.last,
                "days": [day for day in days if day.date >= window.first],
                "window": window,
            }
        ),
    }


def _close(proposal: Proposal, state: str, now: datetime, **facts: Any) -> None:
    proposal.state, proposal.closed_at = state, now
    for name, value in facts.items():
        setattr(proposal, name, value)


def _criteria(plan: PlanVersion) -> list[CriterionBody]:
    return msgspec.convert(plan.criteria, list[CriterionBody])


def _bare(criterion: CriterionBody) -> Criterion:
    return view(Criterion, criterion)


async def of_episode(
    session: AsyncSession, episode_id: UUID, plans: Sequence[PlanView]
) -> list[ProposalView]:
    """Newest first, each with what it would change in the plan it belongs to."""
    by_id = {plan.id: plan for plan in plans}
    rows = await store.proposals_of_episode(session, episode_id)
    who = await identity.names(session, {row.closed_by for row in rows if row.closed_by})
    exercises = {one.key: one for one in await store.exercises(session)} if rows else {}
    found = []
    for row in rows:
        plan = by_id[row.plan_version_id]
        item = plan.criteria[row.criterion].item
        found.append(
            view(
                ProposalView,
                row,
                plan_number=plan.number,
                why=progression.why(
                    msgspec.convert(row.basis["criterion"], Criterion),
                    msgspec.convert(row.basis["window"], Window),
                ),
                changes=next_step(plan, item, exercises),
                item=item,
                closed_by=row.closed_by and who[row.closed_by],
            )
        )
    return found


async def settle(
    session: AsyncSession, plan: PlanVersion, approved: UUID | None, now: datetime
) -> None:
    """A new plan answers every proposal of those before it: the one that it follows is approved.

    Conflict where that one waits no more; the caller holds the episode's lock.
    """
    waiting = await store.open_proposals(session, plan.episode_id)
    if approved is not None and approved not in {one.id for one in waiting}:
        raise Conflict("This proposal does not stand any more.", code="proposal_over")
    for one in waiting:
        if one.id == approved:
            _close(one, "approved", now, closed_by=plan.author_id, approved_plan_id=plan.id)
    await session.flush()
    await withdraw(session, plan.episode_id, now, reason="plan_changed")


async def withdraw(session: AsyncSession, episode_id: UUID, now: datetime, *, reason: str) -> None:
    """Takes back whatever waits in an episode; the caller holds its lock."""
    for one in await store.open_proposals(session, episode_id):
        _close(one, "withdrawn", now, reason=reason)


def dismiss(proposal: Proposal, account_id: UUID, reason: str, now: datetime) -> None:
    """Sent again it changes nothing. Conflict where it was decided otherwise."""
    if (proposal.state, proposal.closed_by, proposal.reason) == ("dismissed", account_id, reason):
        return
    if proposal.state != "open":
        raise Conflict("This proposal does not stand any more.", code="proposal_over")
    _close(proposal, "dismissed", now, closed_by=account_id, reason=reason)
