"""A patient's whole record, kind by kind: which parts of it each kind is made of, and how."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from glidepath.alerts.models import Alert, AlertEvent
from glidepath.care import plans
from glidepath.care.models import PlanVersion
from glidepath.care.service import today_of
from glidepath.clinical.measures import Measure
from glidepath.diary.models import CheckIn, ExerciseSession
from glidepath.fhir import course, exchanges, issues, observations, outcomes, people, questionnaires
from glidepath.fhir.elements import Json, without_nothing
from glidepath.fhir.reading import Record
from glidepath.outcomes.models import Answer
from glidepath.outcomes.scoring import names_of


def _patient(record: Record) -> list[Json]:
    return [people.patient(record.patient, record.account, record.team, record.names)]


def _episodes(record: Record) -> list[Json]:
    lead = next((one.account_id for one in record.team if one.role == "lead"), None)
    return [course.episode_of_care(row, lead, record.names) for row in record.episodes]


def _conditions(record: Record) -> list[Json]:
    return [course.condition(row) for row in record.episodes]


def _statuses(record: Record) -> dict[UUID, str]:
    """Of each version of a plan."""
    ends = {row.id: row.ended_on for row in record.episodes}
    newest = {row.episode_id: row for row in record.plans}
    return {
        row.id: course.plan_status(row, newest[row.episode_id], ends[row.episode_id])
        for row in record.plans
    }


def _care_plans(record: Record) -> list[Json]:
    statuses = _statuses(record)
    before: dict[UUID, PlanVersion] = {}
    found = []
    for row in record.plans:
        items = [one.item for one in record.ordered if one.plan.id == row.id]
        earlier = before.get(row.episode_id)
        found.append(course.care_plan(row, items, statuses[row.id], earlier, record.names))
        before[row.episode_id] = row
    return found


def _service_requests(record: Record) -> list[Json]:
    statuses = _statuses(record)
    return [
        course.service_request(
            one.item, one.plan, plans.in_words(one.exercise), statuses[one.plan.id], record.names
        )
        for one in record.ordered
    ]


def _exercises(record: Record) -> dict[UUID, Json]:
    """What each item of a plan asks for, as a code."""
    return {
        one.item.id: {
            "coding": [{"system": "urn:glidepath:exercises", "code": one.exercise.key}],
            "text": plans.in_words(one.exercise).title.en,
        }
        for one in record.ordered
    }


def _observations(record: Record) -> Iterator[Json]:
    for _, some in _of_entries(record):
        yield from some
    for row in record.assessments:
        if record.first <= row.assessed_on <= record.last:
            yield from observations.of_assessment(row, record.patient_id, record.names)
    for one in answered(record):
        if record.first <= one.row.local_date <= record.last:
            yield from outcomes.scores(one.row, one.measure, one.names)


class Answered(NamedTuple):
    """An answer, what it answers, and what the patient named in that episode."""

    row: Answer
    measure: Measure
    names: list[str]


def answered(record: Record) -> list[Answered]:
    """In the order in which they arrived."""
    of_one = defaultdict[tuple[UUID, str], list[Answer]](list)
    for row in record.answers:
        of_one[row.episode_id, row.measure].append(row)
    return [
        Answered(
            row,
            record.measures[row.measure, row.version],
            names_of(of_one[row.episode_id, row.measure]) or [],
        )
        for row in record.answers
    ]


def _goals(record: Record) -> list[Json]:
    return [goal for one in answered(record) for goal in outcomes.goals(one.row, one.measure)]


def _of_entries(record: Record) -> Iterator[tuple[CheckIn | ExerciseSession, list[Json]]]:
    exercises = _exercises(record)
    for row in record.check_ins:
        yield row, list(observations.of_check_in(row))
    for done in record.exercise_sessions:
        exercise = exercises.get(done.plan_item_id or record.patient_id)
        yield done, [observations.of_session(done, exercise)]


def _provenances(record: Record) -> Iterator[Json]:
    for row, made in _of_entries(record):
        if made:
            by = record.importers.get(_import_of(row))
            yield observations.provenance(row, made, by, record.names)


def _import_of(row: CheckIn | ExerciseSession) -> UUID | None:
    return row.import_id if isinstance(row, CheckIn) else None


def _alerts(record: Record) -> list[tuple[Alert, str, list[AlertEvent]]]:
    """With their state on the patient's day."""
    today = today_of(record.patient.timezone, record.now)
    return [
        (row, row.state_on(today), list(record.alert_events.get(row.id, ())))
        for row in record.alerts
    ]


def _detected_issues(record: Record) -> list[Json]:
    logged = defaultdict[date, list[str]](list)
    for row in record.check_ins:
        logged[row.day] += [one["id"] for one in observations.of_check_in(row)]
    days = sorted(logged)
    return [
        issues.detected_issue(
            row,
            state,
            events,
            [
                identity
                for day in days
                if (row.onset or row.raised_on) <= day <= row.last_day
                for identity in logged[day]
            ],
            record.names,
        )
        for row, state, events in _alerts(record)
    ]


def _tasks(record: Record) -> list[Json]:
    return [issues.task(row, state, events, record.names) for row, state, events in _alerts(record)]


def _communications(record: Record) -> list[Json]:
    return [exchanges.communication(row, record.names) for row in record.messages]


def _consents(record: Record) -> list[Json]:
    return [exchanges.consent(row, is_last=row is record.consents[-1]) for row in record.consents]


def _responses(record: Record) -> list[Json]:
    screened = [questionnaires.screening_response(row, record.names) for row in record.screenings]
    measured = [outcomes.response(*one) for one in answered(record)]
    return [*screened, *measured]


def _audit_events(record: Record) -> list[Json]:
    return [exchanges.audit_event(row, record.patient_id, record.names) for row in record.looks]


class Kind(NamedTuple):
    """`parts` are read before it is made; making touches no database."""

    make: Callable[[Record], Iterable[Json]]
    parts: tuple[str, ...]


_ENTRIES: Final = ("ordered", "check_ins", "exercise_sessions")
_ANSWERS: Final = ("answers", "measures")
# What a record is made of, in the order in which it is given whole.
KINDS: Final[dict[str, Kind]] = {
    "Patient": Kind(_patient, ("account", "team")),
    "EpisodeOfCare": Kind(_episodes, ("team", "episodes")),
    "Condition": Kind(_conditions, ("episodes",)),
    "CarePlan": Kind(_care_plans, ("episodes", "plans", "ordered")),
    "ServiceRequest": Kind(_service_requests, ("episodes", "plans", "ordered")),
    "Observation": Kind(_observations, (*_ENTRIES, "assessments", *_ANSWERS)),
    "QuestionnaireResponse": Kind(_responses, ("screenings", *_ANSWERS)),
    "Goal": Kind(_goals, _ANSWERS),
    "DetectedIssue": Kind(_detected_issues, ("check_ins", "alerts", "alert_events")),
    "Task": Kind(_tasks, ("alerts", "alert_events")),
    "Communication": Kind(_communications, ("messages",)),
    "Consent": Kind(_consents, ("consents",)),
    "Provenance": Kind(_provenances, (*_ENTRIES, "importers")),
    "AuditEvent": Kind(_audit_events, ("looks",)),
}


async def of(record: Record, kind: str) -> list[Json]:
    """Resources of one kind. Raises KeyError for a kind that a record does not have."""
    await record.read(*KINDS[kind].parts)
    return list(each(record, kind))


def each(record: Record, kind: str) -> Iterator[Json]:
    """Of parts that were read already, so that a thread may do it; a long record is never there as a whole."""
    return map(without_nothing, KINDS[kind].make(record))
