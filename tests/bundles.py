"""Bundles of FHIR as another system sends them."""

from typing import Any

SNOMED = "http://snomed.info/sct"


def patient(number: int = 1, **changes: Any) -> dict[str, Any]:
    whole = {
        "resourceType": "Patient",
        "id": f"theirs-{number}",
        "identifier": [{"system": "urn:hospital", "value": f"H-{number}"}],
        "name": [{"given": ["Ana", "María"], "family": f"Doe{number}"}],
        "communication": [{"language": {"coding": [{"code": "es-ES"}]}}],
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def condition(number: int = 1, **changes: Any) -> dict[str, Any]:
    whole = {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/theirs-{number}"},
        "code": {"coding": [{"system": SNOMED, "code": "23056005"}]},
        "bodySite": [{"coding": [{"system": SNOMED, "code": "7771000"}]}],
        "onsetDateTime": "2026-02-01T08:00:00+01:00",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """Of one patient with a condition unless it is told of what."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in resources or (patient(), condition())],
    }
