"""All SQL of the installation."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.installation.schemas import ClinicCount

_CLINICS = text(
    "select id, name, country, created_at, staff, patients, begun from installation_clinics()"
)


async def clinics(session: AsyncSession) -> list[ClinicCount]:
    """By name. An error in a transaction that has not entered the operators' own tenant."""
    return [ClinicCount(*row) for row in await session.execute(_CLINICS)]
