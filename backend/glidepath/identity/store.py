"""All SQL of identity."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import enter_as_worker, enter_clinic, show_key
from glidepath.identity.models import (
    Account,
    Clinic,
    ErasedAccount,
    ErasedSignIn,
    Invitation,
    KnownDevice,
    Session,
)

ENTERED = cast(func.nullif(func.current_setting("app.clinic_id", True), ""), Uuid)


async def clinic_ids(session: AsyncSession) -> list[UUID]:
    """Every clinic where people are treated, for a worker's transaction."""
    await enter_as_worker(session)
    real = select(Clinic.id).where(Clinic.kind == "clinic").order_by(Clinic.id)
    return list((await session.execute(real)).scalars())


async def clinic_names(session: AsyncSession) -> dict[UUID, str]:
    await enter_as_worker(session)
    real = select(Clinic.id, Clinic.name).where(Clinic.kind == "clinic")
    found = await session.execute(real.order_by(Clinic.name, Clinic.id))
    return {row.id: row.name for row in found}


async def session_by_token(session: AsyncSession, token_hash: bytes) -> Session | None:
    """The session that a token opens, expired or not; finding it does not enter its clinic."""
    await show_key(session, f"session:{token_hash.hex()}")
    found = await session.execute(_BY_TOKEN, {"token_hash": token_hash})
    return found.scalar_one_or_none()


_BY_TOKEN = select(Session).where(Session.token_hash == bindparam("token_hash"))


async def is_erased_sign_in(session: AsyncSession, token_hash: bytes, now: datetime) -> bool:
    """Whether a token opened the record of a patient who was erased; once `session_by_token` was asked for it."""
    found = await session.execute(
        select(ErasedSignIn.expires_at).where(
            ErasedSignIn.token_hash == token_hash, ErasedSignIn.expires_at > now
        )
    )
    return found.scalar_one_or_none() is not None


async def is_erased(session: AsyncSession, account_id: UUID) -> bool:
    found = await session.execute(select(ErasedAccount.id).where(ErasedAccount.id == account_id))
    return found.scalar_one_or_none() is not None


async def erased(session: AsyncSession) -> list[UUID]:
    """Of the entered clinic, in the order in which they were."""
    found = await session.execute(
        select(ErasedAccount.id).order_by(ErasedAccount.erased_at, ErasedAccount.id)
    )
    return list(found.scalars())


async def invitation_by_code(
    session: AsyncSession, code_hash: bytes, now: datetime
) -> Invitation | None:
    """None also for one that is over: its answer comes as soon as that to any other code."""
    await show_key(session, f"invitation:{code_hash.hex()}")
    return await _open_invitation(session, Invitation.code_hash == code_hash, now)


async def invitation_by_link(
    session: AsyncSession, link_hash: bytes, now: datetime
) -> Invitation | None:
    await show_key(session, f"joining:{link_hash.hex()}")
    return await _open_invitation(session, Invitation.link_hash == link_hash, now)


async def _open_invitation(
    session: AsyncSession, opened: ColumnElement[bool], now: datetime
) -> Invitation | None:
    found = await session.execute(
        select(Invitation).where(opened, Invitation.used_at.is_(None), Invitation.expires_at > now)
    )
    return found.scalar_one_or_none()


async def accounts_by_email(session: AsyncSession, email: str) -> list[Account]:
    """Accounts with this address, one per clinic at most; a person may work at several."""
    await show_key(session, f"email:{email}")
    found = await session.execute(select(Account).where(Account.email == email).limit(5))
    return list(found.scalars())


async def patients_named(session: AsyncSession, name: str, limit: int) -> dict[UUID, str]:
    """The entered clinic's patients with exactly this name, however it is written in capitals."""
    found = await session.execute(
        select(Account.id, Account.name)
        .where(Account.role == "patient", func.lower(Account.name) == func.lower(name))
        .order_by(Account.created_at.desc())
        .limit(limit)
    )
    return {row.id: row.name for row in found}


async def redeem_invitation(session: AsyncSession, invitation: Invitation, now: datetime) -> bool:
    """Uses the invitation up; False if it was used or has expired. Two at once: one wins."""
    await enter_clinic(session, invitation.clinic_id)
    redeemed = await session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.id)
    )
    return redeemed.scalar_one_or_none() is not None


async def mark_joined(
    session: AsyncSession, account_id: UUID, locale: str, now: datetime
) -> Account | None:
    joined = await session.execute(
        update(Account)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .values(joined_at=func.coalesce(Account.joined_at, now), locale=locale)
        .returning(Account)
    )
    return joined.scalar_one_or_none()


