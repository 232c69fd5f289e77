"""All SQL of care."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, bindparam, func, insert, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import (
    Episode,
    Exercise,
    Patient,
    PlanItem,
    PlanTemplate,
    PlanVersion,
    Proposal,
)
from glidepath.care.team_models import CareTeamMember

_IDS = ARRAY(Patient.id.type)


async def add(session: AsyncSession, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(model), list(rows))


async def hold_id(session: AsyncSession, wanted: UUID) -> None:
    """Lets one transaction at a time make a record under an id that a caller chose."""
    key = int.from_bytes(wanted.bytes[8:], "big", signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def patient(session: AsyncSession, patient_id: UUID) -> Patient | None:
    return (await session.execute(_PATIENT, {"patient_id": patient_id})).scalar_one_or_none()


_PATIENT = select(Patient).where(Patient.id == bindparam("patient_id"))


async def zones_of(session: AsyncSession, patient_ids: Collection[UUID]) -> dict[UUID, str]:
    found = await session.execute(
        select(Patient.id, Patient.timezone).where(Patient.id.in_(patient_ids))
    )
    return {row.id: row.timezone for row in found}


async def in_care_team(
    session: AsyncSession, patient_id: UUID, account_ids: Collection[UUID]
) -> set[UUID]:
    """Which of these accounts are in the patient's team."""
    found = await session.execute(
        select(CareTeamMember.account_id).where(
            CareTeamMember.patient_id == patient_id, CareTeamMember.account_id.in_(account_ids)
        )
    )
    return set(found.scalars())


async def cared_for_by(session: AsyncSession, account_ids: Collection[UUID]) -> frozenset[UUID]:
    found = await session.execute(
        select(CareTeamMember.patient_id).where(CareTeamMember.account_id.in_(account_ids))
    )
    return frozenset(found.scalars())


@cache
def caseload(*, whole_clinic: bool) -> Select[Any]:
    """Put together once, for an account `account_id` that acts for `acts_for`: see the service.

    Patient by patient, each by a key: joined as wholes the teams were read again for each patient of a clinic,
    since PostgreSQL does not know how many those are, and in a large installation takes them for few.
    """
    latest = (
        select(Episode.id, Episode.opened_at, Episode.ended_on)
        .where(Episode.patient_id == Patient.id)
        .order_by(Episode.opened_at.desc(), Episode.id.desc())
        .limit(1)
        .lateral()
    )
    # Whoever is in a team is there for themselves, before they are for an absent colleague.
    myself = CareTeamMember.account_id == bindparam("account_id", type_=Patient.id.type)
    own = select(CareTeamMember.patient_id, CareTeamMember.account_id).where(
        CareTeamMember.account_id == any_(bindparam("acts_for", type_=_IDS))
    )
    mine = (
        own.where(CareTeamMember.patient_id == Patient.id)
        .order_by(myself.desc(), CareTeamMember.account_id)
        .limit(1)
        .lateral()
    )
    listed = (
        select(
            Patient.clinic_id,
            Patient.id.label("patient_id"),
            latest.c.id.label("episode_id"),
            latest.c.opened_at,
            latest.c.ended_on,
            Patient.timezone,
            mine.c.account_id.label("cared_by"),
        )
        .select_from(Patient)
        .join(latest, true())
        .join(mine, true(), isouter=whole_clinic)
    )
    if whole_clinic:
        return listed
    # So that the lists of a few do not ask for every patient of a large clinic.
    return listed.where(Patient.id.in_(own.with_only_columns(CareTeamMember.patient_id)))


async def lock_episodes(session: AsyncSession, episode_ids: Collection[UUID]) -> None:
    await session.execute(
        select(Episode.id)
        .where(Episode.id.in_(episode_ids))
        .order_by(Episode.patient_id, Episode.id)
        .with_for_update()
    )


async def running_episodes(
    session: AsyncSession, patient_ids: Collection[UUID] | None
) -> list[tuple[UUID, UUID, str]]:
    """Patient, episode and the patient's time zone, of every current patient of the clinic, or of these."""
    wanted = (
        select(Patient.id, Episode.id, Patient.timezone)
        .join(Episode, Episode.patient_id == Patient.id)
        .where(Patient.discharged_at.is_(None), Episode.ended_on.is_(None))
        .order_by(Patient.id)
    )
    if patient_ids is not None:
        wanted = wanted.where(Patient.id.in_(patient_ids))
    found = await session.execute(wanted)
    return [(row[0], row[1], row[2]) for row in found]


async def episodes(session: AsyncSession) -> list[Episode]:
    found = await session.execute(
        select(Episode).order_by(Episode.patient_id, Episode.opened_at, Episode.id)
    )
    return list(found.scalars())


