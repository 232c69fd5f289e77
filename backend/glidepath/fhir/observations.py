"""What patients logged and therapists found, an observation for each answer; and where it comes from.

What was not answered has no observation: missing is not "no". "None of these" is an answer, and says "no" to each.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from glidepath.assessments.models import Assessment
from glidepath.clinical.vocabulary import RedFlag, Sensation
from glidepath.diary.models import CheckIn, ExerciseSession
from glidepath.fhir.codes import TERMS, UCUM, concept, term
from glidepath.fhir.course import SIDES
from glidepath.fhir.elements import (
    Json,
    annotations,
    day,
    entry_id,
    instant,
    named,
    reference,
    written_at,
)

# An id has 64 places, of which those of patient and entry take 52 and the point one.
FLAG_PARTS = {
    RedFlag.SADDLE_NUMBNESS: "saddle",
    RedFlag.BLADDER_BOWEL: "bladder",
    RedFlag.BOTH_LEGS: "both_legs".replace("_", "-"),
    RedFlag.LEG_WEAKNESS_WORSENING: "legs-weak",
}
SENSATION_PARTS = {one: one.value.replace("_", "-")[:11] for one in Sensation}
# Of a test of one leg.
LEGS = ("left", "right")


def of_check_in(row: CheckIn) -> Iterator[Json]:
    site = None if row.place is None else concept(row.place)
    rated = (("pain_now", "pain-now", row.pain_now), ("pain_worst", "pain-worst", row.pain_worst))
    for key, part, rating in rated:
        if rating is not None:
            first = key == "pain_now" or row.pain_now is None
            yield _survey(row, part, key) | {
                "valueInteger": rating,
                "bodySite": site,
                "note": annotations(row.note) if first else [],
            }
    for sensation in Sensation if row.sensations is not None else ():
        is_felt = sensation.value in (row.sensations or ())
        yield _survey(row, SENSATION_PARTS[sensation], sensation.value) | {
            "valueBoolean": is_felt,
            "component": [{"code": concept("place"), "valueCodeableConcept": site}]
            if is_felt and site
            else [],
        }
    for flag in RedFlag if row.red_flags is not None else ():
        yield _survey(row, FLAG_PARTS[flag], flag.value) | {
            "valueBoolean": flag.value in (row.red_flags or ())
        }


def _survey(row: CheckIn, part: str, key: str) -> Json:
    return _of_entry(row, part, "survey", key)


def _of_entry(row: CheckIn | ExerciseSession, part: str, category: str, key: str) -> Json:
    patient = reference("Patient", row.patient_id)
    return {
        "resourceType": "Observation",
        "id": entry_id(row.patient_id, row.revises or row.id, part),
        "status": "final" if row.revises is None else "amended",
        "category": [term("observation-category", category)],
        "code": concept(key),
        "subject": patient,
        "effectiveDateTime": written_at(row.happened_at, row.utc_offset_minutes),
        "issued": instant(row.received_at),
        "performer": [patient],
        "meta": {"lastUpdated": instant(row.received_at)},
    }


def of_session(row: ExerciseSession, exercise: Mapping[str, Any] | None) -> Json:
    """`exercise`: the code of what was done, where the entry names an exercise of a plan."""
    counted: list[tuple[str, Json]] = [
        ("sets", {"valueInteger": row.sets_done}),
        ("repetitions", {"valueInteger": row.repetitions_done}),
        ("hold", {"valueQuantity": _seconds(row.hold_seconds)}),
        ("pain_during", {"valueInteger": row.pain_during}),
        ("stopped_early", {"valueString": row.stopped_early}),
    ]
    return _of_entry(row, "exercise", "activity", "exercise") | {
        "basedOn": [reference("ServiceRequest", row.plan_item_id)] if row.plan_item_id else [],
        "valueCodeableConcept": exercise,
        "bodySite": concept(SIDES[row.side]),
        "component": [
            {"code": concept(key)} | value
            for key, value in counted
            if next(iter(value.values())) is not None
        ],
    }


def _seconds(number: int | None) -> Json | None:
    if number is None:
        return None
    return {"value": number, "unit": "s", "system": UCUM, "code": "s"}


def of_assessment(row: Assessment, patient_id: UUID, names: Mapping[UUID, str]) -> Iterator[Json]:
    """`row` as it stands after its last revision; the ids are the first one's."""
    for leg in LEGS:
        found: Mapping[str, Any] = getattr(row, leg)
        slr, slump = found.get("slr"), found.get("slump")
        if slr is not None:
            angle = {"value": slr["angle"], "unit": "degrees", "system": UCUM, "code": "deg"}
            key = "slr" if slr["symptom"] else "slr_free"
            yield _exam(row, f"slr-{leg}", key, leg, patient_id, names) | {"valueQuantity": angle}
        if slump is not None:
            eased = slump.get("eased_by_neck")
            yield _exam(row, f"slump-{leg}", "slump", leg, patient_id, names) | {
                "valueBoolean": slump["positive"],
                "component": []
                if eased is None
                else [{"code": concept("eased_by_neck"), "valueBoolean": eased}],
            }


def _exam(
    row: Assessment, part: str, key: str, leg: str, patient_id: UUID, names: Mapping[UUID, str]
) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"{row.revises or row.id}.{part}",
        "status": "final" if row.revises is None else "amended",
        "category": [term("observation-category", "exam")],
        "code": concept(key),
        "subject": reference("Patient", patient_id),
        "effectiveDateTime": day(row.assessed_on),
        "issued": instant(row.made_at),
        "performer": [named("Practitioner", row.author_id, names)],
        "bodySite": concept(leg),
        "note": annotations(row.note),
        "meta": {"lastUpdated": instant(row.made_at)},
    }


def provenance(
    row: CheckIn | ExerciseSession,
    made: list[Json],
    imported_by: UUID | None,
    names: Mapping[UUID, str],
) -> Json:
    """Of all that was made of an entry: when it happened and who wrote it, and when it was recorded here; of
    what came from a file, who brought it in."""
    role = "author" if imported_by is None else "enterer"
    patient = reference("Patient", row.patient_id)
    who = patient if imported_by is None else named("Practitioner", imported_by, names)
    return {
        "resourceType": "Provenance",
        "id": entry_id(row.patient_id, row.revises or row.id, "origin"),
        "target": [reference("Observation", one["id"]) for one in made],
        "occurredDateTime": written_at(row.happened_at, row.utc_offset_minutes),
        "recorded": instant(row.received_at),
        "activity": {
            "coding": [
                {
                    "system": f"{TERMS}/v3-DataOperation",
                    "code": "CREATE" if row.revises is None else "UPDATE",
                }
            ]
        },
        "agent": [{"type": term("provenance-participant-type", role), "who": who}],
        "meta": {"lastUpdated": instant(row.received_at)},
    }
