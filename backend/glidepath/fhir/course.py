"""The course of care: episodes with what they are about, plans, and what a plan asks for."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from glidepath.care.models import Episode, PlanItem, PlanVersion
from glidepath.clinical.exercises import Exercise
from glidepath.fhir.codes import concept, term
from glidepath.fhir.elements import Json, annotations, day, instant, named, period, reference

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SIDES = {"left": "left", "right": "right", "both": "both_sides"}
CATEGORY = "http://hl7.org/fhir/us/physical-activity/CodeSystem/pa-temporary-codes"


def episode_of_care(row: Episode, lead: UUID | None, names: Mapping[UUID, str]) -> Json:
    return {
        "resourceType": "EpisodeOfCare",
        "id": str(row.id),
        "status": "active" if row.ended_on is None else "finished",
        "diagnosis": [{"condition": reference("Condition", row.id)}],
        "patient": reference("Patient", row.patient_id),
        "managingOrganization": reference("Organization", row.clinic_id),
        "period": period(instant(row.opened_at), day(row.ended_on)),
        "careManager": named("Practitioner", lead, names),
        "meta": {"lastUpdated": instant(row.opened_at)},
    }


def condition(row: Episode) -> Json:
    """What the therapist found; "unclear" is a finding, too."""
    is_over = row.ended_on is not None
    return {
        "resourceType": "Condition",
        "id": str(row.id),
        "clinicalStatus": term("condition-clinical", "inactive" if is_over else "active"),
        "verificationStatus": term(
            "condition-ver-status", "provisional" if row.condition == "unclear" else "confirmed"
        ),
        "category": [term("condition-category", "problem-list-item")],
        "code": concept(row.condition),
        "bodySite": [concept(SIDES[row.side])],
        "subject": reference("Patient", row.patient_id),
        "onsetDateTime": day(row.started_on),
        "recordedDate": instant(row.opened_at),
        "meta": {"lastUpdated": instant(row.opened_at)},
    }


def care_plan(
    row: PlanVersion,
    items: Sequence[PlanItem],
    status: str,
    before: PlanVersion | None,
    names: Mapping[UUID, str],
) -> Json:
    """A version of a plan; each replaces the one before it."""
    return {
        "resourceType": "CarePlan",
        "id": str(row.id),
        "status": status,
        "intent": "plan",
        "category": [
            {"coding": [{"system": CATEGORY, "code": "PhysicalActivity"}]},
            concept("home_programme"),
        ],
        "title": f"Home programme, version {row.number}",
        "subject": reference("Patient", row.patient_id),
        "period": period(day(row.starts_on)),
        "created": instant(row.created_at),
        "author": named("Practitioner", row.author_id, names),
        "replaces": [reference("CarePlan", before.id)] if before is not None else [],
        "addresses": [reference("Condition", row.episode_id)],
        "activity": [{"reference": reference("ServiceRequest", item.id)} for item in items],
        "note": annotations(row.note),
        "meta": {"lastUpdated": instant(row.created_at)},
    }


def plan_status(row: PlanVersion, newest: PlanVersion, ended_on: date | None) -> str:
    if row.id != newest.id:
        return "revoked"
    return "active" if ended_on is None else "completed"


def service_request(
    item: PlanItem, plan: PlanVersion, exercise: Exercise, status: str, names: Mapping[UUID, str]
) -> Json:
    """One exercise of a plan. How much stands in words too, since R4 has no place for sets and holds."""
    weekdays = [WEEKDAYS[number - 1] for number in item.weekdays or ()]
    return {
        "resourceType": "ServiceRequest",
        "id": str(item.id),
        "status": status,
        "intent": "order",
        "category": [concept("home_programme")],
        "code": {
            "coding": [{"system": "urn:glidepath:exercises", "code": exercise.key}],
            "text": exercise.title.en,
        },
        "subject": reference("Patient", plan.patient_id),
        "occurrenceTiming": {
            "repeat": {
                "boundsPeriod": period(day(plan.starts_on)),
                "frequency": len(weekdays) or item.days_per_week,
                "period": 1,
                "periodUnit": "wk",
                "dayOfWeek": weekdays,
            }
        },
        "authoredOn": instant(plan.created_at),
        "requester": named("Practitioner", plan.author_id, names),
        "bodySite": [concept(SIDES[item.side])],
        "patientInstruction": _dose(item),
        "meta": {"lastUpdated": instant(plan.created_at)},
    }


def _dose(item: PlanItem) -> str:
    parts = [f"{item.sets} x"]
    if item.repetitions is not None:
        parts.append(f"{item.repetitions} repetitions")
    if item.hold_seconds is not None:
        parts.append(f"hold {item.hold_seconds} s")
    return ", ".join([" ".join(parts[:2]), *parts[2:], f"rest {item.rest_seconds} s"])
