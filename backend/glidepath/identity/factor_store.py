"""All SQL of authenticator apps and recovery codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.models import Account, Authenticator, Passkey, RecoveryCode


async def hold(session: AsyncSession, account_id: UUID) -> None:
    """Others who change the account's factors wait until this transaction ends."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


async def authenticator(
    session: AsyncSession, account_id: UUID, *, confirmed: bool
) -> Authenticator | None:
    """The app that gives the account's codes, or the one that is just being set up."""
    state = Authenticator.confirmed_at
    found = await session.execute(
        select(Authenticator)
        .where(
            Authenticator.account_id == account_id,
            state.is_not(None) if confirmed else state.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


async def add_authenticator(session: AsyncSession, values: dict[str, object]) -> None:
    """In place of one that was never confirmed."""
    await session.execute(
        delete(Authenticator).where(
            Authenticator.account_id == values["account_id"], Authenticator.confirmed_at.is_(None)
        )
    )
    await session.execute(insert(Authenticator).values(values))


async def confirm(
    session: AsyncSession, account_id: UUID, authenticator_id: UUID, step: int, now: datetime
) -> None:
    """It gives the account's codes from here on, and an earlier one none any more."""
    await session.execute(
        delete(Authenticator).where(
            Authenticator.account_id == account_id, Authenticator.id != authenticator_id
        )
    )
    await session.execute(
        update(Authenticator)
        .where(Authenticator.id == authenticator_id)
        .values(confirmed_at=now, last_step=step)
    )


async def use_step(session: AsyncSession, authenticator_id: UUID, step: int) -> bool:
    """Uses up the codes of this step and of those before; False if that was done already. Two at once: one
    wins."""
    used = await session.execute(
        update(Authenticator)
        .where(
            Authenticator.id == authenticator_id,
            or_(Authenticator.last_step.is_(None), Authenticator.last_step < step),
        )
        .values(last_step=step)
        .returning(Authenticator.id)
    )
    return used.scalar_one_or_none() is not None


async def drop_authenticators(session: AsyncSession, account_id: UUID) -> bool:
    """False if there was none that gave codes."""
    dropped = await session.execute(
        delete(Authenticator)
        .where(Authenticator.account_id == account_id)
        .returning(Authenticator.confirmed_at)
    )
    return any(one is not None for one in dropped.scalars())


async def has(session: AsyncSession, account_id: UUID) -> tuple[bool, bool, int]:
    """Whether there is an authenticator app, a passkey, and how many recovery codes are left."""
    found = await session.execute(
        select(
            exists().where(
                Authenticator.account_id == account_id, Authenticator.confirmed_at.is_not(None)
            ),
            exists().where(Passkey.account_id == account_id),
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
            .scalar_subquery(),
        )
    )
    app, passkey, codes = found.one()
    return app, passkey, codes


async def replace_codes(
    session: AsyncSession, account: Account, hashes: Sequence[bytes], now: datetime
) -> None:
    """Earlier ones stop working."""
    await drop_codes(session, account.id)
    await session.execute(
        insert(RecoveryCode),
        [
            {
                "clinic_id": account.clinic_id,
                "account_id": account.id,
                "code_hash": one,
                "made_at": now,
            }
            for one in hashes
        ],
    )


async def drop_codes(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


async def use_code(
    session: AsyncSession, account_id: UUID, code_hash: bytes, now: datetime
) -> bool:
    """Uses it up; False if it is none of the account's, or used."""
    used = await session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.code_hash)
    )
    return used.scalar_one_or_none() is not None


async def drop_passkeys(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(delete(Passkey).where(Passkey.account_id == account_id))
