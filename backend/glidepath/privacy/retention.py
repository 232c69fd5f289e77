"""For how long a clinic keeps a record after discharge: a choice of its admins, kept with who, when, from and
to. It says what would be due; nothing is erased by it."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.audit import trail
from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.privacy import store
from glidepath.privacy.models import RetentionChange
from glidepath.privacy.schemas import DuePatient, RetentionChangeView, RetentionView
from glidepath.problems import Forbidden, Outdated
from glidepath.views import view

SHOWN_AT_MOST: Final = 25


def _require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only the clinic's admins decide how long it keeps.", code="admins_only")


async def seen(session: AsyncSession, actor: StaffActor, now: datetime) -> RetentionView:
    _require_admin(actor)
    return await _view(session, await store.retention_changes(session), now)


async def change(
    session: AsyncSession, actor: StaffActor, version: int, years: int | None, now: datetime
) -> RetentionView:
    """Chooses another. Outdated if somebody else did since `version`; asked again it is done once."""
    _require_admin(actor)
    made = await store.retention_changes(session)
    before = _chosen(made)
    if before != years and version == len(made):
        row = {
            "clinic_id": actor.clinic_id,
            "version": version + 1,
            "at": now,
            "by": actor.account_id,
            "before": before,
            "after": years,
        }
        is_mine = await store.add_retention_change(session, row)
        made = await store.retention_changes(session)
    else:
        is_mine = version == len(made) or _is_done(made, actor, version, years)
    stands = await _view(session, made, now)
    if not is_mine:
        raise Outdated(
            "Somebody changed how long is kept meanwhile.", stands.version, current=stands
        )
    return stands


def _is_done(
    made: list[RetentionChange], actor: StaffActor, version: int, years: int | None
) -> bool:
    """Whether the same request, whose answer was lost, made the last change."""
    return len(made) == version + 1 and (made[-1].by, made[-1].after) == (actor.account_id, years)


def _chosen(made: list[RetentionChange]) -> int | None:
    return made[-1].after if made else None


async def _view(session: AsyncSession, made: list[RetentionChange], now: datetime) -> RetentionView:
    years = _chosen(made)
    today = care.today_of(await identity.clinic_timezone(session), now)
    due = [] if years is None else await store.discharged_for(session, years, today)
    shown = due[:SHOWN_AT_MOST]
    names = await identity.names(
        session, {one.by for one in made} | {one.patient_id for one in shown}
    )
    trail.lists(session, [one.patient_id for one in shown])
    return RetentionView(
        version=len(made),
        years=years,
        due_count=len(due),
        due=[DuePatient(one.patient_id, names[one.patient_id], one.ended_on) for one in shown],
        changes=[view(RetentionChangeView, one, by=names[one.by]) for one in reversed(made)],
    )
