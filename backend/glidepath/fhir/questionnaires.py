"""What is asked in fixed words, and what was answered: the screening, and outcome measures."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from glidepath.care.models import Screening
from glidepath.clinical.measures import Item, Measure
from glidepath.clinical.screening import screening_list
from glidepath.fhir.codes import concept
from glidepath.fhir.elements import Json, instant, named, reference

URL = "urn:glidepath:questionnaire"
SCREENING = "screening"


def all_questionnaires(measures: Iterable[Measure]) -> list[Json]:
    return [screening_questionnaire(), *map(of_measure, measures)]


def screening_questionnaire() -> Json:
    questions = screening_list()
    return {
        "resourceType": "Questionnaire",
        "id": f"{SCREENING}-{questions.version}",
        "url": f"{URL}:{SCREENING}",
        "version": str(questions.version),
        "name": "Screening",
        "title": concept(SCREENING)["text"],
        "status": "active",
        "subjectType": ["Patient"],
        "item": [
            {"linkId": one.key, "text": one.ask.en, "type": "boolean"}
            for one in questions.questions
        ],
    }


def screening_response(row: Screening, names: Mapping[UUID, str]) -> Json:
    """What was not asked is not there."""
    texts = {one.key: one.ask.en for one in screening_list().questions}
    return {
        "resourceType": "QuestionnaireResponse",
        "id": str(row.id),
        "questionnaire": f"{URL}:{SCREENING}|{row.list_version}",
        "status": "completed",
        "subject": reference("Patient", row.patient_id),
        "authored": instant(row.made_at),
        "author": named("Practitioner", row.author_id, names),
        "source": reference("Patient", row.patient_id),
        "item": [
            {"linkId": key, "text": texts.get(key), "answer": [{"valueBoolean": answer == "yes"}]}
            for key, answer in row.answers.items()
        ],
        "meta": {"lastUpdated": instant(row.made_at)},
    }


def of_measure(measure: Measure) -> Json:
    named_by_patient = measure.named is not None
    return {
        "resourceType": "Questionnaire",
        "id": f"{measure.key}-{measure.version}".replace("_", "-"),
        "url": f"{URL}:{measure.key}",
        "version": str(measure.version),
        "name": measure.key.upper(),
        "title": measure.title.en,
        "status": "active",
        "subjectType": ["Patient"],
        "copyright": measure.licence.notice or None,
        "description": measure.instructions.en,
        "item": [_named(key) for key in measure.item_keys()]
        if named_by_patient
        else [_asked(measure, item) for item in measure.items],
    }


def _named(key: str) -> Json:
    """The patient says what it is about, and rates it."""
    return {
        "linkId": key,
        "type": "group",
        "item": [
            {"linkId": f"{key}.name", "text": "Activity", "type": "string"},
            {"linkId": f"{key}.rating", "text": "0 to 10", "type": "integer"},
        ],
    }


def _asked(measure: Measure, item: Item) -> Json:
    whole = {"linkId": item.key, "text": item.ask.en, "required": not measure.ticks}
    if measure.ticks:
        return whole | {"type": "boolean"}
    if not is_choice(measure):
        return whole | {"type": "integer"}
    options = [
        {"valueCoding": {"code": str(number), "display": words.en}}
        for number, words in measure.scale.words.items()
    ]
    return whole | {"type": "choice", "answerOption": options}


def is_choice(measure: Measure) -> bool:
    """Whether each number has its words; else it is a number to choose."""
    scale = measure.scale
    return len(scale.words) == scale.most - scale.least + 1
