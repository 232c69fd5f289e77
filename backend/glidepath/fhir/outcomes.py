"""Outcome measures: what was answered, what it scores, and what a patient wants to do again."""

from collections.abc import Iterator, Sequence

from glidepath.clinical.measures import Measure, results
from glidepath.fhir.codes import term
from glidepath.fhir.elements import Json, entry_id, instant, reference, written_at
from glidepath.fhir.questionnaires import URL, is_choice
from glidepath.outcomes.models import Answer
from glidepath.outcomes.scoring import own_names

SCORES = "urn:glidepath:scores"


def response(row: Answer, measure: Measure, names: Sequence[str]) -> Json:
    """`names`: what the patient named, where the measure lets them."""
    patient = reference("Patient", row.patient_id)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": entry_id(row.patient_id, row.id, "answer"),
        "questionnaire": f"{URL}:{measure.key}|{measure.version}",
        "status": "completed",
        "subject": patient,
        "authored": written_at(row.happened_at, row.utc_offset_minutes),
        "author": patient,
        "source": patient,
        "item": list(_items(row, measure, names)),
        "meta": {"lastUpdated": instant(row.received_at)},
    }


def _items(row: Answer, measure: Measure, names: Sequence[str]) -> Iterator[Json]:
    """What was not answered is not there; a statement that was not ticked was answered."""
    for key, name in zip(measure.item_keys(), names, strict=False):
        if key in row.ratings:
            yield {
                "linkId": key,
                "item": [
                    {"linkId": f"{key}.name", "answer": [{"valueString": name}]},
                    {"linkId": f"{key}.rating", "answer": [{"valueInteger": row.ratings[key]}]},
                ],
            }
    for item in measure.items:
        number = row.ratings.get(item.key, 0 if measure.ticks else None)
        if number is not None:
            answer = _answer(measure, number)
            yield {"linkId": item.key, "text": item.ask.en, "answer": [answer]}


def _answer(measure: Measure, number: int) -> Json:
    if measure.ticks:
        return {"valueBoolean": number == 1}
    if is_choice(measure):
        return {"valueCoding": {"code": str(number), "display": measure.scale.words[number].en}}
    return {"valueInteger": number}


def scores(row: Answer, measure: Measure, names: Sequence[str]) -> Iterator[Json]:
    """An observation for each score that has a value."""
    patient = reference("Patient", row.patient_id)
    named = len(names) if measure.named is not None else None
    for number, (key, result) in enumerate(results(measure, row.ratings, named).items(), start=1):
        if result.value is not None:
            title = measure.score(key).title.en
            yield {
                "resourceType": "Observation",
                "id": entry_id(row.patient_id, row.id, f"score-{number}"),
                "status": "final",
                "category": [term("observation-category", "survey")],
                "code": {
                    "coding": [{"system": SCORES, "code": f"{measure.key}.{key}"}],
                    "text": f"{measure.short}: {title}",
                },
                "subject": patient,
                "effectiveDateTime": written_at(row.happened_at, row.utc_offset_minutes),
                "issued": instant(row.received_at),
                "performer": [patient],
                "valueQuantity": {"value": round(float(result.value), 4)},
                "derivedFrom": [
                    reference("QuestionnaireResponse", entry_id(row.patient_id, row.id, "answer"))
                ],
                "meta": {"lastUpdated": instant(row.received_at)},
            }


def goals(row: Answer, measure: Measure) -> Iterator[Json]:
    """What the patient named with this answer, each to be done as well as before."""
    patient = reference("Patient", row.patient_id)
    for number, name in enumerate(own_names(row) or (), start=1):
        yield {
            "resourceType": "Goal",
            "id": entry_id(row.patient_id, row.id, f"goal-{number}"),
            "lifecycleStatus": "active",
            "description": {"text": name},
            "subject": patient,
            "startDate": row.day.isoformat(),
            "target": [
                {
                    "measure": {
                        "coding": [{"system": SCORES, "code": f"{measure.key}.named_{number}"}]
                    },
                    "detailQuantity": {"value": measure.scale.most},
                }
            ],
            "expressedBy": patient,
            "meta": {"lastUpdated": instant(row.received_at)},
        }