async def episode(session: AsyncSession, episode_id: UUID, *, lock: bool = False) -> Episode | None:
    wanted = select(Episode).where(Episode.id == episode_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def exercises(session: AsyncSession) -> list[Exercise]:
    return list((await session.execute(select(Exercise).order_by(Exercise.key))).scalars())


async def plan_versions(session: AsyncSession, episode_id: UUID) -> list[PlanVersion]:
    """Newest first."""
    found = await session.execute(
        select(PlanVersion)
        .where(PlanVersion.episode_id == episode_id)
        .order_by(PlanVersion.number.desc())
    )
    return list(found.scalars())


async def templates(session: AsyncSession) -> list[PlanTemplate]:
    return list((await session.execute(select(PlanTemplate))).scalars())


async def template(session: AsyncSession, template_id: UUID) -> PlanTemplate | None:
    found = await session.execute(select(PlanTemplate).where(PlanTemplate.id == template_id))
    return found.scalar_one_or_none()


async def own_exercise(session: AsyncSession, exercise_id: UUID) -> Exercise | None:
    found = await session.execute(
        select(Exercise).where(Exercise.id == exercise_id, Exercise.custom.is_not(None))
    )
    return found.scalar_one_or_none()


async def newest_plan(session: AsyncSession, episode_id: UUID) -> PlanVersion | None:
    found = await session.execute(_NEWEST_PLAN, {"episode_id": episode_id})
    return found.scalar_one_or_none()


_NEWEST_PLAN = (
    select(PlanVersion)
    .where(PlanVersion.episode_id == bindparam("episode_id"))
    .order_by(PlanVersion.number.desc())
    .limit(1)
)


async def newest_has_criteria(session: AsyncSession, episode_id: UUID) -> bool:
    found = await session.execute(_NEWEST_CRITERIA, {"episode_id": episode_id})
    return bool(found.scalar_one_or_none())


_NEWEST_CRITERIA = (
    select(PlanVersion.criteria)
    .where(PlanVersion.episode_id == bindparam("episode_id"))
    .order_by(PlanVersion.number.desc())
    .limit(1)
)


async def episodes_with_criteria(
    session: AsyncSession, episode_ids: Sequence[UUID]
) -> frozenset[UUID]:
    found = await session.execute(
        select(PlanVersion.episode_id)
        .where(PlanVersion.episode_id.in_(episode_ids), PlanVersion.criteria != [])
        .distinct()
    )
    return frozenset(found.scalars())


async def proposal(session: AsyncSession, proposal_id: UUID) -> Proposal | None:
    found = await session.execute(select(Proposal).where(Proposal.id == proposal_id))
    return found.scalar_one_or_none()


async def proposals(session: AsyncSession, plan_version_id: UUID) -> list[Proposal]:
    found = await session.execute(
        select(Proposal).where(Proposal.plan_version_id == plan_version_id)
    )
    return list(found.scalars())


async def open_proposals(session: AsyncSession, episode_id: UUID) -> list[Proposal]:
    found = await session.execute(
        select(Proposal).where(Proposal.episode_id == episode_id, Proposal.state == "open")
    )
    return list(found.scalars())


async def proposals_of_episode(session: AsyncSession, episode_id: UUID) -> list[Proposal]:
    """Newest first."""
    found = await session.execute(
        select(Proposal)
        .where(Proposal.episode_id == episode_id)
        .order_by(Proposal.opened_at.desc(), Proposal.id.desc())
    )
    return list(found.scalars())


async def plan_items(
    session: AsyncSession, plan_version_ids: Sequence[UUID]
) -> list[tuple[PlanItem, Exercise]]:
    """Items with their exercise, in the plan's order."""
    found = await session.execute(
        select(PlanItem, Exercise)
        .join(Exercise, Exercise.id == PlanItem.exercise_id)
        .where(PlanItem.plan_version_id.in_(plan_version_ids))
        .order_by(PlanItem.plan_version_id, PlanItem.position)
    )
    return [(row[0], row[1]) for row in found]


async def references(
    session: AsyncSession, patient_id: UUID
) -> tuple[str, set[UUID], dict[UUID, str]]:
    """The patient's zone, every plan version that they ever had, and every plan item with its kind."""
    rows = (await session.execute(_REFERENCES, {"patient_id": patient_id})).all()
    return (
        rows[0].timezone,
        {row[1] for row in rows if row[1] is not None},
        {row[2]: row[3] for row in rows if row[2] is not None},
    )


_REFERENCES = (
    select(Patient.timezone, PlanVersion.id, PlanItem.id, PlanItem.kind)
    .outerjoin(PlanVersion, PlanVersion.patient_id == Patient.id)
    .outerjoin(PlanItem, PlanItem.plan_version_id == PlanVersion.id)
    .where(Patient.id == bindparam("patient_id"))
)
