"""What crosses the wire about accounts: a clinic's staff, one's own account, links, and signed-in devices."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.identity.schemas import Locale, Role

StaffRole = Literal["therapist", "admin"]
LinkPurpose = Literal["invitation", "reset", "address"]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\s@]+@[^\s@]+$")]
Secret = Annotated[str, Meta(min_length=20, max_length=100)]
# How long it has to be, and what is too easy, is passphrases.py's to say, in a sentence.
NewPassphrase = Annotated[str, Meta(min_length=1, max_length=512, pattern=r"^[^\x00]*$")]


class NewColleague(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]
    email: Email
    role: StaffRole
    locale: Locale


class StaffMember(Struct):
    """`joined` once they have set a passphrase; `invited_until` while an invitation is open."""

    id: UUID
    name: str
    email: str
    role: StaffRole
    joined: bool
    invited_until: datetime | None
    signed_in_at: datetime | None
    closed_at: datetime | None


class Colleagues(Struct):
    staff: list[StaffMember]


class StaffLink(Struct):
    """What went out by mail; where no mail is sent, the link, shown this once, to hand over."""

    purpose: LinkPurpose
    email: str
    expires_at: datetime
    url: str | None


class RoleBody(Struct, forbid_unknown_fields=True):
    role: StaffRole


class ForgottenBody(Struct, forbid_unknown_fields=True):
    email: Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\x00]*$")]


class LinkBody(Struct, forbid_unknown_fields=True):
    secret: Secret


class LinkPassphrase(Struct, forbid_unknown_fields=True):
    secret: Secret
    passphrase: NewPassphrase


class LinkView(Struct):
    purpose: LinkPurpose
    name: str
    email: str
    clinic: str
    expires_at: datetime


class OwnAccount(Struct):
    """`mail`: whether mail is sent from here, without which no new address can be tried."""

    name: str
    email: str
    role: Role
    mail: bool


class PassphraseBody(Struct, forbid_unknown_fields=True):
    passphrase: NewPassphrase


class AddressBody(Struct, forbid_unknown_fields=True):
    email: Email


class Device(Struct):
    """A signed-in browser of the account that asks; `this` is the one it asks with."""

    id: UUID
    label: str
    created_at: datetime
    last_seen_at: datetime
    this: bool


class Devices(Struct):
    devices: list[Device]


class Ended(Struct):
    """How many sessions ended."""

    count: int
