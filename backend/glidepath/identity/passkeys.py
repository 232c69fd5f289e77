"""WebAuthn without a database: what a device is asked, and whether what it answers is right."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

Credential = dict[str, Any]


class BadPasskeyError(ValueError):
    """What a device sent is not what it was asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`options` for `navigator.credentials`, as WebAuthn's JSON, and the challenge in them."""

    options: dict[str, Any]
    challenge: bytes


def ask_for_new(origin: str, account_id: UUID, name: str, known: Iterable[bytes]) -> Asked:
    """A new passkey for an account, on a device that holds none of the `known` ones."""
    options = webauthn.generate_registration_options(
        rp_id=_host(origin),
        rp_name="Glidepath",
        user_id=account_id.bytes,
        user_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # Found without a name to type, and opened by the person, not by the phone alone.
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return Asked(json.loads(webauthn.options_to_json(options)), options.challenge)


def ask_for_known(origin: str) -> Asked:
    """Any passkey of this site: the device knows which of its own belong here."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(origin), user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(json.loads(webauthn.options_to_json(options)), options.challenge)


def challenge_of(credential: Credential) -> bytes:
    """The challenge that the device says it signed. Raises BadPasskeyError."""
    try:
        answer = base64url_to_bytes(str(credential["response"]["clientDataJSON"]))
        return parse_client_data_json(answer).challenge
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise BadPasskeyError from error


def id_of(credential: Credential) -> bytes:
    """Raises BadPasskeyError."""
    try:
        return base64url_to_bytes(str(credential["id"]))
    except (ValueError, KeyError) as error:
        raise BadPasskeyError from error


def verify_new(credential: Credential, challenge: bytes, origin: str) -> VerifiedRegistration:
    """Raises BadPasskeyError."""
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(origin),
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise BadPasskeyError from error


def verify_known(
    credential: Credential, challenge: bytes, origin: str, public_key: bytes, sign_count: int
) -> VerifiedAuthentication:
    """Raises BadPasskeyError, also where the device's count of uses fell back: it was copied."""
    try:
        return webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(origin),
            expected_origin=origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise BadPasskeyError from error


def _host(origin: str) -> str:
    """A passkey is bound to this name: a device offers it to no other."""
    return urlsplit(origin).hostname or ""
