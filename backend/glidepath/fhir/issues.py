"""Alerts: what was detected, and the work that came of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from glidepath.alerts.models import Alert, AlertEvent
from glidepath.fhir.codes import RULES, concept
from glidepath.fhir.elements import Json, day, instant, latest, named, period, reference

# FHIR has three; what is urgent here interrupts somebody there, too.
SEVERITIES = {"urgent": "high", "high": "high", "moderate": "moderate", "low": "low"}
PRIORITIES = {"urgent": "stat", "high": "urgent", "moderate": "routine", "low": "routine"}
TASKS = {
    "open": "requested",
    "acknowledged": "in-progress",
    "snoozed": "on-hold",
    "resolved": "completed",
}
DEEDS = ("acknowledged", "resolved")


def detected_issue(
    row: Alert,
    state: str,
    events: Sequence[AlertEvent],
    evidence: Sequence[str],
    names: Mapping[UUID, str],
) -> Json:
    """`state` on the patient's day; `evidence`: the observations that it stands on."""
    stood = {event.undoes for event in events}
    return {
        "resourceType": "DetectedIssue",
        "id": str(row.id),
        "status": "final" if state == "resolved" else "preliminary",
        "code": {
            "coding": [{"system": RULES, "code": row.kind, "version": row.detector_version}],
            "text": row.reason["en"],
        },
        "severity": SEVERITIES[row.severity],
        "patient": reference("Patient", row.patient_id),
        "identifiedPeriod": period(
            day(row.onset or row.raised_on), day(max(row.last_day, row.onset or row.raised_on))
        ),
        "author": {"display": f"Glidepath, rules {row.detector_version or 'of the diary'}"},
        "evidence": [
            {
                "code": [{"text": one["sentence"]["en"]} for one in row.evidence],
                "detail": [reference("Observation", one) for one in evidence],
            }
        ],
        "detail": row.reason["en"],
        "mitigation": [
            _mitigation(event, names)
            for event in events
            if event.kind in DEEDS and event.id not in stood
        ],
        "meta": {"lastUpdated": latest([row.opened_at, *(event.at for event in events)])},
    }


def _mitigation(event: AlertEvent, names: Mapping[UUID, str]) -> Json:
    what = event.outcome or event.kind
    return {
        "action": {
            "coding": [{"system": "urn:glidepath:outcomes", "code": what}],
            "text": event.note or what.replace("_", " "),
        },
        "date": instant(event.at),
        "author": named("Practitioner", event.by, names),
    }


def task(row: Alert, state: str, events: Sequence[AlertEvent], names: Mapping[UUID, str]) -> Json:
    owner = next((one.by for one in reversed(events) if one.by is not None), None)
    snoozed = row.snoozed_until if state == "snoozed" else None
    restriction: dict[str, Any] = {"period": {"start": day(snoozed)}} if snoozed else {}
    return {
        "resourceType": "Task",
        "id": str(row.id),
        "status": TASKS[state],
        "intent": "order",
        "priority": PRIORITIES[row.severity],
        "code": concept("look"),
        "focus": reference("DetectedIssue", row.id),
        "for": reference("Patient", row.patient_id),
        "authoredOn": instant(row.opened_at),
        "lastModified": latest([row.opened_at, *(event.at for event in events)]),
        "owner": named("Practitioner", owner, names),
        "restriction": restriction,
        "meta": {"lastUpdated": latest([row.opened_at, *(event.at for event in events)])},
    }
