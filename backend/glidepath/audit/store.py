"""All SQL of audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit.chain import ORIGIN
from glidepath.audit.models import Event, Head


async def hold_head(session: AsyncSession, clinic_id: UUID, at: datetime) -> Row[int, bytes]:
    """The end of the clinic's chain, held to the end of the transaction."""
    wanted = select(Head.seq, Head.hash).where(Head.clinic_id == clinic_id).with_for_update()
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        begun = {"clinic_id": clinic_id, "seq": 0, "at": at, "hash": ORIGIN}
        await session.execute(pg_insert(Head).values(begun).on_conflict_do_nothing())
        found = (await session.execute(wanted)).one()
    return found


async def add(session: AsyncSession, event: dict[str, Any]) -> None:
    """Adds a link and makes it the head, in one statement."""
    moved = (
        update(Head)
        .where(Head.clinic_id == event["clinic_id"])
        .values(seq=event["seq"], at=event["at"], hash=event["hash"])
        .returning(Head.seq)
        .cte("moved")
    )
    await session.execute(insert(Event).values(event).add_cte(moved))
