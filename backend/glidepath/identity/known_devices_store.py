"""All SQL of known devices."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import show_key
from glidepath.identity.models import KnownDevice, Session

BEFORE_ALL: Final = datetime.fromtimestamp(0, UTC)


async def by_secret(session: AsyncSession, secret_hash: bytes) -> list[KnownDevice]:
    """Whoever was signed in there, of whatever clinic; finding it enters none."""
    await show_key(session, f"device:{secret_hash.hex()}")
    found = await session.execute(select(KnownDevice).where(KnownDevice.secret_hash == secret_hash))
    return list(found.scalars())


async def device(session: AsyncSession, device_id: UUID) -> KnownDevice | None:
    found = await session.execute(select(KnownDevice).where(KnownDevice.id == device_id))
    return found.scalar_one_or_none()


async def see_again(
    session: AsyncSession,
    account_id: UUID,
    secret_hash: bytes,
    label: str,
    now: datetime,
    expires_at: datetime,
) -> UUID | None:
    """The device of the account, marked as seen; None if there is no such one."""
    seen = await session.execute(
        update(KnownDevice)
        .where(KnownDevice.account_id == account_id, KnownDevice.secret_hash == secret_hash)
        .values(label=label, last_seen_at=now, expires_at=expires_at)
        .returning(KnownDevice.id)
    )
    return seen.scalar_one_or_none()


async def add(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(KnownDevice).values(values))


async def drop(session: AsyncSession, device_id: UUID) -> None:
    await session.execute(delete(KnownDevice).where(KnownDevice.id == device_id))


async def drop_expired(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    await session.execute(
        delete(KnownDevice).where(
            KnownDevice.account_id == account_id, KnownDevice.expires_at <= now
        )
    )


async def drop_oldest(session: AsyncSession, account_id: UUID, *, keep: int) -> None:
    """All but those that were seen last."""
    kept = (
        select(KnownDevice.id)
        .where(KnownDevice.account_id == account_id)
        .order_by(KnownDevice.last_seen_at.desc())
        .limit(keep)
    )
    await session.execute(
        delete(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.id.not_in(kept))
    )


async def drop_others(session: AsyncSession, account_id: UUID, kept: bytes) -> None:
    """All of the account's but the one with this hash of a secret."""
    await session.execute(
        delete(KnownDevice).where(
            KnownDevice.account_id == account_id, KnownDevice.secret_hash != kept
        )
    )


async def secret_of(session: AsyncSession, session_id: UUID) -> bytes:
    """Of the device of this session; empty if it is not known."""
    found = await session.execute(
        select(KnownDevice.secret_hash)
        .join(Session, Session.device_id == KnownDevice.id)
        .where(Session.id == session_id)
    )
    return found.scalar_one_or_none() or b""


async def since(session: AsyncSession, session_id: UUID) -> datetime:
    """Since when the device of this session is known; a session of before devices were is before all of them."""
    found = await session.execute(
        select(KnownDevice.first_seen_at)
        .join(Session, Session.device_id == KnownDevice.id)
        .where(Session.id == session_id)
    )
    return found.scalar_one_or_none() or BEFORE_ALL


async def newer(session: AsyncSession, account_id: UUID, than: datetime) -> list[KnownDevice]:
    """What is known since later and no device from `than` or before has vouched for, latest first."""
    found = await session.execute(
        select(KnownDevice)
        .where(
            KnownDevice.account_id == account_id,
            KnownDevice.first_seen_at > than,
            or_(KnownDevice.vouched_since.is_(None), KnownDevice.vouched_since > than),
        )
        .order_by(KnownDevice.first_seen_at.desc())
    )
    return list(found.scalars())


async def end_sessions(session: AsyncSession, account_id: UUID, device_id: UUID) -> None:
    await session.execute(
        delete(Session).where(Session.account_id == account_id, Session.device_id == device_id)
    )
