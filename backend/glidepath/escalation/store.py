"""All SQL of escalation."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.escalation.models import AlertClimb, AlertPolicy, AlertStep, AlertStepPerson


async def policy(session: AsyncSession) -> AlertPolicy | None:
    """The one that holds."""
    found = await session.execute(select(AlertPolicy).order_by(AlertPolicy.version.desc()).limit(1))
    return found.scalar_one_or_none()


async def add_policy(session: AsyncSession, row: dict[str, Any]) -> bool:
    """False if somebody else saved this version first."""
    statement = upsert(AlertPolicy).on_conflict_do_nothing().returning(AlertPolicy.version)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def steps(session: AsyncSession, alert_ids: Collection[UUID]) -> dict[UUID, list[AlertStep]]:
    """By alert, in their order; alerts without one are left out."""
    rows = await session.execute(
        select(AlertStep)
        .where(AlertStep.alert_id.in_(alert_ids))
        .order_by(AlertStep.round, AlertStep.step)
    )
    found = defaultdict[UUID, list[AlertStep]](list)
    for step in rows.scalars():
        found[step.alert_id].append(step)
    return dict(found)


async def people(session: AsyncSession, step_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    rows = await session.execute(
        select(AlertStepPerson.step_id, AlertStepPerson.account_id).where(
            AlertStepPerson.step_id.in_(step_ids)
        )
    )
    found = defaultdict[UUID, set[UUID]](set)
    for step_id, account_id in rows:
        found[step_id].add(account_id)
    return {step_id: frozenset(told) for step_id, told in found.items()}


async def add_step(session: AsyncSession, row: dict[str, Any], told: Collection[UUID]) -> None:
    await session.execute(insert(AlertStep).values(row))
    if told:
        keys = {"clinic_id": row["clinic_id"], "step_id": row["id"]}
        await session.execute(insert(AlertStepPerson), [keys | {"account_id": one} for one in told])


async def climbs(session: AsyncSession) -> dict[UUID, AlertClimb]:
    """Those that are not over."""
    found = await session.execute(select(AlertClimb).where(AlertClimb.state != "over"))
    return {climb.alert_id: climb for climb in found.scalars()}


async def put_climb(session: AsyncSession, row: dict[str, Any]) -> None:
    offered = upsert(AlertClimb).values(row)
    keys = ("clinic_id", "alert_id")
    changes = {name: offered.excluded[name] for name in row if name not in keys}
    await session.execute(offered.on_conflict_do_update(index_elements=keys, set_=changes))


async def end_climbs(session: AsyncSession, alert_ids: Collection[UUID]) -> None:
    await session.execute(
        update(AlertClimb)
        .where(AlertClimb.alert_id.in_(alert_ids))
        .values(state="over", due_at=None, look_by=None)
    )
