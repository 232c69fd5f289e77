"""A patient's whole record, kind by kind."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.alerts.models import Alert, AlertEvent
from glidepath.care import plans
from glidepath.care.models import Patient, PlanVersion
from glidepath.care.service import today_of
from glidepath.clinical.measures import Measure
from glidepath.diary.models import CheckIn, ExerciseSession
from glidepath.fhir import (
    course,
    exchanges,
    issues,
    observations,
    outcomes,
    people,
    questionnaires,
    store,
)
from glidepath.fhir.elements import Json, without_nothing
from glidepath.outcomes import library
from glidepath.outcomes.models import Answer
from glidepath.outcomes.scoring import names_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose record, and of which days what is logged day by day is wanted, both included."""

    session: AsyncSession
    patient: Patient
    names: dict[UUID, str]
    first: date
    last: date
    now: datetime

    @property
    def patient_id(self) -> UUID:
        return self.patient.id


Found = Callable[[Asked], Awaitable[list[Json]]]


async def _patient(asked: Asked) -> list[Json]:
    account = await store.account(asked.session, asked.patient_id)
    team = await store.team(asked.session, asked.patient_id)
    return [people.patient(asked.patient, account, team, asked.names)]


async def _episodes(asked: Asked) -> list[Json]:
    team = await store.team(asked.session, asked.patient_id)
    lead = next((one.account_id for one in team if one.role == "lead"), None)
    return [
        course.episode_of_care(row, lead, asked.names)
        for row in await store.episodes(asked.session, asked.patient_id)
    ]


async def _conditions(asked: Asked) -> list[Json]:
    return [course.condition(row) for row in await store.episodes(asked.session, asked.patient_id)]


async def _statuses(asked: Asked) -> dict[UUID, str]:
    """Of each version of a plan."""
    ends = {row.id: row.ended_on for row in await store.episodes(asked.session, asked.patient_id)}
    versions = await store.plans(asked.session, asked.patient_id)
    newest = {row.episode_id: row for row in versions}
    return {
        row.id: course.plan_status(row, newest[row.episode_id], ends[row.episode_id])
        for row in versions
    }


async def _care_plans(asked: Asked) -> list[Json]:
    statuses = await _statuses(asked)
    orders = await store.ordered(asked.session, asked.patient_id)
    before: dict[UUID, PlanVersion] = {}
    found = []
    for row in await store.plans(asked.session, asked.patient_id):
        items = [one.item for one in orders if one.plan.id == row.id]
        earlier = before.get(row.episode_id)
        found.append(course.care_plan(row, items, statuses[row.id], earlier, asked.names))
        before[row.episode_id] = row
    return found


async def _service_requests(asked: Asked) -> list[Json]:
    statuses = await _statuses(asked)
    return [
        course.service_request(
            one.item, one.plan, plans.in_words(one.exercise), statuses[one.plan.id], asked.names
        )
        for one in await store.ordered(asked.session, asked.patient_id)
    ]


async def _exercises(asked: Asked) -> dict[UUID, Json]:
    """What each item of a plan asks for, as a code."""
    return {
        one.item.id: {
            "coding": [{"system": "urn:glidepath:exercises", "code": one.exercise.key}],
            "text": plans.in_words(one.exercise).title.en,
        }
        for one in await store.ordered(asked.session, asked.patient_id)
    }


async def _observations(asked: Asked) -> list[Json]:
    made = [one for _, some in await _of_entries(asked) for one in some]
    for row in await store.assessments(asked.session, asked.patient_id):
        if asked.first <= row.assessed_on <= asked.last:
            made += observations.of_assessment(row, asked.patient_id, asked.names)
    for one in await _answers(asked):
        if asked.first <= one.row.day <= asked.last:
            made += outcomes.scores(one.row, one.measure, one.names)
    return made


class Answered(NamedTuple):
    """An answer, what it answers, and what the patient named in that episode."""

    row: Answer
    measure: Measure
    names: list[str]


