"""What the interface can do, as FHIR says it."""

from datetime import datetime

from glidepath import __version__
from glidepath.fhir.elements import Json, instant
from glidepath.fhir.record import KINDS
from glidepath.fhir.search import CODED, DATES

BULK = "http://hl7.org/fhir/uv/bulkdata"
# Beside the kinds of a record.
OTHERS = ("Organization", "Practitioner", "Questionnaire")


def statement(base: str, since: datetime) -> Json:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(since),
        "kind": "instance",
        "instantiates": [f"{BULK}/CapabilityStatement/bulk-data"],
        "software": {"name": "Glidepath", "version": __version__},
        "implementation": {"description": "Records of posterior-leg rehab", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Read alone. Who asks is signed in as one of the clinic's staff; $export is for admins.",
                "resource": [_resource(kind) for kind in (*KINDS, *OTHERS)],
                "operation": [
                    {"name": "export", "definition": f"{BULK}/OperationDefinition/export"}
                ],
            }
        ],
    }


def _resource(kind: str) -> Json:
    found: Json = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [{"name": "_id", "type": "token"}],
    }
    if kind in KINDS and kind != "Patient":
        found["searchParam"].append({"name": "patient", "type": "reference"})
    if kind in DATES:
        found["searchParam"].append({"name": "date", "type": "date"})
    if kind in CODED:
        found["searchParam"].append({"name": "code", "type": "token"})
    if kind == "Patient":
        found["operation"] = [
            {
                "name": "everything",
                "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
            },
            {"name": "export", "definition": f"{BULK}/OperationDefinition/patient-export"},
        ]
    return found
