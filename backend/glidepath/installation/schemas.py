"""What crosses the wire about the installation: names and counts, and nothing of anybody's health."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.identity.account_schemas import Email
from glidepath.identity.schemas import Locale

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]


class ClinicCount(Struct):
    """`staff` and `patients` have open accounts; `begun` once somebody of its staff has set a passphrase."""

    id: UUID
    name: str
    country: str
    created_at: datetime
    staff: int
    patients: int
    begun: bool


class Clinics(Struct):
    clinics: list[ClinicCount]


class FirstAdmin(Struct, forbid_unknown_fields=True):
    name: Name
    email: Email
    locale: Locale


class NewClinic(Struct, forbid_unknown_fields=True):
    """`country` is an ISO 3166-1 alpha-2 code, `timezone` an IANA name."""

    name: Name
    country: Annotated[str, Meta(max_length=2, pattern=r"^[A-Z]{2}$")]
    timezone: Annotated[str, Meta(min_length=1, max_length=60)]
    admin: FirstAdmin