async def _answers(asked: Asked) -> list[Answered]:
    versions = (await library.known(asked.session)).versions
    rows = await store.answers(asked.session, asked.patient_id)
    of_one = defaultdict[tuple[UUID, str], list[Answer]](list)
    for row in rows:
        of_one[row.episode_id, row.measure].append(row)
    return [
        Answered(
            row,
            versions[row.measure, row.version],
            names_of(of_one[row.episode_id, row.measure]) or [],
        )
        for row in rows
    ]


async def _goals(asked: Asked) -> list[Json]:
    return [goal for one in await _answers(asked) for goal in outcomes.goals(one.row, one.measure)]


async def _of_entries(asked: Asked) -> list[tuple[CheckIn | ExerciseSession, list[Json]]]:
    span = (asked.patient_id, asked.first, asked.last)
    exercises = await _exercises(asked)
    check_ins = [
        (row, list(observations.of_check_in(row)))
        for row in await store.entries(asked.session, CheckIn, *span)
    ]
    sessions = [
        (row, [observations.of_session(row, exercises.get(row.plan_item_id or asked.patient_id))])
        for row in await store.entries(asked.session, ExerciseSession, *span)
    ]
    return [*check_ins, *sessions]


async def _provenances(asked: Asked) -> list[Json]:
    return [observations.provenance(row, made) for row, made in await _of_entries(asked) if made]


async def _alerts(asked: Asked) -> list[tuple[Alert, str, list[AlertEvent]]]:
    """With their state on the patient's day."""
    today = today_of(asked.patient.timezone, asked.now)
    events = await store.alert_events(asked.session, asked.patient_id)
    return [
        (row, row.state_on(today), events.get(row.id, []))
        for row in await store.alerts(asked.session, asked.patient_id)
    ]


async def _detected_issues(asked: Asked) -> list[Json]:
    whole = Asked(asked.session, asked.patient, asked.names, date.min, date.max, asked.now)
    logged = [
        (row.day, one["id"])
        for row, made in await _of_entries(whole)
        for one in made
        if isinstance(row, CheckIn)
    ]
    return [
        issues.detected_issue(
            row,
            state,
            events,
            [
                identity
                for day, identity in logged
                if (row.onset or row.raised_on) <= day <= row.last_day
            ],
            asked.names,
        )
        for row, state, events in await _alerts(asked)
    ]


async def _tasks(asked: Asked) -> list[Json]:
    return [
        issues.task(row, state, events, asked.names) for row, state, events in await _alerts(asked)
    ]


async def _communications(asked: Asked) -> list[Json]:
    return [
        exchanges.communication(row, asked.names)
        for row in await store.messages(asked.session, asked.patient_id)
    ]


async def _consents(asked: Asked) -> list[Json]:
    rows = await store.consents(asked.session, asked.patient_id)
    return [exchanges.consent(row, is_last=row is rows[-1]) for row in rows]


async def _responses(asked: Asked) -> list[Json]:
    screened = [
        questionnaires.screening_response(row, asked.names)
        for row in await store.screenings(asked.session, asked.patient_id)
    ]
    measured = [outcomes.response(*one) for one in await _answers(asked)]
    return [*screened, *measured]


async def _audit_events(asked: Asked) -> list[Json]:
    return [
        exchanges.audit_event(row, asked.patient_id, asked.names)
        for row in await store.looks(asked.session, asked.patient_id)
    ]


# What a record is made of, in the order in which it is given whole.
KINDS: Final[dict[str, Found]] = {
    "Patient": _patient,
    "EpisodeOfCare": _episodes,
    "Condition": _conditions,
    "CarePlan": _care_plans,
    "ServiceRequest": _service_requests,
    "Observation": _observations,
    "QuestionnaireResponse": _responses,
    "Goal": _goals,
    "DetectedIssue": _detected_issues,
    "Task": _tasks,
    "Communication": _communications,
    "Consent": _consents,
    "Provenance": _provenances,
    "AuditEvent": _audit_events,
}


async def of(asked: Asked, kind: str) -> list[Json]:
    """Resources of one kind. Raises KeyError for a kind that a record does not have."""
    return [without_nothing(one) for one in await KINDS[kind](asked)]
