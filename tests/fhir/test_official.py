"""The check itself: what it must catch."""

from typing import Any

import pytest

from tests.fhir.official import code_errors, schema_errors

PAIN: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "pain",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]},
    "valueInteger": 3,
    "component": [{"code": {"text": "Hold"}, "valueQuantity": {"value": 30, "comparator": "<"}}],
}


def test_what_is_right_has_no_errors():
    assert (schema_errors(PAIN), code_errors(PAIN)) == ([], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"valueInteger": "three"},
        {"id": "no such id"},
        {"effectiveDateTime": "yesterday"},
    ],
)
def test_the_schema_notices_what_is_wrong(changes: dict[str, Any]):
    assert schema_errors(PAIN | changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"status": "done"}, "Observation.status is 'done'"),
        ({"status": None}, "Observation has no status"),
        (
            {"component": [{"code": {}, "valueQuantity": {"comparator": "?"}}]},
            "Quantity.comparator is '?'",
        ),
        ({"component": [{"valueInteger": 1}]}, "Observation.component has no code"),
        ({"code": []}, "Observation.code is []"),
        ({"category": {"text": "Survey"}}, "Observation.category is {'text': 'Survey'}"),
        ({"note": []}, "Observation.note is []"),
        ({"identifier": [{"use": "mine"}]}, "Identifier.use is 'mine'"),
    ],
)
def test_a_code_that_is_not_listed_and_what_is_missing_are_named(
    changes: dict[str, Any], says: str
):
    broken = {name: value for name, value in (PAIN | changes).items() if value is not None}
    assert says in code_errors(broken)
