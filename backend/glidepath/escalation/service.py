"""What screens show of alerts that wait: by when somebody is to look, and who was told since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts import service as alerts
from glidepath.alerts.models import is_over
from glidepath.alerts.service import Stands
from glidepath.care import service as care
from glidepath.escalation import rules, store
from glidepath.escalation.deciding import Level, Standing, State, Why, look_by
from glidepath.escalation.hours import opening
from glidepath.escalation.models import AlertClimb, AlertStep
from glidepath.escalation.policy import Policy
from glidepath.escalation.schemas import ClimbView, StepView
from glidepath.identity import service as identity


@dataclass(frozen=True, slots=True)
class Mark:
    """What a list shows of an alert that waits. `told`: by the last step, by name; of none, nobody could
    be told, unless `climbed` is 0."""

    look_by: datetime | None
    climbed: int
    told: tuple[str, ...]


# One that was dealt with while the list was put together.
UNMARKED: Final = Mark(None, 0, ())


def standing(one: Stands, timezone: str, policy: Policy, now: datetime) -> Standing:
    """How an alert stands at the patient's own moment."""
    if one.kind == "snoozed" and one.snoozed_until is not None:
        begins = _midnight(one.snoozed_until, timezone)
        if not is_over(one.snoozed_until, care.today_of(timezone, now)):
            return Standing(one.severity, "snoozed", begins)
        # Whoever put it off is not expected before the clinic opens.
        return Standing(one.severity, "open", opening(policy.hours, begins))
    return Standing(one.severity, one.state, one.at, one.by)


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


async def marks(session: AsyncSession, waiting: dict[UUID, str], now: datetime) -> dict[UUID, Mark]:
    """Of unresolved alerts, given with their patients' time zones. A constant number of statements."""
    if not waiting:
        return {}
    policy = await rules.present(session)
    found = await alerts.standing(session, list(waiting))
    taken = await store.steps(session, list(waiting))
    last = {
        one.id: [step for step in taken.get(one.id, ()) if step.round == one.version]
        for one in found
    }
    names = await _names(session, [steps[-1] for steps in last.values() if steps])
    return {
        one.id: Mark(
            look_by(standing(one, waiting[one.id], policy, now), policy),
            len(last[one.id]),
            names[last[one.id][-1].id] if last[one.id] else (),
        )
        for one in found
    }


async def of_patient(
    session: AsyncSession, alert_ids: Collection[UUID], timezone: str, now: datetime
) -> list[ClimbView]:
    """Of each alert, in the same order."""
    policy = await rules.present(session)
    stands = {one.id: one for one in await alerts.standing(session, list(alert_ids))}
    taken = await store.steps(session, alert_ids)
    states = await store.climbs(session)
    names = await _names(session, [step for steps in taken.values() for step in steps])
    return [
        ClimbView(
            alert_id=one,
            state=_state(one, stands, states),
            look_by=look_by(standing(stands[one], timezone, policy, now), policy)
            if one in stands
            else None,
            steps=[_step(step, names[step.id]) for step in taken.get(one, ())],
        )
        for one in alert_ids
    ]


def _step(step: AlertStep, told: Sequence[str]) -> StepView:
    level, why = cast("Level", step.level), cast("Why", step.why)
    return StepView(step.at, level, why, step.since, list(told))


def _state(one: UUID, stands: Collection[UUID], states: Mapping[UUID, AlertClimb]) -> State:
    """One that was raised within the minute has no climb yet."""
    if one not in stands:
        return "over"
    return cast("State", states[one].state) if one in states else "waiting"


async def opens_at(session: AsyncSession, now: datetime) -> datetime | None:
    """When the clinic reads again; None while it does."""
    opens = opening((await rules.present(session)).hours, now)
    return opens if opens > now else None


async def _names(
    session: AsyncSession, steps: Collection[AlertStep]
) -> dict[UUID, tuple[str, ...]]:
    told = await store.people(session, [step.id for step in steps])
    names = await identity.names(session, {one for people in told.values() for one in people})
    return {step.id: tuple(sorted(names[one] for one in told.get(step.id, ()))) for step in steps}
