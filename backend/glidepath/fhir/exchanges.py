"""What was written to and fro, what patients agreed to, and who looked."""

from collections.abc import Mapping
from uuid import UUID

from glidepath.audit.models import Event
from glidepath.fhir.codes import TERMS, concept, term
from glidepath.fhir.elements import Json, instant, person, reference
from glidepath.messages.models import Message
from glidepath.privacy.models import Consent

CONSENT_TEXT = "urn:glidepath:consent"
# The verb at the end of an action, in FHIR's letters; what is neither is an execution.
VERBS = {
    "read": "R",
    "search": "R",
    "view": "R",
    "write": "U",
    "add": "C",
    "admit": "C",
    "begin": "C",
    "remove": "D",
}
OUTCOMES = {"done": "0", "denied": "4", "refused": "4"}


def communication(row: Message, names: Mapping[UUID, str]) -> Json:
    patient = reference("Patient", row.patient_id)
    return {
        "resourceType": "Communication",
        "id": str(row.id),
        "status": "completed",
        "subject": patient,
        "sent": instant(row.sent_at),
        "received": instant(row.read_at),
        "sender": person(row.author_id, row.patient_id, names),
        "recipient": [reference("Organization", row.clinic_id) if row.from_patient else patient],
        "payload": [{"contentString": row.text}],
        "meta": {"lastUpdated": instant(row.read_at or row.sent_at)},
    }


def consent(row: Consent, *, is_last: bool) -> Json:
    """One word of the patient's; the last one holds."""
    holds = is_last and row.deed == "agreed"
    return {
        "resourceType": "Consent",
        "id": str(row.id),
        "status": "active" if holds else "inactive",
        "scope": term("consentscope", "patient-privacy"),
        "category": [concept("consent")],
        "patient": reference("Patient", row.patient_id),
        "dateTime": instant(row.at),
        "organization": [reference("Organization", row.clinic_id)],
        "policy": [{"uri": f"{CONSENT_TEXT}:{row.version}"}],
        "provision": {"type": "permit" if row.deed == "agreed" else "deny"},
        "meta": {"lastUpdated": instant(row.at)},
    }


def audit_event(row: Event, patient_id: UUID, names: Mapping[UUID, str]) -> Json:
    verb = row.action.rpartition(":")[2]
    return {
        "resourceType": "AuditEvent",
        "id": f"{row.clinic_id}.{row.seq}",
        "type": {"system": f"{TERMS}/audit-event-type", "code": "rest"},
        "subtype": [{"system": "urn:glidepath:actions", "code": row.action}],
        "action": VERBS.get(verb, "E"),
        "recorded": instant(row.at),
        "outcome": OUTCOMES[row.outcome],
        "purposeOfEvent": [{"text": row.purpose}],
        "agent": [
            {
                "who": person(row.account_id, patient_id, names)
                or {"display": "Glidepath's worker"},
                "requestor": row.account_id is not None,
            }
        ],
        "source": {"observer": reference("Organization", row.clinic_id)},
        "entity": [{"what": reference("Patient", patient_id)}],
        "meta": {"lastUpdated": instant(row.at)},
    }
