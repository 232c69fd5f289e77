"""What crosses the wire about who somebody is."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.clinical.vocabulary import Text

Locale = Literal["en", "es"]
Role = Literal["patient", "therapist", "admin", "operator"]


class JoinRequest(Struct, forbid_unknown_fields=True):
    """`code` is what was typed, or the long secret of a link."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
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


class SecondFactor(Struct):
    """With what staff can prove a second time who they are; if there is neither of the first two, they set one
    up."""

    authenticator: bool
    passkey: bool
    recovery_code: bool


class Me(Struct):
    """Who is signed in, and where. A sign-in of staff ends after `idle_seconds` without use, and at `ends_at`
    however much it is used."""

    account: AccountView
    clinic: ClinicView
    idle_seconds: int | None
    ends_at: datetime | None
    # What is still to be proved before they are let in; null once they are.
    second_factor: SecondFactor | None


class CodeBody(Struct, forbid_unknown_fields=True):
    code: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]


class NewAuthenticator(Struct):
    """Shown once: the secret as text and as a picture for an app."""

    secret: str
    qr_svg: str


class RecoveryCodes(Struct):
    """Shown once: only their hashes are kept."""

    codes: list[str]


class InvitationView(Struct):
    """A joining code, and a link with a longer secret of its own. They are shown once: only their hashes
    are kept."""

    code: str
    expires_at: datetime
    join_url: str
    qr_svg: str


class PasskeyView(Struct):
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class WaysIn(Struct):
    """How this account can sign in again; the phrase itself was shown once. Authenticator apps and recovery codes
    are for staff."""

    passkeys: list[PasskeyView]
    phrase_made_at: datetime | None
    authenticator_since: datetime | None
    recovery_codes_left: int


class PasskeyOptions(Struct):
    """What `navigator.credentials` asks for, as WebAuthn's JSON."""

    options: dict[str, Any]


class NewPasskey(Struct, forbid_unknown_fields=True):
    credential: dict[str, Any]
    name: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]


class PasskeySignIn(Struct, forbid_unknown_fields=True):
    credential: dict[str, Any]


class NewPhrase(Struct):
    """Shown once: only its hash is kept."""

    phrase: str


class PhraseSignIn(Struct, forbid_unknown_fields=True):
    phrase: Annotated[str, Meta(min_length=1, max_length=200)]


class NewDeviceView(Struct):
    """A sign-in that the owner has not called theirs. `label` is such as "Firefox, Android", or empty."""

    id: UUID
    label: str
    signed_in_at: datetime
