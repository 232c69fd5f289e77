"""The SQL of reports."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.models import Clinic


async def clinic(session: AsyncSession) -> Clinic:
    """The one that the transaction has entered."""
    return (await session.execute(select(Clinic))).scalar_one()
