"""All SQL of care teams and of who stands in for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care.models import Patient
from glidepath.care.team_models import CareTeamEvent, CareTeamMember, Cover


@dataclass(frozen=True, slots=True)
class Deed:
    """Who changes a team, and when."""

    clinic_id: UUID
    by: UUID
    at: datetime


async def lock_patients(session: AsyncSession, patient_ids: Collection[UUID]) -> None:
    """One change of a patient's team at a time; always in the same order, so that nobody waits in a
    circle."""
    await session.execute(
        select(Patient.id).where(Patient.id.in_(patient_ids)).order_by(Patient.id).with_for_update()
    )


async def team(session: AsyncSession, patient_id: UUID) -> list[CareTeamMember]:
    """The lead first, then by how long they are in it; as they are now, whatever was read before."""
    found = await session.execute(
        select(CareTeamMember)
        .where(CareTeamMember.patient_id == patient_id)
        .order_by(CareTeamMember.role, CareTeamMember.added_at, CareTeamMember.account_id)
        .execution_options(populate_existing=True)
    )
    return list(found.scalars())


async def teams(session: AsyncSession, patient_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Patient and account, for every member of their teams."""
    found = await session.execute(
        select(CareTeamMember.patient_id, CareTeamMember.account_id).where(
            CareTeamMember.patient_id.in_(patient_ids)
        )
    )
    return [(row[0], row[1]) for row in found]


async def memberships(session: AsyncSession, account_id: UUID) -> dict[UUID, str]:
    """The role by patient."""
    found = await session.execute(
        select(CareTeamMember.patient_id, CareTeamMember.role).where(
            CareTeamMember.account_id == account_id
        )
    )
    return {row[0]: row[1] for row in found}


async def add(
    session: AsyncSession, deed: Deed, patient_ids: Collection[UUID], account_id: UUID, role: str
) -> None:
    rows = [
        {
            "clinic_id": deed.clinic_id,
            "patient_id": patient_id,
            "account_id": account_id,
            "role": role,
            "added_at": deed.at,
        }
        for patient_id in patient_ids
    ]
    if rows:
        await session.execute(insert(CareTeamMember), rows)
        await _tell(session, deed, patient_ids, account_id, role)


async def become(
    session: AsyncSession, deed: Deed, patient_ids: Collection[UUID], account_id: UUID, role: str
) -> None:
    """Who is in the team takes another role. The old lead steps back before the new one takes over."""
    if patient_ids:
        await session.execute(
            update(CareTeamMember).where(_is(patient_ids, account_id)).values(role=role)
        )
        await _tell(session, deed, patient_ids, account_id, role)


async def leave(
    session: AsyncSession, deed: Deed, patient_ids: Collection[UUID], account_id: UUID
) -> None:
    if patient_ids:
        await session.execute(delete(CareTeamMember).where(_is(patient_ids, account_id)))
        await _tell(session, deed, patient_ids, account_id, "left")


def _is(patient_ids: Collection[UUID], account_id: UUID) -> Any:
    return CareTeamMember.patient_id.in_(patient_ids) & (CareTeamMember.account_id == account_id)


async def _tell(
    session: AsyncSession, deed: Deed, patient_ids: Collection[UUID], account_id: UUID, kind: str
) -> None:
    rows = [
        {
            "clinic_id": deed.clinic_id,
            "id": uuid7(),
            "patient_id": patient_id,
            "account_id": account_id,
            "kind": kind,
            "by": deed.by,
            "at": deed.at,
        }
        for patient_id in patient_ids
    ]
    await session.execute(insert(CareTeamEvent), rows)


async def events(session: AsyncSession, patient_id: UUID) -> list[CareTeamEvent]:
    """Newest first."""
    found = await session.execute(
        select(CareTeamEvent)
        .where(CareTeamEvent.patient_id == patient_id)
        .order_by(CareTeamEvent.at.desc(), CareTeamEvent.id.desc())
    )
    return list(found.scalars())


async def add_cover(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether it is new; one that is there already stays as it is."""
    statement = upsert(Cover).on_conflict_do_nothing().returning(Cover.id)
    return (await session.execute(statement, row)).scalar_one_or_none() is not None


async def cover(session: AsyncSession, cover_id: UUID, *, lock: bool = False) -> Cover | None:
    wanted = select(Cover).where(Cover.id == cover_id)
    if lock:
        wanted = wanted.with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def covered_by(session: AsyncSession, cover_id: UUID, first: date, last: date) -> list[Cover]:
    """Whom somebody stands in for on any of these days."""
    found = await session.execute(
        select(Cover).where(
            Cover.cover_id == cover_id,
            Cover.ends_on >= first,
            Cover.starts_on <= last,
            Cover.ended_at.is_(None),
        )
    )
    return list(found.scalars())


async def covers_of(
    session: AsyncSession, absent_ids: Collection[UUID], since: date
) -> list[Cover]:
    """Standing ones that are not over before that day, the earliest first."""
    found = await session.execute(
        select(Cover)
        .where(Cover.absent_id.in_(absent_ids), Cover.ends_on >= since, Cover.ended_at.is_(None))
        .order_by(Cover.starts_on, Cover.id)
    )
    return list(found.scalars())


async def covers(session: AsyncSession, account_id: UUID | None, since: date) -> list[Cover]:
    """Of one account, absent or covering, or of the whole clinic; called off or not, the latest first."""
    wanted = select(Cover).where(Cover.ends_on >= since)
    if account_id is not None:
        wanted = wanted.where(or_(Cover.absent_id == account_id, Cover.cover_id == account_id))
    found = await session.execute(wanted.order_by(Cover.starts_on.desc(), Cover.id.desc()))
    return list(found.scalars())


async def patients_led(session: AsyncSession) -> dict[UUID, int]:
    """How many patients each account leads; who leads none is left out."""
    found = await session.execute(
        select(CareTeamMember.account_id, func.count())
        .where(CareTeamMember.role == "lead")
        .group_by(CareTeamMember.account_id)
    )
    return {row[0]: row[1] for row in found}
