"""All SQL of managing accounts of staff, and of ending sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.models import Account, Session
from glidepath.identity.store import ENTERED


async def hold_staff(session: AsyncSession) -> None:
    """Others who change the clinic's staff wait until this transaction ends."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(func.concat("staff:", ENTERED), 0)))
    )


async def all_staff(session: AsyncSession) -> list[Account]:
    """Open accounts first, each by name."""
    found = await session.execute(
        select(Account)
        .where(Account.role.in_(("therapist", "admin")))
        .order_by(Account.disabled_at.is_not(None), Account.name, Account.id)
        .execution_options(populate_existing=True)
    )
    return list(found.scalars())


async def staff_account(session: AsyncSession, account_id: UUID) -> Account | None:
    found = await session.execute(
        select(Account)
        .where(Account.id == account_id, Account.role.in_(("therapist", "admin")))
        .execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


async def other_admins(session: AsyncSession, account_id: UUID) -> list[UUID]:
    """Who could manage the clinic without this account: open, and not only invited."""
    found = await session.execute(
        select(Account.id).where(
            Account.role == "admin",
            Account.id != account_id,
            Account.disabled_at.is_(None),
            Account.passphrase_hash.is_not(None),
        )
    )
    return list(found.scalars())


async def set_role(session: AsyncSession, account_id: UUID, role: str) -> None:
    await session.execute(update(Account).where(Account.id == account_id).values(role=role))


async def set_closed(session: AsyncSession, account_id: UUID, at: datetime | None) -> None:
    await session.execute(update(Account).where(Account.id == account_id).values(disabled_at=at))


async def set_passphrase(session: AsyncSession, account_id: UUID, passphrase_hash: str) -> None:
    await session.execute(
        update(Account).where(Account.id == account_id).values(passphrase_hash=passphrase_hash)
    )


async def set_email(session: AsyncSession, account_id: UUID, email: str) -> None:
    await session.execute(update(Account).where(Account.id == account_id).values(email=email))


async def email_taken(session: AsyncSession, email: str) -> bool:
    found = await session.execute(select(Account.id).where(Account.email == email))
    return found.first() is not None


async def sessions(session: AsyncSession, account_id: UUID) -> list[Session]:
    """The last used first."""
    found = await session.execute(
        select(Session)
        .where(Session.account_id == account_id)
        .order_by(Session.last_seen_at.desc(), Session.id)
    )
    return list(found.scalars())


async def end_sessions(session: AsyncSession, account_id: UUID, *, but: UUID | None = None) -> int:
    """All of an account, or all but one; how many."""
    ended = await session.execute(
        delete(Session)
        .where(Session.account_id == account_id, Session.id.is_distinct_from(but))
        .returning(Session.id)
    )
    return len(ended.all())


async def end_session(session: AsyncSession, account_id: UUID, session_id: UUID) -> bool:
    ended = await session.execute(
        delete(Session)
        .where(Session.account_id == account_id, Session.id == session_id)
        .returning(Session.id)
    )
    return ended.scalar_one_or_none() is not None
