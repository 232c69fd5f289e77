"""Taking the steps that are due: every minute, one alert in each transaction, under its episode's lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts
from glidepath.alerts.service import Stands
from glidepath.care import presence
from glidepath.care import service as care
from glidepath.database.engine import Database
from glidepath.escalation import rules, service, store
from glidepath.escalation.deciding import Level, Next, Step, Taken, There, decide
from glidepath.escalation.models import AlertClimb, AlertStep
from glidepath.escalation.policy import Policy
from glidepath.notify import service as notify

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Case:
    """An alert with all that decides what comes next."""

    stands: Stands
    since: datetime
    # Of this wait.
    steps: list[AlertStep]
    there: There
    next: Next


async def climb(database: Database, clinic_id: UUID, now: datetime) -> int:
    """Takes every step of a clinic that is due; how many alerts were moved on.

    Looks at all that is unresolved, not only at what was expected to be due: whoever was to look may
    have gone meanwhile. What fails for one alert keeps no other waiting.
    """
    async with database.writing(clinic_id) as session:
        await rules.keep_words(session, now)
        known = await store.climbs(session)
        cases = await _cases(session, await alerts.standing(session), now)
        await store.end_climbs(session, known.keys() - cases.keys())
    moved, failures = 0, list[Exception]()
    for case in cases.values():
        if not _moves(case, known.get(case.stands.id)):
            continue
        try:
            async with database.writing(clinic_id) as session:
                moved += await _move(session, clinic_id, case.stands, now)
        except Exception as failure:  # noqa: BLE001 (raised below, when the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup("Not every alert could be moved on", failures)
    return moved


async def _cases(
    session: AsyncSession, found: Iterable[Stands], now: datetime
) -> dict[UUID, _Case]:
    """Of discharged patients as well: what a phone had kept is no less pressing."""
    found = list(found)
    # Of these alone: it is asked again for each alert that moves.
    zones = await care.zones_of(session, {one.patient_id for one in found})
    policy = await rules.present(session)
    taken = await store.steps(session, [one.id for one in found])
    told = await store.people(session, [step.id for steps in taken.values() for step in steps])
    people = await presence.present(session, set(zones), now)
    return {
        one.id: _case(one, zones, policy, taken.get(one.id, []), told, people, now) for one in found
    }


def _case(
    one: Stands,
    zones: Mapping[UUID, str],
    policy: Policy,
    taken: list[AlertStep],
    told: Mapping[UUID, frozenset[UUID]],
    people: presence.Presence,
    now: datetime,
) -> _Case:
    stands = service.standing(one, zones[one.patient_id], policy, now)
    steps = [step for step in taken if step.round == one.version]
    there = There(people.teams[one.patient_id], people.admins)
    so_far = [
        Taken(cast("Level", step.level), step.at, told.get(step.id, frozenset())) for step in steps
    ]
    return _Case(one, stands.since, steps, there, decide(stands, so_far, policy, there, now))


def _moves(case: _Case, known: AlertClimb | None) -> bool:
    after = case.next
    return (
        after.step is not None
        or after.reopen is not None
        or known is None
        or (known.round, known.state, known.due_at, known.look_by)
        != (case.stands.version, after.state, after.due, after.look_by)
    )


async def _move(session: AsyncSession, clinic_id: UUID, seen: Stands, now: datetime) -> bool:
    """Decides again with the episode held, and does it. False if there is nothing left to do."""
    await care.lock_episodes(session, [seen.episode_id])
    case = (await _cases(session, await alerts.standing(session, [seen.id]), now)).get(seen.id)
    if case is None:
        return False
    after = case.next
    if after.reopen is not None:
        # It is told anew, and begins its way from the bottom.
        await alerts.reopen(session, seen.id, after.reopen, now)
        return await _move(session, clinic_id, seen, now)
    if after.step is not None:
        await _take(session, clinic_id, case, after.step, now)
        return await _move(session, clinic_id, seen, now)
    await store.put_climb(
        session,
        {
            "clinic_id": clinic_id,
            "alert_id": seen.id,
            "round": case.stands.version,
            "state": after.state,
            "due_at": after.due,
            "look_by": after.look_by,
            "changed_at": now,
        },
    )
    return True


async def _take(
    session: AsyncSession, clinic_id: UUID, case: _Case, step: Step, now: datetime
) -> None:
    policy = await rules.present(session)
    people, number = case.there.of(step.level), len(case.steps) + 1
    row = {
        "clinic_id": clinic_id,
        "id": uuid7(),
        "patient_id": case.stands.patient_id,
        "alert_id": case.stands.id,
        "round": case.stands.version,
        "step": number,
        "level": step.level,
        "why": step.why,
        "since": case.since,
        "at": now,
        "policy_version": policy.version,
    }
    await store.add_step(session, row, people)
    # Each wait is told of anew, also where the alert was opened long before.
    notice = replace(await alerts.notice(session, case.stands.id), version=case.stands.version)
    await notify.tell(session, clinic_id, notice, set(people), now, cause="escalated", step=number)
    report = log.error if step.level == "nobody" else log.info
    report("alert_climbed", alert_id=str(case.stands.id), level=step.level, step=number)
