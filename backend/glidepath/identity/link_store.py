"""All SQL of single-use links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import show_key
from glidepath.identity.models import Link


async def by_secret(session: AsyncSession, secret_hash: bytes) -> Link | None:
    """Finding it does not enter its clinic."""
    await show_key(session, f"link:{secret_hash.hex()}")
    found = await session.execute(select(Link).where(Link.secret_hash == secret_hash))
    return found.scalar_one_or_none()


async def link(session: AsyncSession, link_id: UUID) -> Link | None:
    return (await session.execute(select(Link).where(Link.id == link_id))).scalar_one_or_none()


async def open_link(session: AsyncSession, link_id: UUID, now: datetime) -> UUID | None:
    found = await session.execute(
        select(Link.id).where(Link.id == link_id, Link.used_at.is_(None), Link.expires_at > now)
    )
    return found.scalar_one_or_none()


async def open_of(session: AsyncSession, purpose: str, now: datetime) -> dict[UUID, datetime]:
    """Whose links of this purpose are open, and until when."""
    found = await session.execute(
        select(Link.account_id, Link.expires_at).where(
            Link.purpose == purpose, Link.used_at.is_(None), Link.expires_at > now
        )
    )
    return {row.account_id: row.expires_at for row in found}


async def made_since(session: AsyncSession, account_id: UUID, purpose: str, since: datetime) -> int:
    found = await session.execute(
        select(func.count()).where(
            Link.account_id == account_id, Link.purpose == purpose, Link.created_at > since
        )
    )
    return int(found.scalar_one())


async def end_open(
    session: AsyncSession, account_id: UUID, purpose: str | None, now: datetime
) -> None:
    """Of all purposes for None."""
    wanted = [] if purpose is None else [Link.purpose == purpose]
    await session.execute(
        update(Link)
        .where(
            Link.account_id == account_id, *wanted, Link.used_at.is_(None), Link.expires_at > now
        )
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


async def keep_secret(
    session: AsyncSession, link_id: UUID, secret_hash: bytes, now: datetime
) -> bool:
    kept = await session.execute(
        update(Link)
        .where(Link.id == link_id, Link.used_at.is_(None), Link.expires_at > now)
        .values(secret_hash=secret_hash)
        .returning(Link.id)
        .execution_options(synchronize_session=False)
    )
    return kept.scalar_one_or_none() is not None


async def use(session: AsyncSession, link_id: UUID, now: datetime) -> bool:
    """False if it was used or has ended meanwhile."""
    used = await session.execute(
        update(Link)
        .where(Link.id == link_id, Link.used_at.is_(None), Link.expires_at > now)
        .values(used_at=now)
        .returning(Link.id)
        .execution_options(synchronize_session=False)
    )
    return used.scalar_one_or_none() is not None


async def note_replaced(session: AsyncSession, link_id: UUID, address: str | None) -> None:
    await session.execute(update(Link).where(Link.id == link_id).values(replaced=address))
