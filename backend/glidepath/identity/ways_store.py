"""All SQL of passkeys, phrases and challenges."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import show_key
from glidepath.identity.models import Challenge, Passkey, Phrase


async def passkeys(session: AsyncSession, account_id: UUID) -> list[Passkey]:
    """Oldest first."""
    found = await session.execute(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.created_at)
    )
    return list(found.scalars())


async def passkey_by_credential(session: AsyncSession, credential_id: bytes) -> Passkey | None:
    """Finding it does not enter its clinic."""
    await show_key(session, f"passkey:{credential_id.hex()}")
    found = await session.execute(select(Passkey).where(Passkey.credential_id == credential_id))
    return found.scalar_one_or_none()


async def add_passkey(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(Passkey).values(values))


async def use_passkey(
    session: AsyncSession, passkey_id: UUID, sign_count: int, now: datetime
) -> None:
    await session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id)
        .values(sign_count=sign_count, last_used_at=now)
    )


async def drop_passkey(session: AsyncSession, account_id: UUID, passkey_id: UUID) -> bool:
    """False if the account has no such passkey."""
    dropped = await session.execute(
        delete(Passkey)
        .where(Passkey.account_id == account_id, Passkey.id == passkey_id)
        .returning(Passkey.id)
    )
    return dropped.scalar_one_or_none() is not None


async def has_any(session: AsyncSession, account_id: UUID) -> bool:
    """Whether there is a passkey or a phrase."""
    found = await session.execute(
        select(
            or_(
                exists().where(Passkey.account_id == account_id),
                exists().where(Phrase.account_id == account_id),
            )
        )
    )
    return found.scalar_one()


async def phrase(session: AsyncSession, account_id: UUID) -> Phrase | None:
    found = await session.execute(select(Phrase).where(Phrase.account_id == account_id))
    return found.scalar_one_or_none()


async def phrase_by_hash(session: AsyncSession, phrase_hash: bytes) -> Phrase | None:
    """Finding it does not enter its clinic."""
    await show_key(session, f"phrase:{phrase_hash.hex()}")
    found = await session.execute(select(Phrase).where(Phrase.phrase_hash == phrase_hash))
    return found.scalar_one_or_none()


async def keep_phrase(session: AsyncSession, values: dict[str, object]) -> None:
    """The account's only one: an earlier phrase stops working."""
    changed = {name: values[name] for name in ("phrase_hash", "created_at")}
    await session.execute(
        upsert(Phrase)
        .values(values)
        .on_conflict_do_update(index_elements=["clinic_id", "account_id"], set_=changed)
    )


async def drop_phrase(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(delete(Phrase).where(Phrase.account_id == account_id))


async def add_challenge(
    session: AsyncSession,
    challenge_hash: bytes,
    account_id: UUID | None,
    expires_at: datetime,
    now: datetime,
) -> None:
    await session.execute(delete(Challenge).where(Challenge.expires_at < now))
    await show_key(session, f"challenge:{challenge_hash.hex()}")
    await session.execute(
        insert(Challenge).values(
            challenge_hash=challenge_hash, account_id=account_id, expires_at=expires_at
        )
    )


async def redeem_challenge(
    session: AsyncSession, challenge_hash: bytes, account_id: UUID | None, now: datetime
) -> bool:
    """Uses it up; False if it is unknown, used, too old or another account's."""
    await show_key(session, f"challenge:{challenge_hash.hex()}")
    redeemed = await session.execute(
        delete(Challenge)
        .where(
            Challenge.challenge_hash == challenge_hash,
            Challenge.account_id.is_not_distinct_from(account_id),
            Challenge.expires_at > now,
        )
        .returning(Challenge.challenge_hash)
    )
    return redeemed.scalar_one_or_none() is not None