async def account_and_clinic(
    session: AsyncSession, account_id: UUID
) -> tuple[Account, Clinic] | None:
    found = await session.execute(
        select(Account, Clinic)
        .join(Clinic, Clinic.id == Account.clinic_id)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


async def clinic(session: AsyncSession) -> Clinic:
    """The clinic that this transaction has entered; whoever asked for the queue besides sees all of them."""
    return (await session.execute(select(Clinic).where(Clinic.id == ENTERED))).scalar_one()


async def names(session: AsyncSession, account_ids: set[UUID]) -> dict[UUID, str]:
    if not account_ids:
        return {}
    found = await session.execute(
        select(Account.id, Account.name).where(Account.id.in_(account_ids))
    )
    return {row.id: row.name for row in found}


async def open_staff(session: AsyncSession) -> list[Account]:
    found = await session.execute(
        select(Account)
        .where(Account.role != "patient", Account.disabled_at.is_(None))
        .order_by(Account.name, Account.id)
    )
    return list(found.scalars())


async def open_or_closed(session: AsyncSession, role: str) -> list[Account]:
    found = await session.execute(select(Account).where(Account.role == role))
    return list(found.scalars())


async def add_clinic(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(Clinic).values(values))


async def add_account(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(Account).values(values))


async def add_session(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(Session).values(values))


async def add_invitation(session: AsyncSession, values: dict[str, object]) -> None:
    await session.execute(insert(Invitation).values(values))


async def touch_session(
    session: AsyncSession, session_id: UUID, now: datetime, expires_at: datetime
) -> None:
    await session.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(last_seen_at=now, expires_at=expires_at)
    )


async def begin_anew(
    session: AsyncSession,
    session_id: UUID,
    token_hash: bytes,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """The old token opens nothing from here on; False if the session ended meanwhile."""
    begun = await session.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(
            token_hash=token_hash,
            created_at=now,
            authenticated_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
        .returning(Session.id)
    )
    return begun.scalar_one_or_none() is not None


async def raise_session(
    session: AsyncSession,
    session_id: UUID,
    token_hash: bytes,
    device_id: UUID,
    now: datetime,
    lifetime: timedelta,
) -> datetime | None:
    """When it ends, counted from when it began; None if it ended meanwhile."""
    raised = await session.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(
            token_hash=token_hash,
            aal=2,
            authenticated_at=now,
            last_seen_at=now,
            expires_at=Session.created_at + lifetime,
            device_id=device_id,
        )
        .returning(Session.expires_at)
    )
    return raised.scalar_one_or_none()


async def mark_signed_in(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    await session.execute(update(Account).where(Account.id == account_id).values(signed_in_at=now))


async def hold_session(session: AsyncSession, session_id: UUID) -> bool:
    """Whether it is still there, which it then is to the end of the transaction."""
    held = select(Session.id).where(Session.id == session_id).with_for_update()
    return (await session.execute(held)).first() is not None


async def drop_session(session: AsyncSession, session_id: UUID) -> None:
    await session.execute(delete(Session).where(Session.id == session_id))


async def drop_expired(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    """What the account left behind: sessions past their end, and its older joining codes."""
    await session.execute(
        delete(Session).where(Session.account_id == account_id, Session.expires_at <= now)
    )
    await session.execute(
        delete(Invitation).where(
            Invitation.account_id == account_id,
            or_(Invitation.used_at.is_not(None), Invitation.expires_at <= now),
        )
    )


async def drop_all_expired(session: AsyncSession, now: datetime) -> int:
    """What every account of the clinic left behind; how many rows."""
    ended = (
        delete(Session).where(Session.expires_at <= now).returning(Session.id),
        delete(Invitation)
        .where(or_(Invitation.used_at.is_not(None), Invitation.expires_at <= now))
        .returning(Invitation.id),
        delete(KnownDevice).where(KnownDevice.expires_at <= now).returning(KnownDevice.id),
        delete(ErasedSignIn)
        .where(ErasedSignIn.expires_at <= now)
        .returning(ErasedSignIn.clinic_id),
    )
    gone = 0
    for statement in ended:
        gone += len((await session.execute(statement)).all())
    return gone


async def drop_open_invitations(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(
        delete(Invitation).where(Invitation.account_id == account_id, Invitation.used_at.is_(None))
    )


async def accounts(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, Account]:
    found = await session.execute(select(Account).where(Account.id.in_(account_ids)))
    return {account.id: account for account in found.scalars()}


async def clinic_or_none(session: AsyncSession) -> Clinic | None:
    entered = select(Clinic).where(Clinic.id == ENTERED)
    return (await session.execute(entered)).scalar_one_or_none()


async def rehash(session: AsyncSession, account_id: UUID, stored: str, hashed: str) -> None:
    """The same passphrase, hashed anew; nothing where it was changed meanwhile. No push ends with it."""
    same = {"account_id": str(account_id)}
    await session.execute(text("select set_config('app.rehashed', :account_id, true)"), same)
    await session.execute(
        update(Account)
        .where(Account.id == account_id, Account.passphrase_hash == stored)
        .values(passphrase_hash=hashed)
    )


async def is_open(session: AsyncSession, account_id: UUID) -> bool:
    found = await session.execute(_IS_OPEN, {"account_id": account_id})
    return found.scalar_one_or_none() is not None


_IS_OPEN = select(Account.id).where(
    Account.id == bindparam("account_id"), Account.disabled_at.is_(None)
)
