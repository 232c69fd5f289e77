"""Looks whether a plan's criteria for the next step are fulfilled, and no longer fulfilled.

Proposals are kept by care, which knows plans; what they rest on is read from the diary here.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import proposals
from glidepath.care import service as care
from glidepath.care.service import Running
from glidepath.clinical.progression import ToldDay
from glidepath.clinical.vocabulary import NERVE_LOSS, NERVE_SENSATIONS
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay

LONGEST: Final = timedelta(days=28)
_NERVE: Final = frozenset(sensation.value for sensation in NERVE_SENSATIONS | NERVE_LOSS)


async def evaluate(
    session: AsyncSession, patient_id: UUID, episode_id: UUID, now: datetime
) -> None:
    """Proposes what the plan's criteria allow now, and withdraws what they allow no longer.

    The caller holds the episode's lock, so that nothing is proposed twice.
    """
    plan = await proposals.progressing(session, episode_id)
    if plan is None:
        return
    today = care.today_of((await care.patient(session, patient_id)).timezone, now)
    days = (await diary.days(session, [episode_id], today - LONGEST))[episode_id]
    await proposals.judge(session, plan, [told(day) for day in days.values()], today, now)


async def look(session: AsyncSession, episodes: Sequence[Running], now: datetime) -> None:
    """A day that ended, silent or not, can fulfil a criterion or break it."""
    with_criteria = await proposals.with_criteria(session, [one.episode_id for one in episodes])
    for one in episodes:
        if one.episode_id not in with_criteria:
            continue
        if await care.lock_if_running(session, one.episode_id):
            await evaluate(session, one.patient_id, one.episode_id, now)


def told(day: DiaryDay) -> ToldDay:
    return ToldDay(day.date, day.pain_highest, _nerve(day), _is_alarming(day))


def _nerve(day: DiaryDay) -> bool | None:
    """Only a check-in says that there was none; an exercise asks about itself."""
    named: Iterable[str] = (one for report in day.reports for one in report.sensations or ())
    if _NERVE.intersection(named):
        return True
    return None if day.sensations is None else False


def _is_alarming(day: DiaryDay) -> bool:
    return bool(day.red_flags) or any(report.worse or report.red_flags for report in day.reports)
