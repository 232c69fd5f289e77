"""What crosses the wire about who somebody is."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text

Locale = Literal["en", "es"]
Role = Literal["patient", "therapist", "admin"]


class JoinRequest(Struct, forbid_unknown_fields=True):
    code: Annotated[str, Meta(min_length=1, max_length=20)]
    locale: Locale


class SignInRequest(Struct, forbid_unknown_fields=True):
    email: Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\x00]*$")]
    passphrase: Annotated[str, Meta(min_length=1, max_length=200)]


class AccountView(Struct):
    id: UUID
    role: Role
    name: str
    locale: Locale


class ClinicView(Struct):
    id: UUID
    name: str
    country: str
    emergency_number: str
    timezone: str
    hours: Text


class Me(Struct):
    """Who is signed in, and where."""

    account: AccountView
    clinic: ClinicView


class InvitationView(Struct):
    """A joining code. It is shown once: only its hash is kept."""

    code: str
    expires_at: datetime
    join_url: str
    qr_svg: str
