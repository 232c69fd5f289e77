"""Whether a clinic monitors at all, and as what its staff are licensed. Elsewhere than in the United States there is
nothing of it, and there nothing before an admin switches it on."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.monitoring import store
from glidepath.monitoring.models import MonitoringChange
from glidepath.monitoring.rules import rules
from glidepath.monitoring.schemas import LicensedView, MonitoringSetting, SwitchView
from glidepath.problems import Forbidden, NotFound, Outdated

COUNTRY: Final = "US"


def require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only the clinic's admins decide on monitoring.", code="admins_only")


async def require_country(session: AsyncSession) -> None:
    if await identity.clinic_country(session) != COUNTRY:
        raise NotFound


async def require_on(session: AsyncSession) -> None:
    """NotFound as long as the clinic does not monitor: then there is nothing here at all."""
    await require_country(session)
    if not _is_on(await store.changes(session)):
        raise NotFound


def _is_on(made: list[MonitoringChange]) -> bool:
    return bool(made) and made[-1].enabled


async def seen(session: AsyncSession, actor: StaffActor) -> MonitoringSetting:
    """For admins, on or off; for therapists while it is on."""
    await (require_country(session) if actor.is_admin else require_on(session))
    return await _view(session, await store.changes(session))


async def change(
    session: AsyncSession, actor: StaffActor, version: int, on: bool, now: datetime
) -> MonitoringSetting:
    """Outdated if somebody else did since `version`; asked again it is done once."""
    require_admin(actor)
    await require_country(session)
    made = await store.changes(session)
    is_mine = _is_on(made) == on
    if not is_mine and version == len(made):
        row = {
            "clinic_id": actor.clinic_id,
            "version": version + 1,
            "at": now,
            "by": actor.account_id,
            "enabled": on,
        }
        is_mine = await store.add_change(session, row)
        made = await store.changes(session)
    stands = await _view(session, made)
    if not is_mine:
        raise Outdated("Somebody switched it meanwhile.", stands.version, current=stands)
    return stands


async def license_staff(
    session: AsyncSession, actor: StaffActor, account_id: UUID, licence: str | None, now: datetime
) -> MonitoringSetting:
    """What was counted before stays as it was licensed then."""
    require_admin(actor)
    await require_on(session)
    await identity.require_staff(session, account_id)
    known = (await store.licences(session)).get(account_id)
    if (None if known is None else known.licence) != licence:
        row = {
            "clinic_id": actor.clinic_id,
            "id": uuid7(),
            "account_id": account_id,
            "licence": licence,
            "by": actor.account_id,
            "at": now,
        }
        await store.add_licence(session, row)
    return await _view(session, await store.changes(session))


async def licence_of(session: AsyncSession, account_id: UUID) -> str | None:
    known = (await store.licences(session)).get(account_id)
    return None if known is None else known.licence


async def licensed(session: AsyncSession) -> list[LicensedView]:
    """Everybody of the clinic's staff, licensed or not."""
    known = await store.licences(session)
    return [
        LicensedView(
            one.id,
            one.name,
            known[one.id].licence if one.id in known else None,
            known[one.id].at if one.id in known else None,
        )
        for one in await identity.staff(session)
    ]


async def _view(session: AsyncSession, made: list[MonitoringChange]) -> MonitoringSetting:
    names = await identity.names(session, {one.by for one in made})
    return MonitoringSetting(
        version=len(made),
        on=_is_on(made),
        changes=[
            SwitchView(one.version, one.at, names[one.by], one.enabled) for one in reversed(made)
        ],
        staff=await licensed(session),
        rules=rules().version,
        about=rules().about,
    )
