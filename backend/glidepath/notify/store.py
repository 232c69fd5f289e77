"""All SQL of notify."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.notify.models import PatientReminder


async def reminder(session: AsyncSession, patient_id: UUID) -> PatientReminder | None:
    found = await session.execute(
        select(PatientReminder).where(PatientReminder.patient_id == patient_id)
    )
    return found.scalar_one_or_none()


async def put_reminder(session: AsyncSession, row: dict[str, Any]) -> None:
    offered = insert(PatientReminder).values(row)
    keys = ("clinic_id", "patient_id")
    changes = {name: offered.excluded[name] for name in row if name not in keys}
    await session.execute(offered.on_conflict_do_update(index_elements=keys, set_=changes))
