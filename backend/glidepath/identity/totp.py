"""Codes of authenticator apps (RFC 6238): six digits, a new one every half minute."""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS: Final = 6
STEP: Final = 30
# A phone's clock may be half a minute off, and a code is typed for a while.
WINDOW: Final = 1
# As many as SHA-1 gives, which RFC 4226 asks for.
SECRET_BYTES: Final = 20
ISSUER: Final = "Glidepath"


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    """The half minute in which a moment lies."""
    return int(now.timestamp()) // STEP


def code_of(secret: bytes, step: int) -> str:
    return _totp(secret).generate(step * STEP).decode()


def matching_step(secret: bytes, code: str, now: datetime, after: int | None) -> int | None:
    """The step whose code this is, one either side of `now` and later than `after`; None if it is none's."""
    found, step = None, step_of(now)
    for one in range(step - WINDOW, step + WINDOW + 1):
        same = hmac.compare_digest(code_of(secret, one).encode(), code.encode())
        if same and (after is None or one > after):
            found = one
    return found


def as_text(secret: bytes) -> str:
    """To be typed into an app that cannot read the picture."""
    return b32encode(secret).decode()


def of_text(secret: str) -> bytes:
    return b32decode(secret)


def uri(secret: bytes, account: str) -> str:
    """What the picture says."""
    return _totp(secret).get_provisioning_uri(account, ISSUER)


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what every app knows; nothing here rests on its collisions.
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303
