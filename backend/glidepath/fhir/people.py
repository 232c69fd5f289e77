"""Patients, staff and the clinic."""

from collections.abc import Mapping
from uuid import UUID

from glidepath.care.models import Patient
from glidepath.care.team_models import CareTeamMember
from glidepath.fhir.elements import Json, instant, named, reference
from glidepath.identity.models import Account, Clinic

LANGUAGES = {"en": "en", "es": "es"}


def patient(
    row: Patient, account: Account, team: list[CareTeamMember], names: Mapping[UUID, str]
) -> Json:
    """Nothing but the name and the language is known of who they are."""
    return {
        "resourceType": "Patient",
        "id": str(row.id),
        "active": row.discharged_at is None,
        "name": [{"use": "usual", "text": account.name}],
        "communication": [
            {
                "language": {
                    "coding": [{"system": "urn:ietf:bcp:47", "code": LANGUAGES[account.locale]}]
                },
                "preferred": True,
            }
        ],
        "generalPractitioner": [
            named("Practitioner", one.account_id, names) for one in team if one.role == "lead"
        ],
        "managingOrganization": reference("Organization", row.clinic_id),
        "meta": {"lastUpdated": instant(row.discharged_at or row.created_at)},
    }


def practitioner(account: Account) -> Json:
    return {
        "resourceType": "Practitioner",
        "id": str(account.id),
        "active": account.disabled_at is None,
        "name": [{"use": "usual", "text": account.name}],
        "meta": {"lastUpdated": instant(account.created_at)},
    }


def organization(clinic: Clinic) -> Json:
    return {
        "resourceType": "Organization",
        "id": str(clinic.id),
        "active": True,
        "name": clinic.name,
        "address": [{"country": clinic.country}],
        "meta": {"lastUpdated": instant(clinic.created_at)},
    }
