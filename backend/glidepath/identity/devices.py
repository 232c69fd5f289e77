"""Where an account is signed in, and how that ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity import service, signing_in, staff_store
from glidepath.identity.account_schemas import Device, Devices
from glidepath.identity.actor import Actor
from glidepath.problems import NotFound
from glidepath.views import view


async def own(session: AsyncSession, actor: Actor, now: datetime) -> Devices:
    """The last used first."""
    return Devices(
        [
            view(Device, one, this=one.id == actor.session_id)
            for one in await staff_store.sessions(session, actor.account_id)
            if signing_in.is_open_session(one, now)
        ]
    )


async def end(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    if not await staff_store.end_session(session, actor.account_id, session_id):
        raise NotFound


async def end_others(session: AsyncSession, actor: Actor) -> int:
    return await staff_store.end_sessions(session, actor.account_id, but=actor.session_id)


async def end_all_of(session: AsyncSession, account_id: UUID) -> int:
    """As after a phone was lost; a joining code that is open ends with them."""
    await service.drop_open_invitations(session, account_id)
    return await staff_store.end_sessions(session, account_id)
