"""How sensitive the clinic's detector is: a choice of its admins, kept with who, when, from and to."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import store
from glidepath.alerts.models import SensitivityChange
from glidepath.alerts.schemas import LevelView, SensitivityChangeView, SensitivityView
from glidepath.care import service as care
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.problems import Forbidden, Outdated
from glidepath.trends import Levels, Sensitivity
from glidepath.trends.policy import MEASURED
from glidepath.views import view

# Judged by it are the entries of the next day on: what was written under the old one stays as it is.
_NEXT: Final = timedelta(days=1)


def levels_of(changes: Iterable[tuple[str, str]]) -> Levels:
    """From changes in order, each with its first day."""
    return Levels(
        changes=tuple((date.fromisoformat(begins), level) for begins, level in changes)  # type: ignore[misc]
    )


def require_admin(actor: StaffActor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only the clinic's admins decide on its sensitivity.", code="admins_only")


async def current(session: AsyncSession) -> Sensitivity:
    """What the clinic that this transaction entered has chosen."""
    return _chosen(await store.sensitivity_changes(session))


async def seen(session: AsyncSession) -> SensitivityView:
    return await _view(session, await store.sensitivity_changes(session))


async def change(
    session: AsyncSession, actor: StaffActor, version: int, wanted: Sensitivity, now: datetime
) -> SensitivityView:
    """Chooses another. Outdated if somebody else did since `version`; asked again it is done once."""
    require_admin(actor)
    made = await store.sensitivity_changes(session)
    before = _chosen(made)
    if before != wanted and version == len(made):
        today = care.today_of(await identity.clinic_timezone(session), now)
        row = {
            "clinic_id": actor.clinic_id,
            "version": version + 1,
            "at": now,
            "by": actor.account_id,
            "before": before,
            "after": wanted,
            "holds_from": today + _NEXT,
        }
        is_mine = await store.add_sensitivity_change(session, row)
        made = await store.sensitivity_changes(session)
    else:
        is_mine = version == len(made) or _is_done(made, actor, version, wanted)
    stands = await _view(session, made)
    if not is_mine:
        raise Outdated(
            "Somebody changed the sensitivity meanwhile.", stands.version, current=stands
        )
    return stands


def _is_done(
    made: list[SensitivityChange], actor: StaffActor, version: int, wanted: Sensitivity
) -> bool:
    """Whether the same request, whose answer was lost, made the last change."""
    return len(made) == version + 1 and (made[-1].by, made[-1].after) == (actor.account_id, wanted)


def _chosen(made: list[SensitivityChange]) -> Sensitivity:
    return made[-1].after if made else Levels().first  # type: ignore[return-value]


async def _view(session: AsyncSession, made: list[SensitivityChange]) -> SensitivityView:
    names = await identity.names(session, {one.by for one in made})
    return SensitivityView(
        version=len(made),
        sensitivity=_chosen(made),
        holds_from=made[-1].holds_from if made else None,
        levels=[
            LevelView(
                sensitivity=level,
                false_per_180_days=measured.false_per_180_days,
                found_in_14_days=measured.found_in_14_days,
                found_in_28_days=measured.found_in_28_days,
            )
            for level, measured in MEASURED.items()
        ],
        changes=[view(SensitivityChangeView, one, by=names[one.by]) for one in reversed(made)],
    )
